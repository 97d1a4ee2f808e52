// Ferrettest is a MongoDB-compatible server for the tests of services/store: FerretDB over SQLite, on a free loopback port, with its
// data in a temporary folder that goes when it is interrupted. It is a module of its own, so that the server never becomes a
// dependency of the product.
//
// It prints the address for SHANGQUAN_TEST_MONGO as its first line:
//
//	cd services/store/ferrettest && go build -o ../../../dist/ferrettest . && cd -
//	dist/ferrettest    # mongodb://127.0.0.1:40123/?shangquanAllow=standalone,unvalidated
//	SHANGQUAN_TEST_MONGO='mongodb://127.0.0.1:40123/?shangquanAllow=standalone,unvalidated' go test -run Mongo -v ./services/store/...
//
// What it lacks is given up in the address, openly: it is no replica set and has no $jsonSchema validators. It has no atomic
// compare-and-swap either; the race cases of the suite skip themselves and say so.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferrettest:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "ferrettest")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	fmt.Println(server.MongoDBURI() + "?shangquanAllow=standalone,unvalidated")
	return <-ended
}
