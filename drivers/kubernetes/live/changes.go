package live

import (
	"context"
	"time"
)

// debounce is how long it must be quiet before a change is told, and maxWait
// how long a change may wait where it never is.
const (
	debounce = 200 * time.Millisecond
	maxWait  = 2 * time.Second
)

// note remembers that something changed until it is told; c.mu is held.
func (c *Cache) note(at place, version string) {
	c.pending[at] = version
	c.nudge()
}

func (c *Cache) nudge() {
	select {
	case c.noted <- struct{}{}:
	default: // one is waiting already
	}
}

// Changes sends when what a pass might act on has changed: an object that was
// written, deleted or lost its Label, by anybody but holdfast, or whose health
// changed. It closes the channel when ctx ends. What was noted before, and not
// told yet, is told first.
func (c *Cache) Changes(ctx context.Context) <-chan struct{} {
	changes := make(chan struct{}, 1)
	go func() {
		defer close(changes)
		for c.quieten(ctx) {
			if !c.takePending() {
				continue
			}
			select {
			case changes <- struct{}{}:
			default:
			}
		}
		c.nudge() // for whoever asks next
	}()
	return changes
}

// quieten waits for a change and then for quiet; it is false when ctx has ended.
func (c *Cache) quieten(ctx context.Context) bool {
	var quiet, latest <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-c.noted:
			quiet = time.After(debounce)
			if latest == nil {
				latest = time.After(maxWait)
			}
		case <-quiet:
			return true
		case <-latest:
			return true
		}
	}
}

// takePending forgets what is about to be told, and reports whether there was any:
// Wrote may have shown that it was holdfast's own.
func (c *Cache) takePending() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	some := len(c.pending) > 0
	clear(c.pending)
	return some
}
