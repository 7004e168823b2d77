package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// holder is what the lock file says, for people; the lock itself is flock(2).
type holder struct {
	PID  int    `json:"pid"`
	Host string `json:"host"`
}

// maxHolder bounds in bytes what is read of a lock file.
const maxHolder = 4096

// acquire takes the lock without waiting. The file stays behind when the lock
// is freed: removing it would let two processes lock two files of one name.
func acquire(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		err = fmt.Errorf("%w: %s (%s)", reconcile.ErrLocked, describeHolder(file), path)
	case err != nil:
		err = fmt.Errorf("locking %s: %w", path, err)
	default:
		err = writeHolder(file)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// release frees the lock. What the file said is wiped first, so that nobody is
// told of a holder that has gone.
func release(file *os.File) error {
	return errors.Join(file.Truncate(0), file.Close())
}

func writeHolder(file *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	text, err := json.Marshal(holder{PID: os.Getpid(), Host: host})
	if err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	if _, err := file.WriteAt(append(text, '\n'), 0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	return nil
}

func describeHolder(file *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, maxHolder))
	var h holder
	if err != nil || json.Unmarshal(text, &h) != nil || h.PID == 0 {
		return "held by a process that did not leave its name"
	}
	return fmt.Sprintf("held by process %d on %s", h.PID, h.Host)
}
