// Package existing previews the take-over of a cache without a cluster: what the AWS CLI
// printed stands for AWS, and what the provider would observe of it goes to the function.
package existing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// Answers of the AWS CLI, by the keys that they begin with. The fields are those of
// aws-sdk-go-v2, service/elasticache/types and service/ssm/types.
type Answers struct {
	ReplicationGroups []replicationGroup `json:"ReplicationGroups"`
	CacheClusters     []cacheCluster     `json:"CacheClusters"`
	CacheSubnetGroups []subnetGroup      `json:"CacheSubnetGroups"`
	Parameters        []parameter        `json:"Parameters"` // Of the cache's parameter group, and of Parameter Store.
	TagList           []tag              `json:"TagList"`    // Of the cache.

	noParameters int // Answers with Parameters of which none is.
}

type (
	endpoint struct {
		Address string
		Port    int64
	}
	nodeGroup struct{ PrimaryEndpoint, ReaderEndpoint endpoint }

	replicationGroup struct {
		ReplicationGroupID         string `json:"ReplicationGroupId"`
		ARN                        string
		Status                     string
		PendingModifiedValues      map[string]any
		Description                string
		GlobalReplicationGroupInfo struct {
			GlobalReplicationGroupID string `json:"GlobalReplicationGroupId"`
		}
		MemberClusters            []string
		NodeGroups                []nodeGroup
		AutomaticFailover         string
		MultiAZ                   string
		ConfigurationEndpoint     endpoint
		SnapshotRetentionLimit    int64
		SnapshotWindow            string
		ClusterEnabled            bool
		CacheNodeType             string
		AuthTokenEnabled          bool
		TransitEncryptionEnabled  bool
		TransitEncryptionMode     string
		AtRestEncryptionEnabled   bool
		KmsKeyID                  string   `json:"KmsKeyId"`
		UserGroupIDs              []string `json:"UserGroupIds"`
		LogDeliveryConfigurations []struct{ LogType, DestinationType, LogFormat string }
		DataTiering               string
		AutoMinorVersionUpgrade   *bool
	}

	cacheCluster struct {
		CacheClusterID             string `json:"CacheClusterId"`
		ARN                        string
		CacheClusterStatus         string
		PendingModifiedValues      map[string]any
		ReplicationGroupID         string `json:"ReplicationGroupId"`
		Engine, EngineVersion      string
		PreferredMaintenanceWindow string
		NotificationConfiguration  struct{ TopicArn string }
		CacheParameterGroup        struct{ CacheParameterGroupName string }
		CacheSubnetGroupName       string
		SecurityGroups             []struct {
			SecurityGroupID string `json:"SecurityGroupId"`
		}
	}

	subnetGroup struct {
		CacheSubnetGroupName, CacheSubnetGroupDescription string
		VpcID                                             string `json:"VpcId"`
		ARN                                               string
		Subnets                                           []struct{ SubnetIdentifier string }
	}

	// A parameter of a parameter group, or one of Parameter Store, which has the second
	// line's fields.
	parameter struct {
		ParameterName, ParameterValue, Source     string
		Name, ARN, Type, KeyId, Tier, Description string //nolint:revive // As AWS writes it.
	}

	tag struct{ Key, Value string }
)

// kinds of answers, each with the command that prints it.
var kinds = map[string]string{
	"ReplicationGroups": "aws elasticache describe-replication-groups",
	"CacheClusters":     "aws elasticache describe-cache-clusters",
	"CacheSubnetGroups": "aws elasticache describe-cache-subnet-groups",
	"Parameters":        "aws elasticache describe-cache-parameters --source user, or aws ssm describe-parameters",
	"TagList":           "aws elasticache list-tags-for-resource",
}

// Read what the AWS CLI printed: any number of its answers, in any number of files, of
// which "-" is the standard input.
func Read(files ...string) (*Answers, error) {
	a := &Answers{}
	for _, file := range files {
		b, err := contents(file)
		if err != nil {
			return nil, err
		}
		if err := a.add(b); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if a.ReplicationGroups == nil {
		return nil, fmt.Errorf("%s: no answer has ReplicationGroups: add what %s prints", strings.Join(files, ", "), kinds["ReplicationGroups"])
	}
	if len(a.ReplicationGroups) == 0 {
		return nil, fmt.Errorf("%s: ReplicationGroups is empty: AWS has no replication group in that region and account; a Memcached or single-node cache cluster is none", strings.Join(files, ", "))
	}
	return a, nil
}

func contents(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", file)
	}
	return b, err
}

// add all answers of a file, one after the other.
func (a *Answers) add(b []byte) error {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var answer map[string]json.RawMessage
		err := d.Decode(&answer)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("this is not the JSON that the AWS CLI prints with --output json, in UTF-8: %w", err)
		}
		if err := a.addAnswer(answer); err != nil {
			return err
		}
	}
}

func (a *Answers) addAnswer(answer map[string]json.RawMessage) error {
	if err := checkKeys(answer); err != nil {
		return err
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	var more Answers
	if err := json.Unmarshal(b, &more); err != nil { //nolint:musttag // Its fields have the names that AWS gives them.
		return fmt.Errorf("this is not what the AWS CLI prints: %w", err)
	}
	return a.join(more)
}

// checkKeys of an answer, which must not be a page of it.
func checkKeys(answer map[string]json.RawMessage) error {
	for _, key := range slices.Sorted(maps.Keys(answer)) {
		if isPage := key == "NextToken" || key == "Marker"; isPage && !slices.Contains([]string{"null", `""`}, string(answer[key])) {
			return fmt.Errorf("%q: this is one page of an answer: print all of it, without --max-items, --no-paginate and --starting-token", key)
		} else if _, known := kinds[key]; !known && !isPage && key != "CacheNodeTypeSpecificParameters" {
			return fmt.Errorf("%q begins no answer that is read: write what these print: %s", key, strings.Join(slices.Sorted(maps.Values(kinds)), "; "))
		}
	}
	return nil
}

func (a *Answers) join(more Answers) error {
	if (more.ofGroup() && a.ofGroup()) || (more.TagList != nil && a.TagList != nil) {
		return errors.New("parameters of a parameter group, or tags, are there twice, and do not say of which cache they are: keep those of the claim's cache")
	}
	if more.Parameters != nil && len(more.Parameters) == 0 {
		a.noParameters++
	}
	if more.ReplicationGroups != nil {
		more.ReplicationGroups = slices.DeleteFunc(more.ReplicationGroups, func(g replicationGroup) bool { return g.ReplicationGroupID == "" })
		a.ReplicationGroups = append(more.ReplicationGroups, a.ReplicationGroups...)
	}
	if more.TagList != nil {
		a.TagList = more.TagList
	}
	a.CacheClusters = append(more.CacheClusters, a.CacheClusters...)
	a.CacheSubnetGroups = append(a.CacheSubnetGroups, more.CacheSubnetGroups...)
	a.Parameters = append(a.Parameters, more.Parameters...)
	return nil
}

// ofGroup reports whether parameters of a parameter group are given.
func (a *Answers) ofGroup() bool {
	return slices.ContainsFunc(a.Parameters, func(p parameter) bool { return p.ParameterName != "" })
}

// ofGroups reports whether nothing more is to be given of parameter groups: those of AWS's own
// are known without an answer.
func (a *Answers) ofGroups() bool {
	return a.ofGroup() || !slices.ContainsFunc(a.CacheClusters, func(c cacheCluster) bool {
		return !resources.IsDefaultGroup(c.CacheParameterGroup.CacheParameterGroupName)
	})
}

// ofStore reports whether a parameter of Parameter Store is given.
func (a *Answers) ofStore(path, region string) bool {
	return slices.ContainsFunc(a.Parameters, func(p parameter) bool { return p.Name == path && isIn(region, p.ARN) })
}

// isIn reports whether an ARN is one of a region. What has none counts as asked for there.
func isIn(region, arn string) bool { return slices.Contains([]string{region, ""}, regionOf(arn)) }

// regionOf an ARN, empty if it has none.
func regionOf(arn string) string {
	const region = 3
	if parts := strings.Split(arn, ":"); len(parts) > region {
		return parts[region]
	}
	return ""
}

// knows reports whether one of the two kinds of parameters is known. An answer without
// any does not say its kind: it is of the kind that is not given.
func (a *Answers) knows(given, otherGiven bool) bool {
	return given || a.noParameters > 1 || (a.noParameters == 1 && otherGiven)
}
