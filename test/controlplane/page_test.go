package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/markdown"
)

// TestPage carries out docs/from-terraform.md word by word: its manifests and commands in
// their order, with clients connected all the way. What Terraform and the AWS CLI do is
// done to the model of AWS.
func TestPage(t *testing.T) {
	page, err := markdown.Read(filepath.Join("..", "..", "docs", "from-terraform.md"))
	if err != nil {
		t.Fatal(err)
	}
	inFlavour := map[string][]string{
		withClaims.name: nil,
		withoutClaims.name: {
			"redis.platform.example.org", "xredis.m.platform.example.org",
			"apiVersion: platform.example.org", "apiVersion: m.platform.example.org", "kind: Redis", "kind: XRedis",
		},
	}
	for _, f := range flavours {
		for app, token := range map[string]string{"page": "", "page-auth": "a-token-that-terraform-knows"} {
			t.Run(f.name+"/"+app, func(t *testing.T) {
				t.Parallel()
				app := app + "-" + f.name[:1]
				w := &walk{
					road: &road{journey: &journey{cache: cache{flavour: f, team: newTeam(t, "team-"+app), name: "backend-" + app}, t: t, ctx: t.Context(), errors: map[string]int{}}},
					dir:  t.TempDir(), token: token, managed: true,
					words: strings.NewReplacer(append(inFlavour[f.name], "booking", app)...),
				}
				w.madeByTerraform(token, []string{"subnet-abc123"}, []string{"sg-xyz789"})
				for _, b := range page.Blocks {
					w.follow(b)
				}
				if len(w.said) > 0 {
					t.Errorf("the page does not show %q", w.said)
				}
				w.finish("Whoever follows the page is refused nothing.")
				w.removed(w.copied())
			})
		}
	}
}

// A walk along the page.
type walk struct {
	*road

	dir     string // That the reader works in.
	token   string // Of the module's cache.
	words   *strings.Replacer
	said    []string // By kubectl get, and not shown by the page yet.
	managed bool     // Terraform has the cache in its state.
	forget  bool     // Terraform is to take it out of its state.
}

// follow a block of the page.
func (w *walk) follow(b markdown.Block) {
	w.t.Helper()
	if strings.Contains(b.Code, "authToken") && w.token == "" {
		return // It is for caches with AUTH.
	}
	code := w.words.Replace(b.Code)
	switch b.Language {
	case "yaml":
		w.write(code)
	case "hcl":
		w.forget = strings.Contains(code, "removed {") && strings.Contains(code, "destroy = false")
	case "sh":
		for _, command := range markdown.Commands(code) {
			w.t.Logf("%d: %s", b.Line, strings.Join(command, " "))
			if err := w.run(command); err != nil {
				w.t.Fatalf("line %d: %s: %v", b.Line, strings.Join(command, " "), err)
			}
		}
	default:
		w.shows(b.Line, strings.Split(strings.TrimSpace(code), "\n"))
	}
}

// write a manifest to the file that the page names for it.
func (w *walk) write(code string) {
	w.t.Helper()
	name := "claim.yaml"
	if strings.Contains(code, "snapshotName") {
		name = "copy.yaml"
	}
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(code), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// shows what kubectl said.
func (w *walk) shows(line int, lines []string) {
	w.t.Helper()
	for _, l := range lines {
		i := slices.Index(w.said, l)
		if i < 0 {
			w.t.Errorf("the page says %q in line %d, and kubectl does not: %q", l, line, w.said)
			continue
		}
		w.said = slices.Delete(w.said, i, i+1)
	}
}

// run a command of the page.
func (w *walk) run(words []string) error {
	switch words[0] {
	case "kubectl":
		return w.kubectl(words[1:])
	case "aws":
		return w.aws(words[1:])
	case "diff":
		out, err := exec.CommandContext(w.ctx, "diff", filepath.Join(w.dir, words[1]), filepath.Join(w.dir, words[2])).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	case "terraform":
		return w.terraform(words[1:])
	}
	return fmt.Errorf("no test carries out %s", words[0])
}

func (w *walk) kubectl(words []string) error {
	args := slices.Clone(words)
	if i := slices.Index(args, "-f"); i > 0 {
		args[i+1] = filepath.Join(w.dir, args[i+1])
	}
	ends := strings.Contains(strings.Join(args, " "), "SET")
	if ends {
		w.restart(w.parameter())
	}
	start := time.Now()
	out, err := plane.kube.kubectl(w.ctx, w.team.kubeconfig, "", args...)
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	w.t.Logf("kubectl took %s, and says %s", time.Since(start).Round(100*time.Millisecond), out)
	switch {
	case args[0] == "get":
		w.said = strings.Split(strings.TrimSpace(out), "\n")
	case ends:
		w.untilOneToken()
		w.settled()
	}
	return nil
}

// aws is the CLI. A cache of the model is available while its snapshot is made.
func (w *walk) aws(words []string) error {
	switch strings.Join(words[:2], " ") {
	case "elasticache create-snapshot":
		g, _ := plane.provider.has(w.clusterID())
		name := words[slices.Index(words, "--snapshot-name")+1]
		plane.provider.cloud.AddSnapshot(aws.Snapshot{Region: g.Region, Name: name, Engine: g.Engine, EngineVersion: g.EngineVersion})
		return nil
	case "elasticache wait":
		return nil
	}
	to := slices.Index(words, ">")
	out, err := plane.provider.cloud.CLI("eu-central-1", words[:to]...)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, words[to+1]), []byte(out), 0o600)
}

// terraform changes nothing in AWS, unless it destroys what the code has no longer.
func (w *walk) terraform(words []string) error {
	switch words[0] {
	case "plan":
		return nil
	case "state":
		w.managed = false
		return nil
	case "import":
		w.managed, w.forget = true, false
		return nil
	case "apply":
		if w.forget {
			w.managed = false
		}
		if !w.managed {
			return nil
		}
		w.restart("/" + w.name + "/next/redis/url")
		return w.destroy()
	}
	return fmt.Errorf("no test carries out terraform %s", words[0])
}

// copied is the cache of the second way.
func (w *walk) copied() cache {
	out := w.cache
	out.name += "-next"
	return out
}

// restart the clients, which read the URL at a path in Parameter Store.
func (w *walk) restart(path string) {
	w.t.Helper()
	p, err := plane.provider.cloud.GetParameter("eu-central-1", path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mx.Lock()
	defer w.mx.Unlock()
	w.path, w.url = path, p.Value
}

// destroy the module's resources.
func (w *walk) destroy() error {
	cloud, id := plane.provider.cloud.As("terraform"), w.clusterID()
	if err := cloud.DeleteReplicationGroup("eu-central-1", id, ""); err != nil {
		return err
	}
	if err := eventually(w.ctx, time.Minute, "the old cache is gone", func(context.Context) error {
		if g, found := plane.provider.has(id); found {
			return fmt.Errorf("it is %s", g.Status)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := cloud.DeleteSubnetGroup("eu-central-1", id+"-subnet-group"); err != nil {
		return err
	}
	if err := cloud.DeleteParameterGroup("eu-central-1", id+"-params"); err != nil {
		return err
	}
	return cloud.DeleteParameter("eu-central-1", w.parameter())
}
