package kustomize

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

func (f *folder) refuse(entry, msg string) {
	f.refused = append(f.refused, resource.Problem{Msg: msg, Location: f.place(entry)})
}

func (f *folder) refuseRemote(entry string) {
	msg := fmt.Sprintf("%s is remote, and nothing but bases is fetched for a kustomization; put a copy of it into the source and name that", withoutUser(entry))
	f.refuse(entry, msg+orLocal(entry))
}

// orLocal is the mend for what only looks like an address.
func orLocal(entry string) string {
	if strings.Contains(entry, "://") {
		return ""
	}
	return ", or write ./ before the name of a folder that is here"
}

// withoutUser is an address without what may be a password in it.
func withoutUser(entry string) string {
	if address, err := url.Parse(entry); err == nil && address.User != nil {
		return address.Redacted()
	}
	return entry
}

func (f *folder) refuseCharts() {
	if len(f.content.HelmCharts) == 0 {
		return
	}
	const msg = "charts are not inflated by a kustomization, as that would run helm; make the chart a target of its own, or put what it renders into the source"
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if at := f.place(field); at.Line > 0 {
			f.refused = append(f.refused, resource.Problem{Msg: msg, Location: at})
			return
		}
	}
	f.refuse("", msg)
}

var userName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*@`)

// isRemote reports whether the library might take an entry for something that
// it must fetch. It errs on the side of yes: a local path can always begin with ./
func isRemote(entry string) bool {
	lower := strings.ToLower(entry)
	lower = strings.TrimPrefix(lower, "git::")
	for _, beginning := range []string{"ssh://", "https:", "http:", "file://", "git://", "oci://", "s3://", "github.com/", "github.com:"} {
		if strings.HasPrefix(lower, beginning) {
			return true
		}
	}
	if lower != strings.ToLower(entry) || userName.MatchString(entry) {
		return true
	}
	address, err := url.Parse(entry)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https")
}

// plugin takes in a generator, a transformer or a validator: a manifest, or a
// file with some. Only those of the library itself may be asked for, and none
// that runs a program.
func (f *folder) plugin(entry string) {
	if strings.Contains(entry, "\n") || strings.HasPrefix(entry, "{") {
		if f.inline(entry); len(f.wrong) > 0 {
			return // it must not be parsed by what knows no bounds
		}
	}
	if manifests, err := parseManifests([]byte(entry)); err == nil {
		f.plugins(entry, manifests)
		return
	}
	target, info := f.resolve(entry)
	switch {
	case info == nil:
		return
	case info.IsDir():
		// What such a folder builds is not known before, nor what that would load.
		f.refuse(entry, target+" is a folder of transformers; name its files instead")
		return
	}
	data, err := f.tree.options.Read(target)
	if err == nil {
		err = f.tree.options.Admit(target, data)
	}
	if err != nil {
		f.fault(target, err)
		return
	}
	manifests, err := parseManifests(data)
	if err != nil {
		f.mistake(entry, target+" holds no manifests of transformers")
		return
	}
	f.take(target, rolePatch)
	f.plugins(entry, manifests)
}

// parseManifests reads manifests as the library does.
func parseManifests(data []byte) (manifests resmap.ResMap, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			manifests, err = nil, fmt.Errorf("parse manifests: %v", cause)
		}
	}()
	return resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory()).NewResMapFromBytes(data)
}

func (f *folder) plugins(entry string, manifests resmap.ResMap) {
	for _, manifest := range manifests.Resources() {
		kind := manifest.GetKind()
		switch {
		case manifest.GetApiVersion() != "builtin":
			f.refuse(entry, fmt.Sprintf("%s of %s is a plugin, and no programs or containers are run; put what it makes into the source, or use one of kustomize's own transformers",
				kind, manifest.GetApiVersion()))
			continue
		case kind == "HelmChartInflationGenerator":
			f.refuse(entry, kind+" would run helm; put what the chart renders into the source")
			continue
		}
		content, err := manifest.Map()
		if err != nil {
			f.mistake(entry, kind+" cannot be read")
			continue
		}
		f.loaded(content)
	}
}

// loaded takes in the files that a transformer or generator loads.
func (f *folder) loaded(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			if isLoad(key) {
				f.loadedFiles(child)
			}
			f.loaded(child)
		}
	case []any:
		for _, child := range v {
			f.loaded(child)
		}
	}
}

// isLoad reports whether a field of the library's own transformers and
// generators has names of files for values.
func isLoad(key string) bool {
	for _, load := range []string{"path", "paths", "files", "envs", "env", "targetFilePath"} {
		if strings.EqualFold(key, load) { // as its decoder does
			return true
		}
	}
	return false
}

func (f *folder) loadedFiles(value any) {
	switch v := value.(type) {
	case string:
		if name, file, named := strings.Cut(v, "="); named && !strings.Contains(name, "/") {
			v = file
		}
		if isRemote(v) {
			f.refuseRemote(v)
			return
		}
		// Most such fields are paths into resources, and not to files.
		if f.isFile(v) {
			f.file(v, roleInput)
		}
	case []any:
		for _, each := range v {
			f.loadedFiles(each)
		}
	}
}
