package outlink_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/notice"
	"shangquan/services/outlink"
)

var (
	admin = access.Actor{AccountID: "admin", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}
	clerk = access.Actor{AccountID: "clerk", Name: "专员", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true}
)

func clock() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC) }

func links(h notice.Hosts, address string) bool {
	return len(notice.Links("["+"x"+"]("+address+")", h)) == 1
}

func TestWhatIsAHost(t *testing.T) {
	for typed, want := range map[string]string{
		"gov.cn": "gov.cn", "政务": "政务", " WWW.Songjiang.gov.cn ": "www.songjiang.gov.cn", "https://www.12345.sh.cn/a?b=1": "www.12345.sh.cn", "*.example.com": "example.com",
		"松江商圈.中国": "松江商圈.中国", "xn--zfr164b": "政务", "a.github.io": "a.github.io",
		"com": "", "cn": "", "com.cn": "", "co.uk": "", "github.io": "", "公司": "", "127.0.0.1": "", "::1": "", "localhost": "", "printer": "", "printer.local": "", "gov.cn/x": "", "a@gov.cn": "",
		"https://gov.cn@evil.example": "", "a b.cn": "", "gov.cn:443": "", strings.Repeat("a", 64) + ".cn": "", "javascript:alert(1)": "", "/": "",
	} {
		db, log, _ := audittest.Open(t, clock)
		s := outlink.New(outlink.Deps{DB: db, Log: log})
		h, err := s.Set(t.Context(), admin, 0, []string{typed})
		if want == "" {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q is taken: %v %v", typed, h.Names, err)
			}
			continue
		}
		if err != nil || !slices.Equal(h.Names, []string{want}) {
			t.Errorf("%q: %v %v, want %s", typed, h.Names, err, want)
		}
	}
}

// Before anybody wrote any, the hosts of the setting hold; what an administrator writes holds at once, on every server.
func TestHosts(t *testing.T) {
	ctx := t.Context()
	db, log, _ := audittest.Open(t, clock)
	d := outlink.Deps{DB: db, Log: log, Setting: notice.DefaultHosts}
	s, other := outlink.New(d), outlink.New(d)
	const gov, shop = "https://www.songjiang.gov.cn/", "https://www.example.com/x"
	if h := s.Allowed(ctx); !links(h, gov) || links(h, shop) {
		t.Error("the setting does not hold")
	}
	h, err := s.Get(ctx, clerk)
	if err != nil || h.Rev != 0 || !slices.Equal(h.Names, notice.DefaultHosts) {
		t.Fatal(h, err)
	}
	for name, c := range map[string]struct {
		by    access.Actor
		rev   int64
		typed []string
		want  fault.Kind
	}{
		"a coordinator":  {clerk, 0, []string{"a.cn"}, fault.NotFound},
		"nobody":         {access.Actor{}, 0, nil, fault.Unauthenticated},
		"no fresh check": {access.Actor{AccountID: "admin", Roles: admin.Roles, TwoFactor: true}, 0, nil, fault.Forbidden},
		"too many":       {admin, 0, many(), fault.Invalid},
		"never shown":    {admin, 3, []string{"a.cn"}, fault.NotFound},
	} {
		if _, err := s.Set(ctx, c.by, c.rev, c.typed); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Get(ctx, access.Actor{AccountID: "o"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("read by a stranger: %v", err)
	}
	h, err = s.Set(ctx, admin, 0, []string{"", "example.com", "example.com"})
	if err != nil || !slices.Equal(h.Names, []string{"example.com"}) {
		t.Fatal(h, err)
	}
	for _, s := range []*outlink.Service{s, other} {
		if h := s.Allowed(ctx); links(h, gov) || !links(h, shop) {
			t.Error("what was written does not hold")
		}
	}
	for _, rev := range []int64{0, h.Rev + 1} {
		if _, err := other.Set(ctx, admin, rev, []string{"b.cn"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("written over what was not seen (%d): %v", rev, err)
		}
	}
	if _, err := other.Set(ctx, admin, h.Rev, nil); err != nil || links(s.Allowed(ctx), shop) {
		t.Errorf("none at all: %v", err)
	}
}

func many() []string {
	out := []string{}
	for i := range outlink.MaxHosts + 1 {
		out = append(out, "a"+string(rune('a'+i/26))+string(rune('a'+i%26))+".cn")
	}
	return out
}
