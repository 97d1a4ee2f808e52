// Package lead keeps what the district's business team does for shops to be and shops that are: enquiries about units on offer 意向, step by
// step until they are matched or lost, and visits to shops 走访 with what was promised there. Who enquires is sealed, read by the team
// alone, and forgotten when nobody has gone on with it for a while.
package lead

import (
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// KindEnquiry is what the trail, the ledger of consents and questions of permission call an enquiry.
const KindEnquiry = "enquiry"

// State is how far an enquiry is.
type State string

// The states: new → contacted → viewing → proposal → matched, and lost from each before the last.
const (
	New       State = "new"
	Contacted State = "contacted"
	Viewing   State = "viewing"
	Proposal  State = "proposal"
	Matched   State = "matched"
	Lost      State = "lost"
)

// States lists the states in order.
var States = []State{New, Contacted, Viewing, Proposal, Matched, Lost}

// steps says where each state leads.
var steps = map[State][]State{
	New:       {Contacted, Lost},
	Contacted: {Viewing, Lost},
	Viewing:   {Proposal, Lost},
	Proposal:  {Matched, Lost},
}

// The reasons that the program itself gives.
const (
	ReasonSilent   = "silent"   // nobody has gone on with it
	ReasonWithdrew = "withdrew" // who enquired took it back
	ReasonElse     = "else"     // asks for a note
)

// Reasons are why enquiries are lost, as they come with the program; the last one is for everything else. What the district adds and offers
// no more the service is told by Deps.Offers.
var Reasons = []string{"price", "size", "place", "trade", "works", "elsewhere", ReasonWithdrew, ReasonSilent, ReasonElse}

// Limits. Texts are in characters.
const (
	MaxBusiness = 40
	MaxContact  = 60
	MaxWants    = 300
	MaxNote     = 200
	// Keep is how many days after its last step who enquired is forgotten at the latest.
	Keep = 180
	// AgreedWords is the version of the words beside the tick of the form, see services/consent/words.toml.
	AgreedWords = 1
)

// Enquiry is somebody's interest in a unit on offer.
type Enquiry struct {
	store.Meta
	audit.Trail
	CardID string `json:"card_id"`
	Unit   string `json:"unit"` // its number, as the trail calls it
	State  State  `json:"state"`
	// Sealed is Asker: personal. Empty once it is forgotten.
	Sealed string `json:"sealed"`
	// Consent is the leave to keep it; nil once it is forgotten.
	Consent *Consent `json:"consent,omitempty"`
	Steps   []Step   `json:"steps"`
	Reason  string   `json:"reason,omitempty"` // of lost, one of Reasons or of the district's own
	EraseOn string   `json:"erase_on"`         // "" once it is forgotten
}

// Asker is who enquires, and what they want. Personal; purpose: to answer; retention: Keep days after the last step.
type Asker struct {
	Business string `json:"business"`
	Contact  string `json:"contact"`
	Wants    string `json:"wants"`
}

// Consent is when somebody agreed to which version of the words.
type Consent struct {
	At    time.Time `json:"at"`
	Words int       `json:"words"`
}

// Step is one step by somebody of the team.
type Step struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"` // account; empty for the program
	Name string    `json:"name"`
	To   State     `json:"to"`
	Note string    `json:"note,omitempty"` // erased with the rest
}

// Ended reports whether nothing comes after the state.
func (e *Enquiry) Ended() bool { return len(steps[e.State]) == 0 }

// Next lists the states the enquiry can be brought to.
func (e *Enquiry) Next() []State { return slices.Clone(steps[e.State]) }

// Forgotten reports whether nobody knows any more who enquired.
func (e *Enquiry) Forgotten() bool { return e.Sealed == "" }

// forget erases who enquired. What is not ended by then is lost for a reason.
func (e *Enquiry) forget(reason string, by access.Actor, now time.Time) {
	if !e.Ended() {
		e.move(Lost, by, "", now)
		e.Reason = reason
	}
	for i := range e.Steps {
		e.Steps[i].Note = ""
	}
	e.Sealed, e.Consent, e.EraseOn = "", nil, ""
}

func (e *Enquiry) move(to State, by access.Actor, note string, now time.Time) {
	e.State = to
	e.Steps = append(e.Steps, Step{At: now.UTC().Truncate(time.Millisecond), By: by.AccountID, Name: by.Name, To: to, Note: note})
	e.EraseOn = now.AddDate(0, 0, Keep).Format(time.DateOnly)
}

// read brings what somebody typed into its stored form, and says what is wrong with it.
func (a *Asker) read() []fault.Field {
	a.Business, a.Contact, a.Wants = lang.Clean(a.Business), lang.Clean(a.Contact), lang.Clean(a.Wants)
	wrong := lang.Limit{Max: MaxBusiness, Must: true}.Check("business", a.Business)
	contact := lang.Limit{Max: MaxContact, Must: true}.Check("contact", a.Contact)
	if len(contact) == 0 && !reachable(a.Contact) {
		contact = []fault.Field{{Name: "contact", Key: "lead.wrong.contact"}}
	}
	wrong = append(wrong, contact...)
	return append(wrong, lang.Limit{Max: MaxWants, Must: true, Prose: true}.Check("wants", a.Wants)...)
}

// reachable reports whether s is one telephone number or one address of e-mail.
func reachable(s string) bool {
	if _, err := account.ParseContact(s); err == nil {
		return true
	}
	numbers, err := phone.Parse(s)
	return err == nil && len(numbers) == 1
}
