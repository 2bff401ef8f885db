package aws

import "strings"

// target of an upgrade: what a group would run, and with which parameters.
type target struct {
	Version

	engine         string
	parameterGroup string
}

// checkUpgrade of engine, version and parameter group, which go together: a
// version of another family takes a group of that family in the same request.
// Nothing goes back but Valkey 7.2. ElastiCache User Guide, "Engine versions and upgrading";
// ElastiCache API reference, ModifyReplicationGroup: Engine, EngineVersion.
func (c *Cloud) checkUpgrade(g *group, in ModifyReplicationGroup) (target, *refusal) {
	out := target{Version: c.full(g.Engine, g.EngineVersion), engine: g.Engine, parameterGroup: g.ParameterGroup}
	set(&out.engine, in.Engine)
	if out.engine != g.Engine {
		if g.Engine == Valkey && !rollsBack(g, in) {
			return out, refuse(CodeParameterCombination, "Cannot change the engine from %s to %s.", g.Engine, out.engine)
		}
		if in.EngineVersion == nil {
			return out, refuse(CodeParameterCombination, "EngineVersion must be specified when the engine is changed.")
		}
	}
	if in.EngineVersion != nil {
		version, err := c.version(out.engine, *in.EngineVersion)
		if err != nil {
			return out, err
		}
		if out.engine == g.Engine && compareVersions(version.Full, g.EngineVersion) < 0 && version.Name != out.Name {
			return out, refuse(CodeParameterCombination, "Cannot downgrade from version %s to %s.", g.EngineVersion, version.Full)
		}
		if out.engine != g.Engine || version.Name != out.Name {
			out.Version = version
		}
	}
	if in.ParameterGroup == nil && strings.HasPrefix(g.ParameterGroup, "default.") {
		out.parameterGroup = "default." + out.Family
	}
	set(&out.parameterGroup, in.ParameterGroup)
	return out, nil
}

// rollsBack reports whether a group goes back to where it came from, which AWS does of
// one engine version only. hashicorp/terraform-provider-aws #45229.
func rollsBack(g *group, in ModifyReplicationGroup) bool {
	return compareVersions(g.EngineVersion, "7.3") < 0 && in.EngineVersion != nil && *in.EngineVersion == "7.1"
}

// upgrade carries out what checkUpgrade has let pass. Version and parameter
// group change in one moment.
func (c *Cloud) upgrade(g *group, in ModifyReplicationGroup) {
	to, _ := c.checkUpgrade(g, in)
	switch {
	case to.engine != g.Engine || to.Full != g.EngineVersion:
		g.nextParameterGroup = to.parameterGroup
		c.step(g, StepUpgrade, func() {
			g.Engine, g.EngineVersion, g.ParameterGroup = to.engine, to.Full, to.parameterGroup
		})
	case in.ParameterGroup != nil || in.EngineVersion != nil:
		g.nextParameterGroup = to.parameterGroup
		c.step(g, StepGroup, func() { g.ParameterGroup = to.parameterGroup })
	}
}

// UpgradeByItself does what AWS does to a group with autoMinorVersionUpgrade, at
// a time of its own choice: it moves it to the newest version of its family. It
// reports whether there was anything to do.
func (c *Cloud) UpgradeByItself(region, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.available(region, id)
	if err != nil || !g.AutoMinorVersionUpgrade {
		return false
	}
	return c.moveTo(g, func(v Version) bool { return v.Family == c.full(g.Engine, g.EngineVersion).Family })
}

// Patch moves a group to the newest patch of its version, as AWS does whether or
// not autoMinorVersionUpgrade is on. It reports whether there was anything to do.
func (c *Cloud) Patch(region, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g, err := c.available(region, id)
	if err != nil {
		return false
	}
	return c.moveTo(g, func(v Version) bool { return v.Name == c.full(g.Engine, g.EngineVersion).Name })
}

func (c *Cloud) moveTo(g *group, which func(Version) bool) bool {
	newest := g.EngineVersion
	for _, v := range c.versions(g.Engine) {
		if which(v) && compareVersions(v.Full, newest) > 0 {
			newest = v.Full
		}
	}
	if newest == g.EngineVersion {
		return false
	}
	c.step(g, StepUpgrade, func() { g.EngineVersion = newest })
	return true
}

// SetVersion gives a group a version in full, such as an older patch level than
// a new one would get, from one moment to the next.
func (c *Cloud) SetVersion(region, id, full string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g, ok := c.groups[key{region, id}]; ok {
		g.EngineVersion = full
		c.serve(g)
	}
}
