package account

import (
	"crypto/rand"
	"log/slog"

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
	mailFactorGone = "factor_gone" // Time: an administrator took the second factor away
)

// tell writes to the owner by every way there is. A notice that cannot be sent does not stop what it is about: the trail has it.
func (s *Service) tell(a *Account, kind string, args map[string]any, also ...Contact) {
	if args == nil {
		args = map[string]any{}
	}
	args["Site"] = s.site
	args["Time"] = s.now().Format("2006-01-02 15:04")
	for _, c := range append(a.Contacts(), also...) {
		m := mail.Message{To: string(c), Kind: kind, Args: args, Lang: orHans(a.Lang), Key: rand.Text()}
		if err := s.post.put(m); err != nil {
			slog.Error("a notice about an account was not sent", "kind", kind, "account", a.ID, "error", err)
		}
	}
}
