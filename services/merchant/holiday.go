package merchant

import (
	"context"
	"strconv"

	"shangquan/services/calendar"
	"shangquan/services/fault"
)

// Holiday is a public holiday that shops are asked about.
type Holiday struct {
	Name string // as the State Council calls it
	From calendar.Date
	Days int    // until it begins
	Step int    // which time they are asked: a letter goes out once for each
	All  string // the page with all shops of who reads it
}

// Asked is a shop that has not answered, with the link by which its owner does.
type Asked struct{ Name, Link string }

// AskHoliday asks the owners of a merchant what its shops do on a holiday: with one shop by a link that takes the answer without
// signing in, with several by the page of all. A merchant that is gone has nobody to ask.
func (s *Service) AskHoliday(ctx context.Context, merchantID string, h Holiday, shops []Asked) error {
	m, err := s.merchants.Get(ctx, merchantID)
	if fault.Is(err, fault.NotFound) || err == nil && len(shops) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	_, month, day := h.From.Civil()
	for _, owner := range m.Owners() {
		args := map[string]any{"Holiday": h.Name, "Month": int(month), "Day": day, "Days": h.Days, "Shop": shops[0].Name, "Link": shops[0].Link}
		kind := "holiday_one"
		if len(shops) > 1 {
			kind = "holiday_many"
			args["N"], args["Link"] = len(shops), h.All
		}
		if err := s.letter(ctx, owner, kind, "holiday."+h.From.String()+"."+m.ID+"."+owner+"."+strconv.Itoa(h.Step), args); err != nil {
			return err
		}
	}
	return nil
}
