package web

import (
	"slices"

	"shangquan/services/lang"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/report"
	"shangquan/services/vocabulary"
)

// reasonWord is what a reason of a list is called: as the district has it, else as the program does. A code that nobody knows any more
// stands for itself.
func (s *Site) reasonWord(p *speaker, list, code string) string {
	if s.services.Vocabulary != nil {
		if x, err := s.services.Vocabulary.Entry(list, code); err == nil && !x.Name.IsZero() {
			return p.name(x.Name)
		}
	}
	switch {
	case list == vocabulary.TurnReasons && slices.Contains(listing.TurnReasons, code):
		return p.say("turns.reason." + code)
	case list == vocabulary.ReportReasons && slices.Contains(report.Reasons, report.Reason(code)):
		return p.say("report.reason." + code)
	case list == vocabulary.LeadReasons && slices.Contains(lead.Reasons, code):
		return p.say("lead.reason." + code)
	}
	return code
}

// choice is something to choose from.
type choice struct{ code, word string }

// reasonChoices are the reasons of a list that can be chosen, and had, which a record has already.
func (s *Site) reasonChoices(p *speaker, list, had string) []choice {
	out := []choice{}
	if s.services.Vocabulary == nil {
		return out
	}
	for _, x := range s.services.Vocabulary.Entries(list) {
		if !x.Retired || x.ID == had {
			out = append(out, choice{x.ID, s.reasonWord(p, list, x.ID)})
		}
	}
	return out
}

// named gives an entry the names that come with the program where the district has none of its own.
func (s *Site) named(p *speaker, x vocabulary.Entry) vocabulary.Entry {
	if !x.Name.IsZero() {
		return x
	}
	for tag, to := range map[lang.Tag]*string{lang.Hans: &x.Name.Hans, lang.Hant: &x.Name.Hant, lang.En: &x.Name.En} {
		in := &speaker{Words: s.catalogue.In(tag), now: p.now}
		*to = s.reasonWord(in, x.Axis, x.ID)
		p.note(in.err)
	}
	return x
}
