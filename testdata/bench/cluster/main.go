// Command cluster measures holdfast on a real API server: what it costs to
// bring so many objects in line, to find that they are, to heal one that
// drifted, and to apply a commit; and how many requests that takes. With -flux
// the same objects go through kustomize-controller, in the same run, on a
// server of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

func main() {
	log.SetFlags(0)
	holdfast := flag.String("holdfast", "", "the program to measure")
	flux := flag.String("flux", "", "kustomize-controller, to measure beside it; empty for not")
	sizes := flag.String("objects", "1000,5000", "how many objects, by comma")
	flag.Parse()
	fmt.Println("| objects | | first apply s | no-op pass s | requests | drift healed s | commit applied s | requests | CPU s | memory MiB |")
	fmt.Println("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, text := range strings.Split(*sizes, ",") {
		size, err := strconv.Atoi(text)
		if err != nil {
			log.Fatalf("-objects: %v", err)
		}
		if err := measure(size, "holdfast", func(s *scene) subject { return &daemon{scene: s, program: *holdfast} }); err != nil {
			log.Fatalf("holdfast, %d objects: %v", size, err)
		}
		if *flux == "" {
			continue
		}
		if err := measure(size, "kustomize-controller", func(s *scene) subject { return &controller{scene: s, program: *flux} }); err != nil {
			log.Fatalf("kustomize-controller, %d objects: %v", size, err)
		}
	}
}

// subject is what is measured.
type subject interface {
	// start begins, with an empty cluster, and returns once all is in line.
	start(ctx context.Context) error
	// pass has it look at everything again, and returns once it has.
	pass(ctx context.Context) error
	// commit has it know of what was written to the repository.
	commit(ctx context.Context) error
	// user that it is known by at the API server.
	user() string
	pid() int
	stop()
}

// scene is a cluster and a repository.
type scene struct {
	server *kubetest.Server
	folder string
	size   int
}

// patience bounds each step.
const patience = 15 * time.Minute

// idle is how long nothing is asked before memory is looked at.
const idle = 10 * time.Second

func measure(size int, name string, make func(*scene) subject) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, err := kubetest.Start(kubetest.Options{Audit: true, Controllers: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s := &scene{server, folder, size}
	if err := s.write(); err != nil {
		return err
	}
	subject := make(s)
	defer subject.stop()
	row := fmt.Sprintf("| %d | %s |", size, name)
	took := func(step func() error) {
		if err != nil {
			return
		}
		began := time.Now()
		err = step()
		row += fmt.Sprintf(" %.2f |", time.Since(began).Seconds())
	}
	asked := func(step func()) {
		before, first := server.Requests(subject.user())
		step()
		after, second := server.Requests(subject.user())
		if first != nil || second != nil {
			err = fmt.Errorf("count requests: %w, %w", first, second)
			return
		}
		row += fmt.Sprintf(" %d |", total(after)-total(before))
	}
	took(func() error { return subject.start(ctx) })
	if err == nil {
		err = subject.pass(ctx) // the first one after an apply may find what the apply has left
	}
	asked(func() { took(func() error { return subject.pass(ctx) }) })
	took(func() error { return s.drift(ctx, subject) })
	asked(func() { took(func() error { return s.change(ctx, subject) }) })
	if err != nil {
		return err
	}
	time.Sleep(idle)
	used, err := usage(subject.pid())
	if err != nil {
		return err
	}
	fmt.Printf("%s %.1f | %d |\n", row, used.cpu.Seconds(), used.memory>>20)
	return nil
}

func total(count map[string]int) int {
	sum := 0
	for _, n := range count {
		sum += n
	}
	return sum
}
