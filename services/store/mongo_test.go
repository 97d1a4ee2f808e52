package store_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"shangquan/services/store/storetest"
)

// TestMongo runs the suite on the server named by SHANGQUAN_TEST_MONGO: a real one, or the compatible one of ferrettest.
func TestMongo(t *testing.T) {
	uri := os.Getenv("SHANGQUAN_TEST_MONGO")
	if uri == "" {
		t.Skip("NOT TESTED: MongoDB. SHANGQUAN_TEST_MONGO names no server; services/store/ferrettest says how to start one.")
	}
	var opts []storetest.Option
	if strings.Contains(uri, "standalone") {
		opts = append(opts, storetest.WithoutAtomicSwap("the MongoDB-compatible server (FerretDB) filters and writes in two steps; run against a real MongoDB to cover this"),
			storetest.VagueConflicts("the MongoDB-compatible server (FerretDB) names no index in a duplicate key error, and calls it internal in an update"))
	}
	storetest.Run(t, func(t *testing.T) string { return fresh(t, uri) }, opts...)
}

// fresh returns the address of a database that does not exist yet and is dropped when the test ends.
func fresh(t *testing.T, uri string) string {
	t.Helper()
	address, query, _ := strings.Cut(uri, "?")
	scheme, hosts, _ := strings.Cut(address, "://")
	hosts, _, _ = strings.Cut(hosts, "/")
	name := "shangquan_test_" + strings.ToLower(rand.Text()[:10])
	t.Cleanup(func() {
		client, err := mongo.Connect(options.Client().ApplyURI(scheme + "://" + hosts))
		if err == nil {
			err = client.Database(name).RunCommand(context.Background(), bson.D{{Key: "dropDatabase", Value: 1}}).Err()
			_ = client.Disconnect(context.Background())
		}
		if err != nil {
			t.Error(err)
		}
	})
	return scheme + "://" + hosts + "/" + name + "?" + query
}
