package store

import (
	"context"
	"sync"
	"sync/atomic"
)

// Latest is something that is made of a collection and kept in memory for as long as the collection stays as it is: words, a calendar,
// settings. It is safe for concurrent use, also by several processes over one database.
type Latest[T any] struct {
	revision func(context.Context) (int64, error)
	read     func(ctx context.Context, was T) (T, error)

	mu  sync.Mutex // one look at a time
	cur atomic.Pointer[latest[T]]
}

type latest[T any] struct {
	rev int64 // of the collection; −1 before it was looked at
	val T
}

// NewLatest returns first until somebody looks. revision is that of the collection, read makes the value anew from what is stored; was is
// the one before, for a read that leaves things as they were.
func NewLatest[T any](first T, revision func(context.Context) (int64, error), read func(ctx context.Context, was T) (T, error)) *Latest[T] {
	l := &Latest[T]{revision: revision, read: read}
	l.cur.Store(&latest[T]{-1, first})
	return l
}

// Now returns the value as it was when it was last looked at. It is shared: nobody changes it.
func (l *Latest[T]) Now() T { return l.cur.Load().val }

// Look brings Now up to the store and returns a mark that grows with every change. It answers from memory while nothing changed.
func (l *Latest[T]) Look(ctx context.Context) (mark int64, err error) {
	rev, err := l.revision(ctx)
	if err == nil && l.cur.Load().rev != rev {
		err = l.load(ctx, rev)
	}
	return rev, err
}

func (l *Latest[T]) load(ctx context.Context, rev int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.cur.Load()
	if was.rev >= rev {
		return nil
	}
	val, err := l.read(ctx, was.val)
	if err == nil {
		l.cur.Store(&latest[T]{rev, val})
	}
	return err
}
