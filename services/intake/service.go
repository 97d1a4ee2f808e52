package intake

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/secret"
	"shangquan/services/sheet"
	"shangquan/services/store"
)

// Deps is what imports need; all are required.
type Deps struct {
	DB    store.DB
	Log   *audit.Log
	Keys  *secret.Ring
	Shops *listing.Service
	// Names gives the words of the cells as they are now.
	Names func(context.Context) (*sheet.Names, error)
	Now   func() time.Time
	// Paused, which may be nil, says that nothing may be written for now; what waits goes on afterwards.
	Paused func() bool
}

// Service takes imports in and works them off. It is safe for concurrent use, also by several servers over one store.
type Service struct {
	Deps
	docs     *audit.Recorded[Import]
	files    *store.Collection[file]
	problems *store.Collection[problems]
	chunks   *store.Collection[chunk]
	wake     chan struct{}
}

// New returns the imports on d.DB.
func New(d Deps) *Service {
	coll := store.NewCollection[Import](d.DB, "imports", store.Index("state"), store.Index("held", "created_at"), store.Follow("audit"))
	return &Service{
		Deps: d, docs: audit.Record(coll, d.Log, Kind),
		files: store.NewCollection[file](d.DB, "import_files"), problems: store.NewCollection[problems](d.DB, "import_problems"),
		chunks: store.NewCollection[chunk](d.DB, "import_chunks", store.Index("import_id", "state")), wake: make(chan struct{}, 1),
	}
}

func may(by access.Actor) error {
	return access.Require(by, access.RegisterImport, access.Thing{Kind: Kind})
}

// maxName is the length of a file's name that is kept, in characters.
const maxName = 120

// Take keeps a file until it is read. fault.Invalid when it is empty or too big; what is inside it shows when it is read.
func (s *Service) Take(ctx context.Context, by access.Actor, name string, body []byte) (Import, error) {
	if err := may(by); err != nil {
		return Import{}, err
	}
	switch {
	case len(body) == 0:
		return Import{}, fault.Wrong("file", "sheet.empty", nil)
	case len(body) > sheet.MaxBytes:
		return Import{}, fault.Wrong("file", "sheet.file_too_big", map[string]any{"MiB": sheet.MaxBytes >> 20})
	}
	name = lang.Clean(name)
	if r := []rune(name); len(r) > maxName {
		name = string(r[:maxName])
	}
	i := Import{State: Received, File: name, Size: len(body), By: by.AccountID, ByName: by.Name, Held: true, Report: blank()}
	sealed, err := s.seal("file", body)
	if err != nil {
		return Import{}, err
	}
	// The file first: an import without one could not be read. A file without an import is swept.
	f := file{Sealed: sealed}
	if err := s.files.Insert(ctx, &f); err != nil {
		return Import{}, err
	}
	i.ID = f.ID
	if err := s.docs.Insert(ctx, by, s.write(&i, "take"), &i); err != nil {
		return Import{}, err
	}
	s.nudge()
	return i, nil
}

func blank() sheet.Report {
	return sheet.Report{Columns: []string{}, Ignored: []string{}, Rows: []sheet.Problem{}}
}

func (s *Service) write(i *Import, why string) audit.Write {
	return audit.Write{Action: access.RegisterImport, Why: why, Title: i.File}
}

// List returns the imports, the newest first.
func (s *Service) List(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Import], error) {
	if err := may(by); err != nil {
		return store.Page[Import]{}, err
	}
	return s.docs.Find(ctx, store.All().OrderBy("id", store.Desc).Limit(limit).After(cursor))
}

// Open returns an import: fault.NotFound.
func (s *Service) Open(ctx context.Context, by access.Actor, id string) (Import, error) {
	if err := may(by); err != nil {
		return Import{}, err
	}
	return s.docs.Get(ctx, id)
}

// Progress says how many shops a running import, or its undoing, has dealt with.
func (s *Service) Progress(ctx context.Context, i *Import) (int, error) {
	state := written
	if i.State == Undoing {
		state = undone
	}
	n, err := s.chunks.Count(ctx, store.Where("import_id", store.Eq, i.ID).And("state", store.Eq, string(state)))
	return min(n*chunkRows, i.Total), err
}

// Problems returns what was wrong with the rows: of the dry run, and of the writing and the undoing once those were. The first 1,000
// of each; none once the journal is erased.
func (s *Service) Problems(ctx context.Context, by access.Actor, i *Import) ([]sheet.Problem, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	p, err := s.problems.Get(ctx, i.ID)
	if fault.Is(err, fault.NotFound) {
		return []sheet.Problem{}, nil
	}
	return p.List, err
}

// errState says that an import is not where it would have to be.
func errState(i *Import, what string) error {
	return fault.New(fault.Conflict, "intake.state", errors.New("intake: cannot "+what+" what is "+string(i.State)))
}

// Start writes what the dry run of revision rev said, in the background: fault.Conflict when that is not what is there any more.
func (s *Service) Start(ctx context.Context, by access.Actor, id string, rev int64) (Import, error) {
	return s.move(ctx, by, id, rev, "start", func(i *Import) error {
		if !i.Startable(s.Now()) {
			return errState(i, "start")
		}
		i.State, i.StartedAt, i.By, i.ByName = Running, s.Now(), by.AccountID, by.Name
		return nil
	})
}

// Again compares the file with the register once more.
func (s *Service) Again(ctx context.Context, by access.Actor, id string, rev int64) (Import, error) {
	return s.move(ctx, by, id, rev, "compare again", func(i *Import) error {
		if i.State != Ready || !i.Held {
			return errState(i, "compare")
		}
		i.State, i.Tries = Received, 0
		return nil
	})
}

// Drop forgets a file that nobody wants to write.
func (s *Service) Drop(ctx context.Context, by access.Actor, id string, rev int64) (Import, error) {
	i, err := s.move(ctx, by, id, rev, "drop", func(i *Import) error {
		if i.State != Ready && i.State != Refused {
			return errState(i, "drop")
		}
		i.State, i.Held = Dropped, false
		return nil
	})
	if err != nil {
		return i, err
	}
	return i, s.erase(ctx, id)
}

// Undo takes back, in the background, what the import wrote: shops it entered are archived and their codes free again, shops it
// changed are as before. What somebody changed since is left, and named. It can be done once.
func (s *Service) Undo(ctx context.Context, by access.Actor, id string, rev int64) (Import, error) {
	return s.move(ctx, by, id, rev, "undo", func(i *Import) error {
		if !i.Undoable(s.Now()) {
			return errState(i, "undo")
		}
		i.State, i.By, i.ByName = Undoing, by.AccountID, by.Name
		return nil
	})
}

func (s *Service) move(ctx context.Context, by access.Actor, id string, rev int64, why string, change func(*Import) error) (Import, error) {
	if err := may(by); err != nil {
		return Import{}, err
	}
	i, err := s.docs.UpdateAs(ctx, by, id, rev, func(i *Import) (audit.Write, error) { return s.write(i, why), change(i) })
	if err == nil {
		s.nudge()
	}
	return i, err
}

func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Sweep erases the files and journals that were kept long enough, and returns of how many imports. What is under way is finished first.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for i, err := range s.docs.Each(ctx, store.Where("held", store.Eq, true).And("created_at", store.Lte, s.Now().Add(-Kept))) {
		if err != nil {
			return n, err
		}
		if i.State.Working() {
			continue
		}
		if err := s.erase(ctx, i.ID); err != nil {
			return n, err
		}
		_, err := s.docs.UpdateAs(ctx, access.System(Kind), i.ID, i.Rev, func(i *Import) (audit.Write, error) {
			i.Held = false
			if i.State == Ready {
				i.State = Dropped
			}
			return s.write(i, "erase"), nil
		})
		if err != nil && !fault.Is(err, fault.Conflict) { // somebody is at it: the next round
			return n, err
		}
		n++
	}
	return n, s.sweepFiles(ctx)
}

// sweepFiles erases files whose import was never written, as a crash between the two leaves them.
func (s *Service) sweepFiles(ctx context.Context) error {
	page, err := s.files.Find(ctx, store.Where("created_at", store.Lte, s.Now().Add(-time.Hour)).Limit(20))
	if err != nil {
		return err
	}
	for _, f := range page.Items {
		if _, err := s.docs.Get(ctx, f.ID); fault.Is(err, fault.NotFound) {
			_, err = s.files.Erase(ctx, f)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// erase removes everything that is kept of an import's content.
func (s *Service) erase(ctx context.Context, id string) error {
	if err := s.eraseJournal(ctx, id); err != nil {
		return err
	}
	p, err := s.problems.Get(ctx, id)
	if err == nil {
		_, err = s.problems.Erase(ctx, p)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	f, err := s.files.Get(ctx, id)
	if err == nil {
		_, err = s.files.Erase(ctx, f)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func (s *Service) eraseJournal(ctx context.Context, id string) error {
	for {
		page, err := s.chunks.Find(ctx, store.Where("import_id", store.Eq, id).Limit(chunkRows))
		if err != nil || len(page.Items) == 0 {
			return err
		}
		if _, err := s.chunks.Erase(ctx, page.Items...); err != nil {
			return err
		}
	}
}

// seal packs and seals what is kept.
func (s *Service) seal(what string, body []byte) (string, error) {
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, flate.BestSpeed)
	if err != nil {
		return "", err
	}
	_, _ = w.Write(body) // a buffer does not fail
	_ = w.Close()
	return s.Keys.Seal("import "+what, small.Bytes())
}

// maxUnpacked bounds what a chunk or file may unpack to; both were packed here.
const maxUnpacked = 64 << 20

func (s *Service) unseal(what, sealed string) ([]byte, error) {
	b, err := s.Keys.Open("import "+what, sealed)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxUnpacked))
}

// row is one shop in the journal: what it was, with its revision, and what it becomes. The id of a new one is chosen with the plan.
type row struct {
	Row    int             `json:"row"`
	Before listing.Listing `json:"before"`
	After  listing.Listing `json:"after"`
}

func (s *Service) rows(c *chunk) ([]row, error) {
	b, err := s.unseal("journal", c.Sealed)
	if err != nil {
		return nil, err
	}
	var out []row
	return out, json.Unmarshal(b, &out)
}

func ids(rows []row) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i].After.ID
	}
	return out
}

// keep writes the problems, at most maxProblems of them.
func (s *Service) keep(ctx context.Context, id string, list []sheet.Problem) error {
	return s.problems.Upsert(ctx, []problems{{Meta: store.Meta{ID: id}, List: slices.Clip(list[:min(len(list), maxProblems)])}})
}

const maxProblems = 2000
