package store

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
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

// remove relies on the deleted count, as replace does on the matched count.
func (c *mongoCollection) remove(ctx context.Context, id string, rev int64) (bool, error) {
	filter := bson.D{equal("_id", id)}
	if rev != 0 {
		filter = append(filter, equal("rev", rev))
	}
	res, err := c.coll.DeleteOne(ctx, filter)
	switch {
	case err != nil && (mongo.IsNetworkError(err) || mongo.IsTimeout(err)):
		// The answer was lost. An id is never given twice, so a document that is not there any more is gone.
		if found := c.coll.FindOne(ctx, filter).Err(); !errors.Is(found, mongo.ErrNoDocuments) {
			return false, translateMongo(ctx, err)
		}
	case err != nil:
		return false, translateMongo(ctx, err)
	case res.DeletedCount == 0:
		return false, nil
	}
	c.count1(ctx)
	return true, nil
}
