// Package turnstest gives tests of what is read in turns many who ask while a run is made.
package turnstest

import (
	"context"
	"sync"
)

// Waiting starts n who ask, each with a context made of ctx, and returns once all of them wait for their turn, or have begun. What it
// returns waits until all of them have their answers.
func Waiting(ctx context.Context, n int, ask func(context.Context)) (answered func()) {
	var all, here sync.WaitGroup
	here.Add(n)
	for range n {
		all.Go(func() { ask(arriving{ctx, sync.OnceFunc(here.Done)}) }) //nolint:contextcheck // it is made of ctx and ends with it
	}
	here.Wait()
	return all.Wait
}

// arriving is a context that says when somebody begins to wait.
type arriving struct {
	context.Context
	here func()
}

func (a arriving) Done() <-chan struct{} { a.here(); return a.Context.Done() }
