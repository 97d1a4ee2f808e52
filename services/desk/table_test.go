package desk_test

import (
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/desk"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
)

var coordinator = access.Actor{AccountID: "c", Name: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}

// The filters and orders of the table, each by itself.
func TestTable(t *testing.T) {
	ctx := t.Context()
	now := func() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	shops := listing.New(db, log, now)
	numbers, err := phone.Parse("021-57811111")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []listing.Listing{
		{Code: "A", Name: listing.Name{Text: lang.Text{Hans: "云间面馆"}}, MerchantID: "m", CategoryID: "noodles", Address: listing.Address{StreetID: "s1", Line: "中山中路 218 号"}, Confirmed: listing.Confirmed{On: "2026-10-01", By: "owner"}, Source: listing.Source{ID: "SRC-A"}},
		{Code: "B", Name: listing.Name{Text: lang.Text{Hans: "和顺五金"}}, Aliases: []string{"老五金"}, Phones: numbers, Address: listing.Address{PlazaID: "p1"}, Confirmed: listing.Confirmed{On: "2026-01-01", By: "owner"}},
		{Code: "C", Name: listing.Name{Text: lang.Text{Hans: "陈记馄饨"}}, State: listing.Draft},
	} {
		if l.State == "" {
			l.State = listing.Published
		}
		if err := shops.Enter(ctx, access.System("test"), &l); err != nil {
			t.Fatal(err)
		}
	}
	s := desk.New(shops, calendar.China, now)
	for name, c := range map[string]struct {
		f    desk.Filter
		want string
	}{
		"everything": {desk.Filter{}, "C B A"}, "state": {desk.Filter{State: listing.Draft}, "C"}, "street": {desk.Filter{StreetID: "s1"}, "A"}, "plaza": {desk.Filter{PlazaID: "p1"}, "B"},
		"category": {desk.Filter{Category: "noodles"}, "A"}, "stale": {desk.Filter{Months: 6}, "C B"}, "lacks": {desk.Filter{Lacks: "phones"}, "C A"}, "source": {desk.Filter{Source: "SRC-A"}, "A"},
		"owned": {desk.Filter{Owner: "yes"}, "A"}, "nobody's": {desk.Filter{Owner: "no"}, "C B"},
		"name": {desk.Filter{Text: "面館"}, "A"}, "alias": {desk.Filter{Text: "老五金"}, "B"}, "pinyin": {desk.Filter{Text: "yunjian"}, "A"}, "initials": {desk.Filter{Text: "hswj"}, "B"},
		"number": {desk.Filter{Text: "57811111"}, "B"}, "address": {desk.Filter{Text: "中山 218"}, "A"}, "nothing": {desk.Filter{Text: "火星"}, ""},
		"oldest first": {desk.Filter{Sort: desk.ByConfirmed}, "C B A"}, "barest first": {desk.Filter{Sort: desk.ByComplete}, "C A B"},
	} {
		c.f.Page = 1
		got, err := s.Table(ctx, coordinator, c.f)
		if err != nil {
			t.Fatal(err)
		}
		codes := []string{}
		for _, r := range got.Rows {
			codes = append(codes, r.Code)
		}
		if strings.Join(codes, " ") != c.want || got.Total != len(codes) || len(got.Chosen) != len(codes) {
			t.Errorf("%s: %v", name, codes)
		}
	}
	if _, err := s.Table(ctx, coordinator, desk.Filter{Page: 2}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := s.Table(ctx, access.Actor{AccountID: "x"}, desk.Filter{Page: 1}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
