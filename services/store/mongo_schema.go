package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// mongoPath is the name of a declared field in MongoDB.
func mongoPath(path string) string {
	if path == "id" {
		return "_id"
	}
	return path
}

// prepare makes the collection, its validator and its indexes. Every step can be repeated: a server that is killed meanwhile, or
// two servers that start at once, end in the same state.
func (c *mongoCollection) prepare(ctx context.Context) error {
	if c.ready.Load() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ready.Load() {
		return nil
	}
	if c.shape == nil {
		c.shape = shapeOf(c.sp.doc, map[reflect.Type]*shape{})
	}
	if err := c.migrate(ctx); err != nil {
		return translateMongo(ctx, err)
	}
	c.ready.Store(true)
	return nil
}

func (c *mongoCollection) migrate(ctx context.Context) error {
	names, err := c.db.db.ListCollectionNames(ctx, bson.D{{Key: "name", Value: c.sp.name}})
	if err != nil {
		return err
	}
	validated := !slices.Contains(c.db.allow, allowUnvalidated)
	if len(names) == 0 {
		o := options.CreateCollection()
		if validated {
			o.SetValidator(c.validator()).SetValidationLevel("strict").SetValidationAction("error")
		}
		if err := c.db.db.CreateCollection(ctx, c.sp.name, o); err != nil && !isCode(err, 48) { // another server made it
			return err
		}
	}
	have, err := c.indexNames(ctx)
	if err != nil {
		return err
	}
	if err := c.fill(ctx, have); err != nil {
		return err
	}
	if validated && len(names) > 0 {
		// After the filling: the validator may ask for fields that older documents did not have.
		err := c.db.db.RunCommand(ctx, bson.D{
			{Key: "collMod", Value: c.sp.name},
			{Key: "validator", Value: c.validator()},
			{Key: "validationLevel", Value: "strict"},
			{Key: "validationAction", Value: "error"},
		}).Err()
		if err != nil {
			return err
		}
	}
	if err := c.reindex(ctx, have); err != nil {
		return err
	}
	// A server that was killed between a write and the count of it left caches stale: starting again makes up for it.
	return c.bump(ctx)
}

func isCode(err error, code int) bool {
	e, ok := errors.AsType[mongo.ServerError](err)
	return ok && e.HasErrorCode(code)
}

func (c *mongoCollection) indexNames(ctx context.Context) ([]string, error) {
	specs, err := c.coll.Indexes().ListSpecifications(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range specs {
		names = append(names, s.Name)
	}
	return names, nil
}

// fill gives documents that were written before a declaration what it relies on: the zero value of the field, the follower's
// mark. It runs before the index is made, so that it runs again if it was cut short.
func (c *mongoCollection) fill(ctx context.Context, have []string) error {
	set := func(path string, value any) error {
		_, err := c.coll.UpdateMany(ctx, bson.D{{Key: path, Value: bson.D{{Key: "$exists", Value: false}}}},
			bson.D{{Key: "$set", Value: bson.D{{Key: path, Value: value}}}})
		return err
	}
	for _, ix := range c.sp.indexes {
		if slices.Contains(have, ix.name()) {
			continue
		}
		for _, path := range ix.fields {
			f := c.sp.field(path)
			if slices.Contains(metaFields, path) || f.optional || f.many {
				continue // an absent value is a value, an absent list an empty one
			}
			if err := set(path, f.zero()); err != nil {
				return err
			}
		}
	}
	for _, f := range c.sp.followers {
		if !slices.Contains(have, pendingPrefix+f) {
			if err := set(pendingField+"."+f, instant(c.db.now())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *field) zero() any {
	switch f.kind {
	case kindInt:
		return int64(0)
	case kindFloat:
		return float64(0)
	case kindBool:
		return false
	case kindTime:
		return bson.NewDateTimeFromTime(time.Time{})
	default:
		return ""
	}
}

// reindex makes the indexes equal to the declarations; it leaves alone what does not have a name of ours.
func (c *mongoCollection) reindex(ctx context.Context, have []string) error {
	var want []string
	var models []mongo.IndexModel
	add := func(name string, o *options.IndexOptionsBuilder, paths ...string) {
		want = append(want, name)
		if slices.Contains(have, name) {
			return
		}
		keys := bson.D{}
		for _, p := range paths {
			keys = append(keys, bson.E{Key: p, Value: 1})
		}
		models = append(models, mongo.IndexModel{Keys: keys, Options: o.SetName(name)})
	}
	for _, ix := range c.sp.indexes {
		switch {
		case ix.unique:
			add(ix.name(), options.Index().SetUnique(true), ix.fields...)
		case ix.many:
			add(ix.name(), options.Index(), ix.fields...)
		default: // the id at the end settles ties in the order of pages
			add(ix.name(), options.Index(), append(slices.Clone(ix.fields), "_id")...)
		}
	}
	for _, f := range c.sp.followers { // sparse: it holds only what is pending
		add(pendingPrefix+f, options.Index().SetSparse(true), pendingField+"."+f)
	}
	for _, name := range have {
		ours := slices.ContainsFunc([]string{uniquePrefix, multiPrefix, indexPrefix, pendingPrefix}, func(p string) bool { return strings.HasPrefix(name, p) })
		if ours && !slices.Contains(want, name) {
			if err := c.coll.Indexes().DropOne(ctx, name); err != nil && !isCode(err, 27) { // another server dropped it
				return err
			}
		}
	}
	if len(models) == 0 {
		return nil
	}
	_, err := c.coll.Indexes().CreateMany(ctx, models)
	return err
}

var bsonTypes = [...]any{
	kindString: "string", kindInt: bson.A{"int", "long"}, kindFloat: bson.A{"int", "long", "double"}, kindBool: "bool", kindTime: "date",
}

// validator is the last line of defence against a writer that is not this program: types of the metadata and declared fields.
// What may be absent, or lies inside a list of structs, is not described.
func (c *mongoCollection) validator() bson.D {
	var all []described
	for _, f := range c.sp.fields {
		d := described{path: strings.Split(mongoPath(f.path), "."), schema: bson.D{{Key: "bsonType", Value: bsonTypes[f.kind]}}}
		switch {
		case f.optional || f.many && f.steps[len(f.steps)-1].index != nil:
			continue
		case f.many:
			d.schema = bson.D{{Key: "bsonType", Value: "array"}, {Key: "items", Value: d.schema}}
		}
		all = append(all, d)
	}
	return bson.D{{Key: "$jsonSchema", Value: describe(all)}}
}

type described struct {
	path   []string
	schema bson.D
}

func describe(all []described) bson.D {
	var required bson.A
	properties := bson.D{}
	for i, d := range all {
		name := d.path[0]
		if slices.ContainsFunc(all[:i], func(o described) bool { return o.path[0] == name }) {
			continue
		}
		schema := d.schema
		if len(d.path) > 1 {
			var inside []described
			for _, o := range all[i:] {
				if o.path[0] == name {
					inside = append(inside, described{path: o.path[1:], schema: o.schema})
				}
			}
			schema = describe(inside)
		}
		required = append(required, name)
		properties = append(properties, bson.E{Key: name, Value: schema})
	}
	return bson.D{{Key: "bsonType", Value: "object"}, {Key: "required", Value: required}, {Key: "properties", Value: properties}}
}
