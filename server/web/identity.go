package web

import (
	"slices"

	"shangquan/server/config"
	"shangquan/services/lang"
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
