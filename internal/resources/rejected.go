package resources

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// answer of AWS, as the provider repeats it. The request's id may be empty.
var answer = regexp.MustCompile(`operation error ElastiCache: (\w+), https response error StatusCode: (\d+), (?:RequestID: [^,]*, )?(?:api error )?(\w+): (.*)`)

// notYet are answers that say nothing of what was asked for: the same call may be taken
// later. Those of the server, 5xx, are none of these.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html
var notYet = []string{ //nolint:gochecknoglobals // A constant table.
	"ReplicationGroupAlreadyExists", "ReplicationGroupAlreadyExistsFault", // It may be the composite's own.
	"InvalidReplicationGroupState", "InvalidReplicationGroupStateFault", "InvalidCacheClusterState", "InvalidCacheClusterStateFault",
	"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "RequestThrottled", "RequestTimeout", "RequestExpired",
	"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
	"SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "OptInRequired", "NotAuthorized",
}

// forceNew is the provider's own refusal, before it calls AWS. It goes on to name one
// argument of those that differ, another each time.
const forceNew = "refuse to update the external resource"

// invalid are the answers by which AWS refuses a modification for what was asked. The
// others, such as that it has no capacity now, say nothing of it: the provider tries
// again.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html
var invalid = regexp.MustCompile(`^(InvalidParameterValue|InvalidParameterCombination|InvalidKMSKey|InvalidSubnet|ValidationError|CacheClusterNotFound|CacheSecurityGroupNotFound|NodeTypeNotSupported)(Fault|Exception)?$`)

// No is AWS's answer to the last change of a replication group, nil if it did not
// refuse it. Whatever else the provider reports is no answer: AWS may have done what
// it was asked for.
func (r Resource) No() *redis.No {
	c, _ := r.Condition(ConditionSynced)
	message := r.SyncError()
	if c.ObservedGeneration != 0 && c.ObservedGeneration != r.Number("metadata", "generation") {
		return nil
	}
	if message == "" {
		message = r.failedUpdate()
	}
	if strings.Contains(message, forceNew) {
		return &redis.No{}
	}
	no := saysNo(message)
	if no == nil || !invalid.MatchString(no.Code) {
		return nil
	}
	no.Background = r.SyncError() == ""
	no.Current = !no.Background && c.ObservedGeneration != 0
	return no
}

// refusesAll reports whether the provider refuses all changes, because AWS can't make one
// of them without replacing the resource.
func (r Resource) refusesAll() bool {
	no := r.No()
	return no != nil && *no == redis.No{}
}

// failedUpdate is what the provider says of the last update if that failed, also while
// it tries again.
func (r Resource) failedUpdate() string {
	c, _ := r.Condition(conditionLastAsyncOperation)
	if c.Status != "False" || c.Reason != "AsyncUpdateFailure" {
		return ""
	}
	return c.Message
}

// saysNo is AWS's answer in a message of the provider, nil if it is none that says no.
func saysNo(message string) *redis.No {
	m := answer.FindStringSubmatch(strings.Join(strings.Fields(message), " "))
	if m == nil || !strings.HasPrefix(m[2], "4") || slices.Contains(notYet, m[3]) || strings.HasPrefix(m[1], "Describe") || strings.HasPrefix(m[1], "List") {
		return nil
	}
	return &redis.No{Call: m[1], Code: m[3], Message: strings.TrimRight(m[4], " []}.")}
}

// Rejected is what AWS refused before.
func (r Resource) Rejected() redis.Rejections {
	out := redis.Rejections{}
	if err := json.Unmarshal([]byte(r.Annotation(AnnotationRejected)), &out); err != nil {
		return redis.Rejections{}
	}
	return out
}

// rejected in the form of the annotation, empty if there is nothing to remember.
func rejected(r redis.Rejections) string {
	if len(r) == 0 {
		return ""
	}
	b, _ := json.Marshal(r) //nolint:errchkjson // Text only.
	return string(b)
}
