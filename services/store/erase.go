package store

import "context"

// eraseBatch is how many documents one write of the engine erases.
const eraseBatch = 200

func (c *documents) erase(ctx context.Context, docs list) (int, error) {
	if len(c.spec.followers) > 0 {
		return 0, c.mistake("Erase: %q follows this collection", c.spec.followers[0])
	}
	if err := c.eng.prepare(ctx); err != nil {
		return 0, err
	}
	erased := 0
	for from := 0; from < docs.Len(); from += eraseBatch {
		metas := make([]Meta, min(docs.Len()-from, eraseBatch))
		for i := range metas {
			metas[i] = *meta(docs.at(from + i))
		}
		n, err := c.eng.erase(ctx, metas)
		erased += n
		if err != nil {
			return erased, err
		}
	}
	return erased, nil
}
