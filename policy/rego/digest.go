package rego

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// digest is a SHA-256.
type digest = [sha256.Size]byte

// sealRules sets the digest of each rule: of its own code and all that this
// calls, of the parameters and data that it can reach, and of the engine. What
// only says how a finding is shown, as METADATA does, is in there too, being
// in the same files.
func (j *judge) sealRules(modules []*module) error {
	sources := make(map[*ast.Module]string, len(modules))
	for _, m := range modules {
		sources[j.compiler.Modules[m.key()]] = m.key() + "\x00" + string(m.source)
	}
	data := map[string]string{}
	j.world.data.Foreach(func(key, value *ast.Term) {
		if name, ok := key.Value.(ast.String); ok {
			data[string(name)] = value.String()
		}
	})
	for _, r := range j.rules {
		if r.constraint != nil {
			continue
		}
		parts := []string{"rule", engineVersion, version.Version, string(r.dialect), r.ID, string(r.Scope)}
		for _, e := range r.entries {
			parts = append(parts, string(e.decision), e.path.String())
		}
		var code []string
		for _, m := range r.reads.modules {
			code = append(code, sources[m])
		}
		slices.Sort(code)
		parts = append(parts, strings.Join(code, "\x00"))
		for _, name := range slices.Sorted(maps.Keys(data)) {
			if r.reads.data.has(name) {
				parts = append(parts, "data", name, data[name])
			}
		}
		params, err := j.paramsRead(r)
		if err != nil {
			return err
		}
		r.digest = pack.Digest(append(parts, params...)...)
	}
	return nil
}

// paramsRead are the parameters that the rule can read, for all and, where they
// differ for a target, for that too.
func (j *judge) paramsRead(r *rule) ([]string, error) {
	var parts []string
	params := &j.world.params
	for _, name := range slices.Sorted(maps.Keys(params.values)) {
		if !r.reads.params.has(name) {
			continue
		}
		value, err := json.Marshal(params.values[name])
		if err != nil {
			return nil, fmt.Errorf("digest of parameter %s: %w", name, err)
		}
		parts = append(parts, "param", name, string(value))
		if r.Scope == policy.ScopeSnapshot {
			continue
		}
		for _, target := range slices.Sorted(maps.Keys(params.targets)) {
			own, err := json.Marshal(params.targets[target][name])
			if err != nil {
				return nil, fmt.Errorf("digest of parameter %s of target %s: %w", name, target, err)
			}
			if string(own) != string(value) {
				parts = append(parts, "param of", target, string(own))
			}
		}
	}
	return parts, nil
}

// under is the digest of the rule with the clock, where it reads that.
func (r *rule) under(c *policy.Case) digest {
	if !r.reads.clock {
		return r.digest
	}
	return pack.Digest(string(r.digest[:]), c.Now.UTC().String())
}
