package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/job"
)

func (s *Site) jobRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/admin/jobs", Handle: s.jobsPage, Kind: Private, Needs: access.JobRead},
		{Method: http.MethodPost, Path: "/admin/jobs", Handle: s.jobSent, Kind: Private, Rate: Write, Needs: access.JobRun},
	}
}

// jobsPage: GET /admin/jobs: what the servers do by themselves and how it went, what needs somebody first.
func (s *Site) jobsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.services.Jobs.List(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("jobs.title"), Lead: p.say("jobs.lead")}
	if saidHere(c, "soon") != "" {
		v.ok(p.say("jobs.soon"))
	}
	bad := 0
	records := ui.Records{Action: at(c, "/admin/jobs"), CSRF: s.token(Of(c)), Empty: p.say("jobs.none")}
	for i := range list {
		if list[i].State == job.Bad || list[i].State == job.Missed {
			bad++
		}
		records.Items = append(records.Items, jobRecord(p, &list[i]))
	}
	switch {
	case bad > 0:
		v.warn(p.count("jobs.bad", bad))
	case len(list) > 0:
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("jobs.all_good")})
	}
	v.add(section{Title: p.say("jobs.list"), Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// jobName is what people call a job; one whose words are missing keeps the name it has in the log.
func jobName(p *speaker, name string) string {
	key := "jobs.name." + strings.ReplaceAll(name, " ", "_")
	if !p.Has(key) {
		return name
	}
	return p.say(key)
}

func jobRecord(p *speaker, x *job.Status) ui.Record {
	r := ui.Record{Title: jobName(p, x.Name)}
	last := p.say("jobs.never")
	if !x.EndedAt.IsZero() {
		last = p.say("jobs.last", "When", stamp(p, x.EndedAt), "Took", jobTook(p, x.TookMS))
		if x.Count >= 0 && x.Problem == "" {
			last = p.say("jobs.counted", "Last", last, "N", x.Count)
		}
	}
	r.Lines = append(r.Lines, last)
	if x.Problem != "" {
		r.Lines = append(r.Lines, p.say("jobs.problem."+string(x.Problem)))
		if x.Failures > 1 {
			r.Lines = append(r.Lines, p.count("jobs.failures", x.Failures))
		}
		if !x.GoodAt.IsZero() {
			r.Lines = append(r.Lines, p.say("jobs.good_at", "When", stamp(p, x.GoodAt)))
		}
	}
	every := ""
	if x.Every > 0 {
		every = jobEvery(p, x.Every)
	}
	next := p.say("jobs.next", "When", stamp(p, x.NextAt))
	if every != "" {
		next = p.say("jobs.pace", "Every", every, "Next", next)
	}
	r.Lines = append(r.Lines, next)
	if x.Server != "" {
		r.Lines = append(r.Lines, p.say("jobs.server", "Name", x.Server))
	}
	r.Tag = p.say("jobs.state." + string(x.State))
	switch x.State {
	case job.Bad, job.Missed:
		r.State = ui.TaskBad
	case job.Running, job.Fresh:
		r.State = ui.TaskWait
	case job.Good:
		r.State = ui.TaskDone
	}
	if x.State != job.Running {
		r.Buttons = []ui.Button{{Label: p.say("jobs.now"), Kind: "alt s", Name: "now", Value: x.Name}}
	}
	return r
}

// jobTook says how long a run took: 0.2 秒.
func jobTook(p *speaker, ms int) string {
	if ms < 1000 {
		return p.say("jobs.ms", "N", ms)
	}
	return p.say("jobs.seconds", "N", (ms+500)/1000)
}

func jobEvery(p *speaker, d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return p.count("jobs.every.days", int(d/(24*time.Hour)))
	case d%time.Hour == 0:
		return p.count("jobs.every.hours", int(d/time.Hour))
	}
	return p.count("jobs.every.minutes", max(int(d/time.Minute), 1))
}

// jobSent: POST /admin/jobs (now): the next look at the schedule does the job.
func (s *Site) jobSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if err := s.services.Jobs.Soon(c.UserContext(), Of(c).Actor, f.Get("now")); err != nil {
		return err
	}
	return see(c, "/admin/jobs?done=soon")
}
