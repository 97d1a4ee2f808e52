package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/care"
	"shangquan/services/extract"
	"shangquan/services/holiday"
	"shangquan/services/idempotency"
	"shangquan/services/insight"
	"shangquan/services/intake"
	"shangquan/services/mail"
	"shangquan/services/merchant"
	"shangquan/services/notice"
	"shangquan/services/privacy"
	"shangquan/services/retention"
	"shangquan/services/setting"
	"shangquan/services/walk"
	"shangquan/services/webhook"
)

// initial are the settings of the environment, in force until an administrator sets others.
func initial(c config.Config) setting.Values {
	office := []string{}
	for _, r := range c.StaffRanges {
		office = append(office, r.String())
	}
	return setting.Values{Name: c.Site.Name, Operator: c.Site.Operator, Phone: c.Site.Phone, ICP: c.Site.ICP, Police: c.Site.Police, Office: office}
}

// checkTrail says whether a file of the trail is what left this site. It needs the master key and no store.
func (p program) checkTrail(o *options) error {
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		return err
	}
	keys, err := ring(c)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(o.file) // the operator names the file
	if err != nil {
		return fmt.Errorf("--file: %w", err)
	}
	m, err := extract.CheckTrail(keys, body)
	if err != nil {
		return err
	}
	if o.json {
		return p.writeJSON(m)
	}
	_, err = fmt.Fprintf(p.Out, "%d entries, %d to %d, as they left on %s\n", m.Entries, m.First, m.Last, m.Made.Format("2006-01-02 15:04 MST"))
	for _, seq := range m.Changed {
		_, err = fmt.Fprintf(p.Out, "entry %d was not as it was written when it left\n", seq)
	}
	return err
}

// classes are the records that do not stay, with how long they do (requirements PRV-04, AUD-04). The rules stand in the packages that keep
// them, and no setting is longer than what they say is the longest.
func (d *district) classes() []retention.Class {
	days := func(t time.Duration) int { return int(t / (24 * time.Hour)) }
	set, p := d.settings.Now(), d.people
	return []retention.Class{
		{Name: "evidence", Days: set.EvidenceDays, From: "decided", Due: p.merchants.EvidenceDue},
		{Name: "reports", Days: set.ReportDays, From: "heard", Due: p.reports.Due},
		{Name: "cases", Days: set.CaseDays, From: "ended", Due: p.together.neighbours.Due},
		{Name: "enquiries", Days: set.EnquiryDays, From: "stepped", Due: p.offers.leads.Due},
		{Name: "care_photos", Days: care.KeepPhotos, From: "stepped"},
		{Name: "invitations", Days: days(merchant.AddressKept), From: "ended"},
		{Name: "sessions", Days: days(account.LifeMerchant), From: "used"},
		{Name: "imports", Days: days(intake.Kept), From: "made"},
		{Name: "notices", Days: days(notice.KeepHelp), From: "ended"},
		{Name: "asked", Days: holiday.KeepAsked, From: "ended"},
		{Name: "walks", Days: days(walk.KeepSettled), From: "decided"},
		{Name: "webhooks", Days: days(webhook.Kept), From: "made"},
		{Name: "repeats", Days: days(idempotency.Keep), From: "made"},
		{Name: "messages", Days: days(mail.KeepRefused), From: "made"},
		{Name: "counts", Days: insight.KeepDays, From: "made"},
		{Name: "pictures", Days: 1, From: "unused"},
		{Name: "asks", Days: privacy.Keep, From: "answered"},
		{Name: "consents", Days: set.ConsentDays, From: "withdrawn", Due: p.consents.Due},
		{Name: "trail", Days: set.TrailDays, From: "made", Due: d.trail.Due},
	}
}

// erases is a job that erases records of a class and reports it.
func (d *district) erases(class string, erase func(context.Context) (int, error)) func(context.Context) (int, error) {
	return d.people.retention.Do(class, erase)
}

// purgeTrail removes what is older than the trail is kept.
func (d *district) purgeTrail(ctx context.Context) (int, error) {
	return d.trail.Purge(ctx, access.System("retention"), d.now().AddDate(0, 0, -d.settings.Now().TrailDays))
}
