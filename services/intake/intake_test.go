package intake

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/secret"
	"shangquan/services/sheet"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

var (
	coordinator = access.Actor{AccountID: "c1", Name: "沈佳", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	noon        = time.Date(2026, 10, 15, 12, 0, 0, 0, time.FixedZone("", 8*3600))
)

// fixture is a register with imports, whose clock the test moves.
type fixture struct {
	*Service
	shops *listing.Service
	now   time.Time
}

func at(t testing.TB, path string, key []byte) *fixture {
	t.Helper()
	f := &fixture{now: noon}
	now := func() time.Time { return f.now }
	db, err := store.Open(t.Context(), "file:"+path, store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New(key)
	if err != nil {
		t.Fatal(err)
	}
	trail := audit.New(db, keys, now)
	place.New(db)
	f.shops = listing.New(db, trail, now)
	f.Service = New(Deps{DB: db, Log: trail, Keys: keys, Shops: f.shops, Now: now, Names: func(context.Context) (*sheet.Names, error) {
		return sheet.NewNames(taxonomy.Default(), nil, nil), nil
	}})
	if err := db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func fresh(t *testing.T) *fixture {
	t.Helper()
	return at(t, filepath.Join(t.TempDir(), "shop.db"), secret.Random())
}

// table is a file of n shops called A0001, A0002 …, with a word in their aliases.
func table(n int, alias string) []byte {
	var b strings.Builder
	b.WriteString("店铺编号,名称,状态,别名\n")
	for i := range n {
		fmt.Fprintf(&b, "A%04d,第%d家,,%s\n", i+1, i+1, alias)
	}
	return []byte(b.String())
}

func (f *fixture) take(t testing.TB, body []byte) Import {
	t.Helper()
	i, err := f.Take(t.Context(), coordinator, "名录.csv", body)
	if err != nil {
		t.Fatal(err)
	}
	return f.worked(t, i.ID)
}

// worked lets a server do what waits and returns the import.
func (f *fixture) worked(t testing.TB, id string) Import {
	t.Helper()
	if _, err := f.Work(t.Context(), "server"); err != nil {
		t.Fatal(err)
	}
	i, err := f.Open(t.Context(), coordinator, id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (f *fixture) start(t testing.TB, i Import) Import {
	t.Helper()
	if _, err := f.Start(t.Context(), coordinator, i.ID, i.Rev); err != nil {
		t.Fatal(err)
	}
	return f.worked(t, i.ID)
}

func (f *fixture) undoes(t testing.TB, i Import) Import {
	t.Helper()
	if _, err := f.Undo(t.Context(), coordinator, i.ID, i.Rev); err != nil {
		t.Fatal(err)
	}
	return f.worked(t, i.ID)
}

func (f *fixture) shop(t testing.TB, code string) listing.Listing {
	t.Helper()
	l, err := f.shops.ByCode(t.Context(), code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return l
}

func TestDryRunWritesNothing(t *testing.T) {
	f := fresh(t)
	i := f.take(t, table(120, "老店"))
	if i.State != Ready || i.Total != 120 || i.Report.New != 120 || i.Report.Encoding != "UTF-8" {
		t.Fatalf("the dry run = %+v", i)
	}
	if _, err := f.shops.ByCode(t.Context(), "A0001"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a shop after the dry run: %v", err)
	}
}

func TestImportThenTheSameFileThenUndo(t *testing.T) {
	f := fresh(t)
	i := f.start(t, f.take(t, table(120, "老店")))
	if i.State != Done || i.Written != 120 || i.Failed != 0 {
		t.Fatalf("the import = %+v", i)
	}
	if l := f.shop(t, "A0120"); l.Rev != 1 || l.State != listing.Draft || l.Fact.By.Name != "沈佳" {
		t.Errorf("a new shop = %+v", l)
	}
	if again := f.take(t, table(120, "老店")); again.Total != 0 || again.Report.Unchanged != 120 {
		t.Errorf("the same file again = %+v", again)
	}
	change := f.start(t, f.take(t, table(120, "新名")))
	if change.Written != 120 || f.shop(t, "A0007").Aliases[0] != "新名" {
		t.Fatalf("a changing import = %+v", change)
	}
	back := f.undoes(t, change)
	if l := f.shop(t, "A0007"); back.State != Undone || back.TakenBack != 120 || back.Left != 0 || l.Aliases[0] != "老店" || l.Rev != 3 {
		t.Errorf("taken back = %+v, a shop %v", back, l.Aliases)
	}
	if _, err := f.Undo(t.Context(), coordinator, back.ID, back.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken back twice: %v", err)
	}
	// The first import still can be, though its shops have been changed and changed back since: by others, as far as it knows.
	if first := f.undoes(t, i); first.TakenBack != 0 || first.Left != 120 {
		t.Errorf("the first one taken back = %+v", first)
	}
}

func TestUndoOfNewShopsFreesTheirCodes(t *testing.T) {
	f := fresh(t)
	i := f.start(t, f.take(t, table(60, "")))
	id := f.shop(t, "A0001").ID
	if back := f.undoes(t, i); back.TakenBack != 60 {
		t.Fatalf("taken back = %+v", back)
	}
	if _, err := f.shops.ByCode(t.Context(), "A0001"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the code is still taken: %v", err)
	}
	if l, err := f.shops.Get(t.Context(), id); err != nil || l.State != listing.Archived {
		t.Errorf("what was entered = %s, %v", l.State, err)
	}
	if i = f.start(t, f.take(t, table(60, ""))); i.Written != 60 {
		t.Errorf("imported once more = %+v", i)
	}
}

// Somebody else's change is never written over: not between the dry run and the start, and not by the undo.
func TestChangedMeanwhile(t *testing.T) {
	f := fresh(t)
	f.start(t, f.take(t, table(60, "老店")))
	touch := func(code, alias string) {
		t.Helper()
		l := f.shop(t, code)
		if _, err := f.shops.Update(t.Context(), coordinator, l.ID, l.Rev, func(l *listing.Listing) error { l.Aliases = []string{alias}; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	i := f.take(t, table(60, "新名"))
	touch("A0003", "人改的")
	i = f.start(t, i)
	if i.Written != 59 || i.Failed != 1 || f.shop(t, "A0003").Aliases[0] != "人改的" {
		t.Fatalf("the import = %+v", i)
	}
	list, err := f.Problems(t.Context(), coordinator, &i)
	if err != nil || len(list) != 1 || list[0].Code != "A0003" || list[0].Key != "sheet.changed_meanwhile" || list[0].Row != 4 {
		t.Errorf("problems = %+v, %v", list, err)
	}
	touch("A0005", "后来改的")
	i = f.undoes(t, i)
	if i.TakenBack != 58 || i.Left != 1 || f.shop(t, "A0005").Aliases[0] != "后来改的" || f.shop(t, "A0003").Aliases[0] != "人改的" || f.shop(t, "A0004").Aliases[0] != "老店" {
		t.Errorf("the undo = %+v", i)
	}
	if list, err = f.Problems(t.Context(), coordinator, &i); err != nil || len(list) != 2 || list[1].Code != "A0005" || list[1].Key != "sheet.changed_since" {
		t.Errorf("problems after the undo = %+v, %v", list, err)
	}
}

// A code that somebody took since the dry run fails its row and no other.
func TestCodeTakenMeanwhile(t *testing.T) {
	f := fresh(t)
	i := f.take(t, table(3, ""))
	l := listing.Listing{Code: "A0002", State: listing.Draft, Name: listing.Name{}}
	l.Name.Hans = "别的店"
	if err := f.shops.Enter(t.Context(), coordinator, &l); err != nil {
		t.Fatal(err)
	}
	if i = f.start(t, i); i.Written != 2 || i.Failed != 1 || f.shop(t, "A0002").Name.Hans != "别的店" {
		t.Errorf("the import = %+v", i)
	}
}

func TestRefusedFiles(t *testing.T) {
	for name, body := range map[string][]byte{
		"no code column": []byte("名称\n一家\n"), "a picture": []byte("\x89PNG\r\n\x1a\n\x00\x00"), "broken quotes": append(table(70, ""), []byte("\"A,\n")...),
	} {
		f := fresh(t)
		i := f.take(t, body)
		if i.State != Refused || i.Report.Refused == nil || i.Total != 0 {
			t.Errorf("%s = %+v", name, i)
		}
		if n, err := f.chunks.Count(t.Context(), store.All()); err != nil || n != 0 {
			t.Errorf("%s left %d chunks, %v", name, n, err)
		}
		if _, err := f.Start(t.Context(), coordinator, i.ID, i.Rev); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s started: %v", name, err)
		}
	}
	f := fresh(t)
	for _, body := range [][]byte{{}, make([]byte, sheet.MaxBytes+1)} {
		if _, err := f.Take(t.Context(), coordinator, "x.csv", body); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d bytes: %v", len(body), err)
		}
	}
}

// A file at which a server dies again and again is given up.
func TestGivenUp(t *testing.T) {
	f := fresh(t)
	i, err := f.Take(t.Context(), coordinator, "名录.csv", table(3, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.docs.UpdateAs(t.Context(), coordinator, i.ID, 0, func(i *Import) (audit.Write, error) { i.Tries = maxTries; return audit.Write{}, nil }); err != nil {
		t.Fatal(err)
	}
	if i = f.worked(t, i.ID); i.State != Refused || i.Report.Refused.Key != "sheet.given_up" {
		t.Errorf("the import = %+v", i)
	}
}

func TestOnlyWhoMay(t *testing.T) {
	f := fresh(t)
	i := f.take(t, table(3, ""))
	for _, by := range []access.Actor{{}, {AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}, {AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true}} {
		_, take := f.Take(t.Context(), by, "x", table(1, ""))
		_, list := f.List(t.Context(), by, "", 10)
		_, open := f.Open(t.Context(), by, i.ID)
		_, start := f.Start(t.Context(), by, i.ID, i.Rev)
		_, undo := f.Undo(t.Context(), by, i.ID, i.Rev)
		_, drop := f.Drop(t.Context(), by, i.ID, i.Rev)
		_, wrong := f.Problems(t.Context(), by, &i)
		for what, err := range map[string]error{"take": take, "list": list, "open": open, "start": start, "undo": undo, "drop": drop, "problems": wrong} {
			if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%s by %+v: %v", what, by, err)
			}
		}
	}
}

func TestErasedAfterAWeek(t *testing.T) {
	f := fresh(t)
	i := f.start(t, f.take(t, table(60, "")))
	idle := f.take(t, table(61, ""))
	f.now = noon.Add(Kept - time.Minute)
	if n, err := f.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("swept too early: %d, %v", n, err)
	}
	f.now = noon.Add(Kept + time.Minute)
	if n, err := f.Sweep(t.Context()); err != nil || n != 2 {
		t.Errorf("swept %d, %v", n, err)
	}
	files, _ := f.files.Count(t.Context(), store.All())
	chunks, _ := f.chunks.Count(t.Context(), store.All())
	wrong, _ := f.problems.Count(t.Context(), store.All())
	if files+chunks+wrong != 0 {
		t.Errorf("left: %d files, %d chunks, %d lists of problems", files, chunks, wrong)
	}
	if i = f.worked(t, i.ID); i.Held || i.State != Done || i.Written != 60 {
		t.Errorf("the import = %+v", i)
	}
	if _, err := f.Undo(t.Context(), coordinator, i.ID, i.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("undone without a journal: %v", err)
	}
	if idle = f.worked(t, idle.ID); idle.State != Dropped {
		t.Errorf("the one nobody started = %s", idle.State)
	}
}

// What is kept of a file cannot be read in the store.
func TestSealed(t *testing.T) {
	dir := t.TempDir()
	f := at(t, filepath.Join(dir, "shop.db"), secret.Random())
	f.take(t, table(3, "CANARY-7731"))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name) // our own folder
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "CANARY-7731") {
			t.Errorf("%s holds the words of the file", filepath.Base(name))
		}
	}
}

// Two servers share the work without writing anything twice.
func TestTwoServers(t *testing.T) {
	f := fresh(t)
	i := f.take(t, table(300, ""))
	if _, err := f.Start(t.Context(), coordinator, i.ID, i.Rev); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 2)
	for _, owner := range []string{"one", "two"} {
		go func() { _, err := f.Work(t.Context(), owner); done <- err }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if i = f.worked(t, i.ID); i.State != Done || i.Written != 300 || f.shop(t, "A0300").Rev != 1 {
		t.Errorf("the import = %+v", i)
	}
}

const childOf = "SHANGQUAN_TEST_INTAKE"

// TestKilled kills a server with SIGKILL in the middle of an import, and in the middle of its undo; the next one goes on. Nothing is
// lost, written twice or left half done.
func TestKilled(t *testing.T) {
	key := []byte(strings.Repeat("k", secret.Size))
	if path := os.Getenv(childOf); path != "" {
		f := at(t, path, key)
		minutes, err := strconv.Atoi(os.Getenv(childOf + "_MINUTES"))
		if err != nil {
			t.Fatal(err)
		}
		f.now = noon.Add(time.Duration(minutes) * time.Minute)
		child(t, f)
		return
	}
	path := filepath.Join(t.TempDir(), "shop.db")
	const n = 1000
	f := at(t, path, key)
	i := f.take(t, table(n, "老店"))
	if _, err := f.Start(t.Context(), coordinator, i.ID, i.Rev); err != nil {
		t.Fatal(err)
	}
	_ = f.DB.Close()
	kill(t, path, 1)
	f = at(t, path, key)
	if i, _ = f.Open(t.Context(), coordinator, i.ID); i.State != Running {
		t.Fatalf("it was over before it was killed: %s", i.State)
	}
	f.now = noon.Add(2 * time.Minute) // the lease of the dead has run out
	if i = f.worked(t, i.ID); i.State != Done || i.Written != n || i.Failed != 0 {
		t.Fatalf("after going on = %+v", i)
	}
	for _, code := range []string{"A0001", "A0051", "A0500", "A1000"} {
		if l := f.shop(t, code); l.Rev != 1 {
			t.Errorf("%s was written %d times", code, l.Rev)
		}
	}
	if _, err := f.Undo(t.Context(), coordinator, i.ID, i.Rev); err != nil {
		t.Fatal(err)
	}
	_ = f.DB.Close()
	kill(t, path, 3)
	f = at(t, path, key)
	f.now = noon.Add(4 * time.Minute)
	if i = f.worked(t, i.ID); i.State != Undone || i.TakenBack != n || i.Left != 0 {
		t.Errorf("undone after going on = %+v", i)
	}
	if _, err := f.Log.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// child works, and says when it is in the middle.
func child(t *testing.T, f *fixture) {
	t.Helper()
	go func() {
		for {
			page, err := f.docs.Find(t.Context(), store.Where("state", store.In, []string{string(Running), string(Undoing)}))
			if err != nil || len(page.Items) == 0 {
				continue
			}
			if n, err := f.Progress(t.Context(), &page.Items[0]); err == nil && n >= 3*chunkRows {
				fmt.Println("in the middle")
				return
			}
		}
	}()
	_, _ = f.Work(t.Context(), "child")
}

func kill(t *testing.T, path string, minutes int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$") // ourselves
	c.Env = append(os.Environ(), childOf+"="+path, fmt.Sprintf("%s_MINUTES=%d", childOf, minutes))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "in the middle") {
			_ = c.Process.Kill()
		}
	}
	_ = c.Wait()
}
