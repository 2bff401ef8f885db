package status

import (
	"testing"

	"github.com/crossplane-contrib/function-xredis/internal/plan"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// TestClean: what the provider says is the same from attempt to attempt.
func TestClean(t *testing.T) {
	const refused = "async update failed: failed to update the resource: [{0 modifying ElastiCache Replication Group (a-dev-redis): operation error ElastiCache: ModifyReplicationGroup, https response error StatusCode: 404, "
	cases := map[string]struct {
		reason   string
		messages []string
		want     string
	}{
		"RequestID": {
			reason: "Each request has an id, which may be empty.",
			messages: []string{
				refused + "RequestID: 11111111-2222-3333-4444-555555555555, CacheClusterNotFound: Specified snapshotting cluster does not exist  []}]",
				refused + "RequestID: , CacheClusterNotFound: Specified snapshotting cluster does not exist  []}]",
			},
			want: refused + "CacheClusterNotFound: Specified snapshotting cluster does not exist []}]",
		},
		"OtherIDs": {
			reason:   "Libraries write it in several ways.",
			messages: []string{`AccessDenied: no, request id: "K3VX0-9"`, `AccessDenied: no, request_id=8f2b`, "AccessDenied: no, Request-Id: abc123, HostID: 9aK+/=", "AccessDenied: no request_id="},
			want:     "AccessDenied: no",
		},
		"Ports": {
			reason: "Each connection has a port, and each name several addresses.",
			messages: []string{
				`Post "https://elasticache.eu-central-1.amazonaws.com/": read tcp 10.244.0.5:41234->52.94.10.2:443: read: connection reset by peer`,
				`Post "https://elasticache.eu-central-1.amazonaws.com/": read tcp 127.0.0.1:50001->52.94.10.3:443: read: connection reset by peer`,
				`Post "https://elasticache.eu-central-1.amazonaws.com/": read tcp [fd00::5]:50001->[2a05:d014::1]:443: read: connection reset by peer`,
			},
			want: `Post "https://elasticache.eu-central-1.amazonaws.com/": read tcp: read: connection reset by peer`,
		},
		"Lookup": {
			reason:   "So has the name server.",
			messages: []string{"dial tcp: lookup ssm.eu-central-1.amazonaws.com on 10.96.0.10:53: no such host", "dial tcp: lookup ssm.eu-central-1.amazonaws.com on 10.96.0.11:53: no such host"},
			want:     "dial tcp: lookup ssm.eu-central-1.amazonaws.com: no such host",
		},
		"Times": {
			reason: "Nothing that tells the time comes to rest.",
			messages: []string{
				"delete failed: update operation that started at 2026-01-01 00:00:00 +0000 UTC is still running",
				"delete failed: update operation that started at 2026-01-01 00:00:00.123456789 +0000 UTC m=+12.5 is still running",
				"delete failed: update operation that started at 2026-01-02T03:04:05.6Z is still running",
				"delete failed: update operation that started at 2026-01-02T03:04:05+02:00 is still running",
			},
			want: "delete failed: update operation that started at (time) is still running",
		},
		"Signature": {
			reason:   "A signature has its own way to write it.",
			messages: []string{"Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z", "Signature expired: 20270101T000000Z is now earlier than 20270101T000500Z"},
			want:     "Signature expired: (time) is now earlier than (time)",
		},
		"Session": {
			reason: "The name of a session is made of the time.",
			messages: []string{
				"AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/crossplane/1767225600000000000 is not authorized to perform: ssm:PutParameter",
				"AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/crossplane/1767225600000000001 is not authorized to perform: ssm:PutParameter",
			},
			want: "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/crossplane is not authorized to perform: ssm:PutParameter",
		},
		"UUID": {
			reason:   "Any other id of one attempt goes, and that of a key stays.",
			messages: []string{"operation 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 failed for arn:aws:kms:eu-central-1:111122223333:key/1a2b3c4d-0000-4000-8000-000000000000"},
			want:     "operation (id) failed for arn:aws:kms:eu-central-1:111122223333:key/1a2b3c4d-0000-4000-8000-000000000000",
		},
		"Arguments": {
			reason:   "A token that nobody knows any more is in the text of a refused change.",
			messages: []string{`refuse to update: cannot change the value of the argument "auth_token" from "an\"old" to "a-new-token-1234567"`},
			want:     `refuse to update: cannot change the value of the argument "auth_token" from "" to ""`,
		},
		"Stays": {
			reason:   "What tells the reason stays: versions, windows, sizes, counts.",
			messages: []string{"InvalidParameterValue: engine 7.1.0 at sun:05:00-sun:07:00, StatusCode: 400, node a-dev-redis-001, exceeded maximum number of attempts, 3"},
			want:     "InvalidParameterValue: engine 7.1.0 at sun:05:00-sun:07:00, StatusCode: 400, node a-dev-redis-001, exceeded maximum number of attempts, 3",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, message := range tc.messages {
				if got := clean(message, plan.Plan{Secrets: redis.NewRedactor()}); got != tc.want {
					t.Errorf("%s:\n got %q\nwant %q", tc.reason, got, tc.want)
				}
			}
		})
	}
}
