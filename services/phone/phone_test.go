package phone_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/services/fault"
	"shangquan/services/phone"
)

func land(digits string) phone.Number { return phone.Number{Kind: phone.Landline, Digits: digits} }

func TestParse(t *testing.T) {
	bank := land("+862157721664")
	ext := bank
	ext.Ext = "8001"
	label := func(n phone.Number, l string) phone.Number { n.Label = l; return n }
	cell := phone.Number{Kind: phone.Mobile, Digits: "+8613800138000"}
	line := phone.Number{Kind: phone.Service, Digits: "4008208820"}
	for _, c := range []struct {
		in   string
		want []phone.Number
	}{
		{"", []phone.Number{}},
		{" 、 ", []phone.Number{}},
		{"021-57721664", []phone.Number{bank}},
		{"57721664", []phone.Number{bank}},
		{"5772 1664", []phone.Number{bank}},
		{"(021)57721664", []phone.Number{bank}},
		{"（０２１）５７７２－１６６４", []phone.Number{bank}},
		{"021 5772 1664", []phone.Number{bank}},
		{"+86 21 5772 1664", []phone.Number{bank}},
		{"+86 (0)21 57721664", []phone.Number{bank}},
		{"0086-21-57721664", []phone.Number{bank}},
		{"862157721664", []phone.Number{bank}},
		{"2157721664", []phone.Number{bank}}, // the list of branches has numbers that lost their zero
		{"021-57721664转8001", []phone.Number{ext}},
		{"57721664 转 8001", []phone.Number{ext}},
		{"57721664分机8001", []phone.Number{ext}},
		{"021-57721664-8001", []phone.Number{ext}},
		{"021-57721664 ext. 8001", []phone.Number{ext}},
		{"+862157721664;ext=8001", nil}, // a semicolon parts numbers
		{"57721664x8001", []phone.Number{ext}},
		{"57721664*8001", []phone.Number{ext}},
		{"13800138000", []phone.Number{cell}},
		{"138-0013-8000", []phone.Number{cell}},
		{"+86 138 0013 8000", []phone.Number{cell}},
		{"400-820-8820", []phone.Number{line}},
		{"400-8208-820", []phone.Number{line}},
		{"800 820 8820", []phone.Number{{Kind: phone.Service, Digits: "8008208820"}}},
		{"95588", []phone.Number{{Kind: phone.Short, Digits: "95588"}}},
		{"9501388", []phone.Number{{Kind: phone.Short, Digits: "9501388"}}},
		{"96890", []phone.Number{{Kind: phone.Short, Digits: "96890"}}},
		{"12345", []phone.Number{{Kind: phone.Short, Digits: "12345"}}},
		{"0512-65123456", []phone.Number{land("+8651265123456")}},
		{"0573-8212345", []phone.Number{land("+865738212345")}},
		{"010-65123456", []phone.Number{land("+861065123456")}},
		{"021-57721664、400-820-8820", []phone.Number{bank, line}},
		{"57721664/13800138000", []phone.Number{bank, cell}},
		{"57721664；95588\n12345", []phone.Number{bank, {Kind: phone.Short, Digits: "95588"}, {Kind: phone.Short, Digits: "12345"}}},
		{"57721664 13800138000", []phone.Number{bank, cell}},
		{"57721664或13800138000", []phone.Number{bank, cell}},
		{"电话：57721664", []phone.Number{bank}},
		{"Tel: 57721664", []phone.Number{bank}},
		{"订座：57721664、外卖 13800138000", []phone.Number{label(bank, "订座"), label(cell, "外卖")}},
		{"57721664（VIP订座）", []phone.Number{label(bank, "VIP订座")}},
		{"电话57721664(夜间)", []phone.Number{label(bank, "夜间")}},
		{"021-576888472", nil}, // nine digits, as one bank has it
		{"0", nil},
		{"abc", nil},
		{"1234567", nil},
		{"12800138000", nil},
		{"+852 2345 6789", nil},
		{"+86 4008208820", nil},
		{"++862157721664", nil},
		{"57721664、", []phone.Number{bank}},
	} {
		got, err := phone.Parse(c.in)
		if c.want == nil {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Fields[0].Key != "error.phone.unreadable" {
				t.Errorf("%q = %v, %v; want it refused", c.in, got, err)
			}
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%q: %v %s", c.in, err, d)
		}
	}
}

func TestParseLimits(t *testing.T) {
	for _, c := range []struct{ name, in, key string }{
		{"a long cell", strings.Repeat("12345、", 100), "error.phone.long"},
		{"many numbers", strings.Repeat("12345、", phone.MaxNumbers+1), "error.phone.many"},
		{"a long label", "松江区中山中路老字号总店一楼服务台：57721664", "error.phone.label"},
	} {
		_, err := phone.Parse(c.in)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestShownAndDialled(t *testing.T) {
	for _, c := range []struct{ in, display, tel, national string }{
		{"57721664", "021-5772 1664", "tel:+862157721664", "02157721664"},
		{"57721664转8001", "021-5772 1664 转 8001", "tel:+862157721664;ext=8001", "02157721664"},
		{"0573-8212345", "0573-821 2345", "tel:+865738212345", "05738212345"},
		{"13800138000", "138 0013 8000", "tel:+8613800138000", "13800138000"},
		{"4008208820", "400-820-8820", "tel:4008208820", "4008208820"},
		{"95588", "95588", "tel:95588", "95588"},
	} {
		ns, err := phone.Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if n := ns[0]; n.Display() != c.display || n.Tel() != c.tel || n.National() != c.national {
			t.Errorf("%s: %q %q %q", c.in, n.Display(), n.Tel(), n.National())
		}
	}
}

func TestCheck(t *testing.T) {
	for _, n := range []phone.Number{
		{},
		{Kind: phone.Landline},
		{Kind: phone.Landline, Digits: "+86"},
		{Kind: phone.Mobile, Digits: "138"},
		{Kind: phone.Mobile, Digits: "+862157721664"},
		{Kind: phone.Service, Digits: "400"},
		{Kind: "fax", Digits: "95588"},
		{Kind: phone.Short, Digits: "95588", Label: "a：b"},
		{Kind: phone.Short, Digits: "95588", Ext: "x"},
	} {
		if err := n.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v passed", n)
		}
	}
}

func digits(n int) *rapid.Generator[string] {
	return rapid.StringOfN(rapid.SampledFrom([]rune("0123456789")), n, n, n)
}

func number() *rapid.Generator[phone.Number] {
	return rapid.Custom(func(t *rapid.T) phone.Number {
		var n phone.Number
		switch n.Kind = rapid.SampledFrom([]phone.Kind{phone.Landline, phone.Mobile, phone.Service, phone.Short}).Draw(t, "kind"); n.Kind {
		case phone.Landline:
			n.Digits = "+86" + rapid.SampledFrom([]string{"21", "10", "25", "512", "573", "755"}).Draw(t, "area") +
				rapid.SampledFrom([]string{"2", "5", "6", "8"}).Draw(t, "first") + digits(7).Draw(t, "rest")
			n.Ext = rapid.SampledFrom([]string{"", "1", "801", "8001", "123456"}).Draw(t, "ext")
		case phone.Mobile:
			n.Digits = "+861" + rapid.SampledFrom([]string{"3", "5", "7", "9"}).Draw(t, "second") + digits(9).Draw(t, "rest")
		case phone.Service:
			n.Digits = rapid.SampledFrom([]string{"400", "800"}).Draw(t, "prefix") + digits(7).Draw(t, "rest")
		case phone.Short:
			n.Digits = rapid.SampledFrom([]string{"95588", "96890", "12345", "118114", "110", "95013888"}).Draw(t, "short")
		}
		n.Label = rapid.SampledFrom([]string{"", "订座", "外卖", "夜间", "VIP"}).Draw(t, "label")
		return n
	})
}

func TestParseReadsWhatFormatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ns := rapid.SliceOfN(number(), 0, phone.MaxNumbers).Draw(t, "numbers")
		got, err := phone.Parse(phone.Format(ns))
		if d := cmp.Diff(ns, got); err != nil || d != "" {
			t.Fatalf("%s: %v %s", phone.Format(ns), err, d)
		}
		for _, n := range ns {
			if err := n.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"021-57721664转8001", "（０２１）5772 1664、400-820-8820", "订座：57721664(夜)", "+86", "0086", "转", "57721664x", "-1-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ns, err := phone.Parse(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		for _, n := range ns {
			if err := n.Check(); err != nil {
				t.Fatalf("%q gave %+v, which does not read back", s, n)
			}
		}
	})
}
