package aws

import (
	"regexp"
	"slices"
)

// Strategy of a change of the token.
type Strategy string

// Strategies.
const (
	StrategyRotate Strategy = "ROTATE"
	StrategySet    Strategy = "SET"
	StrategyDelete Strategy = "DELETE"
)

// access that clients have to a group.
type access struct {
	tokens       []string // All that are accepted, oldest first: two at most.
	passwordless bool     // Clients without a token are accepted.
}

// tokenFormat: printable, and of the special characters these only. ElastiCache
// User Guide, "Authenticating with the AUTH command": 16 to 128 characters.
var tokenFormat = regexp.MustCompile(`^[A-Za-z0-9!&#$^<>-]{16,128}$`)

func checkToken(token string) *refusal {
	if tokenFormat.MatchString(token) {
		return nil
	}
	return refuse(CodeParameterValue, "Invalid AuthToken provided: it must be 16 to 128 printable characters long, and the only special characters are !, &, #, $, ^, <, >, and -.")
}

// accessAtCreation: a token is for a group that requires TLS. ElastiCache API
// reference, CreateReplicationGroup, AuthToken: "AuthToken can be specified only
// on replication groups where TransitEncryptionEnabled is true".
func accessAtCreation(in CreateReplicationGroup) (access, *refusal) {
	if in.AuthToken == "" {
		return access{passwordless: true}, nil
	}
	if !in.TransitEncryption || in.TransitEncryptionMode == TLSPreferred {
		return access{}, refuse(CodeParameterCombination, "AUTH can only be enabled with in-transit encryption required.")
	}
	if err := checkToken(in.AuthToken); err != nil {
		return access{}, err
	}
	return access{tokens: []string{in.AuthToken}}, nil
}

// nextAccess of a group that exists. ElastiCache API reference,
// ModifyReplicationGroup, AuthTokenUpdateStrategy, and User Guide, "Modifying the
// AUTH token on an existing cluster":
//   - ROTATE accepts the new token and the one before; a group without a token
//     goes on to accept clients without one.
//   - SET accepts one token only. It is "allowed only after ROTATE", and to set
//     the first token of a group (terraform-provider-aws, documentation of
//     auth_token).
//   - DELETE is "allowed only when transitioning to RBAC", which this model does not
//     make. So AUTH never goes off.
//   - A group has AUTH or user groups, not both: terraform-provider-aws,
//     documentation of user_group_ids.
func nextAccess(g *group, in ModifyReplicationGroup) (access, *refusal) {
	if in.AuthToken == nil {
		if in.AuthTokenUpdateStrategy != "" {
			return g.access, refuse(CodeParameterCombination, "AuthTokenUpdateStrategy must be specified with AuthToken.")
		}
		return g.access, nil
	}
	if len(g.UserGroupIDs) > 0 {
		return g.access, refuse(CodeParameterCombination, "AuthToken can't be used while a user group is associated with the replication group.")
	}
	if g.TLS != TLSRequired {
		return g.access, refuse(CodeParameterCombination, "The AUTH token modification is only supported when encryption-in-transit is enabled and required.")
	}
	if err := checkToken(*in.AuthToken); err != nil {
		return g.access, err
	}
	switch in.AuthTokenUpdateStrategy {
	case StrategyRotate:
		return g.access.rotate(*in.AuthToken), nil
	case StrategySet:
		if len(g.access.tokens) > 0 && !slices.Contains(g.access.tokens, *in.AuthToken) {
			return g.access, refuse(CodeParameterCombination, "The SET strategy is allowed only after ROTATE.")
		}
		return access{tokens: []string{*in.AuthToken}}, nil
	case StrategyDelete:
		return g.access, refuse(CodeParameterCombination, "The DELETE strategy is allowed only when transitioning to RBAC.")
	}
	return g.access, refuse(CodeParameterCombination, "AuthToken must be specified with AuthTokenUpdateStrategy.")
}

func (a access) rotate(token string) access {
	if slices.Contains(a.tokens, token) {
		return a
	}
	if len(a.tokens) == 0 {
		return access{tokens: []string{token}, passwordless: a.passwordless}
	}
	return access{tokens: []string{a.tokens[len(a.tokens)-1], token}}
}

// authenticate carries out what nextAccess has let pass.
func (c *Cloud) authenticate(g *group, in ModifyReplicationGroup) {
	next, _ := nextAccess(g, in)
	c.step(g, StepAuth, func() {
		g.access = next
		g.AuthTokenEnabled = true
	})
}

// checkUserGroups: they are for groups with TLS and without AUTH. ElastiCache User
// Guide, "Role-Based Access Control (RBAC)".
func checkUserGroups(g *group, in ModifyReplicationGroup) *refusal {
	for _, id := range in.UserGroupIDsToRemove {
		if !slices.Contains(g.UserGroupIDs, id) {
			return refuse(CodeParameterValue, "User group %s is not associated with the replication group.", id)
		}
	}
	if len(in.UserGroupIDsToAdd) > 0 && (g.TLS != TLSRequired || g.AuthTokenEnabled) {
		return refuse(CodeParameterCombination, "A user group needs in-transit encryption that is required, and no AUTH token.")
	}
	return nil
}

// changeUserGroups of a group. Who has none any more, and no AUTH, accepts everybody.
func (c *Cloud) changeUserGroups(g *group, in ModifyReplicationGroup) {
	c.step(g, StepAuth, func() {
		g.UserGroupIDs = slices.DeleteFunc(slices.Clone(g.UserGroupIDs), func(id string) bool { return slices.Contains(in.UserGroupIDsToRemove, id) })
		g.UserGroupIDs = append(g.UserGroupIDs, in.UserGroupIDsToAdd...)
		g.access = access{passwordless: len(g.UserGroupIDs) == 0}
	})
}
