package state

import (
	"context"
	"database/sql"
	"sync"
)

// together is the writes that wait for the disk. What comes while one
// transaction is written goes into the next one, all of it, so that changes made
// side by side do not wait for the disk one by one.
type together struct {
	mu      sync.Mutex
	waiting []*waiting
	writing bool
}

// waiting is a write whose caller waits.
type waiting struct {
	ctx   context.Context
	doing string
	do    func(tx *sql.Tx) error
	ended chan error
}

// writeTogether is write, for what others may do at the same time. do may be
// called twice, the first time without effect.
func (s *Store) writeTogether(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	w := &waiting{ctx, doing, do, make(chan error, 1)}
	s.together.mu.Lock()
	s.together.waiting = append(s.together.waiting, w)
	begin := !s.together.writing
	s.together.writing = true
	s.together.mu.Unlock()
	if begin {
		go s.writeWaiting()
	}
	return <-w.ended
}

// writeWaiting writes until nobody waits.
func (s *Store) writeWaiting() {
	for {
		s.together.mu.Lock()
		batch := s.together.waiting
		s.together.waiting = nil
		s.together.writing = len(batch) > 0
		s.together.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if len(batch) > 1 && s.writeAll(batch) == nil {
			for _, w := range batch {
				w.ended <- nil
			}
			continue
		}
		// One by one, so that each is told of its own failure and no other.
		for _, w := range batch {
			w.ended <- s.write(w.ctx, w.doing, w.do)
		}
	}
}

func (s *Store) writeAll(batch []*waiting) error {
	return s.write(context.Background(), "writing to", func(tx *sql.Tx) error {
		for _, w := range batch {
			if err := w.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
}
