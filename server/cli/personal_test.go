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

	"shangquan/server/config"
	"shangquan/services/store"
)

var writePersonal = flag.Bool("personal", false, "add what is missing to the register of stored fields, as a question")

const personalFile = "../../services/personal.txt"

// partyData finds words no stored field may have in its name: what a person belongs to or believes, applies for, pays, studies, is given
// points for or attends is nowhere kept (features.md S17, 4.9). A name is read word by word, so that due, members and credit_code are none of
// it; roots that begin nothing else are found wherever they stand.
var partyData = regexp.MustCompile(`(?i)(^|[._])(` + strings.Join([]string{
	`(non_?)?part(y|ies)`, `politics?`, `political`, `communist`, `cpc`, `ccp`, `league`, `cadre`, `activist`, `probationary`, `branch(es)?`, `cell`, `member`, `membership`,
	`applications?`, `applicants?`, `applied(_at|_on)?`, `dues`, `fees?_paid`, `donations?`, `stud(y|ies|ied)`, `learn(t|ed|ing|ings)?`, `lessons?`, `exams?`, `quiz(zes)?`,
	`scor(e|es|ed|ing)`, `credits`, `rankings?`, `appraisals?`, `attend(s|ed|ance|ances|ee|ees|ing)?`, `presences?`, `present`, `absen(t|ts|ce|ces|tees?)`, `came`, `check_?ins?`,
	`oath`, `pledges?`, `faith`, `religio(n|us)`, `ethnic(ity)?`, `nationality`, `(id|identity)_card`,
}, "|") + `)([._]|$)|party_?member|dangyuan|dangfei|dangzu|zhibu|xuexi|jifen|kaoqin|[党团]|学习|积分|考勤|出勤`)

// organisational are the fields that partyData finds and that are about organisations or about nobody, each with the reason.
var organisational = map[string]string{
	"assembly_meetings.rows.presence": "whether an organisation was there; who came for it is not noted",
	"activities.page.draft.came":      "how many came, a number without names",
	"activities.page.public.came":     "the same, as everybody reads it",
}

// A field about what a person belongs to does not slip in under another name, and an honest one is not stopped.
func TestWordsOfPartyData(t *testing.T) {
	for name, caught := range map[string]bool{
		"accounts.party": true, "accounts.party_member": true, "merchants.members.partymember": true, "accounts.is_party_member": true, "accounts.Party.since": true,
		"accounts.political_status": true, "accounts.league": true, "listings.owner.member": true, "accounts.member_since": true, "accounts.member_of": true,
		"accounts.membership": true, "x.membership_no": true, "x.application": true, "x.applications.at": true, "x.applicant_id": true, "x.applied_on": true,
		"x.dues": true, "x.dues_paid": true, "x.fee_paid": true, "x.branch": true, "x.branch_id": true, "x.branches": true, "x.study": true, "x.study_hours": true, "x.studies.#": true,
		"x.learning": true, "x.learning_minutes": true, "x.learned": true, "x.lessons.*.done": true, "x.exam_score": true, "x.score": true, "x.scores.#": true, "x.scored": true,
		"x.credits": true, "x.ranking": true, "x.attendance": true, "x.attendance_of": true, "x.attended_by": true, "x.attendees": true, "x.attends": true, "x.present": true,
		"x.absent": true, "x.presence": true, "x.came": true, "x.checkins": true, "x.check_in": true, "x.oath": true, "x.religion": true, "x.ethnicity": true, "x.id_card": true,
		"x.identity_card": true, "x.dangyuan": true, "x.dangfei_2026": true, "x.jifen": true, "x.党员": true, "x.积分": true,

		"notices.content.due": false, "promises.due": false, "vacancies.next_due": false, "merchants.members.role": false, "assembly_bodies.page.public.members": false,
		"merchants.credit_code": false, "points.access": false, "points.name.hans": false, "places.course": false,
		"listings.address.parts": false, "streets.side_names.#": false, "x.counterparty": false, "x.department": false, "x.presented_at": false, "x.display": false,
		"x.example": false, "x.scope": false, "x.cells": false, "x.become": false, "x.appliance": false, "x.applies_to": false, "x.studio": false, "x.identity": false,
		"x.duesseldorf": false, "x.attention": false, "x.learner": false, "x.examined": false,
	} {
		if partyData.MatchString(name) != caught {
			t.Errorf("%s is caught: %v", name, !caught)
		}
	}
}

// TestPersonalFields walks every stored type. Each field has a line in services/personal.txt: what it is for and how long it
// stays where it is about a person, a dash where it is not (PIPL articles 6 and 13; security.md PRV-01). A new field without a line fails.
func TestPersonalFields(t *testing.T) {
	p := program{Getenv: environment("STORE", storeIn(t.TempDir()), "MEDIA", "file:"+filepath.Join(t.TempDir(), "media"))}
	o := &options{getenv: p.Getenv}
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := catalogue()
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
		if partyData.MatchString(f) && organisational[f] == "" {
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
	for f := range organisational {
		if !found[f] || !partyData.MatchString(f) {
			t.Errorf("%s is excepted for nothing", f)
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
