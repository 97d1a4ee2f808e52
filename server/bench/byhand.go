package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// byHand is what the store is held against in the same run: a copy of its file, read and written with database/sql, prepared statements
// and encoding/json, as somebody would who writes the SQL for one type. It makes and opens the same seals, which the prototype did not have,
// but knows no lists, cursors or checks. The figures of the prototype were measured on another machine; against this one only the work of
// the store is left.
type byHand struct {
	seals                    *secret.Box
	dir                      string
	readers, writer          *sql.DB
	get, bySlug, find        *sql.Stmt
	begin, replace, complete *sql.Stmt
}

func openByHand(ctx context.Context, beside string, db store.DB, keys *secret.Ring) (h *byHand, err error) {
	h = &byHand{}
	if h.seals, err = keys.Box("content"); err != nil {
		return nil, err
	}
	if h.dir, err = os.MkdirTemp(filepath.Dir(beside), "byhand"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	file := filepath.Join(h.dir, "copy.db")
	if err := db.Backup(ctx, file); err != nil {
		return nil, err
	}
	settings := url.Values{"_pragma": {"busy_timeout(5000)", "cache_size(-4000)", "journal_mode(WAL)", "secure_delete(1)", "synchronous(FULL)"}}
	for _, into := range []**sql.DB{&h.writer, &h.readers} {
		if *into, err = sql.Open("sqlite" /* the driver of the store */, "file:"+file+"?"+settings.Encode()); err != nil {
			return nil, err
		}
	}
	h.writer.SetMaxOpenConns(1)
	for _, x := range []struct {
		into **sql.Stmt
		on   *sql.DB
		text string
	}{
		{&h.get, h.readers, "SELECT id, _doc, _seal FROM listings WHERE id = ?"},
		{&h.bySlug, h.readers, "SELECT id, _doc, _seal FROM listings WHERE slug = ?"},
		{&h.find, h.readers, "SELECT id, _doc, _seal FROM listings WHERE state = ? ORDER BY updated_at DESC, id DESC LIMIT 20"},
		{&h.begin, h.writer, "BEGIN IMMEDIATE"},
		{&h.replace, h.writer, `UPDATE listings SET rev = ?, updated_at = ?, "pending:audit" = 1, "pending:search" = 1, "pending:webhook" = 1, _doc = ?, _seal = ? WHERE id = ? AND rev = ?`},
		{&h.complete, h.writer, "COMMIT"},
	} {
		if *x.into, err = x.on.PrepareContext(ctx, x.text); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// read decodes what a query finds, as it was sealed.
func (h *byHand) read(ctx context.Context, st *sql.Stmt, arg any) (out []listing.Listing, err error) {
	rows, err := st.QueryContext(ctx, arg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var doc, seal sql.RawBytes
		var l listing.Listing
		if err := rows.Scan(&id, &doc, &seal); err != nil {
			return nil, err
		}
		if plain, ok := h.seals.Open("listings/"+id, seal); !ok || !bytes.Equal(plain, doc) {
			return nil, errors.New("bench: a listing is not what was sealed")
		}
		if err := json.Unmarshal(doc, &l); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// swap reads a listing, changes it and writes it back over the revision it read.
func (h *byHand) swap(ctx context.Context, id string) error {
	found, err := h.read(ctx, h.get, id)
	if err != nil || len(found) != 1 {
		return errors.Join(err, errors.New("bench: the listing is not there"))
	}
	l, was := found[0], found[0].Rev
	l.Popularity, l.Rev, l.UpdatedAt = (l.Popularity+1)%100, was+1, now().UTC()
	doc, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := h.begin.ExecContext(ctx); err != nil {
		return err
	}
	res, err := h.replace.ExecContext(ctx, l.Rev, l.UpdatedAt.UnixMilli(), string(doc), h.seals.Seal("listings/"+id, doc), id, was)
	if _, end := h.complete.ExecContext(ctx); err != nil || end != nil {
		return errors.Join(err, end)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errors.New("bench: the listing was changed meanwhile"))
	}
	return nil
}

func (h *byHand) close() error {
	var errs []error
	for _, db := range []*sql.DB{h.readers, h.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(h.dir))...)
}
