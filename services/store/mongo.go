package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"shangquan/services/fault"
)

// Parameters of the address that give up a promise. They exist for development and tests, are never guessed from what a server
// can do, and each is logged as a warning: mongodb://…/?shangquanAllow=standalone,unvalidated
const (
	allowParameter = "shangquanAllow"
	// allowStandalone accepts a server that is no replica set: it has no majority and no retry of writes.
	allowStandalone = "standalone"
	// allowUnvalidated leaves out the $jsonSchema validators, for servers that do not know them.
	allowUnvalidated = "unvalidated"
)

const (
	defaultDatabase  = "shangquan"
	revisions        = "_revisions"
	layouts          = "_layout"
	leases           = "_leases"
	operationTimeout = 5 * time.Second
	selectionTimeout = 2 * time.Second // how long a server that is down keeps a caller waiting
	connectTimeout   = 3 * time.Second
)

type mongoDB struct {
	*settings
	client *mongo.Client
	db     *mongo.Database
	allow  []string

	mu          sync.Mutex
	collections map[string]*mongoCollection
}

func openMongo(ctx context.Context, uri string, s *settings) (DB, error) {
	uri, name, allow, err := splitAddress(uri)
	if err != nil {
		return nil, err
	}
	journal := true
	o := options.Client().ApplyURI(uri).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()).
		SetRetryWrites(true).SetRetryReads(true).
		SetTimeout(operationTimeout).SetServerSelectionTimeout(selectionTimeout).SetConnectTimeout(connectTimeout).
		SetMaxPoolSize(50).SetMinPoolSize(2).SetMaxConnIdleTime(5 * time.Minute).SetMaxConnecting(2).
		SetAppName("shangquan")
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fault.New(fault.Invalid, keyInternal, fmt.Errorf("store: the address of MongoDB: %w", err))
	}
	db := &mongoDB{settings: s, client: client, db: client.Database(name), allow: allow, collections: map[string]*mongoCollection{}}
	if err := db.inspect(ctx); err != nil {
		_ = db.Close() //nolint:contextcheck // ctx may be what failed
		return nil, err
	}
	return db, nil
}

// splitAddress takes the name of the database and our own parameter out of the address; the driver would not know the latter.
func splitAddress(uri string) (rest, name string, allow []string, err error) {
	address, query, _ := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(address, "://")
	hosts, name, _ = strings.Cut(hosts, "/")
	if name == "" {
		name = defaultDatabase
	}
	var kept []string
	for _, p := range strings.Split(query, "&") {
		if v, ok := strings.CutPrefix(p, allowParameter+"="); ok {
			allow = strings.Split(v, ",")
		} else if p != "" {
			kept = append(kept, p)
		}
	}
	for _, a := range allow {
		if a != allowStandalone && a != allowUnvalidated {
			return "", "", nil, fault.New(fault.Invalid, keyInternal, fmt.Errorf("store: %s=%s is not known", allowParameter, a))
		}
		slog.Warn("store: the address gives up a promise", "parameter", allowParameter, "value", a)
	}
	return scheme + "://" + hosts + "/" + name + "?" + strings.Join(kept, "&"), name, allow, nil
}

// inspect refuses a server that cannot keep what a success of ours promises.
func (db *mongoDB) inspect(ctx context.Context) error {
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	if err := db.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return translateMongo(ctx, err)
	}
	if hello.SetName == "" && hello.Msg != "isdbgrid" && !slices.Contains(db.allow, allowStandalone) {
		return unavailable("store: this MongoDB is a standalone server, which has no majority to confirm a write; start it as a replica set (of one: mongod --replSet rs0, then rs.initiate()), or for development add %s=%s to the address", allowParameter, allowStandalone)
	}
	return db.refuseNewer(ctx)
}

// refuseNewer notes which layout this program writes. A higher one stays: the program that wrote it is to be started instead.
func (db *mongoDB) refuseNewer(ctx context.Context) error {
	var found struct {
		N int `bson:"n"`
	}
	err := db.db.Collection(layouts).FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: "layout"}}, bson.D{{Key: "$max", Value: bson.D{{Key: "n", Value: layout}}}},
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&found)
	if err != nil {
		return translateMongo(ctx, err)
	}
	if found.N > layout {
		return unavailable("store: the database %s was written by a newer version of this program (layout %d; this one knows %d): start that version", db.db.Name(), found.N, layout)
	}
	return nil
}

func (db *mongoDB) now() time.Time { return db.settings.now() }

func (db *mongoDB) Ping(ctx context.Context) error {
	return translateMongo(ctx, db.client.Ping(ctx, readpref.Primary()))
}

func (db *mongoDB) Prepare(ctx context.Context) error {
	db.mu.Lock()
	all := make([]*mongoCollection, 0, len(db.collections))
	for _, c := range db.collections {
		all = append(all, c)
	}
	db.mu.Unlock()
	for _, c := range all {
		if err := c.prepare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (db *mongoDB) collection(sp *spec) engine {
	db.mu.Lock()
	defer db.mu.Unlock()
	if c, ok := db.collections[sp.name]; ok {
		if !c.sp.same(sp) {
			panic(fmt.Sprintf("store: collection %s is declared twice, differently", sp.name))
		}
		return c
	}
	c := &mongoCollection{db: db, sp: sp, coll: db.db.Collection(sp.name)}
	db.collections[sp.name] = c
	return c
}

func (db *mongoDB) Lease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	at := instant(db.now())
	_, err := db.db.Collection(leases).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: name}, {Key: "$or", Value: bson.A{
			bson.D{{Key: "owner", Value: bson.D{{Key: "$eq", Value: owner}}}},
			bson.D{{Key: "until", Value: bson.D{{Key: "$lte", Value: at}}}},
		}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: owner}, {Key: "until", Value: at.Add(ttl)}}}},
		options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // it is there, but neither ours nor over
		return false, nil
	}
	return err == nil, translateMongo(ctx, err)
}

func (db *mongoDB) Backup(context.Context, string) error {
	return fault.New(fault.Invalid, keyInternal, errors.New("store: MongoDB is backed up with mongodump --oplog"))
}

func (db *mongoDB) Examine(context.Context) (damage string, err error) { return "", nil }

func (db *mongoDB) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), operationTimeout)
	defer cancel()
	if err := db.client.Disconnect(ctx); err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
		return err
	}
	return nil
}

// passing are the codes of a replica set that is changing its primary, shutting down, or short of members: try again later.
var passing = []int{6, 7, 50, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}

// translateMongo turns the driver's errors into faults, at this one place.
func translateMongo(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if mongo.IsDuplicateKeyError(err) {
		return takenMongo(err)
	}
	_, noServer := errors.AsType[topology.ServerSelectionError](err)
	down := noServer || mongo.IsTimeout(err) || mongo.IsNetworkError(err) || errors.Is(err, mongo.ErrClientDisconnected) ||
		errors.Is(err, topology.ErrServerClosed) || errors.Is(err, topology.ErrTopologyClosed)
	if e, ok := errors.AsType[mongo.ServerError](err); ok && !down {
		down = slices.ContainsFunc(passing, e.HasErrorCode)
	}
	if down {
		return unavailable("store: MongoDB: %w", err)
	}
	return fault.New(fault.Internal, keyInternal, fmt.Errorf("store: MongoDB: %w", err))
}

// takenMongo names the field of a unique conflict: the server says "… index: unique:slug dup key: …", or "index: _id_".
func takenMongo(err error) error {
	e := &fault.Error{Kind: fault.Conflict, Key: keyTaken, Err: err}
	text := err.Error()
	if _, after, ok := strings.Cut(text, uniquePrefix); ok {
		name := after[:strings.IndexFunc(after+" ", func(r rune) bool { return r == ' ' || r == ',' || r == '"' })]
		e.Fields = []fault.Field{{Name: name, Key: keyTaken}}
	} else if strings.Contains(text, "_id_") {
		e.Fields = []fault.Field{{Name: "id", Key: keyTaken}}
	}
	return e
}
