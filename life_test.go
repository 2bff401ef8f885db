package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/testing/aws"
	"github.com/crossplane-contrib/function-xredis/internal/testing/crossplane"
)

// A life of a cache in one flavour, as a story has it.
type life struct {
	*crossplane.Cluster

	flavour string
	name    string // Of the story.
	dir     string // Of the case that its claim begins with.
	input   *structpb.Struct
	tokens  []string   // Of the team's own.
	stack   *aws.Stack // That exists before the claim.

	environments map[string]map[string]any // EnvironmentConfigs that exist before the claim.

	answered *fnv1.RunFunctionResponse // That was looked at last.
	said     said                      // By it.
	asked    time.Time                 // When the command was given.
	shown    int                       // How many more moments are shown.
	moments  []moment                  // That were not shown yet.
	number   int                       // Of the last moment.
	commands int
	seen     []example
}

// do a command, and run until nothing changes any more.
func (l *life) do(command txtar.File) (err error) {
	fields := map[string]any{}
	if err := yaml.UnmarshalStrict(command.Data, &fields); err != nil {
		return err
	}
	l.commands++
	l.shown = math.MaxInt
	verb, rest, _ := strings.Cut(command.Name, " ")
	switch verb {
	case "input":
		if err := l.setInput(fields); err != nil || l.Cluster == nil {
			return err
		}
		l.SetInput(l.input)
	case "environment":
		if l.Cluster == nil {
			l.environments = map[string]map[string]any{rest: fields}
			return nil
		}
		l.SetEnvironmentConfig(rest, fields)
	case "claim", "preview", "cache":
		l.shown = map[string]int{"claim": math.MaxInt, "preview": 1}[verb]
		if len(fields) > 0 {
			l.said = minimal(l.flavour)
		}
		if err := l.create(fields); err != nil {
			return err
		}
	case "terraform":
		l.stack, err = stackOf(command.Data)
		return err
	case "edit":
		l.Edit(func(xr *unstructured.Unstructured) { lay(xr, fields) })
	case "upgrade":
		for _, g := range l.AWS.ReplicationGroups() {
			l.AWS.UpgradeByItself(g.Region, g.ID)
		}
	case "secret":
		l.tokens = append(l.tokens, rest)
		if l.Cluster == nil {
			return nil // It is made with the cluster.
		}
		l.setToken()
	default:
		return errors.New("there is no such command")
	}
	if err := l.settle(); err != nil {
		return err
	}
	// A story that begins with a cache is about what comes after.
	l.see(fmt.Sprintf("settled-%d", l.commands), verb != "cache" && len(l.Published()) > 0)
	return nil
}

// setInput of the Composition.
func (l *life) setInput(fields map[string]any) (err error) {
	fields["apiVersion"], fields["kind"] = "redis.fn.crossplane.io/v1beta1", "Input"
	l.input, err = structpb.NewStruct(fields)
	return err
}

// stackOf the Terraform module for the claim of minimal, with these variables.
func stackOf(variables []byte) (*aws.Stack, error) {
	m := aws.TerraformModule{AppName: "backend-booking", Environment: "dev", SubnetIDs: []string{"subnet-abc"}, SecurityGroupIDs: []string{"sg-xyz"}}
	err := yaml.UnmarshalStrict(variables, &m)
	s := m.Stack()
	return &s, err
}

// create the cache of a case, with other fields laid over its own.
func (l *life) create(fields map[string]any) error {
	xr, err := newComposite(l.dir, l.flavour)
	if err != nil {
		return err
	}
	lay(xr, fields)
	l.Cluster = crossplane.New(xr, crossplane.Options{Function: (&Function{log: logging.NewNopLogger()}).RunFunction, Input: l.input})
	if l.stack != nil {
		l.AWS.Add(*l.stack)
	}
	for name, data := range l.environments {
		l.SetEnvironmentConfig(name, data)
	}
	l.Watch = l.watch
	if len(l.tokens) > 0 {
		l.setToken()
	}
	return nil
}

// minimal is what is said of the claim of example/minimal at first, with which other
// claims are compared.
func minimal(flavour string) said {
	l := &life{flavour: flavour, dir: "example/minimal"}
	if err := errors.Join(l.create(nil), l.Reconcile()); err != nil {
		panic(err)
	}
	return l.said
}

// setToken in the team's Secret to the last one.
func (l *life) setToken() {
	l.SetSecret(l.namespace(), "redis-token", map[string][]byte{"token": []byte(l.tokens[len(l.tokens)-1])})
}

// namespace of the team.
func (l *life) namespace() string {
	return cmp.Or(l.XR().GetNamespace(), l.XR().GetLabels()[crossplane.LabelClaimNamespace])
}

// settle for longer than the provider's poll.
func (l *life) settle() error {
	const steady = 11 * time.Minute
	l.asked = l.Now()
	for changes, since := l.Changes(), l.Now(); l.Now().Sub(since) < steady; {
		if err := l.Next(); err != nil {
			return err
		}
		if _, busy := l.AWS.Next(); busy || l.Changes() != changes {
			changes, since = l.Changes(), l.Now()
		}
		if l.Now().Sub(l.asked) > 6*time.Hour {
			return fmt.Errorf("it does not settle: %v", l.moments)
		}
	}
	return nil
}

// watch for an answer that is another than the last.
func (l *life) watch() {
	if l.Response == l.answered {
		return
	}
	before := l.said
	l.answered, l.said = l.Response, l.read()
	changes := l.said.since(before)
	if len(changes) == 0 {
		return
	}
	if l.shown == 0 {
		l.see(fmt.Sprintf("made-%d", len(l.seen)), false)
		return
	}
	l.shown--
	l.number++
	l.moments = append(l.moments, moment{number: l.number, after: l.Now().Sub(l.asked), changes: changes})
	l.see(strconv.Itoa(l.number), false)
}

// see the request that was answered last.
func (l *life) see(name string, available bool) {
	req := clone(l.Request)
	req.Desired = nil // Nothing is before us in the pipeline.
	l.seen = append(l.seen, example{name: l.name + "/" + l.flavour + "/" + name, req: req, available: available})
}

// show the moments since the last time.
func (l *life) show() []moment {
	out := l.moments
	l.moments = nil
	return out
}
