package insight_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/insight"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

const phone = "Mozilla/5.0 (Linux; Android 13; PEEM00 Build/TP1A.220905.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600 WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"

type bench struct {
	*insight.Service
	db store.DB
	at atomic.Int64
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()).In(zone) }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

// open begins on a Thursday at noon.
func open(t testing.TB) *bench {
	t.Helper()
	b := &bench{}
	b.at.Store(time.Date(2026, 10, 15, 12, 0, 0, 0, zone).UnixMilli())
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"), store.Clock(b.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b.db = db
	b.Service = insight.New(db, b.now, slog.New(slog.DiscardHandler))
	return b
}

// from returns a request from the n-th network.
func from(n int) insight.Request {
	return insight.Request{Client: netip.AddrFrom4([4]byte{198, byte(n >> 8), byte(n), 9}), Agent: phone, Language: "zh-CN"}
}

func (b *bench) visitor(n int) insight.Visitor { return b.Visitor(from(n)) }

func (b *bench) flush(t *testing.T) {
	t.Helper()
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) weeks(t *testing.T, listing string, n int) []insight.Week {
	t.Helper()
	b.flush(t)
	w, err := b.Weeks(t.Context(), access.System("test"), access.Thing{ListingID: listing}, n)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (b *bench) total(t *testing.T, listing string) insight.Counts {
	t.Helper()
	w := b.weeks(t, listing, 1)
	return w[0].Total
}

func TestEightWeeks(t *testing.T) {
	b := open(t)
	b.Note(insight.View, "a", b.visitor(1))
	b.Note(insight.View, "a", b.visitor(2))
	b.Note(insight.Call, "a", b.visitor(1))
	b.Note(insight.Go, "b", b.visitor(1))
	b.Found("咖啡", []string{"a", "b"}, b.visitor(1))
	b.flush(t)
	b.pass(24 * time.Hour)
	b.flush(t) // Friday begins
	b.Note(insight.View, "a", b.visitor(1))
	b.pass(20 * 24 * time.Hour)
	b.flush(t)
	b.Note(insight.View, "a", b.visitor(1))

	got := b.weeks(t, "a", 8)
	want := make([]insight.Week, 8)
	for i, m := range []string{"2026-09-14", "2026-09-21", "2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26", "2026-11-02"} {
		want[i] = insight.Week{Monday: m, Words: []insight.Word{}}
	}
	want[4].Days[3] = insight.Counts{View: 2, Found: 1, Call: 1}
	want[4].Days[4] = insight.Counts{View: 1}
	want[4].Total = insight.Counts{View: 3, Found: 1, Call: 1}
	want[7].Days[3] = insight.Counts{View: 1}
	want[7].Total = insight.Counts{View: 1}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWhoCounts(t *testing.T) {
	for _, tt := range []struct {
		name string
		not  bool // does not count, or not again
		r    func(insight.Request) insight.Request
	}{
		{"again", true, func(r insight.Request) insight.Request { return r }},
		{"a neighbour with the same browser", true, func(r insight.Request) insight.Request { r.Client = netip.MustParseAddr("198.0.1.200"); return r }},
		{"the address written as IPv6", true, func(r insight.Request) insight.Request { r.Client = netip.MustParseAddr("::ffff:198.0.1.9"); return r }},
		{"another network", false, func(r insight.Request) insight.Request { r.Client = netip.MustParseAddr("198.0.2.9"); return r }},
		{"without a language", true, func(r insight.Request) insight.Request { r.Language = ""; return r }},
		{"fetched ahead", true, func(r insight.Request) insight.Request {
			r.Ahead = true
			r.Client = netip.MustParseAddr("203.0.113.1")
			return r
		}},
		{"without an address", true, func(r insight.Request) insight.Request { r.Client = netip.Addr{}; return r }},
		{"IPv6", false, func(r insight.Request) insight.Request {
			r.Client = netip.MustParseAddr("2001:db8:1:2::3%eth0")
			return r
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t)
			b.Note(insight.View, "a", b.visitor(1))
			b.Note(insight.View, "a", b.Visitor(tt.r(from(1))))
			want := 2
			if tt.not {
				want = 1
			}
			if got := b.total(t, "a").View; got != want {
				t.Errorf("%d views, want %d", got, want)
			}
		})
	}
}

func TestAHouseholdWithIPv6IsOne(t *testing.T) {
	b := open(t)
	for i := range 500 {
		r := from(1)
		r.Client = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 1, byte(i), byte(i >> 8), 8, byte(i)})
		b.Note(insight.View, "a", b.Visitor(r))
	}
	if got := b.total(t, "a").View; got != 1 {
		t.Errorf("500 addresses of one /48 are %d views", got)
	}
}

func TestProgramsDoNotCount(t *testing.T) {
	b := open(t)
	r := from(1)
	for _, agent := range []string{
		"", "x", "curl/8.5.0", "Wget/1.21", "Go-http-client/1.1", "python-requests/2.31", "okhttp/4.9.3", "Scrapy/2.11 (+https://scrapy.org)",
		"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
		"Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
		"Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/103 Safari/537.36",
	} {
		r.Agent = agent
		if b.Visitor(r) != 0 {
			t.Errorf("%q counts", agent)
		}
	}
	for _, agent := range []string{
		phone,
		"Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Linux; U; Android 12; zh-cn; M2012K11AC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 XiaoMi/MiuiBrowser/17.9.110617 swan-mibrowser",
		"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/13.0.6.301 Mobile Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
	} {
		r.Agent = agent
		if b.Visitor(r) == 0 {
			t.Errorf("%q does not count", agent)
		}
	}
}

func TestReplays(t *testing.T) {
	b := open(t)
	for i := range 10_000 {
		r := from(1)
		r.Agent = fmt.Sprint(phone, i) // a new browser every time
		b.Note(insight.View, "a", b.Visitor(r))
		b.Note(insight.Call, "a", b.visitor(1))
	}
	got := b.total(t, "a")
	if got.View > 32 || got.View < 30 || got.Call != 1 {
		t.Errorf("10,000 requests of one network count %+v, want 32 views at most and 1 call", got)
	}
	b.Note(insight.Call, "a", b.visitor(1)) // written already, still known
	if got := b.total(t, "a").Call; got != 1 {
		t.Errorf("after writing, a repeat counts: %d", got)
	}
	b.Note(insight.View, "a", 0)
	b.Note(99, "a", b.visitor(1))
	b.Note(insight.View, "", b.visitor(1))
	if w := b.weeks(t, "", 1); w[0].Total != (insight.Counts{}) {
		t.Errorf("nothing counts: %+v", w[0].Total)
	}
}

func TestWords(t *testing.T) {
	b := open(t)
	say := func(query string, visitors ...int) {
		for _, v := range visitors {
			b.Found(query, []string{"a", "b"}, b.visitor(v))
		}
	}
	say("咖啡", 1, 2)
	say("咖啡", 2, 2) // the same ones
	say(" Latte  ＣＯＦＦＥＥ", 1, 2)
	say("latte coffee", 3)
	say("藥店", 1, 2, 3, 4)
	for _, private := range []string{
		"13812345678", "138 1234 5678 张三", "021-57721664", "一三八一二三四五六七八 店", "张三 310227198001011234", "沪A12345", "me@example.com",
		"老王昨天在这家店门口把我的自行车借走了到现在还没有还", "", "   ", "218", "\xff店",
	} {
		say(private, 1, 2, 3, 4, 5)
	}
	b.Found("无结果", nil, b.visitor(1))
	want := []insight.Word{{"药店", 4}, {"latte coffee", 3}}
	if d := cmp.Diff(want, b.weeks(t, "a", 1)[0].Words); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	say("咖啡", 3) // the third one brings the two who came before
	say("药店", 5)
	want = []insight.Word{{"药店", 5}, {"latte coffee", 3}, {"咖啡", 3}}
	if d := cmp.Diff(want, b.weeks(t, "b", 1)[0].Words); d != "" {
		t.Errorf("later (-want +got):\n%s", d)
	}
	if got := b.total(t, "a").Found; got != 5 {
		t.Errorf("found by %d, want each of 5 visitors once", got)
	}

	// Two one day and one the next are not three: nobody can know that they are different people.
	say("面馆", 1, 2)
	b.pass(24 * time.Hour)
	b.flush(t)
	say("面馆", 3)
	for _, w := range b.weeks(t, "a", 1)[0].Words {
		if w.Text == "面馆" {
			t.Error("a word of two people was written")
		}
	}
	for i := range 40 {
		for range i + 1 {
			say("词"+string(rune('甲'+i)), 1, 2, 3, 10+i)
		}
		say("词"+string(rune('甲'+i)), 100, 101)
	}
	if got := b.weeks(t, "a", 1)[0].Words; len(got) != 20 {
		t.Errorf("%d words are kept, want 20", len(got))
	}
}

func TestTwoServersAddUp(t *testing.T) {
	b := open(t)
	other := insight.New(b.db, b.now, slog.New(slog.DiscardHandler))
	var all sync.WaitGroup
	for _, s := range []*insight.Service{b.Service, other} {
		all.Go(func() {
			for i := range 100 {
				s.Note(insight.View, "a", s.Visitor(from(i)))
				if i%10 == 0 {
					if err := s.Flush(context.Background()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := other.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.total(t, "a").View; got != 200 {
		t.Errorf("%d views, want 200", got)
	}
}

func TestNothingIsLostBetweenNotes(t *testing.T) {
	b := open(t)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 500 {
				b.Note(insight.View, fmt.Sprint("shop", i%5), b.visitor(g*500+i))
				b.Found("面", []string{"shop0"}, b.visitor(g*500+i))
			}
		})
	}
	for range 20 {
		b.flush(t)
	}
	all.Wait()
	sum := 0
	for i := range 5 {
		sum += b.total(t, fmt.Sprint("shop", i)).View
	}
	if sum != 4000 {
		t.Errorf("%d views, want 4000", sum)
	}
	if w := b.weeks(t, "shop0", 1)[0]; w.Total.Found != 4000 || w.Words[0].Visitors != 4000 {
		t.Errorf("found by %d, with a word by %v; want 4000", w.Total.Found, w.Words)
	}
}

func TestWhatCannotBeWrittenWaits(t *testing.T) {
	b := open(t)
	for i := range 3 {
		b.Found("面", []string{"a"}, b.visitor(i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Flush(ctx); err == nil {
		t.Fatal("written with a cancelled context")
	}
	if w := b.weeks(t, "a", 1)[0]; w.Total.Found != 3 || len(w.Words) != 1 || w.Words[0].Visitors != 3 {
		t.Errorf("after the second try: %+v", w)
	}
}

func TestRunWritesAtTheEnd(t *testing.T) {
	b := open(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	b.Note(insight.View, "a", b.visitor(1))
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	w, err := b.Weeks(t.Context(), access.System("test"), access.Thing{ListingID: "a"}, 1)
	if err != nil || w[0].Total.View != 1 {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestKeptFor400Days(t *testing.T) {
	b := open(t)
	b.Note(insight.View, "a", b.visitor(1))
	b.flush(t)
	sweep := func(want int) {
		t.Helper()
		if n, err := b.Sweep(t.Context()); err != nil || n != want {
			t.Errorf("Sweep = %d, %v; want %d", n, err, want)
		}
	}
	b.pass(397 * 24 * time.Hour) // the Monday before is 400 days ago
	sweep(0)
	b.pass(24 * time.Hour)
	sweep(1)
	sweep(0)
}

func TestWhoMayRead(t *testing.T) {
	b := open(t)
	shop := access.Thing{Kind: "listing", ID: "a", ListingID: "a", MerchantID: "m"}
	for name, tt := range map[string]struct {
		by   access.Actor
		want fault.Kind // Internal: may
	}{
		"nobody":        {access.Actor{}, fault.Unauthenticated},
		"staff":         {access.Actor{AccountID: "x", Seats: []access.Seat{{MerchantID: "m", Role: access.Staff}}}, fault.Internal},
		"another owner": {access.Actor{AccountID: "x", Seats: []access.Seat{{MerchantID: "n", Role: access.Owner}}}, fault.NotFound},
		"liaison":       {access.Actor{AccountID: "x", Roles: []access.Role{access.Liaison}, TwoFactor: true}, fault.NotFound},
	} {
		w, err := b.Weeks(t.Context(), tt.by, shop, 8)
		if may := tt.want == fault.Internal; may != (err == nil) || !may && !fault.Is(err, tt.want) || may && len(w) != 8 {
			t.Errorf("%s: %d weeks, %v", name, len(w), err)
		}
	}
}

func BenchmarkVisitor(b *testing.B) {
	s := open(b)
	r := from(1)
	b.ReportAllocs()
	for b.Loop() {
		if s.Visitor(r) == 0 {
			b.Fatal("no visitor")
		}
	}
}

func BenchmarkNote(b *testing.B) {
	s := open(b)
	v := s.visitor(1)
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Note(insight.View, "01j9zk3m8v5w2q7r4t6y8u0p1a", v)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		n := insight.Visitor(0)
		for b.Loop() {
			n++
			s.Note(insight.View, "01j9zk3m8v5w2q7r4t6y8u0p1a", n)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				s.Note(insight.View, "01j9zk3m8v5w2q7r4t6y8u0p1a", v)
			}
		})
	})
}
