// Package extract makes files of the register for others: the whole table for who keeps it, sheets for map services and review sites,
// the open data for everybody. What leaves is put on record first, with how many rows and which bytes.
//
// Except in the list of contacts, which takes two people, no file holds a mobile number that no visitor may see.
package extract

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/sheet"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Deps is what extracts are made from; all are required.
type Deps struct {
	Shops    *audit.Recorded[listing.Listing]
	Places   *place.Service
	Words    func() *taxonomy.Table
	Names    func(context.Context) (*sheet.Names, error)
	Log      *audit.Log
	Now      func() time.Time
	Calendar func() *calendar.Calendar
	// City and County are where the district lies, as addresses begin: 上海市, 松江区. Origin is the address of the site.
	City, County, Origin string
}

// Service makes extracts. It is safe for concurrent use.
type Service struct {
	Deps
	open openData
}

// New returns the extracts of d.
func New(d Deps) *Service { return &Service{Deps: d} }

// Kind names extracts in the trail.
const Kind = "extract"

// File is a finished file.
type File struct {
	Format sheet.Format
	Body   []byte
	Rows   int
	SHA256 string // of Body, in hex
}

// Filter narrows a file; empty fields do not.
type Filter struct {
	Street, Plaza, Category string // ids
	State                   listing.State
}

func (f Filter) fits(l *listing.Listing) bool {
	return (f.Street == "" || l.Address.StreetID == f.Street) && (f.Plaza == "" || l.Address.PlazaID == f.Plaza) &&
		(f.Category == "" || l.CategoryID == f.Category) && (f.State == "" || l.State == f.State)
}

// each walks the listings that fit in the order of their codes and counts them.
func (s *Service) each(ctx context.Context, fits func(*listing.Listing) bool, rows *int) iter.Seq2[listing.Listing, error] {
	return func(yield func(listing.Listing, error) bool) {
		for l, err := range s.Shops.Each(ctx, store.All().OrderBy("code", store.Asc)) {
			if err == nil && !fits(&l) {
				continue
			}
			if err == nil {
				*rows++
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// Register returns the register as the table that the import reads: fault.NotFound for who does not keep it.
func (s *Service) Register(ctx context.Context, by access.Actor, f Filter, format sheet.Format) (File, error) {
	if err := access.Require(by, access.RegisterExport, access.Thing{Kind: listing.Kind}); err != nil {
		return File{}, err
	}
	names, err := s.Names(ctx)
	if err != nil {
		return File{}, err
	}
	var body bytes.Buffer
	out := File{Format: format}
	if err := sheet.ExportVeiled(ctx, &body, format, s.each(ctx, f.fits, &out.Rows), names); err != nil {
		return File{}, err
	}
	return s.record(ctx, by, access.RegisterExport, "register", "", out, body.Bytes())
}

// record puts a file on record and returns it.
func (s *Service) record(ctx context.Context, by access.Actor, act access.Action, what, why string, f File, body []byte) (File, error) {
	var err error
	f.Body = body
	f.SHA256, err = Note(ctx, s.Log, by, audit.Event{Action: act, Object: audit.Ref{Kind: Kind, ID: what}, Title: what + "." + string(f.Format), Why: why}, f.Rows, body)
	return f, err
}

// Note puts a file on record before it leaves: with e, how many rows it has and the hash of its bytes, which it returns. A file that cannot
// be put on record does not leave.
func Note(ctx context.Context, log *audit.Log, by access.Actor, e audit.Event, rows int, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	e.Result, e.Changes = "ok", append(e.Changes, audit.Change{Path: "rows", After: strconv.Itoa(rows)}, audit.Change{Path: "sha256", After: strconv.Quote(hash)})
	return hash, log.Event(ctx, by, e)
}

// places are the names of streets and plazas by id.
type places struct {
	streets map[string]place.Street
	plazas  map[string]place.Plaza
}

func (s *Service) places(ctx context.Context) (places, error) {
	p := places{map[string]place.Street{}, map[string]place.Plaza{}}
	streets, err := s.Places.EveryStreet(ctx)
	if err != nil {
		return p, err
	}
	plazas, err := s.Places.EveryPlaza(ctx)
	for i := range streets {
		p.streets[streets[i].ID] = streets[i]
	}
	for i := range plazas {
		p.plazas[plazas[i].ID] = plazas[i]
	}
	return p, err
}
