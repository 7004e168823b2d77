package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
)

const settingsSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "settings of a kubernetes target",
  "description": "without context, kubeconfig and inCluster: as kubectl, the current context of the user's kubeconfig, or in a pod its own cluster",
  "type": "object",
  "properties": {
    "context": {"description": "context of the kubeconfig", "type": "string", "minLength": 1},
    "kubeconfig": {"description": "absolute path of a kubeconfig", "type": "string", "pattern": "^/"},
    "inCluster": {"description": "the cluster in which holdfast itself runs, with its service account", "type": "boolean"},
    "namespace": {"description": "namespace of objects that name none and need one", "type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63},
    "namespaces": {
      "description": "the only namespaces that the target may write to; a star at the end stands for any rest. No objects outside of namespaces then",
      "type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[*]?)?$"}
    },
    "inventoryNamespace": {
      "description": "namespace in which the inventory is kept; default: the first of namespaces, the pod's own, or \"default\"",
      "type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63
    },
    "impersonate": {
      "description": "whom to act as: a user or a service account",
      "type": "object",
      "properties": {
        "user": {"type": "string", "minLength": 1},
        "serviceAccount": {
          "type": "object",
          "properties": {"namespace": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}},
          "required": ["namespace", "name"], "additionalProperties": false
        },
        "groups": {"type": "array", "items": {"type": "string", "minLength": 1}}
      },
      "oneOf": [{"required": ["user"]}, {"required": ["serviceAccount"]}],
      "additionalProperties": false
    },
    "qps": {"description": "requests a second, in the mean; default 200", "type": "number", "exclusiveMinimum": 0},
    "burst": {"description": "requests at once; default 400", "type": "integer", "minimum": 1},
    "timeout": {"description": "for one request; default 30s", "type": "string", "pattern": "^([0-9]+(ms|s|m))+$"},
    "takeOver": {
      "description": "further field managers whose fields are taken over at the first apply",
      "type": "array", "items": {"type": "string", "minLength": 1}
    },
    "ignoreDifferences": {
      "description": "fields that are somebody else's affair",
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "group": {"description": "\"\" is the core group, \"*\" any", "type": "string"},
          "kind": {"description": "\"*\" is any", "type": "string", "minLength": 1},
          "namespace": {"type": "string"},
          "name": {"type": "string"},
          "jsonPointers": {"type": "array", "items": {"type": "string", "pattern": "^/"}},
          "managers": {"type": "array", "items": {"type": "string", "minLength": 1}},
          "managedFieldsManagers": {"description": "the same as managers", "type": "array", "items": {"type": "string", "minLength": 1}}
        },
        "required": ["kind"], "additionalProperties": false
      }
    }
  },
  "additionalProperties": false
}
`

// settings of a target; see settingsSchema.
type settings struct {
	Context            string        `json:"context"`
	Kubeconfig         string        `json:"kubeconfig"`
	InCluster          bool          `json:"inCluster"`
	Namespace          string        `json:"namespace"`
	Namespaces         []string      `json:"namespaces"`
	InventoryNamespace string        `json:"inventoryNamespace"`
	Impersonate        impersonation `json:"impersonate"`
	QPS                float32       `json:"qps"`
	Burst              int           `json:"burst"`
	Timeout            duration      `json:"timeout"`
	TakeOver           []string      `json:"takeOver"`
	IgnoreDifferences  []ignored     `json:"ignoreDifferences"`
}

type impersonation struct {
	User           string `json:"user"`
	ServiceAccount struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"serviceAccount"`
	Groups []string `json:"groups"`
}

type ignored struct {
	Group                 string   `json:"group"`
	Kind                  string   `json:"kind"`
	Namespace             string   `json:"namespace"`
	Name                  string   `json:"name"`
	JSONPointers          []string `json:"jsonPointers"`
	Managers              []string `json:"managers"`
	ManagedFieldsManagers []string `json:"managedFieldsManagers"`
}

type duration struct{ time.Duration }

func (d *duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

const (
	defaultQPS     = 200
	defaultBurst   = 400
	defaultTimeout = 30 * time.Second
)

func readSettings(raw map[string]any) (s settings, err error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return s, unusable("settings: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return s, unusable("settings: %w", err)
	}
	if s.QPS <= 0 {
		s.QPS = defaultQPS
	}
	if s.Burst <= 0 {
		s.Burst = max(defaultBurst, int(s.QPS))
	}
	if s.Timeout.Duration <= 0 {
		s.Timeout.Duration = defaultTimeout
	}
	if s.InCluster && (s.Context != "" || s.Kubeconfig != "") {
		return s, unusable("settings.inCluster leaves no choice of context and kubeconfig: remove the one or the others")
	}
	return s, nil
}

func (s *settings) rules() (live.Rules, error) {
	var rules []live.Rule
	for _, i := range s.IgnoreDifferences {
		rules = append(rules, live.Rule{
			Group: i.Group, Kind: i.Kind, Namespace: i.Namespace, Name: i.Name,
			JSONPointers: i.JSONPointers, Managers: slices.Concat(i.Managers, i.ManagedFieldsManagers),
		})
	}
	read, err := live.ReadRules(rules)
	if err != nil {
		return read, unusable("settings.ignoreDifferences: %w", err)
	}
	return read, nil
}

// unusable is an error of the settings, or of what they name, for a person to mend.
func unusable(format string, args ...any) error {
	return &failure{text: fmt.Errorf(format, args...).Error(), kind: drivers.ErrSettings}
}

// within reports whether the target may write to a namespace; "" is the whole cluster.
func (s *settings) within(namespace string) bool {
	return len(s.Namespaces) == 0 || namespace != "" && slices.ContainsFunc(s.Namespaces, func(pattern string) bool {
		return covers(pattern, namespace)
	})
}

// covers reports whether what stands in the place of a namespace, or of a
// pattern of them, is within the pattern.
func covers(pattern, inner string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	if open {
		return strings.HasPrefix(inner, prefix)
	}
	return pattern == inner
}
