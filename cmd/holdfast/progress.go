package main

import (
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// patience is how long a command may take before it shows that it is at work.
const patience = time.Second

// progress shows on a terminal that something is going on, once it takes
// longer than a second. The function that it returns takes it away.
func (a *app) progress(doing string) (stop func()) {
	file, ok := a.stderr.(*os.File)
	if !ok || !isTerminal(file) {
		return func() {}
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-quit:
			return
		case <-time.After(patience):
		}
		bars := mpb.New(mpb.WithOutput(file), mpb.WithWidth(1))
		bar := bars.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(),
			mpb.AppendDecorators(decor.Name(doing+" "), decor.Elapsed(decor.ET_STYLE_GO)))
		<-quit
		bar.SetTotal(1, true)
		bars.Wait()
	}()
	return func() { close(quit); <-gone }
}
