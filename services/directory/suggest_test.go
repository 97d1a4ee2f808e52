package directory

import (
	"context"
	"slices"
	"testing"
	"time"

	"shangquan/services/lang"
	"shangquan/services/listing"
)

func TestSuggest(t *testing.T) {
	d := newDistrict(t)
	lines := func(typed string, t lang.Tag) []string {
		list, err := d.Suggest(context.Background(), typed, t)
		d.must(err)
		out := []string{}
		for _, x := range list {
			line := x.Kind.String() + " " + x.Text + " → " + x.Shop
			if x.Shop == "" {
				line += "?" + x.Query.Encode()
			}
			out = append(out, line)
		}
		return out
	}
	for _, tt := range []struct {
		name, typed string
		lang        lang.Tag
		want        string
	}{
		{"a shop", "云间", lang.Hans, "shop 云间面馆 → noodles"},
		{"in pinyin", "yunjian", lang.Hans, "shop 云间面馆 → noodles"},
		{"by initials", "yjmg", lang.Hans, "shop 云间面馆 → noodles"},
		{"in English", "yunj", lang.En, "shop Yunjian Noodles → noodles"},
		{"a category", "药店", lang.Hans, "category 药店 → ?cat=pharmacy"},
		{"a category by another word", "药房", lang.Hant, "category 藥店 → ?cat=pharmacy"},
		{"a street", "谷阳", lang.Hans, "street 谷阳北路 → ?at=guyang"},
		{"a plaza", "鹿鸣", lang.Hans, "plaza 鹿鸣广场 → ?plaza=luming"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := lines(tt.typed, tt.lang); !slices.Contains(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
	for _, typed := range []string{"", "  ", "\x00", "还没开", "空心", "玉树"} {
		if got := lines(typed, lang.Hans); len(got) != 0 || got == nil {
			t.Errorf("%q: %q", typed, got)
		}
	}
	t.Run("never what was taken from the public", func(t *testing.T) {
		d.change("noodles", func(l *listing.Listing) { l.State = listing.Suspended })
		if got := lines("云间", lang.Hans); len(got) != 0 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("new names after a while", func(t *testing.T) {
		d.change("bar", func(l *listing.Listing) { l.Name.Hans = "月亮酒吧" })
		d.pass(suggestEvery)
		lines("月亮", lang.Hans)
		d.Close() // waits until the list is made
		if got := lines("月亮", lang.Hans); len(got) != 1 {
			t.Errorf("got %q", got)
		}
	})
	t.Run("branches are one line", func(t *testing.T) {
		chain := func(id, name string) listing.Listing {
			return shopAt(id, name, "coffee", "st-zs", "5", everyDay())
		}
		d.must(d.listings.Upsert(t.Context(), []listing.Listing{chain("s1", "星巴克（谷阳店）"), chain("s2", "星巴克（鹿鸣店）")}))
		d.must(d.Refresh(t.Context()))
		d.pass(suggestEvery + time.Second)
		lines("星", lang.Hans)
		d.Close()
		if got := lines("星", lang.Hans); len(got) != 1 || got[0] != "shop 星巴克 → ?q=%E6%98%9F%E5%B7%B4%E5%85%8B" {
			t.Errorf("got %q", got)
		}
	})
}

// TestRunKeepsUp lets the worker notice a change by itself.
func TestRunKeepsUp(t *testing.T) {
	d := newDistrict(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	d.change("bar", func(l *listing.Listing) { l.Name.Hans = "月亮酒吧" })
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	for d.suggest.made.Load() == nil {
		time.Sleep(time.Millisecond) // the worker has no other way to say that it was round
	}
	cancel()
	<-done
	if got := d.known.Last().snap.shops[d.known.Last().snap.ids["bar"]].Name.Hans; got != "月亮酒吧" {
		t.Errorf("the name is still %s", got)
	}
}
