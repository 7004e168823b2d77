package host

import (
	"fmt"
	"io/fs"
	"strconv"
)

// modeText and fileMode convert between the twelve mode bits in octal and Go's form.
func modeText(mode fs.FileMode) string {
	bits := uint32(mode.Perm())
	for bit, flag := range specialBits() {
		if mode&flag != 0 {
			bits |= bit
		}
	}
	return fmt.Sprintf("%04o", bits)
}

// fileMode takes a mode that parse accepted; any other is 0, which lets nobody in.
func fileMode(text string) fs.FileMode {
	bits, err := strconv.ParseUint(text, 8, 12)
	if err != nil {
		return 0
	}
	mode := fs.FileMode(bits & 0o777)
	for bit, flag := range specialBits() {
		if uint32(bits)&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

func specialBits() map[uint32]fs.FileMode {
	return map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky}
}
