package preview

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/function-xredis/hack/preview/existing"
	"github.com/crossplane-contrib/function-xredis/internal/status"
)

// TestTakeOver: what the answers tell beside the function stands in the same list, and
// decides what to do.
func TestTakeOver(t *testing.T) {
	const nothing = "Nothing is changed. Taking the cache over makes 1 change. "
	cases := map[string]struct {
		reason string
		says   string // By the function.
		takes  bool   // The claim says so already.
		found  existing.Findings
		want   string
	}{
		"Now":    {reason: "AWS is not asked once more.", says: nothing + status.AdviseTakeOver + " once it is available.", want: nothing + status.AdviseTakeOver + ".\n  change b\n  add tag a=b\n  keep port 1\n"},
		"Wait":   {reason: "What AWS is at work on waits.", says: nothing + status.AdviseTakeOver + " once it is available.", found: existing.Findings{Waits: []string{"status modifying"}}, want: nothing + "Do so later: lines that begin with \"wait\" say what AWS has yet to do.\n  change b\n  add tag a=b\n  keep port 1\n  wait: status modifying\n"},
		"Cannot": {reason: "What AWS deletes is gone.", says: nothing + status.AdviseTakeOver + " once it is available.", found: existing.Findings{Waits: []string{"x"}, Cannot: []string{"status deleting"}}, want: nothing + status.CannotTakeOver + "\n  change b\n  add tag a=b\n  keep port 1\n  cannot: status deleting\n  wait: x\n"},
		"Said":   {reason: "What the claim says already is not asked for.", says: nothing + status.AdviseTakeOver + " once it is available.", takes: true, want: nothing + "To do so, apply the claim: its spec.existing.mode is TakeOver.\n  change b\n  add tag a=b\n  keep port 1\n"},
		"Later":  {reason: "It still waits.", says: nothing + status.AdviseTakeOver, takes: true, found: existing.Findings{Waits: []string{"x"}}, want: nothing + "Do so later: lines that begin with \"wait\" say what AWS has yet to do.\n  change b\n  add tag a=b\n  keep port 1\n  wait: x\n"},
		"Both":   {reason: "The function may say so already.", says: status.CannotTakeOver, found: existing.Findings{Waits: []string{"x"}}, want: status.CannotTakeOver + "\n  change b\n  add tag a=b\n  keep port 1\n  wait: x\n"},
		"NotKnown": {
			reason: "What is not known is named.", says: nothing + status.AdviseTakeOver, found: existing.Findings{NotKnown: []string{"tags: aws"}},
			want: nothing + status.AdviseTakeOver + ".\n  change b\n  add tag a=b\n  keep port 1\nNot known, so that lines about it may be missing or wrong; add what these commands print:\n  tags: aws\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			in := Input{existing: &existing.Answers{}, takesOver: tc.takes}
			rendered := "---\nkind: XRedis\nstatus:\n  changes: [change b, add tag a=b, keep port 1]\n  conditions: [{type: Accepted, status: 'False', message: '" + quoted(tc.says) + "'}]\n"
			if err := in.writeTakeOver(&got, []byte(rendered), tc.found); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("\n"+tc.want, got.String()); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// quoted text between single quotes of YAML.
func quoted(text string) string { return strings.ReplaceAll(text, "'", "''") }
