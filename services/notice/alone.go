package notice

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// What one person may make public without a second one. An emergency does not wait, but neither may it be renewed for ever by who wrote it.
const (
	// EmergencyFor is how long an emergency notice that nobody approved may stand, all its versions together.
	EmergencyFor = 72 * time.Hour
	// MaxAlone is how many such notices one person makes public within AloneWithin, each with other words.
	MaxAlone    = 3
	AloneWithin = 30 * 24 * time.Hour
)

// Alone is who made an emergency public without a second person, and when; of later versions, too, until a second person approves one.
type Alone struct {
	AccountID string    `json:"account_id"`
	Since     time.Time `json:"since"`
}

// mayStand reports whether the working copy may stand until it expires although nobody approved it: fault.Invalid.
func (n *Notice) mayStand(now time.Time) error {
	since, key := now, "notice.wrong.emergency"
	if n.Alone != nil {
		since, key = n.Alone.Since, "notice.wrong.alone"
	}
	if n.Content.ExpiresAt.Sub(since) > EmergencyFor {
		return fault.Wrong("expires_at", key, map[string]any{"Hours": int(EmergencyFor.Hours())})
	}
	return nil
}

// mayAlone asks whether somebody may make a new emergency public without a second person: not what the same person published alone
// already, as another notice, and not the fourth of a month. fault.Conflict.
func (s *Service) mayAlone(ctx context.Context, by access.Actor, n *Notice) error {
	if n.Content.Kind != Emergency || n.approved() || n.Alone != nil { // a correction stands within the time of its first version
		return nil
	}
	from, count := s.Now().Add(-AloneWithin), 0
	q := store.Where("state", store.In, texts(States)).And("updated_at", store.Gte, from).OrderBy("updated_at", store.Desc).Limit(200)
	for x, err := range s.docs.Each(ctx, q) {
		if err != nil {
			return err
		}
		if x.Alone == nil || x.Alone.AccountID != by.AccountID || x.Alone.Since.Before(from) {
			continue
		}
		if count++; count >= MaxAlone || sameWords(x.Content.Title, n.Content.Title) || sameWords(x.Content.Instruction, n.Content.Instruction) {
			return fault.New(fault.Conflict, "notice.wrong.again", errors.New("notice: published alone by the same person before"))
		}
	}
	return nil
}

// sameWords reports whether two texts say the same in a language, whatever the spaces, marks and numbers in between: a renewal has
// another hour in it.
func sameWords(a, b lang.Text) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, s)
	}
	same := func(a, b string) bool { return bare(a) != "" && bare(a) == bare(b) }
	return same(a.Hans, b.Hans) || same(a.Hant, b.Hant) || same(a.En, b.En)
}
