// Package migrate reads what other reconcilers were told to keep in line and
// writes a holdfast.yaml that says the same.
//
// Flux's Kustomizations and HelmReleases and Argo CD's Applications become
// targets in mode flag. What has no counterpart is not dropped in silence: it
// stands as a comment beside its target, and comes back as a Note. Start with
// Write.
package migrate

import (
	"errors"
	"fmt"
	"io/fs"
)

// From is whose objects are read.
type From string

// The reconcilers.
const (
	Flux   From = "flux"
	ArgoCD From = "argocd"
)

// Input is what is read.
type Input struct {
	From From
	// Tree is the repository. Paths of targets are looked for in it, and the
	// objects are read from its files unless there are Streams.
	Tree fs.FS
	// Streams are files that hold the objects, such as a cluster gives them.
	Streams []Stream
}

// Stream is a file that was named.
type Stream struct {
	Name    string
	Content []byte
}

// Note is something that was not carried over, and what to do about it.
type Note struct {
	Target string // "" where it is about none
	Msg    string
}

func (n Note) String() string {
	if n.Target == "" {
		return n.Msg
	}
	return "target " + n.Target + ": " + n.Msg
}

// ErrNothing: there is no object to make a target of.
var ErrNothing = errors.New("nothing to carry over")

// Bounds of what is written, those of the configuration.
const (
	maxTargets = 1000
	maxOutput  = 1 << 20
)

// Write gives the configuration and what is not in it. It wraps ErrNothing
// where no object was found.
func Write(input Input) ([]byte, []Note, error) {
	read, err := collect(input)
	if err != nil {
		return nil, nil, err
	}
	c := &carrier{found: read, notes: read.notes}
	switch input.From {
	case Flux:
		c.flux()
	case ArgoCD:
		c.argo()
	default:
		return nil, nil, fmt.Errorf("unknown reconciler %q: expected %s or %s", input.From, Flux, ArgoCD)
	}
	if len(c.targets) == 0 && len(c.notes) == 0 {
		return nil, nil, fmt.Errorf("%w: found %s", ErrNothing, map[From]string{
			Flux: "no Kustomization or HelmRelease of Flux", ArgoCD: "no Application or ApplicationSet of Argo CD",
		}[input.From])
	}
	if len(c.targets) > maxTargets {
		return nil, nil, fmt.Errorf("%d targets are more than a configuration may have (%d); carry over one cluster at a time", len(c.targets), maxTargets)
	}
	c.nameTargets()
	c.resolve()
	content, err := c.write(input.From)
	if err == nil && len(content) > maxOutput {
		err = fmt.Errorf("the configuration would have %d bytes, more than it may (%d); carry over one cluster at a time", len(content), maxOutput)
	}
	if err != nil {
		return nil, nil, err
	}
	return content, c.allNotes(), nil
}
