package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"shangquan/server/config"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// demoFile lies beside the store and has what the demonstration accounts sign in with, so that the page with the codes knows their
// apps after a restart, and tests in a browser know the passwords. It is readable by who runs the server, as the master key is.
const demoFile = "demo-accounts.json"

// storeFile returns the path of a store that is a file.
func storeFile(c config.Config) (string, bool) {
	path, ok := strings.CutPrefix(c.Store.Reveal(), "file:")
	path, _, _ = strings.Cut(path, "?")
	return path, ok
}

// makesStore reports whether a start with these settings makes the file of its store. It is asked before the store is opened.
func makesStore(c config.Config) bool {
	path, ok := storeFile(c)
	if !ok {
		return false
	}
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// demoDoes says what each of the accounts may do.
var demoDoes = map[string]string{
	demo.Owner:       "owner of two shops, decides everything about them",
	demo.Manager:     "manager of the same two shops",
	demo.Staff:       "staff of the first of them: hours, photos, offers",
	demo.Rival:       "owner of another shop",
	demo.Plaza:       "runs the plaza of the owner's second shop and may edit that shop",
	demo.Coordinator: "checks what shops change, decides claims, keeps the register",
	demo.Second:      "a second coordinator: some decisions take two",
	demo.Liaison:     "liaison of the district",
	demo.Auditor:     "reads the trail, and nothing else",
	demo.Admin:       "looks after accounts, reads the trail",
}

// demonstrate makes the demonstration accounts when this start made the store, and prints what they sign in with. A store that was
// there before gets none, whatever the settings say.
func (p program) demonstrate(ctx context.Context, c config.Config, d *district, madeStore bool) error {
	if !c.Demo || c.Env != config.Development || !madeStore {
		return nil
	}
	if !c.Sample {
		_, _ = fmt.Fprintln(p.Out, "demonstration accounts need the sample district: set SHANGQUAN_SAMPLE=true")
		return nil
	}
	path, _ := storeFile(c)
	name, _ := c.Site.Name.In(lang.Hans)
	deps := demo.Deps{DB: d.db, Keys: d.keys, Log: d.trail, Listings: d.shops, Places: d.places, Origin: c.Origin, Site: name, Now: d.now}
	people, err := demo.People(ctx, deps)
	if err != nil {
		return fmt.Errorf("the demonstration accounts: %w", err)
	}
	if err := demo.JointMeeting(ctx, deps, people); err != nil {
		return err
	}
	if err := demo.Together(ctx, deps, people); err != nil {
		return err
	}
	if err := demo.Stations(ctx, deps, people); err != nil {
		return err
	}
	if err := demo.Street(ctx, deps, people); err != nil {
		return err
	}
	if err := demo.Offers(ctx, deps, people); err != nil {
		return err
	}
	if err := demo.Heritage(ctx, deps, people); err != nil {
		return err
	}
	b, err := json.MarshalIndent(people, "", "\t") //nolint:gosec // G117: made-up accounts, kept for whoever tries the site, in a file of theirs alone
	if err != nil {
		return err
	}
	path = filepath.Join(filepath.Dir(path), demoFile)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return fmt.Errorf("the demonstration accounts cannot be kept: %w", err)
	}
	_, _ = fmt.Fprintf(p.Out, "demonstration accounts, to sign in at %s/sign-in (said once; %s has them too):\n", c.Origin, path)
	for _, x := range people {
		_, _ = fmt.Fprintf(p.Out, "  %-28s %s  %s\n", x.Contact, x.Password, demoDoes[x.Key])
		if x.URL != "" {
			_, _ = fmt.Fprintf(p.Out, "  %-28s second factor: codes at %s/outbox, or %s\n", "", c.Origin, x.URL)
		}
	}
	return nil
}

// demoPeople reads the demonstration accounts of a store that has some; nil for others.
func demoPeople(c config.Config) ([]demo.Person, error) {
	path, ok := storeFile(c)
	if !ok || !c.Demo || c.Env != config.Development {
		return nil, nil
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(path), demoFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	var out []demo.Person
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", demoFile, err)
	}
	return out, nil
}
