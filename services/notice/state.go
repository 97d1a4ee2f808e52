package notice

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// step is something that happens to a notice.
type step string

// The steps.
const (
	stepEdit      step = "edit"
	stepSubmit    step = "submit"
	stepApprove   step = "approve"
	stepReturn    step = "return"
	stepPublish   step = "publish"   // by a person: at once, or scheduled
	stepEmergency step = "emergency" // by a person, without approval
	stepDue       step = "due"       // by the schedule, at PublishAt
	stepWithdraw  step = "withdraw"
	stepEnd       step = "end" // by the schedule, at EndsAt
)

// may says in which states a step is possible at all. What else it takes (a second person, a time) is asked beside it.
var may = map[step][]State{
	stepEdit:      {Draft, Submitted, Approved, Scheduled, Published},
	stepSubmit:    {Draft},
	stepApprove:   {Submitted},
	stepReturn:    {Submitted, Approved, Scheduled},
	stepPublish:   {Draft, Submitted, Approved},
	stepEmergency: {Draft, Submitted, Approved},
	stepDue:       {Scheduled},
	stepWithdraw:  {Draft, Submitted, Approved, Scheduled, Published},
	stepEnd:       {Draft, Submitted, Approved, Scheduled, Published},
}

// Can reports whether the notice may be edited, submitted, approved, returned, published or withdrawn as it stands, for pages that offer
// what is possible. The service asks again.
func (n *Notice) Can(what access.Action) bool {
	switch what {
	case access.NoticeWrite:
		return n.can(stepEdit) == nil
	case access.NoticeApprove:
		return n.can(stepApprove) == nil
	case access.NoticePublish:
		return n.can(stepPublish) == nil && (!n.Content.NeedsApproval() || n.approved())
	case access.NoticeEmergency:
		return n.can(stepEmergency) == nil && n.Content.Kind == Emergency
	case access.NoticeWithdraw:
		return n.can(stepWithdraw) == nil
	case access.NoticeLedger:
		return n.Content.Audience.Shops() && n.Version() > 0
	default:
		return false
	}
}

// CanSubmit reports whether the notice may be given to a second person.
func (n *Notice) CanSubmit() bool { return n.can(stepSubmit) == nil }

func (n *Notice) can(s step) error {
	if slices.Contains(may[s], n.State) {
		return nil
	}
	return fault.New(fault.Conflict, "notice.wrong.state", fmt.Errorf("notice: %s of a %s notice", s, n.State))
}

// approved reports whether a second person approved exactly what the working copy says now.
func (n *Notice) approved() bool {
	return n.Approval != nil && n.Approval.Hash == n.Content.Hash() && !slices.Contains(n.Editors, n.Approval.AccountID)
}

// edit puts c in place of the working copy. What waited for a second person, or had one's leave, waits for one again.
func (n *Notice) edit(by access.Actor, c Content) error {
	if err := n.can(stepEdit); err != nil {
		return err
	}
	n.Content, n.Author, n.Returned = c, by.Name, nil
	if id := actor(by); !slices.Contains(n.Editors, id) {
		if len(n.Editors) >= maxEditors {
			return fault.New(fault.Conflict, "notice.wrong.editors", errors.New("notice: too many people wrote it"))
		}
		n.Editors = append(n.Editors, id)
	}
	switch {
	case n.State == Submitted && c.NeedsApproval():
	case (n.State == Approved || n.State == Scheduled) && c.NeedsApproval():
		n.State = Submitted
	default:
		n.State = Draft
	}
	n.Approval = nil
	n.due()
	return nil
}

// actor names who acts among the editors: the account, or the part of the program.
func actor(by access.Actor) string {
	if by.AccountID != "" {
		return by.AccountID
	}
	return "system:" + by.System
}

func (n *Notice) submit() error {
	if err := n.can(stepSubmit); err != nil {
		return err
	}
	n.State, n.Returned = Submitted, nil
	return nil
}

// approve gives the leave of a second person for the content with this hash.
func (n *Notice) approve(by access.Actor, hash string, now time.Time) error {
	if err := n.can(stepApprove); err != nil {
		return err
	}
	if !n.MayApprove(by.AccountID) {
		return fault.New(fault.Conflict, "notice.wrong.own", errors.New("notice: approved by who wrote it"))
	}
	if hash != n.Content.Hash() {
		return fault.New(fault.Conflict, "error.stale", errors.New("notice: approved is not what is there"))
	}
	n.State, n.Approval = Approved, &Approval{AccountID: by.AccountID, Name: by.Name, At: now, Hash: hash}
	return nil
}

// giveBack returns it to its authors.
func (n *Notice) giveBack(by access.Actor, reason string, now time.Time) error {
	if err := n.can(stepReturn); err != nil {
		return err
	}
	n.State, n.Approval, n.Returned = Draft, nil, &Returned{Name: by.Name, At: now, Reason: reason}
	n.due()
	return nil
}

// publish makes the working copy public as version v, or leaves it to the schedule while its time has not come.
func (n *Notice) publish(s step, v *Version, now time.Time) error {
	if err := n.can(s); err != nil {
		return err
	}
	c := &n.Content
	switch {
	case v.Hash != c.Hash():
		return fault.New(fault.Conflict, "error.stale", errors.New("notice: it was changed meanwhile"))
	case s == stepDue && v.Hash != n.ScheduledHash:
		return fault.New(fault.Conflict, "notice.wrong.approval", errors.New("notice: not what was scheduled"))
	case s != stepEmergency && c.NeedsApproval() && !n.approved():
		return fault.New(fault.Conflict, "notice.wrong.approval", errors.New("notice: nobody approved what it says"))
	case !c.ExpiresAt.After(now):
		return fault.Wrong("expires_at", "notice.wrong.expired", nil)
	case s == stepEmergency && c.Kind != Emergency:
		return fault.New(fault.Conflict, "notice.wrong.approval", errors.New("notice: no emergency"))
	case s == stepEmergency && !n.approved() && n.mayStand(now) != nil:
		return n.mayStand(now)
	case len(n.Versions) >= MaxVersions:
		return fault.New(fault.Conflict, "notice.wrong.versions", errors.New("notice: too many versions"))
	case v.N != n.Version()+1:
		return fault.New(fault.Conflict, "error.stale", errors.New("notice: another version came first"))
	}
	if s == stepPublish && c.PublishAt.After(now) {
		n.State, n.ScheduledHash = Scheduled, v.Hash
		n.due()
		return nil
	}
	switch {
	case s != stepEmergency || n.approved():
		n.Alone = nil
	case n.Alone == nil:
		n.Alone = &Alone{AccountID: v.By, Since: now}
	}
	n.Versions = append(n.Versions, Ref{N: v.N, Hash: v.Hash, At: now, Name: v.Name})
	n.State, n.Public, n.EndsAt, n.Editors = Published, Live, c.ExpiresAt, []string{}
	if n.PublicAt.IsZero() {
		n.PublicAt = now
	}
	n.due()
	return nil
}

func (n *Notice) withdraw(why string, now time.Time) error {
	if err := n.can(stepWithdraw); err != nil {
		return err
	}
	n.State, n.Approval, n.WithdrawnAt, n.Why = Withdrawn, nil, now, why
	if n.Public = Taken; n.Version() == 0 {
		n.Public = Never
	}
	n.due()
	return nil
}

// end ends what is public when its time is over. A correction that was not published ends with it.
func (n *Notice) end(now time.Time) error {
	if n.Public != Live || n.EndsAt.After(now) {
		return errNotDue
	}
	if err := n.can(stepEnd); err != nil {
		return err
	}
	n.State, n.Public = Ended, Over
	n.due()
	return nil
}

// errNotDue says that the schedule has nothing to do with a notice (any more).
var errNotDue = errors.New("notice: not due")

// due says when the schedule has something to do.
func (n *Notice) due() {
	n.DueAt = never
	if n.State != Scheduled {
		n.ScheduledHash = ""
	}
	if n.State == Scheduled {
		n.DueAt = n.Content.PublishAt
	}
	if n.Public == Live && n.EndsAt.Before(n.DueAt) {
		n.DueAt = n.EndsAt
	}
}
