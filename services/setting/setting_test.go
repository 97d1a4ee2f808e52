package setting_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/setting"
)

var (
	admin       = access.Actor{Client: netip.MustParseAddr("203.0.113.7"), AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}
	coordinator = access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true}
)

func good() setting.Values {
	return setting.Values{
		Name: lang.Text{Hans: "中山中路商圈", En: "Zhongshan Zhonglu"}, Operator: "岳阳街道", Phone: "021-5777 0000", ICP: "沪ICP备12345678号-1",
		Police: "沪公网安备 31011702000001号", Languages: []lang.Tag{lang.Hans, lang.En}, TrailDays: 400, ConsentDays: 365,
		EvidenceDays: 90, ReportDays: 30, CaseDays: 365, EnquiryDays: 180,
		Maps: geo.Services,
	}
}

func ranges(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("203.0.113.%d", i))
	}
	return out
}

func open(t *testing.T) (*setting.Service, *audit.Log) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	return setting.New(db, log, setting.Values{Name: lang.Text{Hans: "环境里的名字"}}, now), log
}

func fields(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	names := []string{}
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	return strings.Join(names, ",")
}

func TestWhatCannotBeSet(t *testing.T) {
	s, _ := open(t)
	for name, tt := range map[string]struct {
		change func(*setting.Values)
		field  string
	}{
		"no name":               {func(v *setting.Values) { v.Name.Hans = "  " }, "name"},
		"a long name":           {func(v *setting.Values) { v.Name.En = strings.Repeat("x", 61) }, "name.en"},
		"a phone with a word":   {func(v *setting.Values) { v.Phone = "打我" }, "phone"},
		"a filing of another":   {func(v *setting.Values) { v.ICP = "备案中" }, "icp"},
		"police without number": {func(v *setting.Values) { v.Police = "沪公网安备" }, "police"},
		"a short code":          {func(v *setting.Values) { v.SiteCode = "123" }, "site_code"},
		"control characters":    {func(v *setting.Values) { v.Operator = "街\x07道" }, "operator"},
		"evidence for ever":     {func(v *setting.Values) { v.EvidenceDays = 91 }, "evidence_days"},
		"reports for a day":     {func(v *setting.Values) { v.ReportDays = 1 }, "report_days"},
		"cases for two years":   {func(v *setting.Values) { v.CaseDays = 730 }, "case_days"},
		"enquiries for a year":  {func(v *setting.Values) { v.EnquiryDays = 365 }, "enquiry_days"},
		"no range":              {func(v *setting.Values) { v.Office = []string{"203.0.113"} }, "office"},
		"everywhere by a slip":  {func(v *setting.Values) { v.Office = []string{"0.0.0.0/0"} }, "office"},
		"too many ranges":       {func(v *setting.Values) { v.Office = ranges(setting.MaxOffice + 1) }, "office"},
		"somebody else's range": {func(v *setting.Values) { v.Office = []string{"198.51.100.0/24"} }, "office"},
		"a name as address":     {func(v *setting.Values) { v.From = "商圈 <a@example.com>" }, "from"},
		"answers to nobody":     {func(v *setting.Values) { v.ReplyTo = "nobody" }, "reply_to"},
		"a header in the name":  {func(v *setting.Values) { v.Sender = "商圈\r\nBcc: b@example.com" }, "sender"},
		"a long last line":      {func(v *setting.Values) { v.Closing = strings.Repeat("x", setting.MaxClosing+1) }, "closing"},
		"a long way to go":      {func(v *setting.Values) { v.Official = strings.Repeat("x", setting.MaxClosing+1) }, "official"},
		"a long link":           {func(v *setting.Values) { v.OfficialLink = "https://" + strings.Repeat("x", setting.MaxLink) }, "official_link"},
		"no way to reach":       {func(v *setting.Values) { v.MailOff, v.ShortOff = true, true }, "channels"},
		"no map":                {func(v *setting.Values) { v.Maps = nil }, "maps"},
		"a map nobody knows":    {func(v *setting.Values) { v.Maps = []geo.Map{"gmap", geo.Scheme} }, "maps"},
		"a review of nobody":    {func(v *setting.Values) { v.PlanReview = "审图中" }, "plan_review"},
		"trail under a year":    {func(v *setting.Values) { v.TrailDays = 364 }, "trail_days"},
		"trail for ever":        {func(v *setting.Values) { v.TrailDays = 3651 }, "trail_days"},
		"two at once":           {func(v *setting.Values) { v.ICP, v.ConsentDays = "x", 1 }, "icp,consent_days"},
	} {
		v := good()
		tt.change(&v)
		if _, err := s.Put(t.Context(), admin, 0, v); fields(err) != tt.field {
			t.Errorf("%s: %v, want a fault of %s", name, err, tt.field)
		}
	}
	if got := s.Now().Name.Hans; got != "环境里的名字" {
		t.Errorf("what was refused is in force: %s", got)
	}
}

func TestWhoSets(t *testing.T) {
	s, _ := open(t)
	stale := admin
	stale.Sudo = false
	for name, by := range map[string]access.Actor{"a coordinator": coordinator, "a visitor": {}, "without a fresh check": stale} {
		if _, err := s.Put(t.Context(), by, 0, good()); err == nil {
			t.Errorf("%s changes the settings", name)
		}
		if _, err := s.Back(t.Context(), by, 0, 0); err == nil {
			t.Errorf("%s takes the settings back", name)
		}
	}
	if _, err := s.Get(t.Context(), coordinator); !fault.Is(err, fault.NotFound) {
		t.Errorf("a coordinator reads them: %v", err)
	}
}

func TestEditions(t *testing.T) {
	s, log := open(t)
	before, err := s.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v := s.Now(); v.Name.Hans != "环境里的名字" || v.TrailDays != setting.LeastDays || !slices.Equal(v.Languages, lang.Tags) {
		t.Errorf("of the environment: %+v", v)
	}
	one, err := s.Put(t.Context(), admin, 0, good())
	if err != nil {
		t.Fatal(err)
	}
	if after, err := s.Look(t.Context()); err != nil || after == before || s.Now().ICP != "沪ICP备12345678号-1" || s.Now().TrailDays != 400 {
		t.Errorf("in force: %+v, %v", s.Now(), err)
	}
	if _, err := s.Put(t.Context(), admin, 0, good()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second first edition: %v", err)
	}
	v := good()
	v.ICP = " 沪ICP备9号 "
	two, err := s.Put(t.Context(), admin, one.Rev, v)
	if err != nil || two.ICP != "沪ICP备9号" {
		t.Fatalf("%+v, %v", two, err)
	}
	if _, err := s.Put(t.Context(), admin, one.Rev, good()); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an earlier edition: %v", err)
	}
	entries, err := log.All(t.Context(), audit.Filter{Action: access.SettingEdit}, "", 10)
	if err != nil || len(entries.Items) != 2 {
		t.Fatal(entries, err)
	}
	changed := entries.Items[0].Fact.Changes
	if !slices.ContainsFunc(changed, func(x audit.Change) bool {
		return x == audit.Change{Path: "icp", Before: `"沪ICP备12345678号-1"`, After: `"沪ICP备9号"`}
	}) ||
		slices.ContainsFunc(changed, func(x audit.Change) bool { return x.Path == "earlier" && x.After != "" }) {
		t.Errorf("the trail says %+v", changed)
	}
	three, err := s.Back(t.Context(), admin, two.Rev, one.Rev)
	if err != nil || s.Now().ICP != "沪ICP备12345678号-1" || len(three.Earlier) != 2 || three.Earlier[0].Number != two.Rev {
		t.Errorf("back to the first: %+v, %v", three, err)
	}
	if _, err := s.Back(t.Context(), admin, three.Rev, 99); !fault.Is(err, fault.NotFound) {
		t.Errorf("back to one that is not there: %v", err)
	}
	if _, err := s.Back(t.Context(), admin, three.Rev, 0); err != nil || s.Now().Name.Hans != "环境里的名字" {
		t.Errorf("back to the environment: %+v, %v", s.Now(), err)
	}
}

// A review number is as the authority writes it, with the year in one of the brackets in use.
func TestReviewNumbers(t *testing.T) {
	s, _ := open(t)
	for number, want := range map[string]bool{
		"": true, "GS(2026)1234号": true, "GS（2019）1822号": true, "GS京(2022)0045号": true, "沪S(2026)012号": true, "沪S〔2026〕012号": true, "浙杭S[2026]1号": true,
		"GS(2026)1234": false, "GS(1926)1号": false, "GS(2026号": false, "GS(2026]1号": false, "S(2026)1号": false, "沪(2026)1号": false, "审图号：GS(2026)1234号": false, "GS(2026)号": false,
	} {
		v := good()
		v.PlanReview = number
		if got := s.Check(admin, v) == nil; got != want {
			t.Errorf("%q may stand beneath the plan: %v, want %v", number, got, want)
		}
	}
}

// Of maps there is always one; settings from before there was a choice have all of them.
func TestMaps(t *testing.T) {
	s, _ := open(t)
	if got := s.Now().Maps; !slices.Equal(got, geo.Services) {
		t.Errorf("of the environment: %v", got)
	}
	v := good()
	v.Maps = []geo.Map{geo.Baidu, geo.Amap, geo.Baidu}
	if set, err := s.Put(t.Context(), admin, 0, v); err != nil || !slices.Equal(set.Maps, []geo.Map{geo.Baidu, geo.Amap}) {
		t.Errorf("%v, %v", set.Maps, err)
	}
}

// Ranges of the office are kept as one writes them, and nobody shuts themselves out, not by going back either.
func TestOffice(t *testing.T) {
	s, _ := open(t)
	v := good()
	v.Office = []string{" 203.0.113.9/24 ", "203.0.113.0/24", "198.51.100.7", ""}
	one, err := s.Put(t.Context(), admin, 0, v)
	if err != nil || !slices.Equal(one.Office, []string{"203.0.113.0/24", "198.51.100.7/32"}) {
		t.Fatalf("%q, %v", one.Office, err)
	}
	now := s.Now()
	for addr, want := range map[string]bool{"203.0.113.200": true, "198.51.100.7": true, "198.51.100.8": false, "2001:db8::1": false} {
		if got := now.Admits(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s gets in: %v", addr, got)
		}
	}
	moved := admin
	moved.Client = netip.MustParseAddr("192.0.2.1")
	v.Office = []string{"192.0.2.0/24"}
	two, err := s.Put(t.Context(), moved, one.Rev, v)
	if err != nil {
		t.Fatal(err)
	}
	three, err := s.Back(t.Context(), moved, two.Rev, one.Rev)
	if err != nil || !slices.Equal(three.Office, v.Office) {
		t.Errorf("back shuts out who goes back: %q, %v", three.Office, err)
	}
	if four, err := s.Back(t.Context(), admin, three.Rev, one.Rev); err != nil || !slices.Equal(four.Office, one.Office) {
		t.Errorf("back to a range one is in: %q, %v", four.Office, err)
	}
}

// Ranges that the machine names win over what is sent and what was stored.
func TestOfficeOfTheMachine(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	s := setting.New(db, log, setting.Values{Name: lang.Text{Hans: "环境里的名字"}, Office: []string{"198.51.100.0/24"}}, now)
	v := good()
	v.Office = []string{"203.0.113.0/24"}
	set, err := s.Put(t.Context(), admin, 0, v)
	if err != nil || !s.Fixed() {
		t.Fatal(err, s.Fixed())
	}
	read, err := s.Get(t.Context(), admin)
	for name, office := range map[string][]string{"put": set.Office, "now": s.Now().Office, "read": read.Office} {
		if err != nil || !slices.Equal(office, []string{"198.51.100.0/24"}) {
			t.Errorf("%s: %q, %v", name, office, err)
		}
	}
}

// Going back never makes records go earlier; only who sets a shorter term does.
func TestBackKeepsTheLongerTerms(t *testing.T) {
	s, _ := open(t)
	v := good()
	v.ReportDays, v.TrailDays = 10, 365
	one, err := s.Put(t.Context(), admin, 0, v)
	if err != nil {
		t.Fatal(err)
	}
	long := good()
	if got := v.Shorter(&long); len(got) != 2 || got[0].Class != "reports" || *got[0].Days != 10 || got[1].Class != "trail" {
		t.Errorf("shorter: %+v", got)
	}
	if got := long.Shorter(&v); len(got) != 0 {
		t.Errorf("longer is no shorter: %+v", got)
	}
	two, err := s.Put(t.Context(), admin, one.Rev, long)
	if err != nil {
		t.Fatal(err)
	}
	if three, err := s.Back(t.Context(), admin, two.Rev, one.Rev); err != nil || three.ReportDays != 30 || three.TrailDays != 400 {
		t.Errorf("back: %+v, %v", three.Values, err)
	}
}
