package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"shangquan/services/fault"
)

// What the store keeps in a document of MongoDB beside the document itself.
const (
	pendingField = "_pending" // follower → since when; a mark is removed when it is delivered
	sealField    = "_seal"    // the sealed copy
	opField      = "_op"      // the write that made this state: resolves an outcome that the network hid
)

// mongoCollection is one collection.
type mongoCollection struct {
	db   *mongoDB
	sp   *spec
	coll *mongo.Collection

	mu    sync.Mutex
	ready atomic.Bool
	shape *shape
	owed  atomic.Bool // a write could not be counted: the revision is behind
}

// stored is the record as MongoDB keeps it, pending for every follower.
func (c *mongoCollection) stored(r record, op string) (bson.D, error) {
	d, err := c.shape.toBSON(r.doc)
	if err != nil {
		return nil, fault.New(fault.Internal, keyInternal, fmt.Errorf("store: %s %s as BSON: %w", c.sp.name, r.meta.ID, err))
	}
	marks := bson.D{}
	for _, f := range c.sp.followers {
		marks = append(marks, bson.E{Key: f, Value: bson.NewDateTimeFromTime(r.meta.UpdatedAt)})
	}
	if r.seal != nil {
		d = append(d, bson.E{Key: sealField, Value: bson.Binary{Data: r.seal}})
	}
	return append(d, bson.E{Key: opField, Value: op}, bson.E{Key: pendingField, Value: marks}), nil
}

func equal(path string, v any) bson.E {
	return bson.E{Key: path, Value: bson.D{{Key: "$eq", Value: v}}}
}

func (c *mongoCollection) insert(ctx context.Context, r record) error {
	op := newID(c.db.now())
	d, err := c.stored(r, op)
	if err != nil {
		return err
	}
	if _, err := c.coll.InsertOne(ctx, d); err != nil && !c.arrived(ctx, err, r.meta.ID, op) {
		return translateMongo(ctx, err)
	}
	c.count1(ctx)
	return nil
}

// replace relies on the matched count: the filter and the write are one step of the server.
func (c *mongoCollection) replace(ctx context.Context, r record, rev int64) (bool, error) {
	op := newID(c.db.now())
	d, err := c.stored(r, op)
	if err != nil {
		return false, err
	}
	res, err := c.coll.ReplaceOne(ctx, bson.D{equal("_id", r.meta.ID), equal("rev", rev)}, d)
	switch {
	case err != nil && !c.arrived(ctx, err, r.meta.ID, op):
		return false, translateMongo(ctx, err)
	case err == nil && res.MatchedCount == 0:
		return false, nil
	}
	c.count1(ctx)
	return true, nil
}

// arrived reports whether a write whose answer was lost did happen: the document then carries the write's own mark.
func (c *mongoCollection) arrived(ctx context.Context, err error, id, op string) bool {
	if !mongo.IsNetworkError(err) && !mongo.IsTimeout(err) {
		return false
	}
	err = c.coll.FindOne(ctx, bson.D{equal("_id", id), equal(opField, op)}, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	return err == nil
}

// upsertRounds bounds how often a bulk write goes back for documents that others changed meanwhile.
const upsertRounds = 20

func (c *mongoCollection) upsert(ctx context.Context, ids []string, encode func(int, Meta) (record, error)) error {
	op := newID(c.db.now())
	left := make(map[string]int, len(ids))
	for i, id := range ids {
		left[id] = i
	}
	for range upsertRounds {
		was, err := c.current(ctx, left, op)
		if err != nil {
			return translateMongo(ctx, err)
		}
		var writes []mongo.WriteModel
		for i, id := range ids {
			if _, ok := left[id]; !ok {
				continue
			}
			r, err := encode(i, was[id])
			if err != nil {
				return err
			}
			d, err := c.stored(r, op)
			if err != nil {
				return err
			}
			if was[id].Rev == 0 {
				writes = append(writes, mongo.NewInsertOneModel().SetDocument(d))
			} else {
				writes = append(writes, mongo.NewReplaceOneModel().SetFilter(bson.D{equal("_id", id), equal("rev", was[id].Rev)}).SetReplacement(d))
			}
		}
		if len(writes) == 0 {
			return nil
		}
		res, err := c.coll.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
		if res != nil && res.InsertedCount+res.MatchedCount > 0 {
			c.count1(ctx)
		}
		if err == nil && res.InsertedCount+res.MatchedCount == int64(len(writes)) {
			return nil
		}
		// Somebody inserted the same id or changed the revision first: those come again. Everything else is the caller's.
		if err != nil && (!mongo.IsDuplicateKeyError(err) || !idTaken(err)) {
			return translateMongo(ctx, err)
		}
	}
	return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s: other writers kept coming first", c.sp.name))
}

func idTaken(err error) bool {
	e, ok := errors.AsType[*fault.Error](takenMongo(err))
	return ok && len(e.Fields) == 1 && e.Fields[0].Name == "id"
}

// current reads what is stored of the ids that are left, and takes out those which this operation has written already.
func (c *mongoCollection) current(ctx context.Context, left map[string]int, op string) (map[string]Meta, error) {
	ids := make([]string, 0, len(left))
	for id := range left {
		ids = append(ids, id)
	}
	cur, err := c.coll.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}},
		options.Find().SetProjection(bson.D{{Key: "rev", Value: 1}, {Key: "created_at", Value: 1}, {Key: opField, Value: 1}}))
	if err != nil {
		return nil, err
	}
	var found []struct {
		ID        string    `bson:"_id"`
		Rev       int64     `bson:"rev"`
		CreatedAt time.Time `bson:"created_at"`
		Op        string    `bson:"_op"`
	}
	if err := cur.All(ctx, &found); err != nil {
		return nil, err
	}
	was := make(map[string]Meta, len(found))
	for _, f := range found {
		if f.Op == op {
			delete(left, f.ID)
		}
		was[f.ID] = Meta{ID: f.ID, Rev: f.Rev, CreatedAt: f.CreatedAt}
	}
	return was, nil
}

// erase needs no mark of its own: a write whose answer was lost is done again by whoever reads what is left.
func (c *mongoCollection) erase(ctx context.Context, metas []Meta) (int, error) {
	writes := make([]mongo.WriteModel, len(metas))
	for i, m := range metas {
		writes[i] = mongo.NewDeleteOneModel().SetFilter(bson.D{equal("_id", m.ID), equal("rev", m.Rev)})
	}
	res, err := c.coll.BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false))
	n := 0
	if res != nil {
		n = int(res.DeletedCount)
	}
	if n > 0 || err != nil {
		c.count1(ctx)
	}
	return n, translateMongo(ctx, err)
}

func (c *mongoCollection) delivered(ctx context.Context, follower, id string, rev int64) error {
	_, err := c.coll.UpdateOne(ctx, bson.D{equal("_id", id), equal("rev", rev)},
		bson.D{{Key: "$unset", Value: bson.D{{Key: pendingField + "." + follower, Value: ""}}}})
	return translateMongo(ctx, err)
}
