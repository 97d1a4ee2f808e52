package account

import (
	"context"
	"errors"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// MonthlyWords is the version of the sentence somebody agrees to who wants the figures of their shops once a month; another sentence
// takes another number.
const MonthlyWords = 1

// Agreed is that a person wants the figures of their shops once a month. Purpose: to send them. Kept until it is taken back.
type Agreed struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
}

// monthlyPurpose keeps the signatures of the links that end the letters apart from all others.
const monthlyPurpose = "monthly letter link"

// AskMonthly stores whether the person of an account wants the monthly letter. Said again it changes nothing.
func (s *Service) AskMonthly(ctx context.Context, by access.Actor, accountID string, yes bool) error {
	if err := access.Require(by, access.AccountOwn, access.Thing{Kind: Kind, ID: accountID, AccountID: accountID}); err != nil {
		return err
	}
	return s.monthly(ctx, by, accountID, yes)
}

func (s *Service) monthly(ctx context.Context, by access.Actor, accountID string, yes bool) error {
	a, err := s.accounts.Get(ctx, accountID)
	if err != nil || (a.Monthly != nil) == yes {
		return err
	}
	_, err = s.accounts.Update(ctx, by, audit.Write{Action: access.AccountOwn}, accountID, 0, func(a *Account) error {
		switch {
		case !yes:
			a.Monthly = nil
		case a.Monthly == nil:
			a.Monthly = &Agreed{AccountID: accountID, At: s.now().UTC().Truncate(time.Millisecond), Words: MonthlyWords}
		}
		return nil
	})
	return err
}

// MonthlyToken returns the token of the link by which whoever has it ends the monthly letters to an account. It does not run out: the
// oldest letter ends them too.
func (s *Service) MonthlyToken(accountID string) string {
	return s.keys.Token(monthlyPurpose, accountID)
}

// MonthlyOf reports whether the account of a link still gets the letters; it changes nothing, so that a mail program may open it.
// fault.NotFound for a link that is not ours, and for an account that is gone.
func (s *Service) MonthlyOf(ctx context.Context, token string) (bool, error) {
	id, err := s.monthlyID(token)
	if err != nil {
		return false, err
	}
	a, err := s.accounts.Get(ctx, id)
	return a.Monthly != nil, err
}

// EndMonthly ends the letters to the account of a link; one that ended them before changes nothing. Errors are as MonthlyOf's.
func (s *Service) EndMonthly(ctx context.Context, token string) error {
	id, err := s.monthlyID(token)
	if err != nil {
		return err
	}
	return s.monthly(ctx, access.System("monthly letter link"), id, false)
}

func (s *Service) monthlyID(token string) (string, error) {
	parts, ok := s.keys.Parts(monthlyPurpose, token, 1)
	if !ok {
		return "", fault.New(fault.NotFound, "error.not_found", errors.New("account: the link is not ours"))
	}
	return parts[0], nil
}

// WantMonthly returns the accounts whose persons want the monthly letter and can sign in.
func (s *Service) WantMonthly(ctx context.Context) ([]string, error) {
	out := []string{}
	for a, err := range s.accounts.Each(ctx, store.Where("monthly.at", store.Gt, time.Time{}).Limit(500)) {
		if err != nil {
			return nil, err
		}
		if !a.Disabled {
			out = append(out, a.ID)
		}
	}
	return out, nil
}
