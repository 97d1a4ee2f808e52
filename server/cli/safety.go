package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/alarm"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/freeze"
	"shangquan/services/integrity"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/mail"
	"shangquan/services/notice"
)

// operator is who acts on the command line.
func operator() access.Actor { return access.System("command line") }

// guard puts on d what watches over its content: alarms, the switch that freezes the site, the comparison with the seals.
func (d *district) guard(log *slog.Logger) {
	d.alarms = alarm.New(d.db, d.trail, log, d.now)
	d.frozen = freeze.New(d.db, d.trail, d.now, func(st freeze.State) { d.alarms.Raise(alarm.Frozen, "site", st.Why) })
	d.integrity = integrity.New(d.db, d.trail, d.alarms, d.now)
}

// tellAlarms says whom alarms are told: the addresses of the settings, without them every administrator.
func (d *district) tellAlarms(c config.Config, by mail.Sender, site string, people *account.Service) error {
	fixed := []alarm.Recipient{}
	for _, to := range c.AlarmTo {
		contact, err := account.ParseContact(to.Reveal())
		if err != nil {
			return errors.New("SHANGQUAN_ALARM_TO: one of them is no phone number or e-mail address")
		}
		fixed = append(fixed, alarm.Recipient{To: string(contact), Lang: lang.Hans})
	}
	d.alarms.Tell(by, site, c.Origin+"/admin/safety", func(ctx context.Context) ([]alarm.Recipient, error) {
		if len(fixed) > 0 {
			return fixed, nil
		}
		out := []alarm.Recipient{}
		admins, err := people.Holders(ctx, access.Admin)
		for _, a := range admins {
			for _, to := range a.Contacts() {
				out = append(out, alarm.Recipient{To: string(to), Lang: cmp.Or(a.Lang, lang.Hans)})
			}
		}
		return out, err
	})
	return nil
}

// watchSignIns makes alarms of what sign-ins say.
type watchSignIns struct{ *alarm.Service }

// NewNetwork implements account.Watch.
func (w watchSignIns) NewNetwork(accountID string) { w.Raise(alarm.Network, accountID, "") }

// freeze makes the site read-only.
func (p program) freeze(ctx context.Context, o *options) error {
	if o.why == "" {
		return errors.New("say --why: it stands in the trail")
	}
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		if err := d.frozen.Freeze(ctx, operator(), o.why); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.Out, "frozen: the site can only be read, everybody is signed out; shangquan unfreeze ends it")
		return err
	})
}

// unfreeze lets the site be written to again.
func (p program) unfreeze(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		if err := d.frozen.Unfreeze(ctx, operator()); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.Out, "unfrozen: the site can be written to")
		return err
	})
}

// verifyContent compares everything with its seals.
func (p program) verifyContent(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		r, err := d.integrity.Verify(ctx)
		if err != nil {
			return err
		}
		if o.json {
			if err := p.writeJSON(r); err != nil {
				return err
			}
		} else {
			for _, f := range r.Findings {
				_, _ = fmt.Fprintf(p.Out, "%s\t%s/%s\n", f.Condition, f.Collection, d.named(ctx, f))
			}
			if r.Wrong == 0 {
				_, _ = fmt.Fprintf(p.Out, "%d documents, all as they were written (%d ms)\n", r.Checked, r.Took.Milliseconds())
			}
		}
		if r.Wrong > 0 && o.json {
			return errReported
		}
		return r.Err()
	})
}

// named is how revert wants a finding: a listing by its shop code.
func (d *district) named(ctx context.Context, f integrity.Finding) string {
	if f.Collection == d.listings.Name() {
		if l, err := d.shops.Get(ctx, f.ID); err == nil {
			return f.ID + " (shangquan revert listing " + l.Code + ")"
		}
	}
	return f.ID
}

// revert puts something back: what the database says back to what was sealed and, with --to, to an earlier revision.
func (p program) revert(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		switch what, key := o.args[0], o.args[1]; what {
		case "listing":
			return p.revertListing(ctx, o, d, key)
		case "notice":
			return p.revertNotice(ctx, o, d, key)
		default: // any other sealed collection, by its name and the id that verify-content prints
			did, err := d.integrity.Restore(ctx, operator(), what, key)
			if err != nil {
				return err
			}
			if o.to > 0 {
				return fmt.Errorf("%s: only the sealed copy can be put back, without --to", what)
			}
			return p.restored(did, what+" "+key)
		}
	})
}

func (p program) restored(did bool, what string) error {
	said := "is as it was written"
	if did {
		said = "was altered past the program; the sealed copy is back"
	}
	_, err := fmt.Fprintf(p.Out, "%s %s\n", what, said)
	return err
}

func (p program) revertListing(ctx context.Context, o *options, d *district, code string) error {
	l, err := d.shops.ByCode(ctx, code)
	if fault.Is(err, fault.NotFound) {
		l, err = d.shops.Get(ctx, code) // verify-content may know the id alone
	}
	if err != nil {
		return fmt.Errorf("listing %s: %w", code, err)
	}
	did, err := d.integrity.Restore(ctx, operator(), d.listings.Name(), l.ID)
	if err != nil {
		return err
	}
	if o.to == 0 {
		if err := p.restored(did, "listing "+code); err != nil || did {
			return err
		}
		return p.revisions(ctx, d, &l)
	}
	got, err := d.shops.Restore(ctx, operator(), l.ID, 0, o.to)
	if err != nil {
		return fmt.Errorf("listing %s cannot go back to revision %d: %w", code, o.to, err)
	}
	_, err = fmt.Fprintf(p.Out, "listing %s says what it said in revision %d; it has revision %d now\n", code, o.to, got.Rev)
	return err
}

// revertNotice makes an earlier version public again. That one had its second person when it was published, and the operator gives
// the leave for exactly the same words; where the past has changed them, such as an expiry that is over, somebody at the desk does.
func (p program) revertNotice(ctx context.Context, o *options, d *district, id string) error {
	by, notices := operator(), d.people.notices
	did, err := d.integrity.Restore(ctx, by, "notices", id)
	if err != nil {
		return err
	}
	versions, err := notices.Versions(ctx, by, id)
	if err != nil {
		return fmt.Errorf("notice %s: %w", id, err)
	}
	for _, v := range versions {
		if _, err := d.integrity.Restore(ctx, by, "notice_versions", v.ID); err != nil {
			return err
		}
	}
	if o.to == 0 {
		if err := p.restored(did, "notice "+id); err != nil || did {
			return err
		}
		_, _ = fmt.Fprintln(p.Out, "choose with --to:")
		for _, v := range versions {
			_, _ = fmt.Fprintf(p.Out, "%d  %s  %s\n", v.N, v.Name, v.Content.Title.Hans)
		}
		return nil
	}
	n, err := notices.Revert(ctx, by, id, 0, int(o.to))
	if err != nil {
		return fmt.Errorf("notice %s cannot go back to version %d: %w", id, o.to, err)
	}
	hash := n.Content.Hash()
	if !slices.ContainsFunc(versions, func(v notice.Version) bool { return v.N == int(o.to) && v.Hash == hash }) {
		_, err := fmt.Fprintf(p.Out, "notice %s: the desk has version %d as a draft; it waits there for a second person, since its dates had to change\n", id, o.to)
		return err
	}
	if n.Content.NeedsApproval() {
		if n, err = notices.Submit(ctx, by, id, n.Rev); err == nil {
			second := by // of the program, as who made the version anew is not asked for a leave of their own
			second.AccountID = "operator"
			n, err = notices.Approve(ctx, second, id, n.Rev, hash)
		}
	}
	if err == nil {
		_, err = notices.Publish(ctx, by, id, n.Rev)
	}
	if err != nil {
		return fmt.Errorf("notice %s: version %d is a draft at the desk, and is not published: %w", id, o.to, err)
	}
	_, err = fmt.Fprintf(p.Out, "notice %s says what it said in version %d\n", id, o.to)
	return err
}

// revisions lists the latest writes, to choose --to from.
func (p program) revisions(ctx context.Context, d *district, l *listing.Listing) error {
	h, err := d.shops.History(ctx, operator(), l.ID, "", 10)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(p.Out, "choose with --to:")
	w := tabwriter.NewWriter(p.Out, 0, 8, 2, ' ', 0)
	for _, r := range h.Items {
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", r.Rev, r.At.In(d.now().Location()).Format(time.DateTime), r.By.Name, r.Action, r.Why)
	}
	return w.Flush()
}

// watchTrail raises an alarm when the trail is not as it was written, or not the one that the anchors of earlier days know, and returns
// how many entries it has. When all is well it writes the anchor of the day.
func (d *district) watchTrail(ctx context.Context) (int, error) {
	r, err := d.verifyTrail(ctx)
	switch {
	case err != nil:
	case r.Broken > 0:
		err = d.alarms.Record(ctx, alarm.Trail, "audit", r.Why)
	case d.anchors != "":
		a, bad := d.trail.Anchor(ctx)
		if err = bad; err == nil {
			err = audit.AddAnchor(d.anchors, a)
		}
	}
	return int(r.Entries), err
}

// verifyTrail compares the trail with the anchors of the site, and with more.
func (d *district) verifyTrail(ctx context.Context, more ...audit.Anchor) (audit.Report, error) {
	own, err := audit.LoadAnchors(d.anchors)
	if err != nil {
		return audit.Report{}, err
	}
	return d.trail.Verify(ctx, append(own, more...)...)
}

// anchorsFile is where the anchors of the trail are: outside the database, beside an SQLite file or in the folder of the backups. Empty:
// nowhere.
func anchorsFile(c config.Config) string {
	if name, ok := strings.CutPrefix(c.Store.Reveal(), "file:"); ok {
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "//"), "?")
		return name + ".anchors"
	}
	if c.Backups == "" {
		return ""
	}
	return filepath.Join(c.Backups, ".anchors")
}

// watchStore raises an alarm when the file of the database is damaged. It comes from outside the file as well, as a job that went wrong:
// what is written into a damaged file may not stay.
func (d *district) watchStore(ctx context.Context) (int, error) {
	damage, err := d.db.Examine(ctx)
	if err == nil && damage != "" {
		err = errors.Join(errors.New("the database is damaged: "+damage), d.alarms.Record(ctx, alarm.Damage, "store", damage))
	}
	return 0, err
}

// watchContent compares everything with its seals, raising alarms on the way, and returns how many documents it compared.
func (d *district) watchContent(ctx context.Context) (int, error) {
	r, err := d.integrity.Verify(ctx)
	return r.Checked, err
}
