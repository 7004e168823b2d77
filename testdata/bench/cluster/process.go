package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// process is a program at work, with its log in a file.
type process struct {
	command *exec.Cmd
	log     string
	done    chan struct{}
}

// run starts a program.
func run(folder, name, program string, args ...string) (*process, error) {
	p := &process{command: exec.Command(program, args...), log: filepath.Join(folder, name+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.command.Dir, p.command.Stdout, p.command.Stderr = folder, log, log
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.done)
		_ = p.command.Wait() // why it ended is in the log
	}()
	return p, nil
}

func (p *process) pid() int { return p.command.Process.Pid }

func (p *process) signal(signal os.Signal) error { return p.command.Process.Signal(signal) }

// ended is an error with the end of the log if the program has ended.
func (p *process) ended() error {
	select {
	case <-p.done:
	default:
		return nil
	}
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s ended: %s", p.command.Path, text[max(0, len(text)-2000):])
}

func (p *process) stop() {
	if p != nil {
		_ = p.command.Process.Kill() // it may have ended
		<-p.done
	}
}
