package merchant

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/creditcode"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Draft is what a person says of a merchant in a form.
type Draft struct {
	Kind Kind
	Name lang.Text
	// CreditCode is as typed; see creditcode.Parse.
	CreditCode string
	Private
}

// read cleans the draft and says what is wrong with it.
func (d *Draft) read() (creditcode.Code, error) {
	d.Name = d.Name.Clean()
	d.clean()
	if d.Kind == "" {
		d.Kind = Other
	}
	out := append(kindFields(d.Kind), nameLimit.CheckText("name", d.Name)...)
	code, err := creditcode.Parse(d.CreditCode)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		out = append(out, f.Fields...)
	}
	return code, fault.Wrongs(append(out, d.check()...))
}

// CodeNote is what is worth a second look at a credit code that can be one.
type CodeNote struct {
	Code creditcode.Code
	Kind creditcode.Kind
	// Odd says that the part of the organisation fails its own check, OtherKind that the code was given to another kind of body than said.
	Odd, OtherKind bool
	// MerchantID is another merchant with this code, for those who may read it.
	MerchantID string
}

// CheckCode reads a code as typed and says what is worth a second look. Nothing it finds is a reason to refuse. fault.Invalid as
// creditcode.Parse.
func (s *Service) CheckCode(ctx context.Context, by access.Actor, typed string, said Kind) (CodeNote, error) {
	code, err := creditcode.Parse(typed)
	if err != nil || code == "" {
		return CodeNote{Kind: creditcode.Other}, err
	}
	n := CodeNote{Code: code, Kind: code.Kind(), Odd: code.Odd()}
	n.OtherKind = said != "" && n.Kind != kindOfCode(said) && (said != Plaza || n.Kind != creditcode.Company)
	m, err := s.merchants.GetBy(ctx, "code_key", string(code))
	switch {
	case fault.Is(err, fault.NotFound):
		return n, nil
	case err == nil && access.Can(by, access.MerchantRead, m.within(by)):
		n.MerchantID = m.ID
	}
	return n, err
}

func kindOfCode(k Kind) creditcode.Kind {
	switch k {
	case Company:
		return creditcode.Company
	case Individual:
		return creditcode.Individual
	case Cooperative:
		return creditcode.Cooperative
	default:
		return creditcode.Other
	}
}

// codeKey is what keeps codes unique: the code, or something random where there is none.
func codeKey(c creditcode.Code) string {
	if c != "" {
		return string(c)
	}
	_, key := secret.Token()
	return "-" + key
}

// fresh makes a merchant of a draft. Its code, where it has one, is not looked for among the others.
func (s *Service) fresh(d Draft, code creditcode.Code) (Merchant, error) {
	sealed, err := s.seal(KindMerchant, d.Private)
	return Merchant{
		State: Active, Kind: d.Kind, Name: d.Name, CreditCode: code, CodeKey: codeKey(code), Sealed: sealed,
		Members: []Member{}, Invitations: []Invitation{},
	}, err
}

// Create adds a merchant. A person who makes one for himself becomes its owner; one that the district enters has nobody until somebody
// is invited. The operator of a plaza is entered by the district. fault.Invalid; fault.Conflict when the credit code is taken.
func (s *Service) Create(ctx context.Context, by access.Actor, d Draft) (Merchant, error) {
	if err := access.Require(by, access.MerchantCreate, access.Thing{Kind: KindMerchant}); err != nil {
		return Merchant{}, err
	}
	district := access.Can(by, access.MerchantIdentity, access.Thing{Kind: KindMerchant})
	if d.Kind == Plaza && !district {
		return Merchant{}, fault.Wrong("kind", "error.choice", nil)
	}
	code, err := d.read()
	if err != nil {
		return Merchant{}, err
	}
	m, err := s.fresh(d, code)
	if err != nil {
		return Merchant{}, err
	}
	if !district {
		m.Members = []Member{{AccountID: by.AccountID, Role: access.Owner, ListingIDs: []string{}, Since: s.Now(), By: by.AccountID}}
	}
	err = s.merchants.Insert(ctx, by, audit.Write{Action: access.MerchantCreate, Title: m.Name.Hans}, &m)
	return m, taken(err)
}

// taken names the credit code where the store found its key taken.
func taken(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if ok && f.Kind == fault.Conflict && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == "code_key" }) {
		return &fault.Error{Kind: fault.Conflict, Key: f.Key, Fields: []fault.Field{{Name: "credit_code", Key: "error.credit_code.taken"}}, Err: f}
	}
	return err
}

// Edit changes what a merchant says of itself, over revision rev. An owner may fill in a missing credit code and registered name while the
// merchant has no shop. Once they are there, and once a shop was given to the merchant by what was seen of it, they and the kind are
// changed by the district. fault.Invalid names what may not change; fault.Conflict.
func (s *Service) Edit(ctx context.Context, by access.Actor, id string, rev int64, d Draft) (Merchant, error) {
	m, err := s.allowed(ctx, by, access.MerchantEdit, id)
	if err != nil {
		return Merchant{}, err
	}
	code, err := d.read()
	if err != nil {
		return Merchant{}, err
	}
	var was Private
	if err := s.unseal(KindMerchant, m.Sealed, &was); err != nil {
		return Merchant{}, err
	}
	if !access.Can(by, access.MerchantIdentity, m.Thing()) {
		shops, err := s.Shops.ShopsOf(ctx, id)
		if err != nil {
			return Merchant{}, err
		}
		given := len(shops) > 0
		var out []fault.Field
		for _, f := range []struct {
			name  string
			fixed bool
		}{
			{"kind", d.Kind != m.Kind && (given || m.CreditCode != "" || d.Kind == Plaza || m.Kind == Plaza)},
			{"credit_code", (given || m.CreditCode != "") && code != m.CreditCode},
			{"registered_name", (given || was.RegisteredName != "") && d.RegisteredName != was.RegisteredName},
		} {
			if f.fixed {
				out = append(out, fault.Field{Name: f.name, Key: "error.merchant.identity"})
			}
		}
		if err := fault.Wrongs(out); err != nil {
			return Merchant{}, err
		}
	}
	sealed := m.Sealed
	if d.Private != was {
		if sealed, err = s.seal(KindMerchant, d.Private); err != nil {
			return Merchant{}, err
		}
	}
	key := m.CodeKey
	if code != m.CreditCode {
		key = codeKey(code)
	}
	got, err := s.merchants.Update(ctx, by, audit.Write{Action: access.MerchantEdit, Title: d.Name.Hans}, id, atLeast(rev, m.Rev), func(m *Merchant) error {
		if m.State != Active {
			return errClosed()
		}
		m.Kind, m.Name, m.CreditCode, m.CodeKey, m.Sealed = d.Kind, d.Name, code, key, sealed
		return nil
	})
	return got, taken(err)
}

// atLeast is the revision an update is bound to: the one the person saw, or the one that was just read and decided by.
func atLeast(rev, read int64) int64 {
	if rev != 0 {
		return rev
	}
	return read
}

func errClosed() error {
	return fault.New(fault.Conflict, "error.merchant.closed", errors.New("merchant: closed"))
}

// RunPlaza says which plaza the merchant runs, none where plazaID is empty. Its people then do for the plaza's shops what their merchants
// allow. Only the district says so.
func (s *Service) RunPlaza(ctx context.Context, by access.Actor, id string, rev int64, plazaID string) (Merchant, error) {
	m, err := s.allowed(ctx, by, access.MerchantIdentity, id)
	if err != nil {
		return Merchant{}, err
	}
	return s.merchants.Update(ctx, by, audit.Write{Action: access.MerchantIdentity, Title: m.Name.Hans}, id, rev, func(m *Merchant) error {
		if m.State != Active {
			return errClosed()
		}
		if m.PlazaID = plazaID; plazaID != "" {
			m.Kind = Plaza
		}
		return nil
	})
}

// OfPlaza returns the merchants that run a plaza.
func (s *Service) OfPlaza(ctx context.Context, plazaID string) ([]Merchant, error) {
	out := []Merchant{}
	if plazaID == "" {
		return out, nil
	}
	for m, err := range s.merchants.Each(ctx, store.Where("plaza_id", store.Eq, plazaID)) {
		if err != nil {
			return nil, err
		}
		if m.State == Active {
			out = append(out, m)
		}
	}
	return out, nil
}

// compareText compares by the first pair that differs.
func compareText(a, b, c, d string) int { return cmp.Or(cmp.Compare(a, b), cmp.Compare(c, d)) }
