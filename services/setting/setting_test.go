package setting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/setting"
)

var (
	admin       = access.Actor{AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}
	coordinator = access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true}
)

func good() setting.Values {
	return setting.Values{
		Name: lang.Text{Hans: "中山中路商圈", En: "Zhongshan Zhonglu"}, Operator: "岳阳街道", Phone: "021-5777 0000", ICP: "沪ICP备12345678号-1",
		Police: "沪公网安备 31011702000001号", Languages: []lang.Tag{lang.Hans, lang.En}, TrailDays: 400, ConsentDays: 365,
	}
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
