package main

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-contrib/function-xredis/internal/connection"
	"github.com/crossplane-contrib/function-xredis/internal/resources"
)

// tokensAndURLs that a request holds.
func tokensAndURLs(req *fnv1.RunFunctionRequest) []string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	details := func(d map[string][]byte) {
		for _, key := range []string{connection.KeyURL, connection.KeyPassword, "attribute.auth_token"} {
			add(string(d[key]))
		}
	}
	secret := func(r *fnv1.Resource) {
		for key, v := range r.GetResource().GetFields()["data"].GetStructValue().GetFields() {
			b, _ := base64.StdEncoding.DecodeString(v.GetStringValue())
			if key == connection.KeyURL || key == connection.KeyPassword || strings.HasPrefix(key, "token") {
				add(string(b))
			}
		}
	}
	details(req.GetObserved().GetComposite().GetConnectionDetails())
	for _, r := range req.GetObserved().GetResources() {
		details(r.GetConnectionDetails())
		secret(r)
	}
	for _, found := range req.GetRequiredResources() {
		for _, r := range found.GetItems() {
			secret(r)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// formsOf a secret in which AWS or a library may repeat it.
func formsOf(s string) []string {
	query := url.QueryEscape(s)
	return []string{s, query, url.PathEscape(s), strings.ReplaceAll(strings.ReplaceAll(query, "%3A", "%3a"), "%2F", "%2f")}
}

// TestNoSecretInAnyText puts the tokens and URLs of every example into whatever the
// provider says, into a tag that AWS has, and into a spec that is refused, and reads every
// public text.
func TestNoSecretInAnyText(t *testing.T) {
	for _, e := range examples(t) {
		for _, secret := range tokensAndURLs(e.req) {
			for _, form := range formsOf(secret) {
				failing, tagged, refused := clone(e.req), clone(e.req), clone(e.req)
				blame(failing, "modifying it: operation error ElastiCache: ModifyReplicationGroup, InvalidParameterValue: "+form+" is not valid ("+form+")")
				if rg := observed(tagged, resources.ReplicationGroup); rg != nil {
					set(rg, map[string]any{"ManagedBy": form}, "status", "atProvider", "tags")
				}
				spec(refused, "appName", form)
				spec(refused, "nodeType", "cache."+form)
				checkSecrets(t, e.name, failing)
				checkSecrets(t, e.name, tagged)
				checkSecrets(t, e.name, refused)
			}
		}
	}
}

// TestNoTokenInAnyText does so with tokens that a team might put down, long and short,
// good and bad.
func TestNoTokenInAnyText(t *testing.T) {
	bases := map[string]*fnv1.RunFunctionRequest{}
	for _, name := range []string{"production/claims/settled", "auth-token-secret/namespaced/settled"} {
		bases[name] = stage(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringOfN(rapid.RuneFrom([]rune(`abcXYZ019!&#$^<>-%/+ "\'=`)), 3, 40, -1).Filter(func(s string) bool { return strings.TrimSpace(s) == s && strings.Trim(s, `"\`) == s }).Draw(t, "token")
		for name, base := range bases {
			req := clone(base)
			for _, found := range req.GetRequiredResources() {
				for _, r := range found.GetItems() {
					set(r.GetResource(), base64.StdEncoding.EncodeToString([]byte(token+"\n")), "data", "token")
				}
			}
			form := rapid.SampledFrom(formsOf(token)).Draw(t, "form")
			blame(req, `AWS says ("`+form+`"), and `+form+`.`)
			for _, text := range texts(t, req) {
				if strings.Contains(text, `("`+form) || strings.HasSuffix(text, "and "+form) || (len(token) >= 8 && strings.Contains(text, form)) {
					t.Errorf("%s: the token %q is in a text: %s", name, token, text)
				}
			}
		}
	})
}

// blame every resource with a message.
func blame(req *fnv1.RunFunctionRequest, message string) {
	for name, r := range req.GetObserved().GetResources() {
		if name == resources.ConnectionSecret || name == resources.AuthTokens {
			continue
		}
		set(r.GetResource(), []any{
			map[string]any{"type": "Ready", "status": "False", "reason": "Unavailable", "message": message},
			map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": message},
			map[string]any{"type": "LastAsyncOperation", "status": "False", "reason": "AsyncUpdateFailure", "message": message},
		}, "status", "conditions")
	}
	set(req.GetObserved().GetComposite().GetResource(), []any{
		map[string]any{"type": "Provisioned", "status": "False", "reason": "Failing", "message": message},
	}, "status", "conditions")
}

func checkSecrets(t *testing.T, name string, req *fnv1.RunFunctionRequest) {
	t.Helper()
	secrets := tokensAndURLs(req)
	for _, text := range texts(t, req) {
		for _, secret := range secrets {
			for _, form := range formsOf(secret) {
				if strings.Contains(text, form) {
					t.Errorf("%s: a token or URL is in a text: %s", name, text)
				}
			}
		}
	}
}

// texts that a run gives to people: conditions, results, the status and the log.
func texts(t rapid.TB, req *fnv1.RunFunctionRequest) []string {
	t.Helper()
	log := &recorder{}
	rsp := answer(log, req, compose)
	out := []string{log.text()}
	for _, c := range rsp.GetConditions() {
		out = append(out, c.GetMessage())
	}
	for _, r := range rsp.GetResults() {
		out = append(out, r.GetMessage())
	}
	return append(out, leaves(rsp.GetDesired().GetComposite().GetResource().GetFields()["status"])...)
}

// leaves of a value.
func leaves(v *structpb.Value) []string {
	var out []string
	for _, child := range v.GetStructValue().GetFields() {
		out = append(out, leaves(child)...)
	}
	for _, child := range v.GetListValue().GetValues() {
		out = append(out, leaves(child)...)
	}
	if s, ok := v.GetKind().(*structpb.Value_StringValue); ok {
		out = append(out, s.StringValue)
	}
	return out
}
