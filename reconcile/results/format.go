package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A file is a header, an index and the values, all numbers little-endian:
//
//	magic    8 bytes
//	count    4 bytes: the number of entries
//	saves    4 bytes: how often the store was written
//	day      4 bytes: when, in days since 1970
//	version, name   32 bytes each: SHA-256 of the engine's version and of the workspace's name
//	secret   32 bytes
//	index    count × (key 32 bytes, end of its value 4 bytes, saves when it was last used 4 bytes), by rising key
//	values   one after the other
//	sum      32 bytes: SHA-256 of all before it
//
// The index is searched as it lies there, so that reading a file costs its
// checksum and nothing for each entry.
const (
	magic      = "hfstore\x01" // the last byte is the format's own version
	keySize    = 32
	secretSize = 32
	headerSize = len(magic) + 3*4 + 2*sha256.Size + secretSize
	entrySize  = keySize + 2*4
	overhead   = int64(headerSize + sha256.Size)
)

// contents is a file that was read. The zero value is empty.
type contents struct {
	count      int
	saves, day uint32
	secret     []byte
	index      []byte
	values     []byte
}

// entry is one result. Saves numbers the save before which it was used last.
type entry struct {
	key   Key
	value []byte
	saves uint32
}

// roomOf is what a value takes of a file, in bytes.
func roomOf(value []byte) int64 { return entrySize + int64(len(value)) }

// readOwn reads a file that belongs to the user and that nobody else may write to.
func readOwn(path string, most int64) ([]byte, error) {
	// Without O_NONBLOCK a pipe in the file's place would be waited for.
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	switch owner, known := info.Sys().(*syscall.Stat_t); {
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Mode().Perm()&0o022 != 0:
		return nil, fmt.Errorf("others may write to it (mode %04o)", info.Mode().Perm())
	case !known || int(owner.Uid) != os.Geteuid():
		return nil, errors.New("it belongs to another user")
	case info.Size() > most:
		return nil, fmt.Errorf("it has %d bytes, and at most %d are kept", info.Size(), most)
	}
	content := make([]byte, info.Size())
	if _, err := io.ReadFull(file, content); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	return content, nil
}

// parse checks a file's bytes, which the contents then share.
func parse(content []byte, version, name string) (contents, error) {
	if len(content) < int(overhead) || string(content[:len(magic)]) != magic {
		return contents{}, errors.New("not a store of results that this version reads")
	}
	body, sum := content[:len(content)-sha256.Size], content[len(content)-sha256.Size:]
	if actual := sha256.Sum256(body); !bytes.Equal(actual[:], sum) {
		return contents{}, errors.New("damaged: its checksum does not match")
	}
	rest := body[len(magic):]
	take := func(n int) []byte {
		taken := rest[:n:n]
		rest = rest[n:]
		return taken
	}
	number := func() uint32 { return binary.LittleEndian.Uint32(take(4)) }
	count, saves, day := number(), number(), number()
	if want := sha256.Sum256([]byte(version)); !bytes.Equal(take(sha256.Size), want[:]) {
		return contents{}, errors.New("another version of the engine wrote it")
	}
	if want := sha256.Sum256([]byte(name)); !bytes.Equal(take(sha256.Size), want[:]) {
		return contents{}, errors.New("it is another workspace's")
	}
	c := contents{count: int(count), saves: saves, day: day, secret: take(secretSize)}
	if int64(count)*entrySize > int64(len(rest)) {
		return contents{}, errors.New("damaged: its index is cut off")
	}
	c.index = take(c.count * entrySize)
	c.values = rest
	return c, c.check()
}

// check holds the index to what find and value take for granted.
func (c *contents) check() error {
	end := uint32(0)
	for i := range c.count {
		next := c.end(i)
		if next < end || int64(next) > int64(len(c.values)) {
			return fmt.Errorf("damaged: entry %d has no place", i)
		}
		if i > 0 && bytes.Compare(c.key(i-1), c.key(i)) >= 0 {
			return fmt.Errorf("damaged: entry %d is out of order", i)
		}
		end = next
	}
	if int(end) != len(c.values) {
		return errors.New("damaged: values without an entry")
	}
	return nil
}

func (c *contents) key(i int) []byte { return c.index[i*entrySize:][:keySize] }

// end is where the value of entry i ends among the values.
func (c *contents) end(i int) uint32 {
	return binary.LittleEndian.Uint32(c.index[i*entrySize+keySize:])
}

func (c *contents) value(i int) []byte {
	start, end := uint32(0), c.end(i)
	if i > 0 {
		start = c.end(i - 1)
	}
	return c.values[start:end:end]
}

func (c *contents) entry(i int) entry {
	return entry{key: Key(c.key(i)), value: c.value(i), saves: binary.LittleEndian.Uint32(c.index[i*entrySize+keySize+4:])}
}

func (c *contents) find(key Key) (int, bool) {
	return sort.Find(c.count, func(i int) int { return bytes.Compare(key[:], c.key(i)) })
}

// head is the header of a file, before its index.
func head(count int, saves, day uint32, secret []byte, opts Options) []byte {
	version, name := sha256.Sum256([]byte(opts.Version)), sha256.Sum256([]byte(opts.Name))
	header := slices.Grow([]byte(magic), headerSize)
	for _, n := range []uint32{uint32(count), saves, day} {
		header = binary.LittleEndian.AppendUint32(header, n)
	}
	return slices.Concat(header, version[:], name[:], secret)
}

// dayOf counts the days since 1970.
func dayOf(t time.Time) uint32 { return uint32(t.Unix() / (24 * 60 * 60)) }
