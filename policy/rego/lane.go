package rego

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// stuckAfter is how long after its deadline an evaluation is waited for. The
// evaluator looks at its deadline between steps, but some of its functions
// (templates, paths in graphs) can take for ever in a single one.
const stuckAfter = time.Second

var (
	errTimeout = errors.New("timeout")
	errStuck   = errors.New("stuck")
)

// lane is a goroutine that evaluates one query after another for a worker, so
// that the worker can go on without it.
type lane struct {
	jobs    chan func() result
	results chan result
	timer   *time.Timer
	ended   <-chan struct{} // closed when nothing is evaluated any more
	terms   *terms          // of whoever has the lane
}

// result is what comes of a job: the answer of a query, or a constraint's.
type result struct {
	answer     topdown.QueryResult
	violations []gatekeeper.Violation
	err        error
}

// newLane is one that ends with ctx, or when it is closed.
func newLane(ctx context.Context) *lane {
	l := &lane{jobs: make(chan func() result), results: make(chan result, 1), timer: time.NewTimer(time.Hour), ended: ctx.Done(), terms: newTerms()}
	l.timer.Stop()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case job, open := <-l.jobs:
				if !open {
					return
				}
				l.results <- job()
			}
		}
	}()
	return l
}

// close lets the goroutine end, at once or when it is done with its query.
func (l *lane) close() { close(l.jobs) }

// do does the job. After errStuck, or when ctx ended, the lane is of no more use.
func (l *lane) do(ctx context.Context, timeout time.Duration, job func() result) (result, error) {
	select {
	case l.jobs <- job:
	case <-ctx.Done():
		return result{}, ctx.Err()
	case <-l.ended:
		return result{}, context.Canceled
	}
	l.timer.Reset(timeout + stuckAfter)
	defer l.timer.Stop()
	select {
	case r := <-l.results:
		return r, r.err
	case <-l.timer.C:
		return result{}, errStuck
	case <-ctx.Done():
	}
	l.timer.Reset(stuckAfter)
	select {
	case <-l.results:
	case <-l.timer.C:
	}
	return result{}, ctx.Err()
}

// answerOf evaluates one query. A panic in the evaluator is an error like another.
func answerOf(ctx context.Context, q *topdown.Query) (r result) {
	defer func() {
		if fault := recover(); fault != nil {
			r = result{err: fmt.Errorf("the evaluator failed: %v", fault)}
		}
	}()
	r.err = q.Iter(ctx, func(answer topdown.QueryResult) error {
		r.answer = answer
		return nil
	})
	return r
}
