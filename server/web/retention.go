package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/retention"
)

// retentionPage: GET /admin/retention: what stays for how long, and what was erased.
func (s *Site) retentionPage(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	states, err := s.services.Retention.States(ctx, by)
	if err != nil {
		return err
	}
	reports, err := s.services.Retention.Reports(ctx, by)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("retention.title"), Lead: p.say("retention.lead"), Links: []ui.Link{
		{Label: p.say("retention.jobs"), Href: at(c, "/admin/jobs")}, {Label: p.say("settings.title"), Href: at(c, "/admin/settings")}, {Label: p.say("nav.privacy"), Href: at(c, "/privacy")},
	}}
	classes := ui.Records{}
	for i := range states {
		classes.Items = append(classes.Items, retentionRecord(p, &states[i]))
	}
	v.add(section{ID: "classes", Title: p.say("retention.classes"), Records: &classes})
	days := ui.Records{Empty: p.say("retention.no_reports")}
	for _, r := range reports {
		if n := len(days.Items); n == 0 || days.Items[n-1].Title != dayOf(p, r.Last) {
			days.Items = append(days.Items, ui.Record{Title: dayOf(p, r.Last)})
		}
		day := &days.Items[len(days.Items)-1]
		what := p.say("retention.class." + r.Class)
		if r.Erased > 0 {
			day.Lines = append(day.Lines, p.count("retention.line", r.Erased, "What", what, "Days", r.Days))
		}
		if r.Failed > 0 {
			day.Lines, day.Tag, day.State = append(day.Lines, p.say("retention.line_failed", "What", what)), p.say("retention.failed"), ui.TaskBad
		}
	}
	v.add(section{ID: "reports", Title: p.say("retention.reports"), Records: &days})
	return s.showCase(c, p, &v, nil, nil)
}

// retentionRecord is a class in words.
func retentionRecord(p *speaker, x *retention.State) ui.Record {
	r := ui.Record{Title: p.say("retention.class." + x.Name), Lines: []string{p.count("retention.from."+x.From, x.Days)}, Tag: p.say("retention.on_time"), State: ui.TaskDone}
	if x.Due != nil {
		r.Lines = append(r.Lines, p.say("retention.set"))
	}
	switch {
	case x.Last.IsZero():
		r.Tag, r.State = p.say("retention.never"), ui.TaskWait
	case x.Failed:
		r.Tag, r.State = p.say("retention.failed"), ui.TaskBad
	}
	if !x.Last.IsZero() {
		r.Lines = append(r.Lines, p.say("retention.last", "When", stamp(p, x.Last)))
	}
	if x.Erased > 0 {
		r.Lines = append(r.Lines, p.count("retention.erased", x.Erased))
	}
	return r
}
