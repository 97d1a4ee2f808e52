package merchant

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

// address reads what a person typed as an e-mail address or a mobile number: fault.Invalid for the field.
func address(field, typed string) (account.Contact, error) {
	c, err := account.ParseContact(typed)
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Fields) > 0 {
		return "", fault.Wrong(field, f.Fields[0].Key, f.Fields[0].Args)
	}
	return c, err
}

// keyFor makes a letter about this revision of the merchant go out once.
func (m *Merchant) keyFor(what, accountID string) string {
	return m.ID + "." + what + "." + strconv.FormatInt(m.Rev, 10) + "." + accountID
}

// People knows how to reach an account.
type People interface {
	// Reach returns the addresses messages for the account go to, and the language its person reads: fault.NotFound for an account that is gone.
	Reach(ctx context.Context, accountID string) (to []account.Contact, l lang.Tag, err error)
}

// Accounts reaches people by what their accounts say; get is account.Service.Get.
type Accounts func(ctx context.Context, id string) (account.Account, error)

// Reach implements People.
func (get Accounts) Reach(ctx context.Context, accountID string) ([]account.Contact, lang.Tag, error) {
	a, err := get(ctx, accountID)
	return a.Contacts(), a.Lang, err
}

// letter sends a message to an account, by every way there is; one that takes it is enough. Somebody who cannot be reached is no error:
// the account is gone, or no way that it has will ever take a message, and nothing may wait for that for ever.
func (s *Service) letter(ctx context.Context, accountID, kind, key string, args map[string]any) error {
	to, l, err := s.People.Reach(ctx, accountID)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	reached := false
	var failed, passing []error
	for i, c := range to {
		err := s.send(ctx, c, kind, l, key+"."+strconv.Itoa(i), args)
		switch {
		case err == nil:
			reached = true
		case mail.Never(err):
			failed = append(failed, err)
		default:
			passing = append(passing, err)
		}
	}
	if !reached && len(passing) > 0 {
		return errors.Join(passing...)
	}
	if failed = append(failed, passing...); len(failed) > 0 {
		slog.WarnContext(ctx, "a message did not leave by every way", "kind", kind, "account", accountID, "error", errors.Join(failed...))
	}
	return nil
}

// send sends a message; every message says which site it is from. The kinds are the keys mail.<kind>.subject and mail.<kind>.text.
func (s *Service) send(ctx context.Context, to account.Contact, kind string, l lang.Tag, key string, args map[string]any) error {
	args["Site"] = s.Site
	return s.Mail.Send(ctx, mail.Message{To: string(to), Kind: kind, Lang: l, Key: key, Args: args})
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

// TellReport tells the owners of a shop that somebody says something about it is not right; ref is the number of the report, by which
// the letter goes out once. A shop that is nobody's, or gone, has nobody to tell.
func (s *Service) TellReport(ctx context.Context, listingID, ref string) error {
	shop, err := s.Shops.Shop(ctx, listingID)
	if err == nil && shop.MerchantID != "" {
		var m Merchant
		if m, err = s.merchants.Get(ctx, shop.MerchantID); err == nil {
			for _, owner := range m.Owners() {
				if err := s.letter(ctx, owner, "report_new", "report."+ref+"."+owner, map[string]any{"Shop": shop.Name.Hans, "Ref": ref}); err != nil {
					return err
				}
			}
		}
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// ShopPeople returns the accounts of the people of a shop in one of the roles; none: in any. A shop that is nobody's, or gone, has none.
func (s *Service) ShopPeople(ctx context.Context, listingID string, roles []access.Role) ([]string, error) {
	out := []string{}
	shop, err := s.Shops.Shop(ctx, listingID)
	if err == nil && shop.MerchantID != "" {
		var m Merchant
		if m, err = s.merchants.Get(ctx, shop.MerchantID); err == nil && m.State == Active {
			for _, x := range m.Members {
				if (len(roles) == 0 || slices.Contains(roles, x.Role)) && (len(x.ListingIDs) == 0 || slices.Contains(x.ListingIDs, listingID)) {
					out = append(out, x.AccountID)
				}
			}
		}
	}
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return out, err
}

// TellNotice sends an account a notice of the district that it is to confirm, or an emergency, by every way there is; one that takes it is
// enough. Sent twice with the same key it arrives once where the engine can tell. Somebody who cannot be reached is no error.
func (s *Service) TellNotice(ctx context.Context, accountID, key string, emergency bool, args map[string]any) error {
	if emergency {
		return s.letter(ctx, accountID, "notice_emergency", key, args)
	}
	return s.letter(ctx, accountID, "notice", key, args)
}

// MerchantPeople returns the accounts of the owners and managers of a merchant; none where it is gone or closed.
func (s *Service) MerchantPeople(ctx context.Context, merchantID string) ([]string, error) {
	return s.LeadersOf(ctx, merchantID, "")
}

// LeadersOf returns the accounts of the owners and managers of a merchant whose seats reach one of its shops; none where the merchant is
// gone or closed.
func (s *Service) LeadersOf(ctx context.Context, merchantID, listingID string) ([]string, error) {
	out := []string{}
	m, err := s.merchants.Get(ctx, merchantID)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	for _, x := range m.Members {
		if m.State == Active && x.Role != access.Staff && (len(x.ListingIDs) == 0 || slices.Contains(x.ListingIDs, listingID)) {
			out = append(out, x.AccountID)
		}
	}
	return out, err
}

// TellMeeting tells an account when and where a joint meeting is.
func (s *Service) TellMeeting(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "meeting_called", key, args)
}

// TellCancelled tells an account that a joint meeting is off.
func (s *Service) TellCancelled(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "meeting_cancelled", key, args)
}

// AskSpeaker sends somebody the link with which to begin to act for an organisation of the joint meeting.
func (s *Service) AskSpeaker(ctx context.Context, to account.Contact, l lang.Tag, key string, args map[string]any) error {
	return s.send(ctx, to, "assembly_invitation", l, key, args)
}

// TellBooking tells an account what became of the booking of a room.
func (s *Service) TellBooking(ctx context.Context, accountID, key string, confirmed bool, args map[string]any) error {
	kind := "room_refused"
	if confirmed {
		kind = "room_confirmed"
	}
	return s.letter(ctx, accountID, kind, key, args)
}

// TellLapse tells an account that what its organisation offers or seeks ends soon unless it is renewed.
func (s *Service) TellLapse(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "resource_lapses", key, args)
}

// TellMatch tells an account that another organisation wants to come together.
func (s *Service) TellMatch(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "resource_match", key, args)
}

// TellEnded tells an account that what its organisation and another were at has ended without being counted.
func (s *Service) TellEnded(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "resource_ended", key, args)
}

// TellCase tells an account of a shop that the contact of a residential area invites the shop to a meeting.
func (s *Service) TellCase(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "neighbour_invited", key, args)
}

// TellMinutes asks an account to confirm the minutes of a joint meeting.
func (s *Service) TellMinutes(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "meeting_minutes", key, args)
}

// TellTakenBack tells an account that the minutes of a joint meeting were taken back to be changed, and will be asked again.
func (s *Service) TellTakenBack(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "meeting_taken_back", key, args)
}
