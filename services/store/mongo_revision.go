package store

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// AtOnce returns a context in which Revision asks the database once for all collections: the first asks for every one, the others answer
// from that. It is for the key of a page, which is made of many collections; what is written after the first is not in it. Where revisions
// are in memory it changes nothing.
func AtOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, atOnce{}, &revisionsRead{})
}

type atOnce struct{}

// revisionsRead is what one question to the database answered.
type revisionsRead struct {
	mu sync.Mutex
	of map[string]int64
}

// revision of a collection: the number of writes that were counted.
func (c *mongoCollection) revision(ctx context.Context) (int64, error) {
	owed := c.owed.Load()
	if err := c.pay(ctx); err != nil {
		return 0, translateMongo(ctx, err)
	}
	if read, ok := ctx.Value(atOnce{}).(*revisionsRead); ok && !owed {
		n, err := read.get(ctx, c)
		return n, translateMongo(ctx, err)
	}
	var doc struct {
		N int64 `bson:"n"`
	}
	err := c.db.db.Collection(revisions).FindOne(ctx, bson.D{equal("_id", c.sp.name)}).Decode(&doc)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = nil
	}
	return doc.N, translateMongo(ctx, err)
}

func (r *revisionsRead) get(ctx context.Context, c *mongoCollection) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of != nil {
		return r.of[c.sp.name], nil
	}
	var docs []struct {
		ID string `bson:"_id"`
		N  int64  `bson:"n"`
	}
	cursor, err := c.db.db.Collection(revisions).Find(ctx, bson.D{}, options.Find().SetBatchSize(maxCollections))
	if err != nil {
		return 0, err
	}
	if err := cursor.All(ctx, &docs); err != nil {
		return 0, err
	}
	r.of = map[string]int64{}
	for _, d := range docs {
		r.of[d.ID] = d.N
	}
	return r.of[c.sp.name], nil
}

// maxCollections are more than there are, so that one answer of the server holds them all.
const maxCollections = 1000

// bump counts a write in the collection's revision.
func (c *mongoCollection) bump(ctx context.Context) error {
	_, err := c.db.db.Collection(revisions).UpdateOne(ctx, bson.D{equal("_id", c.sp.name)},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int64(1)}}}}, options.UpdateOne().SetUpsert(true))
	return err
}

// count1 counts a write that is done. It cannot fail the write any more: what could not be counted is owed, and paid before the
// next revision is told. The caller may have gone by then, so its context does not matter.
func (c *mongoCollection) count1(ctx context.Context) {
	c.owed.Store(true)
	_ = c.pay(context.WithoutCancel(ctx))
}

func (c *mongoCollection) pay(ctx context.Context) error {
	if !c.owed.CompareAndSwap(true, false) {
		return nil
	}
	if err := c.bump(ctx); err != nil {
		c.owed.Store(true)
		return err
	}
	return nil
}
