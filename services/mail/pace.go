package mail

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// How often, and when, people are written to about what can wait.
const (
	// Most is how many messages that can wait one address gets in a day, whatever they are about: the three that notices may take
	// (notice.MaxLetters), and one, so that a day of many notices does not silence all else. More than that nobody reads.
	Most = 4
	// Messages that can wait leave from FirstHour to LastHour of the day in the district.
	FirstHour, LastHour = 8, 20
)

// Day reports whether people may be written to at an instant in the zone of the district about what can wait.
func Day(t time.Time) bool { return t.Hour() >= FirstHour && t.Hour() < LastHour }

// opening returns when the next hours begin in which messages leave, which is after t.
func opening(t time.Time) time.Time {
	if t.Hour() >= FirstHour {
		t = t.AddDate(0, 0, 1)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), FirstHour, 0, 0, 0, t.Location())
}

// urgent are the kinds that leave at once, at any hour and however many: somebody sits before the page and waits for them, they are
// the first a person hears of the site and open the way in, or they warn of what must be stopped now. A kind that is not here can wait.
var urgent = []string{
	"code", "known", "reset", "test",
	"merchant_invitation", "transfer_offered", "assembly_invitation",
	"new_device", "guessed", "password", "factor", "factor_gone", "contact", "roles", "deleted", "handed_out",
	"notice_emergency", "meeting_cancelled",
}

// Urgent reports whether messages of a kind leave at once. Alarms do, whatever they are about.
func Urgent(kind string) bool {
	return slices.Contains(urgent, kind) || strings.HasPrefix(kind, "alarm_")
}

// PaceDeps are what the pace stands on.
type PaceDeps struct {
	DB   store.DB
	Keys *secret.Ring
	// To sends what leaves.
	To Sender
	// Belongs reports whether an address is that of somebody with an account. What waits for one that no longer is, does not leave.
	Belongs func(ctx context.Context, to string) (bool, error)
	Now     func() time.Time // in the zone of the district
}

// Pace is a Sender before another that keeps messages that can wait from coming too often or by night: they wait in the store, in the
// order they came, and Leave sends them. It knows which addresses refused messages for good. It is safe for concurrent use, and by
// several servers.
type Pace struct {
	PaceDeps
	days    *store.Collection[day]
	waiting *store.Collection[waiting]
	refused *store.Collection[refusal]
}

// NewPace returns the pace of a deployment.
func NewPace(d PaceDeps) *Pace {
	return &Pace{
		PaceDeps: d, days: store.NewCollection[day](d.DB, "mail_days", store.Index("day")),
		waiting: store.NewCollection[waiting](d.DB, "mail_waiting", store.Index("message.to"), store.Index("due", "created_at"), store.Sealed()),
		refused: store.NewCollection[refusal](d.DB, "mail_refused", store.Index("at")),
	}
}

// idOf stands for an address where only the same address has to be known again.
func (p *Pace) idOf(to string) string {
	return secret.Hash(string(p.Keys.MAC("mail address", []byte(strings.ToLower(to)))))
}

// day is how many messages that can wait an address got on one day.
type day struct {
	store.Meta
	Day   string `json:"day"`
	Count int    `json:"count"`
}

var errEnough = errors.New("mail: this address got enough today")

// take takes one of the messages of a day: errEnough. The id is to be given to back when the message did not leave.
func (p *Pace) take(ctx context.Context, to string) (id string, err error) {
	d := day{Day: p.Now().Format(time.DateOnly), Count: 1}
	d.ID = p.idOf(to) + "." + d.Day
	if err := p.days.Insert(ctx, &d); !fault.Is(err, fault.Conflict) {
		return d.ID, err
	}
	_, err = p.days.Update(ctx, d.ID, 0, func(d *day) error {
		if d.Count >= Most {
			return errEnough
		}
		d.Count++
		return nil
	})
	return d.ID, err
}

func (p *Pace) back(ctx context.Context, id string) {
	_, err := p.days.Update(context.WithoutCancel(ctx), id, 0, func(d *day) error {
		d.Count--
		return nil
	})
	if err != nil {
		slog.WarnContext(ctx, "a message that did not leave counts as one that did", "error", err)
	}
}

// Send implements Sender. A message that can wait is taken, too, when it leaves only later; one to an address that refused messages for
// good is fault.Invalid.
func (p *Pace) Send(ctx context.Context, m Message) error {
	if Urgent(m.Kind) {
		return p.hand(ctx, m)
	}
	if err := address(m.To); err != nil {
		return err
	}
	at, err := p.Refused(ctx, m.To)
	if err != nil {
		return err
	}
	if !at.IsZero() {
		return refuse("the address refused messages for good")
	}
	now := p.Now()
	if !Day(now) {
		return p.keep(ctx, m, opening(now))
	}
	first, err := p.waiting.Find(ctx, store.Where("message.to", store.Eq, m.To).Limit(1))
	if err != nil {
		return err
	}
	if len(first.Items) > 0 {
		return p.keep(ctx, m, now) // after those that came before it
	}
	err = p.paced(ctx, m)
	if errors.Is(err, errEnough) {
		return p.keep(ctx, m, opening(now))
	}
	return err
}

// paced sends a message as one of those of the day: errEnough.
func (p *Pace) paced(ctx context.Context, m Message) error {
	id, err := p.take(ctx, m.To)
	if err != nil {
		return err
	}
	if err := p.hand(ctx, m); err != nil {
		p.back(ctx, id)
		return err
	}
	return nil
}

// hand hands a message on and notes what that says of its address.
func (p *Pace) hand(ctx context.Context, m Message) error {
	err := p.To.Send(ctx, m)
	if noted := p.note(context.WithoutCancel(ctx), m.To, err); noted != nil {
		slog.WarnContext(ctx, "it cannot be noted whether an address takes messages", "error", noted)
	}
	return err
}

// Sweep forgets how many messages left on days that are over, and refusals that are a year old, and returns how many it forgot.
func (p *Pace) Sweep(ctx context.Context) (int, error) {
	now := p.Now()
	n, days := sweep(ctx, p.days, store.Where("day", store.Lt, now.AddDate(0, 0, -1).Format(time.DateOnly)))
	m, refused := sweep(ctx, p.refused, store.Where("at", store.Lt, now.Add(-KeepRefused)))
	return n + m, errors.Join(days, refused)
}

func sweep[T any](ctx context.Context, from *store.Collection[T], q store.Query) (int, error) {
	erased := 0
	for {
		page, err := from.Find(ctx, q.Limit(200))
		if err != nil || len(page.Items) == 0 {
			return erased, err
		}
		n, err := from.Erase(ctx, page.Items...)
		if erased += n; err != nil || n == 0 {
			return erased, err
		}
	}
}
