package cli

import (
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/config"
	"shangquan/services/store"
)

var writePersonal = flag.Bool("personal", false, "add what is missing to the register of stored fields, as a question")

const personalFile = "../../services/personal.txt"

// partyData are words no stored field may have in its name: what a person belongs to, pays, studies or attends is nowhere kept.
var partyData = regexp.MustCompile(`(^|[._])(party|dues|political|membership|study|attendance_of|attended_by|id_card|identity_card|faith|ethnic)([._]|$)`)

// TestPersonalFields walks every stored type. Each field has a line in services/personal.txt: what it is for and how long it
// stays where it is about a person, a dash where it is not (PIPL articles 6 and 13; security.md PRV-01). A new field without a line fails.
func TestPersonalFields(t *testing.T) {
	p := program{Getenv: environment("STORE", storeIn(t.TempDir()), "MEDIA", "file:"+filepath.Join(t.TempDir(), "media"))}
	o := &options{getenv: p.Getenv}
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := locales.Load(frontend.FS)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	d, err := open(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.close() }()
	var out said
	by, err := d.sender(c, catalogue, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.admitPeople(t.Context(), c, by, log); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for name, typ := range store.Types(d.db) {
		fields(typ, name, map[reflect.Type]bool{}, found)
	}
	register := personalRegister(t)
	var missing []string
	everywhere := map[string]bool{}
	for _, f := range slices.Sorted(maps.Keys(found)) {
		if partyData.MatchString(f) {
			t.Errorf("%s: no such thing is kept of anybody", f)
		}
		_, rest, _ := strings.Cut(f, ".")
		if _, ok := register["*."+rest]; ok {
			everywhere["*."+rest] = true
			continue
		}
		if _, ok := register[f]; !ok {
			missing = append(missing, f)
			t.Errorf("%s is stored and not in the register: say what it is for and how long it stays, or - when it is about nobody", f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(register)) {
		if !found[f] && !everywhere[f] {
			t.Errorf("%s is in the register and not stored", f)
		}
	}
	if *writePersonal && len(missing) > 0 {
		f, err := os.OpenFile(personalFile, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range missing {
			_, _ = fmt.Fprintln(f, m, "?")
		}
		_ = f.Close()
	}
}

// What is known of a person need not be text: the walk sees numbers, times, a yes or a no, and what a map is by.
func TestEveryKindOfFieldIsWalked(t *testing.T) {
	type inner struct {
		Agreed bool    `json:"agreed"`
		Born   int     `json:"born"`
		Share  float64 `json:"share"`
	}
	type stored struct {
		Age     uint8            `json:"age"`
		Seen    map[string]int   `json:"seen"`
		Visits  map[string]inner `json:"visits"`
		At      *time.Time       `json:"at"`
		Name    string           `json:"name"`
		Any     any              `json:"any"`
		Nothing string           `json:"-"`
	}
	found := map[string]bool{}
	fields(reflect.TypeFor[stored](), "x", map[reflect.Type]bool{}, found)
	want := []string{"x.age", "x.any", "x.at", "x.name", "x.seen.#", "x.seen.*", "x.visits.#", "x.visits.*.agreed", "x.visits.*.born", "x.visits.*.share"}
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// fields adds the paths of everything below typ that holds something.
func fields(typ reflect.Type, path string, above map[reflect.Type]bool, found map[string]bool) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		if typ.Elem().Kind() == reflect.Uint8 {
			found[path] = true
			return
		}
		fields(typ.Elem(), path, above, found)
	case reflect.Map:
		// The keys are stored, too: a map may be by account or by number.
		found[path+".#"] = true
		fields(typ.Elem(), path+".*", above, found)
	case reflect.Struct:
		if typ == reflect.TypeFor[time.Time]() {
			found[path] = true
			return
		}
		if above[typ] {
			return
		}
		above = maps.Clone(above)
		above[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "-" || !f.IsExported() && !f.Anonymous:
			case f.Anonymous && name == "":
				fields(f.Type, path, above, found)
			default:
				if name == "" {
					name = f.Name
				}
				fields(f.Type, path+"."+name, above, found)
			}
		}
	default:
		// Text, and numbers and marks as well: an age, a count of what one person did and whether somebody agreed are data about a person.
		found[path] = true
	}
}

// personalRegister reads services/personal.txt. A line that says nothing, or only asks, is none.
func personalRegister(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(personalFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, line := range strings.Split(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		parts := strings.Split(rest, "|")
		if rest != "-" && (len(parts) != 4 || slices.ContainsFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })) {
			t.Errorf("%s:%d: want \"field -\" or \"field purpose | basis | who sees it | how long\", got %q", personalFile, i+1, line)
		}
		if _, twice := out[name]; twice {
			t.Errorf("%s:%d: %s is there twice", personalFile, i+1, name)
		}
		out[name] = rest
	}
	return out
}
