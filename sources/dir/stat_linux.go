package dir

import (
	"encoding/binary"
	"io/fs"
	"syscall"
	"time"
)

// statOf is what tells a file that was touched from one that was not, and when
// its content, name or permissions were last changed.
func statOf(info fs.FileInfo) (stat string, changed time.Time, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", time.Time{}, false
	}
	var all []byte
	for _, n := range []uint64{s.Dev, s.Ino, uint64(s.Size), uint64(s.Mtim.Nano()), uint64(s.Ctim.Nano())} {
		all = binary.LittleEndian.AppendUint64(all, n)
	}
	return string(all), time.Unix(s.Ctim.Unix()), true
}
