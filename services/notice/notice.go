// Package notice holds what the district tells: a notice 公告 goes to an audience of shops, or to everybody, for a time; it is approved
// by a second person where it stands on the home page, kept in every version that was public, and asked back from the shops in a
// ledger that says who has confirmed it.
//
// A notice is the working copy and what became of it. What was published is a Version, which never changes; the public reads versions
// only, from a Board in memory.
package notice

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/store"
)

// State is where the working copy of a notice stands.
type State string

// The states: draft → submitted → approved → scheduled → published → ended or withdrawn. A correction of a published notice begins at
// draft again while the public goes on reading the version before; see Notice.Public.
const (
	Draft     State = "draft"
	Submitted State = "submitted" // waits for a second person
	Approved  State = "approved"
	Scheduled State = "scheduled" // becomes public by itself at Content.PublishAt
	Published State = "published" // the working copy is what the public reads
	Ended     State = "ended"     // its time is over; final
	Withdrawn State = "withdrawn" // taken back; final
)

// States lists the states in the order a notice passes through them.
var States = []State{Draft, Submitted, Approved, Scheduled, Published, Ended, Withdrawn}

// Public is what the public has of a notice.
type Public string

// What the public has. Of a withdrawn notice only that it was withdrawn, and nothing of one that never was public.
const (
	NotYet Public = ""
	Live   Public = "live"
	Over   Public = "over"   // ended: shown as such
	Taken  Public = "gone"   // withdrawn after it was public
	Never  Public = "unseen" // withdrawn before anybody saw it
)

// Notice is a notice 公告.
type Notice struct {
	store.Meta
	audit.Trail
	// Content is the working copy; while State is Published it is what the public reads.
	Content Content `json:"content"`
	State   State   `json:"state"`
	Public  Public  `json:"public"`
	// Editors are the accounts that wrote the working copy since the last publication; none of them approves it.
	Editors []string `json:"editors"`
	// Author is who wrote last, by the name colleagues use.
	Author string `json:"author"`
	// Approval is the leave of a second person, for exactly one content; nil before.
	Approval *Approval `json:"approval,omitempty"`
	// Alone says who made it public without a second person; nil when what is public was approved, or did not have to be.
	Alone *Alone `json:"alone,omitempty"`
	// ScheduledHash is Content.Hash of what the schedule publishes; empty while it has nothing to publish.
	ScheduledHash string `json:"scheduled_hash"`
	// Returned says why it was given back to its authors; nil when it was not, or they have changed it since.
	Returned *Returned `json:"returned,omitempty"`
	// Versions are the versions that were public, the oldest first; the last one is the one that is, or was. See Service.Versions.
	Versions []Ref `json:"versions"`
	// PublicAt is when the first version became public; zero before. EndsAt is when the one that is public ends by itself.
	PublicAt time.Time `json:"public_at"`
	EndsAt   time.Time `json:"ends_at"`
	// DueAt is when the schedule has something to do: publish, or end; far away when it has not.
	DueAt time.Time `json:"due_at"`
	// WithdrawnAt and Why say when and why it was taken back.
	WithdrawnAt time.Time `json:"withdrawn_at"`
	Why         string    `json:"why"`
	// RolledFor is the version whose audience has its rows in the ledger.
	RolledFor int `json:"rolled_for"`
	// RoundAt is when somebody last asked for a round of reminders.
	RoundAt time.Time `json:"round_at"`
}

// Approval is the leave to publish one content.
type Approval struct {
	AccountID string    `json:"account_id"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Hash      string    `json:"hash"` // Content.Hash of what was approved
}

// Returned is why a submitted notice was given back.
type Returned struct {
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Ref names one published version.
type Ref struct {
	N    int       `json:"n"` // from 1
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
	Name string    `json:"name"` // who published it
}

// Version is one published version of a notice. Once written it never changes: its id is made of what it says.
type Version struct {
	store.Meta
	NoticeID string    `json:"notice_id"`
	N        int       `json:"n"`
	Hash     string    `json:"hash"` // Content.Hash
	Content  Content   `json:"content"`
	At       time.Time `json:"at"`
	By       string    `json:"by"` // account, or the part of the program
	Name     string    `json:"name"`
	Approved string    `json:"approved"` // who approved it, by name; empty where nobody had to
}

// Kind of notices in the trail and in questions of permission.
const kind = "notice"

// Limits of what is kept.
const (
	// MaxVersions is how many versions of one notice become public; who needs more writes a new notice.
	MaxVersions = 50
	maxEditors  = 20
)

// never is later than any time something is due.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Current returns the reference of the version that is public, or was last; false when none ever was.
func (n *Notice) Current() (Ref, bool) {
	if len(n.Versions) == 0 {
		return Ref{}, false
	}
	return n.Versions[len(n.Versions)-1], true
}

// Version returns the number of the version that is public, or was last; 0 when none ever was.
func (n *Notice) Version() int {
	r, _ := n.Current()
	return r.N
}

// MayApprove reports whether an account may approve the working copy: somebody who did not write it.
func (n *Notice) MayApprove(accountID string) bool {
	return accountID != "" && !slices.Contains(n.Editors, accountID)
}
