package account

import (
	"context"
	"crypto/rand"
	"errors"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Registration is what somebody gives to register. There is no open registration: callers let in who was invited or claims a shop.
type Registration struct {
	Name    string
	Contact string // as typed
	// Code is the one sent to the contact with ForRegister. It may be empty only when Proved.
	Code string
	// Proved says that the person came by a link that was sent to this very contact, which is as good as a code.
	Proved bool
	// Password may be empty: the person then signs in with codes.
	Password string
	Lang     lang.Tag
	Words    []string // names the password must not lean on: the shop
}

func write(act access.Action, why string) audit.Write { return audit.Write{Action: act, Why: why} }

// Register makes an account and opens its first session: fault.Invalid with every field that is wrong, on field "contact" also when it
// has an account already, which only who reads the contact gets to know. The code is used up only when everything else is right.
func (s *Service) Register(ctx context.Context, n Registration, c Client) (SignedIn, error) {
	contact, err := ParseContact(n.Contact)
	fields := fieldsOf(err)
	name, err := checkName(n.Name)
	fields = append(fields, fieldsOf(err)...)
	normal := ""
	if n.Password != "" {
		normal, err = s.policy.check(n.Password, rules{own: append([]string{name, string(contact)}, n.Words...)})
		fields = append(fields, fieldsOf(err)...)
	}
	if len(fields) > 0 {
		return SignedIn{}, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: fields}
	}
	if !n.Proved {
		if _, err := s.clientTry(ctx, "client", c.Addr); err != nil {
			return SignedIn{}, err
		}
	}
	phc := ""
	if normal != "" {
		if phc, err = s.hasher.hash(ctx, normal); err != nil {
			return SignedIn{}, err
		}
	}
	if !n.Proved {
		if err := s.useCode(ctx, ForRegister, contact, true, n.Code); err != nil {
			return SignedIn{}, err
		}
	}
	a, err := s.insert(ctx, c.actor(nil), Account{Name: name, Password: phc, Lang: orHans(n.Lang)}, contact)
	if err != nil {
		return SignedIn{}, err
	}
	// The device is not new to somebody who was not there before.
	return s.enter(ctx, &a, c, admission{known: true})
}

// insert adds an account with its first contact.
func (s *Service) insert(ctx context.Context, by access.Actor, a Account, contact Contact) (Account, error) {
	a.ID = newID()
	a.PhoneKey, a.EmailKey = "id:"+a.ID, "id:"+a.ID
	a.setContact(contact)
	if a.Password != "" {
		a.PasswordAt = s.now()
	}
	if by.AccountID == "" && by.System == "" {
		by.AccountID, by.Name = a.ID, a.Name // who registers acts for the first time
	}
	err := s.accounts.Insert(ctx, by, write(access.AccountOpen, ""), &a)
	return a, taken(err)
}

// taken says of a contact that has an account already what a form can show.
func taken(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict && len(f.Fields) > 0 {
		return fault.Wrong("contact", "account.contact.taken", nil)
	}
	return err
}

func fieldsOf(err error) []fault.Field {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields
	}
	return nil
}

// newID is the id of an account, which it needs before it is stored, for its unique keys. It is random: ids of accounts stand in
// places others see.
func newID() string { return rand.Text() }
