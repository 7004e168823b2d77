package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/holdfast-dev/holdfast/sources"
)

const (
	// maxPacks is how many packs a clone may gather before it is made anew,
	// since each fetch adds one and nothing joins them.
	maxPacks = 50
	// recordFile lies beside the clones, so that it outlives them.
	recordFile = "record.json"
	// tipRef is the reference, within a clone, to what was fetched last.
	tipRef = plumbing.ReferenceName("refs/holdfast/tip")
	// building is the prefix of a clone that is not complete yet.
	building = "building-"
	// abandoned is the age from which an incomplete clone is taken for the
	// remains of a killed process.
	abandoned = 24 * time.Hour
)

// remote is a repository behind a URL, with a clone of it in a cache folder:
//
//	<cache>/<digest of URL and reference>/record.json   what was served
//	<cache>/<digest of URL and reference>/<number>/     a bare clone; the highest number counts
//
// A clone appears by renaming, hence whole or not at all. The one before it
// is kept, because snapshots may still read from it.
type remote struct {
	endpoint *transport.Endpoint
	options  Options
	dir      string
	remove   string // the temporary folder to remove on close, "" if none
	clone    *clone // nil until it was opened
	older    *clone // the one before, kept open for its snapshots
}

func newRemote(endpoint *transport.Endpoint, options Options) (*remote, error) {
	r := &remote{endpoint: endpoint, options: options}
	if options.Cache == "" {
		dir, err := os.MkdirTemp("", "holdfast-git-")
		if err != nil {
			return nil, fmt.Errorf("making a temporary folder for the clone: %w", err)
		}
		r.dir, r.remove = dir, dir
		return r, nil
	}
	name := sha256.Sum256([]byte(strings.Join([]string{endpoint.String(), options.Branch, options.Tag, options.Commit}, "\x00")))
	r.dir = filepath.Join(options.Cache, hex.EncodeToString(name[:16]))
	return r, nil
}

func (r *remote) renewable() bool { return true }

func (r *remote) close() error {
	var errs []error
	for _, c := range []*clone{r.clone, r.older} {
		if c != nil {
			errs = append(errs, c.objects.close())
		}
	}
	r.clone, r.older = nil, nil
	if r.remove != "" {
		errs = append(errs, os.RemoveAll(r.remove))
	}
	return errors.Join(errs...)
}

// record reads what was served. It fails rather than forgets, because without
// it a rewritten branch would go unnoticed.
func (r *remote) record() (record, error) {
	path := filepath.Join(r.dir, recordFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return record{Served: r.options.Last, Verified: r.options.LastVerified}, nil
	}
	if err != nil {
		return record{}, fmt.Errorf("reading what was served last: %w", err)
	}
	var known record
	if err := json.Unmarshal(raw, &known); err != nil {
		return record{}, fmt.Errorf("%s is damaged (%w); remove it if you trust what the repository holds now", path, err)
	}
	for _, hash := range []string{known.Served, known.Verified} {
		if hash != "" && !fullHash.MatchString(hash) {
			return record{}, fmt.Errorf("%s is damaged; remove it if you trust what the repository holds now", path)
		}
	}
	return known, nil
}

func (r *remote) setRecord(known record) error {
	raw, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("recording what was served: %w", err)
	}
	if err := writeFile(filepath.Join(r.dir, recordFile), raw); err != nil {
		return fmt.Errorf("recording what was served: %w", err)
	}
	return nil
}

// writeFile replaces a file so that it is there whole, before or after a crash.
func writeFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}

func (r *remote) tip(ctx context.Context, e effort) (*tip, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if pinned := plumbing.NewHash(r.options.Commit); e == update && r.options.Commit != "" && r.clone != nil && r.clone.objects.has(pinned) {
		return found(r.clone.objects, wanted{hash: pinned}) // there is nothing that the server could tell
	}
	line, err := dial(ctx, r.endpoint, r.options)
	if err != nil {
		return nil, err
	}
	defer line.close()
	wanted, err := line.resolve(ctx, r.options)
	if err != nil {
		return nil, err
	}
	if e == update && r.clone != nil {
		packs, err := r.clone.packs()
		if err != nil {
			return nil, err
		}
		if packs < maxPacks || r.clone.objects.has(wanted.hash) {
			return r.update(ctx, line, wanted)
		}
	}
	known, err := r.record()
	if err != nil {
		return nil, err
	}
	// The last commit alone is enough unless it must be told what is new in it.
	whole := e == unshort || r.options.Verify.enabled() || known.Served != "" && known.Served != wanted.hash.String()
	return r.renew(ctx, line, wanted, whole)
}

// prepare makes the folder and opens the newest clone in it.
func (r *remote) prepare() error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	if r.clone != nil {
		return nil
	}
	numbers, err := r.numbers()
	if err != nil || len(numbers) == 0 {
		return err
	}
	opened, err := openClone(r.path(numbers[len(numbers)-1]))
	if err != nil {
		r.options.Logger.Warn("the cached clone cannot be opened", "source", r.endpoint.String(), "reason", err)
		return nil // it will be replaced
	}
	r.clone = opened
	return nil
}

func (r *remote) path(number int) string { return filepath.Join(r.dir, strconv.Itoa(number)) }

// numbers are those of the clones there are, in order.
func (r *remote) numbers() ([]int, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return nil, fmt.Errorf("reading the cache folder: %w", err)
	}
	var numbers []int
	for _, entry := range entries {
		if number, err := strconv.Atoi(entry.Name()); err == nil && number > 0 {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// update fetches into the clone there is. The clone's shallow boundary is
// told to the server, so that it does not leave out what lies behind it.
func (r *remote) update(ctx context.Context, line *line, wanted wanted) (*tip, error) {
	if !r.clone.objects.has(wanted.hash) {
		have, err := r.clone.tip()
		if err != nil {
			return nil, err
		}
		shallow, err := r.clone.objects.shallow()
		if err != nil {
			return nil, err
		}
		request := request{wants: []plumbing.Hash{wanted.hash}, haves: have}
		for hash := range shallow {
			request.shallow = append(request.shallow, hash)
		}
		if err := line.download(ctx, r.clone, request); err != nil {
			return nil, err
		}
	}
	if err := r.clone.setTip(wanted.hash); err != nil {
		return nil, err
	}
	return found(r.clone.objects, wanted)
}

// renew makes a new clone and lets it take the place of the one there is.
func (r *remote) renew(ctx context.Context, line *line, wanted wanted, whole bool) (*tip, error) {
	r.sweep()
	dir, err := os.MkdirTemp(r.dir, building)
	if err != nil {
		return nil, fmt.Errorf("making a folder for the clone: %w", err)
	}
	defer os.RemoveAll(dir) // nothing is left there once it was renamed
	fresh, err := initClone(dir)
	if err != nil {
		return nil, err
	}
	request := request{wants: []plumbing.Hash{wanted.hash}, depth: 1}
	if whole {
		request.depth = 0
	}
	if !wanted.advertised && !line.servesAnyCommit() {
		// Only what is advertised may be asked for, so the commit is looked
		// for in all of that.
		request.wants, request.depth = line.all(), 0
	}
	if err := line.download(ctx, fresh, request); err != nil {
		return nil, errors.Join(err, fresh.objects.close())
	}
	if err := errors.Join(fresh.setTip(wanted.hash), fresh.objects.close()); err != nil {
		return nil, err
	}
	if err := r.install(dir); err != nil {
		return nil, err
	}
	if !r.clone.objects.has(wanted.hash) {
		return nil, fmt.Errorf("%w: the repository has no commit %s that a branch or tag leads to", sources.ErrNoRevision, wanted.hash)
	}
	return found(r.clone.objects, wanted)
}

// install makes the clone in dir the current one, and removes those that are
// older than the one before.
func (r *remote) install(dir string) error {
	numbers, err := r.numbers()
	if err != nil {
		return err
	}
	next := 1
	if len(numbers) > 0 {
		next = numbers[len(numbers)-1] + 1
	}
	if err := os.Rename(dir, r.path(next)); err != nil {
		return fmt.Errorf("putting the clone in its place: %w", err)
	}
	fresh, err := openClone(r.path(next))
	if err != nil {
		return err
	}
	if r.older != nil {
		if err := r.older.objects.close(); err != nil {
			r.options.Logger.Debug("closing an old clone", "reason", err)
		}
	}
	r.older, r.clone = r.clone, fresh
	for _, number := range numbers {
		if number < next-1 {
			if err := os.RemoveAll(r.path(number)); err != nil {
				r.options.Logger.Warn("an old clone cannot be removed", "reason", err)
			}
		}
	}
	return nil
}

// sweep removes what killed processes left.
func (r *remote) sweep() {
	left, err := filepath.Glob(filepath.Join(r.dir, building+"*"))
	if err != nil {
		return // only for a malformed pattern
	}
	for _, dir := range left {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > abandoned {
			if err := os.RemoveAll(dir); err != nil {
				r.options.Logger.Warn("an abandoned clone cannot be removed", "reason", err)
			}
		}
	}
}

// found peels what was wanted down to its commit.
func found(objects *store, wanted wanted) (*tip, error) {
	commit, tag, err := objects.peel(wanted.hash)
	if err != nil {
		return nil, err
	}
	return &tip{store: objects, commit: commit, tag: tag, ref: wanted.name.Short()}, nil
}

// at looks in the clones, and then asks the server for that one commit.
func (r *remote) at(ctx context.Context, hash plumbing.Hash) (*tip, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	for _, c := range []*clone{r.clone, r.older} {
		if c != nil && c.objects.has(hash) {
			return &tip{store: c.objects, commit: hash}, nil
		}
	}
	line, err := dial(ctx, r.endpoint, r.options)
	if err != nil {
		return nil, err
	}
	defer line.close()
	if err := line.advertisement(ctx); err != nil {
		return nil, err
	}
	if r.clone == nil || !line.servesAnyCommit() {
		return nil, fmt.Errorf("%w: %s is not in the cache, and the server does not give out single commits", sources.ErrNoRevision, hash)
	}
	if err := line.download(ctx, r.clone, request{wants: []plumbing.Hash{hash}, depth: 1}); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", sources.ErrNoRevision, hash, err)
	}
	if !r.clone.objects.has(hash) {
		return nil, fmt.Errorf("%w: the server did not send %s", sources.ErrNoRevision, hash)
	}
	return &tip{store: r.clone.objects, commit: hash}, nil
}

// joinTrimmed is path, which a file of Git holds, relative to dir.
func joinTrimmed(dir, path string) string {
	path = strings.TrimSpace(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
