package merchant

import (
	"context"
	"log/slog"
	"net/mail"
	"strconv"
	"strings"

	"shangquan/services/fault"
	port "shangquan/services/mail"
	"shangquan/services/phone"
)

// address reads what a person typed as an e-mail address or a mobile number, which comes out as +86…: fault.Invalid for the field.
func address(field, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if strings.Contains(typed, "@") {
		a, err := mail.ParseAddress(typed)
		if err == nil && a.Address == typed && len(typed) <= 254 {
			return typed, nil
		}
		return "", fault.Wrong(field, "error.contact.address", nil)
	}
	ns, err := phone.Parse(typed)
	if err == nil && len(ns) == 1 && ns[0].Kind == phone.Mobile && ns[0].Ext == "" {
		return ns[0].Digits, nil
	}
	return "", fault.Wrong(field, "error.contact.address", nil)
}

// masked shows so much of an address that who gave it knows it again: 138****0000, c***@example.com.
func masked(to string) string {
	if name, host, ok := strings.Cut(to, "@"); ok {
		return firstRune(name) + "***@" + host
	}
	d := strings.TrimPrefix(to, "+86")
	if len(d) < 8 {
		return "****"
	}
	return d[:3] + "****" + d[len(d)-4:]
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// keyFor makes a letter about this revision of the merchant go out once.
func (m *Merchant) keyFor(what, accountID string) string {
	return m.ID + "." + what + "." + strconv.FormatInt(m.Rev, 10) + "." + accountID
}

// letter sends a message to an account. One that cannot be reached is no error: the account is gone.
func (s *Service) letter(ctx context.Context, accountID, kind, key string, args map[string]any) error {
	to, l, err := s.People.Reach(ctx, accountID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	return s.Mail.Send(ctx, port.Message{To: to, Kind: kind, Lang: l, Key: key, Args: args})
}

// tell sends a message that nothing depends on: what it is about is done, and the person sees it at the next visit too.
func (s *Service) tell(ctx context.Context, accountID, kind, key string, args map[string]any) {
	s.quietly(ctx, s.letter(ctx, accountID, kind, key, args))
}

// quietly notes a message that did not leave and that nothing depends on.
func (s *Service) quietly(ctx context.Context, err error) {
	if err != nil {
		slog.WarnContext(ctx, "a message did not leave", "error", err)
	}
}
