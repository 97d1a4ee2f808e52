package vocabulary

import (
	"slices"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/report"
	"shangquan/services/taxonomy"
)

// The lists of reasons people choose from. Their codes stand in records and never change; what they are called, and which are offered, the
// district decides.
const (
	TurnReasons   = "turn"   // why shops close or move, see listing.TurnReasons
	ReportReasons = "report" // what is wrong with a page, see report.Reasons
	LeadReasons   = "lead"   // why enquiries about units are lost, see lead.Reasons
)

// Reasons is what a district has changed of the reasons that come with the program.
type Reasons struct {
	Entries []Reason `json:"entries"`
	// Retired are those that nobody can choose any more, as list/code; records keep them.
	Retired []string `json:"retired"`
}

// Reason is a reason of the district's own, or one of the program by another name.
type Reason struct {
	List string    `json:"list"`
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
}

// programReasons are the codes of a list that come with the program; nil for what is no list. The last one is for everything else.
func programReasons(list string) []string {
	switch list {
	case TurnReasons:
		return listing.TurnReasons
	case LeadReasons:
		return lead.Reasons
	case ReportReasons:
		out := []string{}
		for _, r := range report.Reasons {
			out = append(out, string(r))
		}
		return out
	}
	return nil
}

func isReason(axis string) bool { return programReasons(axis) != nil }

// reasons returns the entries of a list in their order: what is for everything else stays last. A name that is empty is the program's.
func (e *Edition) reasons(list string) []Entry {
	codes := slices.Clone(programReasons(list))
	last, n := codes[len(codes)-1], len(codes)-1
	entry := func(id string, own bool) Entry {
		out := Entry{Axis: list, ID: id, Own: own, Retired: slices.Contains(e.Reasons.Retired, list+"/"+id)}
		for _, x := range e.Reasons.Entries {
			if x.List == list && x.ID == id {
				out.Name = x.Name
			}
		}
		return out
	}
	out := []Entry{}
	for _, id := range codes[:n] {
		out = append(out, entry(id, false))
	}
	for _, x := range e.Reasons.Entries {
		if x.List == list && !slices.Contains(codes, x.ID) {
			out = append(out, entry(x.ID, true))
		}
	}
	return append(out, entry(last, false))
}

// setReason adds a reason or gives one another name, which no other of the list may have.
func (e *Edition) setReason(x *Entry) error {
	for _, y := range e.Reasons.Entries {
		if y.List == x.Axis && y.ID != x.ID && taxonomy.Fold(y.Name.Hans) == taxonomy.Fold(x.Name.Hans) {
			return fault.Wrong("hans", "vocabulary.wrong.taken", nil)
		}
	}
	e.Reasons.Entries = put(e.Reasons.Entries, Reason{List: x.Axis, ID: x.ID, Name: x.Name}, func(y Reason) string { return y.List + "/" + y.ID })
	return nil
}

// retireReason offers a reason no more, or again. The one for everything else is always there: a form without it has no way out.
func (e *Edition) retireReason(list, id string, retired bool) error {
	codes := programReasons(list)
	if retired && id == codes[len(codes)-1] {
		return fault.New(fault.Conflict, "vocabulary.wrong.reason_last", nil)
	}
	key := list + "/" + id
	e.Reasons.Retired = slices.DeleteFunc(slices.Clone(e.Reasons.Retired), func(x string) bool { return x == key })
	if retired {
		e.Reasons.Retired = append(e.Reasons.Retired, key)
	}
	return nil
}

// restored are the reasons of an earlier edition. Those of the district's own that came since stay, retired: records have them.
func (was *Edition) restored(now *Edition) Reasons {
	out := Reasons{Entries: slices.Clone(was.Reasons.Entries), Retired: slices.Clone(was.Reasons.Retired)}
	for _, x := range now.Reasons.Entries {
		same := func(y Reason) bool { return y.List == x.List && y.ID == x.ID }
		if slices.ContainsFunc(out.Entries, same) || slices.Contains(programReasons(x.List), x.ID) {
			continue
		}
		out.Entries, out.Retired = append(out.Entries, x), append(out.Retired, x.List+"/"+x.ID)
	}
	return out
}

// Offers reports whether a reason of a list can be chosen.
func (s *Service) Offers(list, id string) bool {
	x, err := s.Entry(list, id)
	return err == nil && !x.Retired
}
