package main

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The exit codes. Where several apply the highest wins.
const (
	exitClean   = 0
	exitBlocked = 1
	exitMistake = 2
	exitFault   = 3
)

const exitHelp = `Exit codes:
  0  clean; warnings are allowed
  1  a finding blocks, or the destination would refuse what is planned
  2  a mistake of the user: flags, configuration, a manifest or policy that cannot be read, or that
     its destination would not take
  3  a fault of the world: network, target, state`

// coded is an error that brings its exit code. With quiet its text was shown already.
type coded struct {
	code  int
	err   error
	quiet bool
}

func (c *coded) Error() string { return c.err.Error() }
func (c *coded) Unwrap() error { return c.err }

// mistake marks an error as the user's to mend.
func mistake(err error) error {
	if err == nil {
		return nil
	}
	return &coded{code: exitMistake, err: err}
}

// ended is the exit code of a command that has said all there is to say.
func ended(code int) error {
	if code == exitClean {
		return nil
	}
	return &coded{code: code, err: errors.New("see above"), quiet: true}
}

// exitCode is the one table from errors to exit codes.
func exitCode(err error) int {
	if err == nil {
		return exitClean
	}
	if own := (*coded)(nil); errors.As(err, &own) {
		return own.code
	}
	if problems := (resource.Problems)(nil); errors.As(err, &problems) {
		return exitMistake
	}
	for _, wrong := range []error{sources.ErrNotFound, sources.ErrNoRevision, sources.ErrEmpty, sources.ErrTooLarge, sources.ErrEscapes, drivers.ErrSettings, fs.ErrNotExist} {
		if errors.Is(err, wrong) {
			return exitMistake
		}
	}
	return exitFault
}

// message is what is shown of an error, "" if it was shown already.
func message(err error) string {
	if own := (*coded)(nil); errors.As(err, &own) && own.quiet {
		return ""
	}
	if errors.Is(err, context.Canceled) {
		return "stopped"
	}
	return err.Error()
}

// onceCode is the exit code of run --once, which nobody may be watching: what
// waits for somebody to decide tells itself by it too. What mode flag only shows does not.
func onceCode(result *reconcile.Result) int {
	code := passCode(result)
	for _, run := range result.Runs {
		if run.Mode == string(reconcile.ModeApply) && slices.ContainsFunc(run.Changes, func(c reconcile.ChangeRecord) bool { return c.State == reconcile.StateFlagged }) {
			code = max(code, exitBlocked)
		}
	}
	return code
}

// passCode is the exit code of one pass over the targets.
func passCode(result *reconcile.Result) int {
	code := exitClean
	raise := func(to int) { code = max(code, to) }
	if result.FetchErr != nil {
		raise(exitCode(result.FetchErr))
	}
	if len(result.Unfit) > 0 {
		raise(exitMistake)
	}
	for _, run := range result.Runs {
		switch run.Outcome {
		case reconcile.OutcomeFailed:
			if run.Mistake {
				raise(exitMistake)
			} else {
				raise(exitFault)
			}
		case reconcile.OutcomeHeld:
			raise(exitMistake)
		case reconcile.OutcomeBlocked:
			raise(exitBlocked)
		}
		for _, change := range run.Changes { // that plan, or mode flag, only shows
			switch {
			case change.State != reconcile.StatePlanned:
			case change.Mistake:
				raise(exitMistake)
			case change.Refused:
				raise(exitBlocked)
			}
		}
		for _, finding := range run.Findings {
			// What is wrong with what is live is what the change mends.
			if finding.Phase != policy.PhaseLive && finding.Decision != policy.Warn && finding.Waived == nil && !finding.Existing {
				raise(exitBlocked)
			}
		}
	}
	return code
}
