package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// used is what a process has cost so far.
type used struct {
	cpu    time.Duration
	memory int64 // bytes resident now
}

// usage reads proc(5).
func usage(pid int) (used, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return used{}, err
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const ticks = 100 // a second, on Linux
	var sum int64
	for _, at := range []int{11, 12} { // utime and stime
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return used{}, err
		}
		sum += n
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return used{}, err
	}
	u := used{cpu: time.Duration(sum) * time.Second / ticks}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			if err != nil {
				return used{}, err
			}
			u.memory = kib << 10
		}
	}
	return u, nil
}
