package store

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// append inserts in order and stops at the first that cannot be.
func (c *mongoCollection) append(ctx context.Context, records []record) error {
	op := newID(c.db.now())
	docs := make([]any, len(records))
	for i, r := range records {
		d, err := c.stored(r, op)
		if err != nil {
			return err
		}
		docs[i] = d
	}
	res, err := c.coll.InsertMany(ctx, docs, options.InsertMany().SetOrdered(true))
	last := records[len(records)-1].meta.ID
	lost := err != nil && c.arrived(ctx, err, last, op) // in order: where the last one is, all are
	if lost || res != nil && len(res.InsertedIDs) > 0 {
		c.count1(ctx)
	}
	if err != nil && !lost {
		return translateMongo(ctx, err)
	}
	return nil
}
