package store

import "context"

// eraseBatch is how many documents one write of the engine erases.
const eraseBatch = 200

// Erase removes those of docs whose stored revision is still the one they have, and returns how many it removed: what somebody
// wrote to since it was read stays, and so nothing is erased that was not looked at. It is for what a retention rule ends, such
// as sessions and keys of requests; what people know of is closed or archived instead.
//
// A collection that somebody follows cannot be erased from: a follower never hears of what is gone.
func (c *Collection[T]) Erase(ctx context.Context, docs ...T) (int, error) {
	if len(c.spec.followers) > 0 {
		return 0, c.mistake("Erase: %q follows this collection", c.spec.followers[0])
	}
	if err := c.eng.prepare(ctx); err != nil {
		return 0, err
	}
	erased := 0
	for len(docs) > 0 {
		metas := make([]Meta, min(len(docs), eraseBatch))
		for i := range metas {
			metas[i] = *meta(&docs[i])
		}
		docs = docs[len(metas):]
		n, err := c.eng.erase(ctx, metas)
		erased += n
		if err != nil {
			return erased, err
		}
	}
	return erased, nil
}
