package listing

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// full is a listing with something in every field.
func full() Listing {
	l := Listing{
		Meta: store.Meta{ID: "l1"}, Code: "SJ0001", Slug: "yu-tian-cheng", State: Closed,
		Name:    Name{Text: lang.Text{Hans: "余天成堂", Hant: "餘天成堂", En: "Yutiancheng"}, Pinyin: "yu tian cheng tang"},
		Aliases: []string{"余天成"}, CategoryID: "pharmacy", FormatID: "speciality-store", Goods: []string{"膏方"}, TagIDs: []string{"step-free"},
		Marks:    []Mark{{Kind: "heritage", Level: "china", Certificate: "A-1", Issuer: "商务部", Founded: 1782, ReviewOn: "2027-01-01", Evidence: "https://example.org/a"}},
		Address:  Address{Line: "中山中路 123 号", StreetID: "s1", House: "123", PlazaID: "p1", Level: 1, Unit: "1F-01", UnitID: "u1", Hint: "谷阳路口往西", Postcode: "201600"},
		Location: &geo.Location{Point: geo.Point{Lat: 31, Lng: 121.2}, Source: geo.WGS84, AccuracyM: 20, Method: "survey"},
		Phones:   []phone.Number{{Kind: phone.Landline, Digits: "+862157721664", Label: "订座"}},
		Hours: hours.Hours{
			Known:   true,
			Special: []hours.Special{{From: "2026-10-01", To: "2026-10-02", Note: lang.Text{Hans: "国庆", Hant: "國慶", En: "National Day"}}},
			Pause:   &hours.Pause{From: "2026-11-01", Until: "2026-11-20", Note: lang.Text{Hans: "装修"}}, Text: "早九晚五",
		},
		Description: lang.Text{Hans: "国药老店。\n坐堂问诊。", Hant: "國藥老店。", En: "Pharmacy."}, Website: "https://example.org", Payments: []string{"cash"},
		Closure: &Closure{Kind: Moved, On: "2026-09-01", ForwardTo: "人民北路 1 号", ForwardID: "l2"}, Popularity: 3,
		Confirmed: Confirmed{On: "2026-09-01", By: "owner"}, Source: Source{ID: "SRC-BANK", Ref: "1", Observed: "2019", Note: "旧名单"},
	}
	l.Hours.Week[0] = []hours.Span{{Open: 540, Close: 1020}}
	l.Phones = append(l.Phones, phone.Number{Kind: phone.Mobile, Digits: "+8613812345678"})
	l.Consents = []Consent{{Digits: "+8613812345678", Version: "2026-10", By: "a1"}}
	l.Prices = []Price{{Name: lang.Text{Hans: "膏方", Hant: "膏方", En: "Paste"}, Amount: 120000, Unit: "料", Until: "2026-12-31", Note: "须先问诊"}}
	l.Photos = []media.Photo{{Key: strings.Repeat("0f", 16), Widths: []int{400}, W: 400, H: 300, Caption: lang.Text{Hans: "门口", Hant: "門口", En: "Door"}, By: "a1"}}
	l.MerchantID, l.SeenOpenOn = "m1", "2026-09-01"
	l.Turns = []Turn{{ID: "1", Kind: ShutDown, On: "2026-09-01", Reason: "rent", Source: FromAct, Note: "房租谈不拢"}}
	l.Watch = Watch{Changed: []string{"hours"}, NeedsLook: true, Why: Often, On: "2026-10-01", Count: 4, PhonesOn: "2026-10-01", OwnerOn: "2026-09-01"}
	l.Proposal, l.Returned = wholeProposal(), &Returned{Reason: "门牌不对", Name: "王", Proposal: wholeProposal()}
	return l
}

// wholeProposal proposes something in every field that waits.
func wholeProposal() *Proposal {
	return &Proposal{
		Paths: []string{"name", "aliases", "category_id", "format_id", "address", "location", "marks", "closure"},
		Want: Sensitive{
			Name:    Name{Text: lang.Text{Hans: "余天成", Hant: "餘天成", En: "Yu Tiancheng"}, Pinyin: "yu tian cheng", SortKey: "yu tian cheng"},
			Aliases: []string{"余天成国药号"}, CategoryID: "clinic", FormatID: "shop",
			Address:  Address{Line: "中山中路 125 号", StreetID: "s1", House: "125", PlazaID: "p1", Level: 1, Unit: "1F-02", UnitID: "u2", Postcode: "201600"},
			Location: &geo.Location{Point: geo.Point{Lat: 31, Lng: 121.3}, Source: geo.WGS84, AccuracyM: 20, Method: "survey"},
			Marks:    []Mark{{Kind: "heritage", Level: "shanghai", Certificate: "B", Issuer: "市商务委", Founded: 1782, ReviewOn: "2027-01-01", Evidence: "b"}},
			Closure:  &Closure{Kind: Moved, On: "2026-09-01", ForwardTo: "人民北路 2 号", ForwardID: "l3"},
		},
		Accounts: []string{"a1"}, Name: "李",
	}
}

func TestAWholeListingPasses(t *testing.T) {
	l := full()
	l.Normalise()
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	least := Listing{Code: "A1", State: Draft, Name: Name{Text: lang.Text{Hans: "店"}}}
	least.Normalise()
	if err := least.Validate(); err != nil || least.Slug != "dian" || least.Name.SortKey != "dian" {
		t.Fatal(err, least)
	}
}

// stringsOf calls f with every string of v that can be set, and the path to it.
func stringsOf(v reflect.Value, path string, f func(path string, s reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v)
	case reflect.Pointer:
		stringsOf(v.Elem(), path, f)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			stringsOf(v.Index(i), path, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != metaType && v.Type() != trailType && v.Type() != reflect.TypeFor[time.Time]() {
				stringsOf(v.Field(i), path+"."+v.Type().Field(i).Name, f)
			}
		}
	default:
	}
}

// No string field takes control characters or marks that turn the direction of writing, wherever in the text they stand.
func TestNoFieldTakesUnsafeText(t *testing.T) {
	l := full()
	n := 0
	stringsOf(reflect.ValueOf(&l), "", func(path string, _ reflect.Value) {
		if n++; path == "" {
			t.Fatal("a string without a path")
		}
	})
	if n < 45 {
		t.Fatalf("only %d strings found: full() has fields without content", n)
	}
	rapid.Check(t, func(t *rapid.T) {
		l := full()
		l.Normalise()
		target := rapid.IntRange(0, n-1).Draw(t, "field")
		bad := rapid.SampledFrom([]string{"\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\x00", "\x07", "\x1b", "\u0085", "\ufeff", "\u2028", "\t"}).Draw(t, "bad")
		i, where := 0, ""
		stringsOf(reflect.ValueOf(&l), "", func(path string, s reflect.Value) {
			if i++; i-1 == target {
				where = path
				text := s.String()
				at := len(text) / 2
				for at > 0 && text[at]&0xc0 == 0x80 {
					at--
				}
				s.SetString(text[:at] + bad + text[at:])
			}
		})
		if err := l.Validate(); !fault.Is(err, fault.Invalid) {
			t.Fatalf("%s took %q: %v", where, bad, err)
		}
	})
}

// No string field takes a text of any length.
func TestEveryFieldHasALimit(t *testing.T) {
	l := full()
	l.Normalise()
	stringsOf(reflect.ValueOf(&l), "", func(path string, s reflect.Value) {
		was := s.String()
		s.SetString(strings.Repeat("a", 3000))
		if err := l.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s took 3000 characters", path)
		}
		s.SetString(was)
	})
}

func TestNormaliseIsStableAndLeavesTheCallersListsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := full()
		stringsOf(reflect.ValueOf(&l), "", func(path string, s reflect.Value) {
			if rapid.Bool().Draw(t, path) {
				s.SetString(rapid.String().Draw(t, path+" text"))
			}
		})
		given := slices.Clone(l.Goods)
		goods := l.Goods
		l.Normalise()
		if !slices.Equal(goods, given) {
			t.Fatal("the caller's list was written to")
		}
		again := l
		again.Normalise()
		if !store.Same(&l, &again) {
			t.Fatalf("not stable:\n%+v\n%+v", l, again)
		}
	})
}

func TestNormalise(t *testing.T) {
	l := Listing{Code: "X9", Name: Name{Text: lang.Text{Hans: " 重庆小面\r\n"}}, Aliases: []string{" a ", "a", ""}, Address: Address{House: "２１８ 号"}}
	l.Normalise()
	if l.Name.Hans != "重庆小面" || l.Name.SortKey != "chong qing xiao mian" || l.Slug != "chong-qing-xiao-mian" || !slices.Equal(l.Aliases, []string{"a"}) || l.Address.House != "218" {
		t.Errorf("%+v", l)
	}
	for name, want := range map[string]string{"☕": "x9", "乐坊": "le-fang"} {
		l := Listing{Code: "X9", Name: Name{Text: lang.Text{Hans: name}}}
		if l.Normalise(); l.Slug != want {
			t.Errorf("%s: %s", name, l.Slug)
		}
	}
	read := Listing{Code: "X9", Name: Name{Text: lang.Text{Hans: "乐坊"}, Pinyin: "Yue Fang"}}
	if read.Normalise(); read.Slug != "yue-fang" || read.Name.SortKey != "yue fang" {
		t.Errorf("the given reading was not used: %+v", read.Name)
	}
	long := Listing{Code: strings.Repeat("A", maxCode), Name: Name{Text: lang.Text{Hans: strings.Repeat("中", 60)}}}
	long.Normalise()
	if s := long.slugWithCode(); !lang.Slug(long.Slug) || !lang.Slug(s) || !strings.HasSuffix(s, strings.Repeat("a", maxCode)) {
		t.Errorf("%s, %s", long.Slug, s)
	}
}

func TestValidateFields(t *testing.T) {
	many := func(n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = "a" + strings.Repeat("b", i)[:i%30]
		}
		return out
	}
	for _, c := range []struct {
		name   string
		change func(*Listing)
		field  string
	}{
		{"no code", func(l *Listing) { l.Code = "" }, "code"},
		{"a code with a slash", func(l *Listing) { l.Code = "a/b" }, "code"},
		{"a bad slug", func(l *Listing) { l.Slug = "A" }, "slug"},
		{"an unknown state", func(l *Listing) { l.State = "lost" }, "state"},
		{"no name", func(l *Listing) { l.Name.Hans, l.Name.SortKey = "", lang.SortKey("", l.Name.Pinyin) }, "name"},
		{"a stale sort key", func(l *Listing) { l.Name.SortKey = "z" }, "name.sort_key"},
		{"many aliases", func(l *Listing) { l.Aliases = many(21) }, "aliases"},
		{"many goods", func(l *Listing) { l.Goods = many(61) }, "goods"},
		{"many tags", func(l *Listing) { l.TagIDs = many(41) }, "tag_ids"},
		{"a tag that is no slug", func(l *Listing) { l.TagIDs = []string{"轮椅"} }, "tag_ids"},
		{"a category that is no slug", func(l *Listing) { l.CategoryID = "药店" }, "category_id"},
		{"a format that is no slug", func(l *Listing) { l.FormatID = "A" }, "format_id"},
		{"a floor too high", func(l *Listing) { l.Address.Level = 121 }, "address.level"},
		{"a wrong postcode", func(l *Listing) { l.Address.Postcode = "2016" }, "address.postcode"},
		{"a place off the globe", func(l *Listing) { l.Location.Lat = 91 }, "location"},
		{"a position without datum", func(l *Listing) { l.Location.Source = "" }, "location.source_datum"},
		{"negative accuracy", func(l *Listing) { l.Location.AccuracyM = -1 }, "location.accuracy_m"},
		{"a broken phone", func(l *Listing) { l.Phones[0].Digits = "12" }, "phones"},
		{"many phones", func(l *Listing) { l.Phones = slices.Repeat(l.Phones, 9) }, "phones"},
		{"overlapping hours", func(l *Listing) { l.Hours.Week[0] = []hours.Span{{Open: 540, Close: 1020}, {Open: 600, Close: 700}} }, "hours.week.0"},
		{"a script for a website", func(l *Listing) { l.Website = "javascript:alert(1)" }, "website"},
		{"a website with a user", func(l *Listing) { l.Website = "https://bank.example@evil.example" }, "website"},
		{"a website without host", func(l *Listing) { l.Website = "https://" }, "website"},
		{"a mark of no kind", func(l *Listing) { l.Marks[0].Kind = "" }, "marks.kind"},
		{"founded too early", func(l *Listing) { l.Marks[0].Founded = 17 }, "marks.founded"},
		{"a review on no day", func(l *Listing) { l.Marks[0].ReviewOn = "2026-02-30" }, "marks.review_on"},
		{"closed without saying how", func(l *Listing) { l.Closure = nil }, "closure.kind"},
		{"closed somehow", func(l *Listing) { l.Closure.Kind = "gone" }, "closure.kind"},
		{"closed on no day", func(l *Listing) { l.Closure.On = "soon" }, "closure.on"},
		{"moved to itself", func(l *Listing) { l.Closure.ForwardID = l.ID }, "closure.forward_id"},
		{"ceased with a new address", func(l *Listing) { l.Closure.Kind = Ceased }, "closure.forward_to"},
		{"published with a closure", func(l *Listing) { l.State = Published }, "closure"},
		{"negative popularity", func(l *Listing) { l.Popularity = -1 }, "popularity"},
		{"confirmed on no day", func(l *Listing) { l.Confirmed.On = "2026" }, "confirmed.on"},
		{"confirmed by a stranger", func(l *Listing) { l.Confirmed.By = "me" }, "confirmed.by"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := full()
			l.Normalise()
			c.change(&l)
			f, ok := errors.AsType[*fault.Error](l.Validate())
			if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != c.field {
				t.Errorf("got %v", f)
			}
		})
	}
}
