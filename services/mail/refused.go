package mail

import (
	"context"
	"errors"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// ErrNobody is in the error of an engine whose other side says that nobody is at the address, and that this will not change. A gateway for
// short messages cannot say so: of what it refuses for good it does not say why.
var ErrNobody = errors.New("mail: nobody is at the address")

// KeepRefused is how long it is known that an address refused messages; then it is tried again.
const KeepRefused = 365 * 24 * time.Hour

// refusal says that an address refused messages for good. The id is a signature of the address. Purpose: to write there no more, and to
// tell the person. Kept until a message is taken there, at most a year.
type refusal struct {
	store.Meta
	At time.Time `json:"at"`
}

// Refused returns when an address refused messages for good; zero: it does not, as far as is known.
func (p *Pace) Refused(ctx context.Context, to string) (time.Time, error) {
	x, err := p.refused.Get(ctx, p.idOf(to))
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return x.At, err
}

// note keeps what came of a message to an address: one that was taken, such as the code by which a person confirms the address again, takes
// back that it refuses them.
func (p *Pace) note(ctx context.Context, to string, sent error) error {
	if sent != nil && !errors.Is(sent, ErrNobody) {
		return nil
	}
	x, err := p.refused.Get(ctx, p.idOf(to))
	known := err == nil
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return err
	case sent == nil && known:
		_, err := p.refused.Erase(ctx, x)
		return err
	case sent != nil && !known:
		x = refusal{Meta: store.Meta{ID: p.idOf(to)}, At: p.Now().UTC().Truncate(time.Millisecond)}
		if err := p.refused.Insert(ctx, &x); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
