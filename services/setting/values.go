package setting

import (
	netmail "net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
)

// Values are the settings. They are checked as a whole: whoever reads them need not check again.
type Values struct {
	Name       lang.Text `json:"name"`
	Operator   string    `json:"operator"`   // 主办: who answers for the site
	Undertaker string    `json:"undertaker"` // 承办: who runs it for them
	Phone      string    `json:"phone"`
	ICP        string    `json:"icp"`       // 沪ICP备12345678号-1
	Police     string    `json:"police"`    // 沪公网安备 31011702000000号
	SiteCode   string    `json:"site_code"` // 网站标识码 of a site of the administration: 10 digits
	Complaints string    `json:"complaints"`
	// Official says where what the site does not take is brought to, besides the line of the city; OfficialLink is the page for it.
	Official     string `json:"official"`
	OfficialLink string `json:"official_link"`
	// Languages are offered; that of record is always among them. Pages in the others keep their addresses, and nothing leads there.
	Languages []lang.Tag `json:"languages"`
	// Days are how long records are kept, see Terms; 0, of settings from before there was a choice, is the usual time.
	TrailDays    int `json:"trail_days"`
	ConsentDays  int `json:"consent_days"`
	EvidenceDays int `json:"evidence_days"`
	ReportDays   int `json:"report_days"`
	CaseDays     int `json:"case_days"`
	EnquiryDays  int `json:"enquiry_days"`
	// Office is where the pages of the district's staff answer, as ranges of addresses (203.0.113.0/24); empty: everywhere. Those of the
	// machine win over it, see New.
	Office []string `json:"office"`
	// PlanOff takes the drawn street plan off every public page, lists stay: a drawing of a quarter needs no review (地图管理条例 15), but an
	// office may want to look at it first. PlanReview is its 审图号 where it has one.
	PlanOff    bool   `json:"plan_off"`
	PlanReview string `json:"plan_review"`
	// Maps are the services that lead to a place, the first where there is room for one; never empty.
	Maps []geo.Map `json:"maps"`
	Letters
}

// Letters are how messages leave, as far as it is no secret: passwords and the servers themselves stay with the machine.
type Letters struct {
	Sender  string `json:"sender"`   // the name e-mails come from; empty: as the machine says
	From    string `json:"from"`     // the address they come from; empty: as the machine says
	ReplyTo string `json:"reply_to"` // where an answer goes; empty: to From
	Closing string `json:"closing"`  // the last line of every e-mail
	// MailOff and ShortOff close a channel that the machine has.
	MailOff  bool `json:"mail_off"`
	ShortOff bool `json:"short_off"`
}

// The limits. The least time of the trail is that of the law, see audit.Least.
const (
	MaxText    = 60 // characters of a line
	MaxClosing = 100
	MaxLink    = 300
	MaxDays    = 3650
	MaxOffice  = 30 // ranges
	// LeastDays is the least for the trail; ConsentDays has no law but the proof it is for.
	LeastDays = int(audit.Least / (24 * time.Hour))
	// LeastConsent is how long a consent that was taken back can still be asked about.
	LeastConsent = 90
)

// Term is how long records of a class are kept, as services/retention calls the class.
type Term struct {
	Class       string
	Field       string
	Days        *int // of the Values it was asked from
	Least, Most int
	Usual       int
}

// Terms are the classes whose days can be set. What is personal is kept no longer than people were told when they gave it, so its usual
// time is the longest (PRV-04); the least leaves time to look into the matter. For the trail the law has a least time.
func (v *Values) Terms() []Term {
	return []Term{
		{"evidence", "evidence_days", &v.EvidenceDays, 30, 90, 90},
		{"reports", "report_days", &v.ReportDays, 7, 30, 30},
		{"cases", "case_days", &v.CaseDays, 60, 365, 365},
		{"enquiries", "enquiry_days", &v.EnquiryDays, 30, 180, 180},
		// Three years: as long as a claim can be brought (民法典 188).
		{"consents", "consent_days", &v.ConsentDays, LeastConsent, MaxDays, 3 * 365},
		{"trail", "trail_days", &v.TrailDays, LeastDays, MaxDays, LeastDays},
	}
}

// Shorter returns the terms of v that are shorter than they were.
func (v *Values) Shorter(was *Values) []Term {
	before, out := was.Terms(), []Term{}
	for i, t := range v.Terms() {
		if *t.Days < *before[i].Days {
			out = append(out, t)
		}
	}
	return out
}

// Usual returns the settings of who has set none.
func Usual() Values { return complete(Values{}) }

// complete gives what nobody has set its usual value.
func complete(v Values) Values {
	if len(v.Languages) == 0 {
		v.Languages = slices.Clone(lang.Tags)
	}
	for _, t := range v.Terms() {
		if *t.Days == 0 {
			*t.Days = t.Usual
		}
	}
	if v.Office == nil {
		v.Office = []string{}
	}
	if len(v.Maps) == 0 {
		v.Maps = slices.Clone(geo.Services)
	}
	return v
}

func clean(v Values) Values {
	v.Name = v.Name.Clean()
	for _, x := range []*string{
		&v.Operator, &v.Undertaker, &v.Phone, &v.ICP, &v.Police, &v.SiteCode, &v.Complaints, &v.Official, &v.OfficialLink, &v.PlanReview, &v.Sender, &v.From, &v.ReplyTo, &v.Closing,
	} {
		*x = lang.Clean(*x)
	}
	offered := []lang.Tag{lang.Hans}
	for _, t := range lang.Tags {
		if t != lang.Hans && slices.Contains(v.Languages, t) {
			offered = append(offered, t)
		}
	}
	v.Languages = offered
	office := []string{}
	for _, text := range v.Office {
		if r := reach(text); r.IsValid() {
			text = r.String()
		}
		if text = lang.Clean(text); text != "" && !slices.Contains(office, text) {
			office = append(office, text)
		}
	}
	v.Office = office
	maps := []geo.Map{}
	for _, m := range v.Maps {
		if slices.Contains(geo.Services, m) && !slices.Contains(maps, m) {
			maps = append(maps, m)
		}
	}
	v.Maps = maps
	return v
}

var (
	icpForm    = regexp.MustCompile(`^\p{Han}ICP[备证][0-9A-Za-z-]{1,20}号(-\d{1,4})?$`)
	policeForm = regexp.MustCompile(`^\p{Han}公网安备\s?[0-9]{6,20}号?$`)
	codeForm   = regexp.MustCompile(`^[0-9A-Z]{10}$`)
	// reviewForm is a 审图号 as the authority writes it: who reviewed (GS, GS京, 沪S, 浙杭S), the year in one of the brackets in use, the number.
	reviewForm = regexp.MustCompile(`^(GS\p{Han}?|\p{Han}{1,3}S)(\(20\d\d\)|（20\d\d）|〔20\d\d〕|\[20\d\d\])\d{1,5}号$`)
	phoneForm  = regexp.MustCompile(`^[0-9+][0-9 +()（）转、,，/-]{4,39}$`)
)

// wrong says what cannot be.
func (v *Values) wrong() []fault.Field {
	line := lang.Limit{Max: MaxText}
	out := (lang.Limit{Max: MaxText, Must: true}).CheckText("name", v.Name)
	for _, x := range []struct{ name, text string }{
		{"operator", v.Operator},
		{"undertaker", v.Undertaker},
		{"complaints", v.Complaints},
		{"phone", v.Phone},
		{"icp", v.ICP},
		{"police", v.Police},
		{"site_code", v.SiteCode},
		{"plan_review", v.PlanReview},
		{"sender", v.Sender},
		{"from", v.From},
		{"reply_to", v.ReplyTo},
	} {
		out = append(out, line.Check(x.name, x.text)...)
	}
	out = append(out, lang.Limit{Max: MaxClosing}.Check("closing", v.Closing)...)
	out = append(out, lang.Limit{Max: MaxClosing}.Check("official", v.Official)...)
	out = append(out, lang.Limit{Max: MaxLink}.Check("official_link", v.OfficialLink)...)
	if len(out) == 0 { // only what can be read at all has a form
		for _, x := range []struct {
			text string
			ok   func(string) bool
			bad  fault.Field
		}{
			{v.Phone, phoneForm.MatchString, fault.Field{Name: "phone", Key: "setting.wrong.phone"}},
			{v.ICP, icpForm.MatchString, fault.Field{Name: "icp", Key: "setting.wrong.icp"}},
			{v.Police, policeForm.MatchString, fault.Field{Name: "police", Key: "setting.wrong.police"}},
			{v.SiteCode, codeForm.MatchString, fault.Field{Name: "site_code", Key: "setting.wrong.site_code"}},
			{v.PlanReview, reviewForm.MatchString, fault.Field{Name: "plan_review", Key: "setting.wrong.plan_review"}},
			{v.From, address, fault.Field{Name: "from", Key: "setting.wrong.address"}},
			{v.ReplyTo, address, fault.Field{Name: "reply_to", Key: "setting.wrong.address"}},
		} {
			if x.text != "" && !x.ok(x.text) {
				out = append(out, x.bad)
			}
		}
	}
	for _, t := range v.Terms() {
		if *t.Days < t.Least || *t.Days > t.Most {
			out = append(out, fault.Field{Name: t.Field, Key: "setting.wrong.days", Args: map[string]any{"Least": t.Least, "Most": t.Most}})
		}
	}
	if len(v.Maps) == 0 {
		out = append(out, fault.Field{Name: "maps", Key: "setting.wrong.maps"})
	}
	if v.MailOff && v.ShortOff {
		out = append(out, fault.Field{Name: "channels", Key: "setting.wrong.channels"}) // nobody could get a code any more
	}
	return append(out, v.wrongOffice()...)
}

func (v *Values) wrongOffice() []fault.Field {
	if len(v.Office) > MaxOffice {
		return []fault.Field{{Name: "office", Key: "setting.wrong.ranges", Args: map[string]any{"Most": MaxOffice}}}
	}
	for _, text := range v.Office {
		if r := reach(text); !r.IsValid() || r.Bits() == 0 { // everywhere is an empty list, not a slip of the pen
			return []fault.Field{{Name: "office", Key: "setting.wrong.range", Args: map[string]any{"Range": text}}}
		}
	}
	return nil
}

// reach reads a range of addresses, or one address; it is invalid where there is none.
func reach(text string) netip.Prefix {
	text = strings.TrimSpace(text)
	if r, err := netip.ParsePrefix(text); err == nil {
		return r.Masked()
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}
	}
	r, _ := a.Unmap().Prefix(a.Unmap().BitLen()) // zones are of no use here: they make an address that has no prefix
	return r
}

// Admits reports whether the staff's pages answer at an address.
func (v *Values) Admits(from netip.Addr) bool {
	return len(v.Office) == 0 || slices.ContainsFunc(v.Office, func(text string) bool { return reach(text).Contains(from) })
}

// address reports whether s is an e-mail address and nothing besides.
func address(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Address == s
}
