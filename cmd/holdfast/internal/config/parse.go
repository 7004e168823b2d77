package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Parse reads one configuration file; name is how it is to be called in
// messages. The user's mistakes come back as resource.Problems, all of them,
// sorted by line; any other error is a driver whose schema is no schema.
func Parse(name string, content []byte, options ParseOptions) (*Config, error) {
	d := load(name, content)
	if len(d.problems) > 0 {
		return nil, d.err()
	}
	if options.Role == Repository {
		d.refuseOperatorKeys()
	}
	v, err := newValidator(options.Drivers)
	if err != nil {
		return nil, err
	}
	v.validate(d)
	c := &Config{File: name, role: options.Role, doc: d, drivers: options.Drivers, places: map[string]resource.Location{}}
	if err := c.decode(options.Dir); err != nil {
		return nil, err
	}
	c.check()
	if err := d.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// refuseOperatorKeys reports the keys that the repository may not set, and
// takes them out.
func (d *document) refuseOperatorKeys() {
	const mend = "; put it in the file given with --config"
	reasons := map[string]string{
		"source":       "a commit must not be able to change where desired state comes from",
		"state":        "a commit must not be able to move or replace the record of what was applied",
		"server":       "a commit must not be able to open a port",
		"destinations": "a commit must not be able to widen what it may write to",
		"remotes":      "a commit must not be able to widen what may be fetched",
		"decryption":   "a commit must not be able to choose the keys that open secrets",
	}
	root, _ := d.data.(map[string]any)
	for key, reason := range reasons {
		if _, there := root[key]; there {
			d.failKey(key, fmt.Sprintf("%s is the operator's: %s%s", key, reason, mend))
			delete(root, key)
		}
	}
	limits, _ := root["limits"].(map[string]any)
	for _, key := range []string{"maxFileSize", "evaluationTimeout", "runTimeout"} {
		if _, there := limits[key]; there {
			d.failKey(pointer("limits", key), fmt.Sprintf("limits.%s is the operator's: a commit must not be able to use up more of this machine%s", key, mend))
			delete(limits, key)
		}
	}
}

// wire is the file as encoding/json reads it. What is free in form (settings,
// params, destinations) is taken from the document instead, as JSON would not
// keep whole numbers whole.
type wire struct {
	Source *struct {
		Git    *wireGit
		Dir    *struct{ Path string }
		Verify Verify
	}
	State  string
	Server struct {
		Listen, TokenFile string
		AllowRemote       bool
	}
	Destinations []struct{ Driver string }
	Remotes      []any
	Decryption   any
	Limits       struct {
		MaxDelete, MaxFileSize        any
		EvaluationTimeout, RunTimeout string
	}
	Policies struct {
		Builtin     any
		Profile     string
		Paths, Data []string
		Bundles     []any
	}
	Waivers            []any
	Approvals, Exclude []string
	Targets            []wireTarget
}

type wireGit struct {
	URL, Branch, Tag, Commit, Interval, Timeout, Cache string
	AllowRewrites                                      bool
	Auth                                               Auth
}

type wireTarget struct {
	Name, Driver, Path      string
	DependsOn               []string
	Mode                    reconcile.Mode
	Prune                   bool
	OnBlock                 reconcile.OnBlock
	Suspend, Rollback       bool
	Render                  wireRender
	HealthTimeout, Interval string
	Exclude                 []string
}

// decode fills in c from its document and from defaults. What is wrong in
// itself (a duration out of range) is reported on the way.
func (c *Config) decode(dir string) error {
	raw, err := json.Marshal(c.doc.data)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	c.decodeSource(&w, dir)
	c.State = onDisk(dir, c.statePath(w.State))
	c.Server = Server{Listen: c.listen(w.Server.Listen), AllowRemote: w.Server.AllowRemote, TokenFile: onDisk(dir, w.Server.TokenFile)}
	c.decodeRemotes(w.Remotes, dir)
	c.decodeDecryption(w.Decryption, dir)
	for i, destination := range w.Destinations {
		steps := []string{"destinations", strconv.Itoa(i)}
		allowed, _ := c.doc.value(steps).(map[string]any)
		allowed = maps.Clone(allowed)
		delete(allowed, "driver")
		c.Destinations = append(c.Destinations, Destination{destination.Driver, allowed, c.doc.place(pointer(steps...)).value})
	}
	c.Limits = Limits{
		MaxDelete:         limit(w.Limits.MaxDelete),
		MaxFileSize:       c.size(w.Limits.MaxFileSize, "limits", "maxFileSize"),
		EvaluationTimeout: c.duration(w.Limits.EvaluationTimeout, span{DefaultEvaluationTimeout, 100 * time.Millisecond, time.Hour}, "limits", "evaluationTimeout"),
		RunTimeout:        c.duration(w.Limits.RunTimeout, span{reconcile.DefaultRunTimeout, time.Second, 24 * time.Hour}, "limits", "runTimeout"),
	}
	c.Policies = Policies{Profile: w.Policies.Profile}
	if c.Policies.Profile == "" {
		c.Policies.Profile = DefaultProfile
	}
	c.Policies.Builtin, c.Policies.Categories = builtin(w.Policies.Builtin)
	c.Policies.Params, _ = c.doc.value([]string{"policies", "params"}).(map[string]any)
	for name := range c.Policies.Params {
		c.places[placeKey("policies.params", name)] = c.doc.place(pointer("policies", "params", name)).key
	}
	c.Policies.Paths = c.paths(w.Policies.Paths, "policies", "paths")
	c.Policies.Data = c.paths(w.Policies.Data, "policies", "data")
	c.decodeBundles(w.Policies.Bundles, dir)
	c.decodeWaivers(w.Waivers)
	c.Approvals = c.paths(w.Approvals, "approvals")
	c.Exclude = w.Exclude
	for i := range w.Targets {
		c.decodeTarget(i, &w.Targets[i])
	}
	return nil
}

func (c *Config) decodeSource(w *wire, dir string) {
	if w.Source == nil {
		return
	}
	c.Source.Verify = w.Source.Verify
	v := &c.Source.Verify
	for _, file := range []*string{&v.AllowedSigners, &v.OpenPGPKeys} {
		*file = onDisk(dir, *file)
	}
	if w.Source.Dir != nil {
		c.Source.Dir = onDisk(dir, w.Source.Dir.Path)
	}
	if w.Source.Git == nil {
		return
	}
	g := w.Source.Git
	a := g.Auth
	for _, file := range []*string{&a.PasswordFile, &a.SSHKeyFile, &a.KnownHostsFile, &a.CAFile} {
		*file = onDisk(dir, *file)
	}
	c.Source.Git = &Git{
		URL: g.URL, Branch: g.Branch, Tag: g.Tag, Commit: g.Commit, AllowRewrites: g.AllowRewrites, Auth: a, Cache: onDisk(dir, g.Cache),
		Interval: c.duration(g.Interval, span{DefaultPollInterval, time.Second, 24 * time.Hour}, "source", "git", "interval"),
		Timeout:  c.duration(g.Timeout, span{DefaultFetchTimeout, time.Second, time.Hour}, "source", "git", "timeout"),
	}
	if localPath(g.URL) {
		c.Source.Git.URL = onDisk(dir, g.URL)
	}
}

// localPath reports whether a Git URL is the path of a local repository: it
// has neither a scheme nor the form host:path of scp.
func localPath(url string) bool {
	return url != "" && (filepath.IsAbs(url) || !strings.Contains(url, ":"))
}

func (c *Config) decodeTarget(i int, w *wireTarget) {
	steps := []string{"targets", strconv.Itoa(i)}
	at := func(key string) []string { return append(slices.Clone(steps), key) }
	settings, _ := c.doc.value(at("settings")).(map[string]any)
	if settings == nil {
		settings = map[string]any{}
	}
	t := Target{
		Name: w.Name, Driver: w.Driver, DependsOn: w.DependsOn, Mode: w.Mode, Prune: w.Prune, OnBlock: w.OnBlock,
		Suspend: w.Suspend, Rollback: w.Rollback, Settings: settings, Exclude: w.Exclude,
		Build:         c.build(&w.Render, at("render")),
		Path:          c.treePath(w.Path, at("path")...),
		HealthTimeout: c.duration(w.HealthTimeout, span{reconcile.DefaultHealthTimeout, time.Second, 24 * time.Hour}, at("healthTimeout")...),
		Interval:      c.duration(w.Interval, span{reconcile.DefaultInterval, time.Second, 24 * time.Hour}, at("interval")...),
		Location:      c.doc.place(pointer(steps...)).value,
	}
	t.Params, _ = c.doc.value(at("params")).(map[string]any)
	for name := range t.Params {
		if t.ParamsAt == nil {
			t.ParamsAt = map[string]resource.Location{}
		}
		t.ParamsAt[name] = c.doc.place(pointer(append(at("params"), name)...)).key
	}
	if t.Mode == "" {
		t.Mode = reconcile.ModeFlag
	}
	if t.OnBlock == "" {
		t.OnBlock = reconcile.OnBlockResource
	}
	c.Targets = append(c.Targets, t)
}

func onDisk(dir, file string) string {
	if file == "" || dir == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}
