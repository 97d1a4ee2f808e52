package place

import (
	"context"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// Times are hours of a place: as they were typed, and as they were read. Without text nobody said any.
type Times struct {
	Text  string      `json:"text"`
	Hours hours.Hours `json:"hours"`
}

// MaxTimes is how long their text may be, in characters.
const MaxTimes = 60

// ReadTimes reads hours in words as merchants write them ("每天 10:00-22:00") or as OpenStreetMap does; false for words that cannot be read.
// Nothing is nothing, and what cannot be read keeps its text alone.
func ReadTimes(text string) (Times, bool) {
	text = strings.TrimSpace(lang.Clean(text))
	if text == "" {
		return Times{}, true
	}
	h, err := hours.ParseChinese(text)
	if err != nil {
		h, err = hours.ParseOSM(text)
	}
	if err != nil || len([]rune(text)) > MaxTimes {
		return Times{Text: text}, false
	}
	return Times{Text: text, Hours: h}, true
}

// SetPedestrian says when no car may enter a street 分时步行街, see ReadTimes; empty: cars always may. fault.Invalid on field "pedestrian" for words that
// cannot be read; fault.Conflict when rev is no longer current.
func (e *Editor) SetPedestrian(ctx context.Context, by access.Actor, id string, rev int64, text string) (Street, error) {
	next, ok := ReadTimes(text)
	if !ok {
		return Street{}, fault.Wrong("pedestrian", "error.street.pedestrian", nil)
	}
	return e.street(ctx, by, id, rev, func(s *Street) error {
		s.Pedestrian = next
		return nil
	})
}

// Quiet is when a street is to be quiet 安静时段, and who says so. Nobody computes or assumes it: without text nobody wrote any down.
type Quiet struct {
	Times
	By        string `json:"by"`         // an office: 岳阳街道
	CheckedOn string `json:"checked_on"` // when that was last looked up, YYYY-MM-DD
}

// SetQuiet says when a street is to be quiet, see ReadTimes, and who says so; it counts as checked today. Empty: nobody says any. fault.Invalid on
// "quiet" for words that cannot be read and on "quiet.by" where nobody is named; fault.Conflict when rev is no longer current.
func (e *Editor) SetQuiet(ctx context.Context, by access.Actor, id string, rev int64, text, who string) (Street, error) {
	times, ok := ReadTimes(text)
	next := Quiet{Times: times, By: lang.Clean(who), CheckedOn: e.now().Format(time.DateOnly)}
	var wrong []fault.Field
	if !ok {
		wrong = append(wrong, fault.Field{Name: "quiet", Key: "error.street.quiet"})
	}
	if next.Text == "" {
		next = Quiet{}
	} else {
		wrong = append(wrong, nameLimit.Check("quiet.by", next.By)...)
	}
	if err := fault.Wrongs(wrong); err != nil {
		return Street{}, err
	}
	return e.street(ctx, by, id, rev, func(s *Street) error {
		s.Quiet = next
		return nil
	})
}
