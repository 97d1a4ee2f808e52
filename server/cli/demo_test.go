package cli

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/demo"
)

// start is what serve does before it listens, as far as the demonstration accounts go. It returns what was printed and how many
// administrators there are then.
func start(t *testing.T, dir string, pairs ...string) (string, int) {
	t.Helper()
	var out said
	p := program{Getenv: environment(append([]string{"STORE", storeIn(dir), "MEDIA", "file:" + filepath.Join(dir, "media")}, pairs...)...), Out: &out, Err: &out}
	o := &options{getenv: p.Getenv}
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	made := makesStore(c)
	catalogue, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	d, err := open(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	}()
	by, err := d.sender(c, catalogue, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.admitPeople(t.Context(), c, by, log); err != nil {
		t.Fatal(err)
	}
	if len(d.people.merchants.Closes) < 2 {
		t.Error("a merchant that closes keeps its seat in the joint meeting, or its webhooks")
	}
	if c.Sample {
		if err := p.sample(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.demonstrate(t.Context(), c, d, made); err != nil {
		t.Fatal(err)
	}
	admins, err := d.people.accounts.Holders(t.Context(), access.Admin)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), len(admins)
}

func TestDemonstrationAccounts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, demoFile)
	out, admins := start(t, dir, "SAMPLE", "true", "DEMO", "true")
	b, err := os.ReadFile(file)
	if err != nil || admins != 1 {
		t.Fatalf("%d administrators, %v\n%s", admins, err, out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the passwords are readable by others: %v %v", info.Mode(), err)
	}
	var people []demo.Person
	if err := json.Unmarshal(b, &people); err != nil || len(people) != len(demoDoes) {
		t.Fatalf("%d people, %v", len(people), err)
	}
	for _, x := range people {
		if strings.Count(out, x.Password) != 1 || !strings.Contains(out, demoDoes[x.Key]) || !strings.HasPrefix(x.Name, "演示") {
			t.Errorf("%s is not said once, with what they may do:\n%s", x.Contact, out)
		}
		if staff := x.Key == demo.Admin || x.Key == demo.Coordinator || x.Key == demo.Second || x.Key == demo.Liaison || x.Key == demo.Auditor; staff != (x.Secret != "") {
			t.Errorf("%s has a second factor: %v", x.Key, !staff)
		}
	}
	// A second start says and changes nothing.
	out, _ = start(t, dir, "SAMPLE", "true", "DEMO", "true")
	if again, err := os.ReadFile(file); err != nil || string(again) != string(b) || strings.Contains(out, "demonstration") {
		t.Errorf("the second start: %v\n%s", err, out)
	}
}

// A store gets demonstration accounts only from the start that made it, only when asked to, and only with the sample district.
func TestNoDemonstrationAccounts(t *testing.T) {
	for name, pairs := range map[string][]string{
		"not asked for":   {"SAMPLE", "true"},
		"no sample":       {"DEMO", "true"},
		"the store's own": {"SAMPLE", "true", "DEMO", "true"},
	} {
		dir := t.TempDir()
		if name == "the store's own" {
			start(t, dir)
		}
		if out, admins := start(t, dir, pairs...); admins != 0 || strings.Contains(out, "@example.cn") {
			t.Errorf("%s: %d administrators\n%s", name, admins, out)
		}
		if _, err := os.Stat(filepath.Join(dir, demoFile)); err == nil {
			t.Errorf("%s: there is a file of passwords", name)
		}
	}
	if code, _, errs := run(t, []string{"serve"}, "", "ENV", "production", "DEMO", "true", "STORE", storeIn(t.TempDir())); code != Failed || !strings.Contains(errs, "SHANGQUAN_DEMO") {
		t.Errorf("production = %d %s", code, errs)
	}
}
