package preview

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	type want struct {
		o   Options
		err string
	}
	cases := map[string]struct {
		reason string
		args   []string
		want   want
	}{
		"OnlyAFile": {
			reason: "A file is all that is needed.",
			args:   []string{"claim.yaml"},
			want:   want{o: Options{File: "claim.yaml", CLI: DefaultCLI}},
		},
		"Help": {
			reason: "Help needs no file.",
			args:   []string{"--help"},
			want:   want{o: Options{Help: true, CLI: DefaultCLI}},
		},
		"OwnOptions": {
			reason: "Options of the preview are taken in both notations, and those that name resources more than once.",
			args:   []string{"--cli=1.20", "-o", "a.yaml", "claim.yaml", "-ob.yaml", "-e=c.yaml", "--extra-resources", "d.yaml", "--composition", "e.yaml", "--functions=f.yaml", "--xrd", "g.yaml"},
			want: want{o: Options{
				File: "claim.yaml", CLI: "1.20", Composition: "e.yaml", Functions: "f.yaml", XRD: "g.yaml",
				Observed: []string{"a.yaml", "b.yaml"}, Required: []string{"c.yaml", "d.yaml"},
			}},
		},
		"OptionsOfTheCLI": {
			reason: "All other options are handed on, and the value of one is not taken for the file.",
			args:   []string{"-rx", "--include-context", "--context-values", "a=b", "--timeout=5m", "claim.yaml"},
			want: want{o: Options{
				File: "claim.yaml", CLI: DefaultCLI,
				Rest: []string{"-rx", "--include-context", "--context-values", "a=b", "--timeout", "5m"},
			}},
		},
		"NoFile": {
			reason: "Without a file there is nothing to render.",
			args:   []string{"-r"},
			want:   want{err: "which file? Name a claim or an XRedis, such as example/minimal/claim.yaml; --help tells more"},
		},
		"TwoFiles": {
			reason: "The CLI renders one composite, so a second file would be ignored.",
			args:   []string{"a.yaml", "b.yaml"},
			want:   want{err: "one file at a time: a.yaml, or b.yaml?"},
		},
		"Existing": {
			reason: "What exists may be in several files.",
			args:   []string{"a.yaml", "--existing", "b.json", "--existing=-"},
			want:   want{o: Options{File: "a.yaml", CLI: DefaultCLI, Existing: []string{"b.json", "-"}}},
		},
		"ExistingAndObserved": {
			reason: "A cache is one that a claim has, or not.",
			args:   []string{"a.yaml", "--existing", "b.json", "-o", "c.yaml"},
			want:   want{err: "--existing is for a cache that no claim has yet, and -o for one that a claim has: use one of them"},
		},
		"NoValue": {
			reason: "An option at the end may lack its value.",
			args:   []string{"a.yaml", "--cli"},
			want:   want{err: "--cli needs a value, or is no option at all; --help tells more"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(tc.args)
			if diff := cmp.Diff(tc.want.err, text(err)); diff != "" {
				t.Errorf("%s: error: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want.o, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
