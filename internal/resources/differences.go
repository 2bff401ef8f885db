package resources

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-contrib/function-xredis/apis/v1alpha1"
	"github.com/crossplane-contrib/function-xredis/internal/protocol"
	"github.com/crossplane-contrib/function-xredis/internal/redis"
)

// parameters of a parameter group, by their names in the spec.
var parameters = map[string]string{"maxmemoryPolicy": "maxmemory-policy", "timeoutSeconds": "timeout"} //nolint:gochecknoglobals // A constant table.

// IsOfClaim reports whether a parameter is one that a claim has a field for.
func IsOfClaim(name string) bool {
	return slices.Contains(slices.Collect(maps.Values(parameters)), name)
}

// Differences between what AWS reports of a cache and what is asked for, of all that AWS
// changes in place: now of the provider, or later, because the setting waits or is
// refused. What AWS does not report is as asked.
func (o Observed) Differences(spec *v1alpha1.XRedisSpec, desired Desired) (now, later []redis.Difference) {
	rg, asked := o[ReplicationGroup], protocol.Object{Struct: desired[ReplicationGroup]}
	for i, s := range rg.Settings(spec) {
		to := inWords(asked.Value("spec", "forProvider", inPlace[i].provider))
		switch {
		case s.Reported == "":
		case s.Reported != to:
			now = append(now, redis.NewDifference(s.Field, "", s.Reported, to))
		case s.Reported != s.Claim:
			later = append(later, redis.NewDifference(s.Field, "", s.Reported, s.Claim))
		}
	}
	return append(now, o.furtherDifferences(desired)...), later
}

// furtherDifferences are those of what the claim has no setting for, and of the groups
// and tags of the cache.
func (o Observed) furtherDifferences(desired Desired) []redis.Difference {
	rg, asked := o[ReplicationGroup], protocol.Object{Struct: desired[ReplicationGroup]}
	var out []redis.Difference
	add := func(field string, reported, asked *structpb.Value) {
		from, to := inWords(reported), inWords(asked)
		if reported.GetKind() != nil && asked.GetKind() != nil && from != to {
			out = append(out, redis.NewDifference(field, "", from, to))
		}
	}
	for _, field := range []string{"automaticFailoverEnabled", "description"} {
		add(field, rg.Value("status", "atProvider", field), asked.Value("spec", "forProvider", field))
	}
	if !rg.differs(asked, "engine") && !rg.differs(asked, "engineVersion") { // An upgrade moves to another group.
		add("parameterGroupName", rg.Value("status", "atProvider", "parameterGroupName"), asked.Value("spec", "forProvider", "parameterGroupName"))
	}
	for _, name := range slices.Sorted(maps.Keys(desired)) {
		group, asked := o[name], desired[name]
		if o.waitsToUse(name) {
			out = append(out, redis.NewDifference("parameterGroupName", "", rg.ParameterGroupInUse(), group.ExternalName()))
		}
		switch group.ExternalName() {
		case "":
		case rg.Text("spec", "forProvider", "subnetGroupName"):
			add("subnetIds", group.Value("status", "atProvider", "subnetIds"), valueIn(asked, "subnetIds"))
		case rg.ParameterGroupInUse():
			for _, field := range slices.Sorted(maps.Keys(parameters)) {
				add(field, parameter(group.Value("status", "atProvider", "parameter"), parameters[field]), parameter(valueIn(asked, "parameter"), parameters[field]))
			}
		}
	}
	add("parameterStore.kmsKeyId", o[URLParameter].Value("status", "atProvider", "keyId"), valueIn(desired[URLParameter], "keyId"))
	return append(out, tagDifferences(rg, asked)...)
}

// waitsToUse reports whether a cache that was taken over is about to leave a parameter group
// of others for one of its own that is not ready yet.
func (o Observed) waitsToUse(name string) bool {
	rg := o[ReplicationGroup]
	family, is := strings.CutPrefix(name, parameterGroupPrefix)
	if !is || rg.adopted || !o[name].InAWS() || o.Ready(name) {
		return false
	}
	uses, _ := redis.Family(rg.Engine())
	return family == uses && rg.ParameterGroupInUse() != o[name].ExternalName()
}

// MoveTo are the differences that the own parameter group of a cache makes which moves to
// it from a group of others.
func (o Observed) MoveTo(group string, spec *v1alpha1.XRedisSpec) []redis.Difference {
	if group == "" {
		return nil
	}
	out := []redis.Difference{redis.NewDifference("parameterGroupName", "", o[ReplicationGroup].asked("parameterGroupName"), group)}
	policy, timeout := o.askedParameters()
	if policy != nil && *policy != *spec.MaxmemoryPolicy {
		out = append(out, redis.NewDifference("maxmemoryPolicy", "", *policy, *spec.MaxmemoryPolicy))
	}
	if timeout != nil && *timeout != *spec.TimeoutSeconds {
		out = append(out, redis.NewDifference("timeoutSeconds", "", strconv.Itoa(int(*timeout)), strconv.Itoa(int(*spec.TimeoutSeconds))))
	}
	return out
}

// differs reports whether AWS has another text in a field than is asked for.
func (r Resource) differs(asked protocol.Object, field string) bool {
	return r.Text("status", "atProvider", field) != asked.Text("spec", "forProvider", field)
}

// tagDifferences of a resource. A tag that AWS has as the provider is asked for it, and that
// we do not ask for, is no difference: another function, or the provider itself, adds its
// own. Of a cache that is being taken over others made them all.
func tagDifferences(r Resource, asked protocol.Object) []redis.Difference {
	reported := r.Value("status", "atProvider", "tags").GetStructValue().GetFields()
	if len(reported) == 0 && !r.adopted {
		return nil
	}
	sent, wanted := r.Value("spec", "forProvider", "tags").GetStructValue().GetFields(), asked.Value("spec", "forProvider", "tags").GetStructValue().GetFields()
	keys := map[string]*structpb.Value{}
	maps.Copy(keys, reported)
	maps.Copy(keys, wanted)
	var out []redis.Difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		from, to := tagInWords(reported[key]), tagInWords(wanted[key])
		ours := to != "" || r.adopted || from != tagInWords(sent[key])
		if from != to && ours && !IsAddedTag(key) {
			out = append(out, redis.NewDifference("tags", key, from, to))
		}
	}
	return out
}

// tagInWords is the value of a tag, which may be empty, or nothing if there is no such tag.
func tagInWords(v *structpb.Value) string {
	if text, is := v.GetKind().(*structpb.Value_StringValue); is && text.StringValue == "" {
		return `""`
	}
	return v.GetStringValue()
}

// ParameterTags are the differences that only the tags of a parameter have which is being
// taken over with its cache.
func (o Observed) ParameterTags(desired Desired) []redis.Difference {
	if !o[URLParameter].adopted {
		return nil
	}
	ofCache := map[string]string{}
	for _, d := range tagDifferences(o[ReplicationGroup], protocol.Object{Struct: desired[ReplicationGroup]}) {
		ofCache[d.Key] = d.To
	}
	var out []redis.Difference
	for _, d := range tagDifferences(o[URLParameter], protocol.Object{Struct: desired[URLParameter]}) {
		if to, listed := ofCache[d.Key]; !listed || to != d.To {
			d.Field = "parameter tags"
			out = append(out, d)
		}
	}
	return out
}

// valueIn what is asked of the provider.
func valueIn(s *structpb.Struct, field string) *structpb.Value {
	return protocol.Object{Struct: s}.Value("spec", "forProvider", field)
}

// parameter of a name in a list of parameters, nil if it is not in it.
func parameter(list *structpb.Value, name string) *structpb.Value {
	for _, v := range list.GetListValue().GetValues() {
		if fields := v.GetStructValue().GetFields(); fields["name"].GetStringValue() == name {
			return fields["value"]
		}
	}
	return nil
}
