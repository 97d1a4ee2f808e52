package store

import (
	"context"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"shangquan/services/fault"
)

var mongoOps = [...]string{Eq: "$eq", In: "$in", Lt: "$lt", Lte: "$lte", Gt: "$gt", Gte: "$gte"}

// toMongo is a canonical value as BSON has it. Values are typed and always stand behind an operator, so that none can be one.
func (f *field) toMongo(v any) any {
	if ms, ok := v.(int64); ok && f.kind == kindTime {
		return bson.DateTime(ms)
	}
	return v
}

func (f *field) fromMongo(v bson.RawValue) (any, bool) {
	switch v.Type {
	case bson.TypeString:
		return v.StringValue(), true
	case bson.TypeInt64, bson.TypeInt32:
		return v.AsInt64(), true
	case bson.TypeBoolean:
		return v.Boolean(), true
	default: // null: the document has no value
		return nil, false
	}
}

func (p plan) filter() bson.D {
	all := bson.A{}
	for _, c := range p.conds {
		values := bson.A{}
		for _, v := range c.values {
			values = append(values, c.field.toMongo(v))
		}
		var v any = values
		if c.op != In {
			v = values[0]
		}
		all = append(all, bson.D{{Key: mongoPath(c.field.path), Value: bson.D{{Key: mongoOps[c.op], Value: v}}}})
	}
	if p.after != nil {
		beyond, from := "$gt", "$gte"
		if p.desc {
			beyond, from = "$lt", "$lte"
		}
		id := bson.D{{Key: "_id", Value: bson.D{{Key: beyond, Value: p.after.id}}}}
		if p.sort.path == "id" {
			all = append(all, id)
		} else {
			path, v := p.sort.path, p.sort.toMongo(p.after.value)
			all = append(all, bson.D{{Key: path, Value: bson.D{{Key: from, Value: v}}}}, // bounds the index
				bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: path, Value: bson.D{{Key: beyond, Value: v}}}}, append(bson.D{equal(path, v)}, id...)}}})
		}
	}
	switch len(all) {
	case 0:
		return bson.D{}
	case 1:
		return all[0].(bson.D)
	}
	return bson.D{{Key: "$and", Value: all}}
}

func (c *mongoCollection) get(ctx context.Context, f *field, value any, yield func(stored) error) error {
	raw, err := c.coll.FindOne(ctx, bson.D{equal(mongoPath(f.path), f.toMongo(value))}).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return fault.New(fault.NotFound, keyNotFound, errors.New("store: "+c.sp.name+": no document has this "+f.path))
	}
	if err != nil {
		return translateMongo(ctx, err)
	}
	s, err := c.read(nil, raw, c.sp.field("id"))
	if err != nil {
		return translateMongo(ctx, err)
	}
	return yield(s)
}

func (c *mongoCollection) find(ctx context.Context, p plan, yield func(stored) error) error {
	way := 1
	if p.desc {
		way = -1
	}
	by := bson.D{{Key: "_id", Value: way}}
	if p.sort.path != "id" {
		by = bson.D{{Key: p.sort.path, Value: way}, {Key: "_id", Value: way}}
	}
	return c.each(ctx, p.filter(), options.Find().SetSort(by).SetLimit(int64(p.limit)), p.sort, yield)
}

func (c *mongoCollection) pending(ctx context.Context, follower string, limit int, yield func(stored) error) error {
	path := pendingField + "." + follower
	return c.each(ctx, bson.D{{Key: path, Value: bson.D{{Key: "$exists", Value: true}}}},
		options.Find().SetSort(bson.D{{Key: path, Value: 1}}).SetLimit(int64(limit)), c.sp.field("id"), yield)
}

func (c *mongoCollection) each(ctx context.Context, filter bson.D, o *options.FindOptionsBuilder, sort *field, yield func(stored) error) error {
	cur, err := c.coll.Find(ctx, filter, o)
	if err != nil {
		return translateMongo(ctx, err)
	}
	defer func() { _ = cur.Close(context.WithoutCancel(ctx)) }()
	var s stored
	for cur.Next(ctx) {
		if s, err = c.read(s.doc[:0], cur.Current, sort); err == nil {
			err = yield(s)
		}
		if err != nil {
			return translateMongo(ctx, err)
		}
	}
	return translateMongo(ctx, cur.Err())
}

// read takes a stored document apart. Its JSON is appended to b.
func (c *mongoCollection) read(b []byte, raw bson.Raw, sort *field) (s stored, err error) {
	if s.doc, err = appendJSON(b, raw, true); err != nil || !c.sp.sealed {
		return s, err
	}
	s.id, _ = raw.Lookup("_id").StringValueOK()
	_, s.seal, _ = raw.Lookup(sealField).BinaryOK()
	s.at, _ = sort.fromMongo(raw.Lookup(strings.Split(mongoPath(sort.path), ".")...))
	return s, nil
}

func (c *mongoCollection) count(ctx context.Context, p plan) (int, error) {
	n, err := c.coll.CountDocuments(ctx, p.filter())
	return int(n), translateMongo(ctx, err)
}

func (c *mongoCollection) countBy(ctx context.Context, f *field, p plan, yield func(any, int)) error {
	cur, err := c.coll.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: p.filter()}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$" + mongoPath(f.path)}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
	})
	if err != nil {
		return translateMongo(ctx, err)
	}
	defer func() { _ = cur.Close(context.WithoutCancel(ctx)) }()
	for cur.Next(ctx) {
		n, _ := cur.Current.Lookup("n").AsInt64OK()
		if v, ok := f.fromMongo(cur.Current.Lookup("_id")); ok {
			yield(v, int(n))
		}
	}
	return translateMongo(ctx, cur.Err())
}
