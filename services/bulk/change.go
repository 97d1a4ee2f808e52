package bulk

import (
	"errors"
	"slices"
	"time"

	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// Change is what is done to every shop.
type Change struct {
	Field    Field          `json:"field"`
	Hours    *hours.Hours   `json:"hours,omitempty"` // week and day classes; special days and pause stay the shop's own
	Category string         `json:"category"`
	Add      []string       `json:"add"`    // tags
	Remove   []string       `json:"remove"` // tags
	Move     listing.Action `json:"move"`
}

// moves reports whether the change is this act on the state.
func (c *Change) moves(a listing.Action) bool { return c.Field == State && c.Move == a }

func (c *Change) check() error {
	wrong := func(field string) error { return fault.Wrong(field, "error.choice", nil) }
	switch c.Field {
	case Hours:
		if c.Hours == nil || !c.Hours.Known {
			return fault.Wrong("hours", "error.text.empty", nil)
		}
	case Category:
		if c.Category == "" {
			return wrong("category_id")
		}
	case Tags:
		if len(c.Add)+len(c.Remove) == 0 || slices.ContainsFunc(c.Add, func(t string) bool { return slices.Contains(c.Remove, t) }) {
			return wrong("tag_ids")
		}
	case State:
		if !slices.Contains(Moves, c.Move) {
			return wrong("move")
		}
	default:
		return wrong("field")
	}
	return nil
}

// To returns l as the batch would leave it: fault.Conflict when its state does not allow it.
func (c *Change) To(l listing.Listing, today string) (listing.Listing, error) {
	if l.State == listing.Archived {
		return l, fault.New(fault.Conflict, "error.listing.state", errors.New("bulk: archived"))
	}
	switch c.Field {
	case Hours:
		next := *c.Hours
		next.Special, next.Pause = l.Hours.Special, l.Hours.Pause // the shop's own promises
		l.Hours = next
	case Category:
		l.CategoryID = c.Category
	case Tags:
		tags := slices.DeleteFunc(slices.Clone(l.TagIDs), func(t string) bool { return slices.Contains(c.Remove, t) })
		for _, t := range c.Add {
			if !slices.Contains(tags, t) {
				tags = append(tags, t)
			}
		}
		l.TagIDs = tags
	case State:
		next, err := l.State.After(c.Move)
		if err != nil {
			return l, err
		}
		l.State = next
		switch c.Move { //nolint:exhaustive // the others change the state alone
		case listing.Close:
			l.Closure = &listing.Closure{Kind: listing.Ceased, On: today}
		case listing.Reopen:
			l.Closure = nil
		}
	}
	return l, nil
}

func (s *Service) today() string { return s.now().Format(time.DateOnly) }
