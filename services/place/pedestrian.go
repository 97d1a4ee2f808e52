package place

import (
	"context"
	"strings"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// Pedestrian is when a street belongs to who walks 分时步行街: as it was typed, and as it was read.
type Pedestrian struct {
	Text  string      `json:"text"`
	Hours hours.Hours `json:"hours"`
}

// MaxPedestrian is how long its text may be, in characters.
const MaxPedestrian = 60

// SetPedestrian says when no car may enter a street, in words as merchants write hours ("每天 10:00-22:00") or as OpenStreetMap does; empty: always. fault.Invalid on
// field "pedestrian" for words that cannot be read; fault.Conflict when rev is no longer current.
func (e *Editor) SetPedestrian(ctx context.Context, by access.Actor, id string, rev int64, text string) (Street, error) {
	text = strings.TrimSpace(lang.Clean(text))
	next := Pedestrian{Text: text}
	if text != "" {
		h, err := hours.ParseChinese(text)
		if err != nil {
			h, err = hours.ParseOSM(text)
		}
		if err != nil || len([]rune(text)) > MaxPedestrian {
			return Street{}, fault.Wrong("pedestrian", "error.street.pedestrian", nil)
		}
		next.Hours = h
	}
	return e.street(ctx, by, id, rev, func(s *Street) error {
		s.Pedestrian = next
		return nil
	})
}
