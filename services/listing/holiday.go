package listing

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
)

// holidayPurpose keeps the signatures of the links about holidays apart from all others.
const holidayPurpose = "listing holiday link"

// Holiday is what a link about a holiday asks.
type Holiday struct {
	Listing  Listing
	From, To calendar.Date
	// Silent: nobody has answered yet, so that the link can.
	Silent bool
}

// ToHoliday returns the token of a link by which whoever has it says once what l does from one date to another. It runs out with the
// last of them.
func (k *Links) ToHoliday(l *Listing, from, to calendar.Date) string {
	return k.keys.Token(holidayPurpose, l.ID, from.String(), to.String())
}

// ShowHoliday returns what a link asks; it changes nothing, so that a mail program may open it. fault.NotFound for a link that is not
// ours or has run out, and for a shop that is not public.
func (k *Links) ShowHoliday(ctx context.Context, token string, cal *calendar.Calendar) (Holiday, error) {
	parts, ok := k.keys.Parts(holidayPurpose, token, 3)
	if !ok {
		return Holiday{}, linkGone("that is not ours")
	}
	from, errFrom := calendar.ParseDate(parts[1])
	to, errTo := calendar.ParseDate(parts[2])
	if errFrom != nil || errTo != nil || calendar.Today(k.shops.now()) > to {
		return Holiday{}, linkGone("that has run out")
	}
	l, err := k.shops.coll.Get(ctx, parts[0])
	if err == nil && !l.Public() {
		err = linkGone("to a listing that is not public")
	}
	if err != nil {
		return Holiday{}, err
	}
	return Holiday{l, from, to, hours.Silent(l.Hours, cal, from, to)}, nil
}

// AnswerHoliday writes the answer that the bearer of a link gives, while nobody has answered: fault.Conflict afterwards, fault.Invalid for
// an answer that the holiday does not have. The change is watched like one of the owner.
func (k *Links) AnswerHoliday(ctx context.Context, token string, cal *calendar.Calendar, a hours.Answer) (Holiday, error) {
	x, err := k.ShowHoliday(ctx, token, cal)
	if err != nil {
		return x, err
	}
	if !slices.Contains(hours.Answers(x.From, x.To), a) {
		return x, fault.New(fault.Invalid, "error.invalid", errors.New("listing: no answer to "+strconv.Itoa(int(x.To-x.From)+1)+" days"))
	}
	l, err := k.shops.change(ctx, access.System("holiday link"), access.ListingHours, audit.Write{Action: access.ListingHours}, x.Listing.ID, 0, func(l *Listing) error {
		if !hours.Silent(l.Hours, cal, x.From, x.To) {
			return fault.New(fault.Conflict, "listing.wrong.answered", errors.New("listing: somebody has answered"))
		}
		h, _, ok := l.Hours.Answered(cal, a, x.From, x.To)
		if !ok {
			return fault.New(fault.Invalid, "error.invalid", nil)
		}
		l.Hours = h
		l.Confirmed = Confirmed{On: k.shops.now().Format(time.DateOnly), By: "owner"}
		if !slices.Contains(l.Watch.Changed, "hours") {
			l.Watch.Changed = append(slices.Clone(l.Watch.Changed), "hours")
		}
		return k.shops.Check(l)
	})
	if err == nil {
		x.Listing, x.Silent = l, false
	}
	return x, err
}
