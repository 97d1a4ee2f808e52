package cli

import (
	"shangquan/services/lead"
	"shangquan/services/vacancy"
	"shangquan/services/vocabulary"
)

// offers is what the business team does for shops to be and shops that are: units on offer, enquiries about them, visits.
type offers struct {
	vacancies *vacancy.Service
	leads     *lead.Service
	visits    *lead.Visits
}

// offer puts it on the store of d.
func (d *district) offer() offers {
	out := offers{
		vacancies: vacancy.New(vacancy.Deps{DB: d.db, Log: d.trail, Keys: d.keys, Words: d.vocabulary.Words, Unit: d.places.Unit, Now: d.now}),
		visits:    lead.NewVisits(lead.VisitDeps{DB: d.db, Log: d.trail, Shop: d.shops.Get, Listed: d.directory.Listed, Now: d.now}),
	}
	out.leads = lead.NewService(lead.Deps{
		DB: d.db, Log: d.trail, Keys: d.keys, Card: out.vacancies.PublicCard, Now: d.now, Days: func() int { return d.settings.Now().EnquiryDays },
		Offers: func(reason string) bool { return d.vocabulary.Offers(vocabulary.LeadReasons, reason) },
	})
	return out
}
