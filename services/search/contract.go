// Package search is the contract of the search engines: what goes in (Listing), what is asked (Query), what comes out
// (Result). The engines are search/memory (embedded) and search/meili; search/text makes every token for both.
package search

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"shangquan/services/geo"
)

// Engine finds listings. Every engine satisfies the suite of search/searchtest.
type Engine interface {
	// Search answers q. The error is fault.Invalid for a query that Query.Check refuses.
	Search(ctx context.Context, q Query) (Result, error)
	// Upsert accepts listings, which are visible after Sync. A bad listing is left out and reported; the others are indexed.
	Upsert(ctx context.Context, ls ...Listing) error
	// Delete accepts the removal of listings; an unknown id is not an error.
	Delete(ctx context.Context, ids ...string) error
	// Rebuild replaces everything by all; searches keep answering from the old index until the new one is whole.
	Rebuild(ctx context.Context, all iter.Seq2[Listing, error]) error
	// Sync waits until all accepted writes are visible and returns failed writes as an error.
	Sync(ctx context.Context) error
	Health(ctx context.Context) error
	Close() error
}

// ErrTask is in the chain of an error when an engine outside accepted a write and then could not do it.
var ErrTask = errors.New("search: a task failed")

// Label is a thing of the register a listing belongs to, with every word people find it by.
type Label struct {
	ID    string   // slug: the value of filters and facets
	Terms []string // the name first, then synonyms; any script
}

// Listing is what the engines know of a shop. They keep no more than they need to find it: pages read the store.
type Listing struct {
	ID      string // ^[A-Za-z0-9_-]{1,128}$
	Name    string
	Aliases []string
	Pinyin  string // reading of the core name where the computed one is wrong; syllables separated by spaces

	Category Label
	Street   Label
	Plaza    Label // empty ID: none
	Tags     []Label
	Goods    []string // goods and services

	Address     string
	Level       int      // floor of the plaza, 0 unknown
	Price       int      // price level, 1 to MaxPrice; 0 unknown
	Floor       string   // as people write it: "1F", "B1"
	Phones      []string // anything but digits is ignored
	Description string

	Open     Slots
	ClosedOn []int // YYYYMMDD
	At       *geo.Point
	Heritage bool

	Popularity int
	UpdatedAt  time.Time // kept in seconds

	// NameKey and DoorKey order lists by name and by house number: lower-case ASCII, compared byte by byte. Empty: last.
	NameKey string
	DoorKey string
}

// Held is what an engine outside the process says of a listing it holds.
type Held struct {
	UpdatedAt int64  // Listing.UpdatedAt in Unix seconds; −1: derived by the rules of another version
	Sum       string // identifies everything the engine was told of it
}

// Circle is the neighbourhood of a point.
type Circle struct {
	geo.Point
	Metres int
}

// MaxPrice is the highest price level.
const MaxPrice = 4

// Filters narrow a query. Within Categories, Streets, Plazas, Levels and Prices any value will do; of Tags and OpenSlots every
// one must hold. An unknown slug matches nothing.
type Filters struct {
	Categories []string
	Streets    []string
	Plazas     []string
	Tags       []string
	Levels     []int
	Prices     []int // 1..MaxPrice
	OpenSlots  []int // 0..335, see Slots
	OpenOn     int   // YYYYMMDD: leave out what is closed on that date; 0: no matter
	Heritage   bool
	Near       *Circle
}

// Sort is the order of the hits.
type Sort string

// The orders. All but Best are strict, then relevance decides; listings without the value come last.
const (
	Best       Sort = ""           // relevance
	Distance   Sort = "distance"   // from Query.Near, or the centre of Filters.Near
	Popularity Sort = "popularity" // most popular first
	Newest     Sort = "newest"     // last updated first
	ByName     Sort = "name"       // by NameKey
	ByDoor     Sort = "door"       // by DoorKey
)

// Group is a group of facet counts.
type Group string

// The groups. HeritageGroup has the one value "true"; LevelGroup and PriceGroup the level as a decimal; OpenGroup the slots of
// Query.CountSlots as decimals.
const (
	CategoryGroup Group = "category"
	StreetGroup   Group = "street"
	PlazaGroup    Group = "plaza"
	TagGroup      Group = "tag"
	LevelGroup    Group = "level"
	PriceGroup    Group = "price"
	HeritageGroup Group = "heritage"
	OpenGroup     Group = "open"
)

// Query is a question. The zero value browses everything.
type Query struct {
	Text       string // as typed; only the first 64 characters count
	Filters    Filters
	Sort       Sort
	Near       *geo.Point // where the visitor is: for Distance and Hit.Metres
	Page       int        // from 1; 0 is 1
	PerPage    int        // at most MaxPerPage; 0 is DefaultPerPage
	Facets     []Group
	CountSlots []int // slots whose open listings OpenGroup counts, at most 8
}

// Limits of a query.
const (
	MaxPerPage     = MaxTotal // visitors get far smaller pages; the directory filters, counts and orders all that match
	DefaultPerPage = 20
	MaxTotal       = 5000 // Total is exact up to here
	MaxText        = 64   // characters of Text that count
)

// Stage says how far the engine had to go to find something.
type Stage string

// The stages.
const (
	Strict  Stage = "strict"  // every term matched
	Typo    Stage = "typo"    // some hits match with a wrong letter
	Relaxed Stage = "relaxed" // one wrong character, or some terms missing: the page says so
)

// Hit is a found listing.
type Hit struct {
	ID     string
	Metres float64 // distance, when the query says from where and the listing has a place; else −1
}

// Count is how many of the whole result have a value.
type Count struct {
	ID string
	N  int
}

// Result is an answer.
type Result struct {
	Hits  []Hit
	Total int
	// Facets has every group asked for, ordered by count, then id; zero counts are left out. A group of which any value
	// will do ignores its own filter; Tags, of which every one must hold, count what adding the tag would leave.
	Facets map[Group][]Count
	Stage  Stage
	// DidYouMean is the id of the listing whose name comes closest, when Stage is not Strict and there is one.
	DidYouMean string
	// Degraded is true when a spare engine answered because the usual one could not: the page says so.
	Degraded bool
}

// Relaxed reports whether the page must say that not everything asked for matched.
func (r *Result) Relaxed() bool { return r.Stage == Relaxed }

// SortCounts orders counts as Result.Facets has them: most first, then by id.
func SortCounts(counts []Count) {
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.ID, b.ID)) })
}
