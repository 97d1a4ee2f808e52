package account

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"shangquan/services/access"
	"shangquan/services/mail"
)

// The messages about an account, as Kind of mail.Message. The keys in the catalogue are mail.<kind>.subject and mail.<kind>.text.
const (
	mailCode       = "code"        // Code, Minutes
	mailKnown      = "known"       // somebody wants to register with a contact that has an account
	mailReset      = "reset"       // Link, Minutes
	mailNewDevice  = "new_device"  // Device, Area, Time
	mailGuessed    = "guessed"     // Device, Area, Time, N: it succeeded after N failures
	mailPassword   = "password"    // Time
	mailFactor     = "factor"      // Time
	mailContact    = "contact"     // Time, Contact
	mailRoles      = "roles"       // Time
	mailDeleted    = "deleted"     // Time
	mailHandedOut  = "handed_out"  // Time: an administrator took the data to hand it to the person
	mailTest       = "test"        // Time: an administrator sees whether messages arrive
	mailFactorGone = "factor_gone" // Time: an administrator took the second factor away
)

// tell writes to the owner by every way there is. A notice that cannot be sent does not stop what it is about: the trail has it.
func (s *Service) tell(a *Account, kind string, args map[string]any, also ...Contact) {
	if args == nil {
		args = map[string]any{}
	}
	args["Site"] = s.site()
	args["Time"] = s.now().Format("2006-01-02 15:04")
	for _, c := range append(a.Contacts(), also...) {
		m := mail.Message{To: string(c), Kind: kind, Args: args, Lang: orHans(a.Lang), Key: rand.Text()}
		if err := s.post.put(m); err != nil {
			slog.Error("a notice about an account was not sent", "kind", kind, "account", a.ID, "error", err)
		}
	}
}

// testTime bounds how long somebody waits for their own test message.
const testTime = 15 * time.Second

// Tried is what became of a test message: nil where the other side took it.
type Tried struct {
	To  Contact
	Err error
}

// Try sends by a test message to every contact of their own and says how it went, for who sets how messages leave: access.SettingEdit. A
// message that does not leave is no error of Try.
func (s *Service) Try(ctx context.Context, by access.Actor) ([]Tried, error) {
	if err := access.Require(by, access.SettingEdit, access.Thing{Kind: "setting"}); err != nil {
		return nil, err
	}
	a, err := s.accounts.Get(ctx, by.AccountID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	out, result := []Tried{}, went
	for _, to := range a.Contacts() {
		bad := s.post.to.Send(ctx, mail.Message{
			To: string(to), Kind: mailTest, Lang: orHans(a.Lang), Key: rand.Text(), Args: map[string]any{"Site": s.site(), "Time": s.now().Format("2006-01-02 15:04")},
		})
		if bad != nil {
			slog.WarnContext(ctx, "a test message did not leave", "error", bad)
			result = refused
		}
		out = append(out, Tried{to, bad})
	}
	return out, s.event(context.WithoutCancel(ctx), by, access.SettingEdit, result, "test message", a.ID)
}
