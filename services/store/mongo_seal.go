package store

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// restore replaces the document; it is pending for every follower then, who take it twice without harm.
func (c *mongoCollection) restore(ctx context.Context, r record) error {
	d, err := c.stored(r, newID(c.db.now()))
	if err != nil {
		return err
	}
	if _, err := c.coll.ReplaceOne(ctx, bson.D{equal("_id", r.meta.ID)}, d); err != nil {
		return translateMongo(ctx, err)
	}
	c.count1(ctx)
	return nil
}

// sealAll seals one document after the other, over the revision that was read: one that is written meanwhile brings its own seal.
func (c *mongoCollection) sealAll(ctx context.Context, seal func(id string, doc []byte) []byte) (int, error) {
	total := 0
	unsealed := bson.D{{Key: sealField, Value: bson.D{{Key: "$exists", Value: false}}}}
	err := c.each(ctx, unsealed, options.Find(), c.sp.field("rev"), func(s stored) error {
		res, err := c.coll.UpdateOne(ctx, bson.D{equal("_id", s.id), equal("rev", s.at)},
			bson.D{{Key: "$set", Value: bson.D{{Key: sealField, Value: bson.Binary{Data: seal(s.id, s.doc)}}}}})
		if err == nil {
			total += int(res.ModifiedCount)
		}
		return err
	})
	return total, err
}
