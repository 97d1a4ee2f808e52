package web

import (
	"slices"

	"shangquan/server/config"
	"shangquan/server/web/ui"
	"shangquan/services/lang"
	"shangquan/services/plan"
)

// identity is what the pages say about the district and who runs the site: what the administrator set, else what the environment says.
// What is no setting, such as the sign and the city, is of the environment.
func (s *Site) identity() config.Identity {
	id := s.config.Site
	if s.services.Settings == nil {
		return id
	}
	v := s.services.Settings.Now()
	id.Name, id.Operator, id.Phone, id.ICP, id.Police = v.Name, v.Operator, v.Phone, v.ICP, v.Police
	id.Undertaker, id.SiteCode, id.Complaints = v.Undertaker, v.SiteCode, v.Complaints
	return id
}

// leadsTo reports whether the site leads to its pages in a language.
func (s *Site) leadsTo(t lang.Tag) bool {
	return s.services.Settings == nil || slices.Contains(s.services.Settings.Now().Languages, t)
}

// showsPlan reports whether public pages have the drawn street plan.
func (s *Site) showsPlan() bool { return !s.settings().PlanOff }

// publicPlan is a drawing as everybody sees it, with the number of its review where it has one. Whoever draws asks showsPlan before.
func (s *Site) publicPlan(d plan.Drawing, v ui.PlanView) *ui.Plan {
	v.Review = s.settings().PlanReview
	out := ui.NewPlan(d, v)
	return &out
}
