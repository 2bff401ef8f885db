package aws

// TLSMode of a group, empty without TLS.
type TLSMode string

// Modes of TLS.
const (
	TLSOff       TLSMode = ""
	TLSPreferred TLSMode = "preferred" // Clients may use it or not.
	TLSRequired  TLSMode = "required"
)

// modesSince is the version from which on TLS has modes, and can be changed on a
// group that exists. ElastiCache User Guide, "Enabling in-transit encryption".
const modesSince = "7.0.5"

func hasModes(g *ReplicationGroup) bool {
	return g.Engine == Valkey || compareVersions(g.EngineVersion, modesSince) >= 0
}

// tlsAtCreation: a new group with TLS requires it, unless it is told otherwise.
// ElastiCache API reference, CreateReplicationGroup, TransitEncryptionMode.
func tlsAtCreation(in CreateReplicationGroup, full string) (TLSMode, *refusal) {
	if !in.TransitEncryption {
		if in.TransitEncryptionMode != "" {
			return "", refuse(CodeParameterCombination, "TransitEncryptionMode can only be used when TransitEncryptionEnabled is true.")
		}
		return TLSOff, nil
	}
	switch in.TransitEncryptionMode {
	case TLSOff:
		return TLSRequired, nil
	case TLSPreferred, TLSRequired:
	default:
		return "", refuse(CodeParameterValue, "Invalid transit encryption mode: %s", in.TransitEncryptionMode)
	}
	if !hasModes(&ReplicationGroup{Engine: in.Engine, EngineVersion: full}) {
		return "", refuse(CodeParameterCombination, "TransitEncryptionMode is not supported for engine version %s.", full)
	}
	return in.TransitEncryptionMode, nil
}

// nextTLS of a group that exists goes one step at a time: off, preferred,
// required, and back the same way. ElastiCache API reference,
// ModifyReplicationGroup, TransitEncryptionMode: "Setting TransitEncryptionMode
// to required is a two-step process that requires you to first set the
// TransitEncryptionMode to preferred"; terraform-provider-aws 6.34: not before
// engine 7.0.5. Back to preferred with AUTH on: seen to be refused.
func nextTLS(g *group, in ModifyReplicationGroup) (TLSMode, *refusal) {
	from, to := g.TLS, g.TLS
	if in.TransitEncryption == nil && in.TransitEncryptionMode == nil {
		return to, nil
	}
	switch {
	case in.TransitEncryption != nil && !*in.TransitEncryption:
		if in.TransitEncryptionMode != nil && *in.TransitEncryptionMode != TLSOff {
			return "", refuse(CodeParameterCombination, "TransitEncryptionMode can only be used when TransitEncryptionEnabled is true.")
		}
		to = TLSOff
	case in.TransitEncryptionMode != nil:
		to = *in.TransitEncryptionMode
		if from == TLSOff && in.TransitEncryption == nil {
			return "", refuse(CodeParameterCombination, "TransitEncryptionMode can only be used when TransitEncryptionEnabled is true.")
		}
	case from == TLSOff:
		return "", refuse(CodeParameterCombination, "TransitEncryptionMode must be preferred when in-transit encryption is enabled on an existing replication group.")
	}
	if from != to && !hasModes(&g.ReplicationGroup) {
		return "", refuse(CodeParameterCombination, "In-transit encryption can't be modified for engine version %s.", g.EngineVersion)
	}
	return to, checkTLSStep(g, from, to)
}

func checkTLSStep(g *group, from, to TLSMode) *refusal {
	switch {
	case to != TLSOff && to != TLSPreferred && to != TLSRequired:
		return refuse(CodeParameterValue, "Invalid transit encryption mode: %s", to)
	case from == TLSOff && to == TLSRequired:
		return refuse(CodeParameterCombination, "TransitEncryptionMode must be set to preferred before it is set to required.")
	case from == TLSRequired && to == TLSOff:
		return refuse(CodeParameterCombination, "TransitEncryptionMode must be set to preferred before in-transit encryption is disabled.")
	case from != to && to != TLSRequired && g.AuthTokenEnabled:
		return refuse(CodeParameterCombination, "TransitEncryptionMode can't be changed to preferred while AUTH is enabled.")
	}
	return nil
}

func (c *Cloud) encrypt(g *group, in ModifyReplicationGroup) {
	to, _ := nextTLS(g, in)
	c.step(g, StepTLS, func() {
		g.TLS = to
		g.rename()
	})
}
