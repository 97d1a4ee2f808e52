package cli

import (
	"context"
	"io"
	"time"

	"shangquan/frontend/locales"
	"shangquan/server/config"
	"shangquan/services/account"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

// words are what messages say, in the language of who gets them.
func words(catalogue *locales.Catalogue, site lang.Text) mail.Words {
	return func(t lang.Tag, kind string, args map[string]any) (subject, text string, err error) {
		w := catalogue.In(t)
		all := map[string]any{}
		for k, v := range args {
			if at, ok := v.(time.Time); ok {
				v = at.In(calendar.Shanghai).Format("2006-01-02 15:04")
			}
			all[k] = v
		}
		if _, ok := all["Site"]; !ok {
			all["Site"], _ = site.In(t)
		}
		if subject, err = w.With("mail."+kind+".subject", all); err != nil {
			return "", "", err
		}
		text, err = w.With("mail."+kind+".text", all)
		return subject, text, err
	}
}

// post opens the way messages leave by.
func post(c config.Config, catalogue *locales.Catalogue, console io.Writer, now func() time.Time) (mail.Sender, error) {
	uris := []string{c.Mail.Reveal()}
	if c.SMS != "" {
		uris = append(uris, c.SMS.Reveal())
	}
	return mail.Open(mail.Options{Words: words(catalogue, c.Site.Name), Console: console, Development: c.Env == config.Development, Now: now}, uris...)
}

// people puts accounts and what belongs to them on the store of d.
func (d *district) people(c config.Config, sender mail.Sender) error {
	name, _ := c.Site.Name.In(lang.Hans)
	var err error
	d.accounts, err = account.New(d.db, account.Config{
		Origin: c.Origin, Site: name, Keys: d.keys, Log: d.trail, Mail: sender, Now: d.now,
		Policy: account.Policy{Graded: c.Graded, Words: []string{name, c.Site.Sign, c.Site.City, c.Site.County}},
	})
	return err
}

// sweepEvery is how often what has ended is cleared away.
const sweepEvery = 6 * time.Hour

// sweep clears away what has ended until ctx does.
func (d *district) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if _, err := d.accounts.Sweep(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
