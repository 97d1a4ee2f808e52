package assembly

import (
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// Gate keeps what is written apart from what the public reads. A second person lets exactly one content through; what was public stays
// until the next one is.
type Gate[T any] struct {
	Draft   T        `json:"draft"`
	Authors []string `json:"authors"` // accounts that wrote the draft
	// Asked is the hash that waits for the second person; empty: none waits.
	Asked  string `json:"asked"`
	Reason string `json:"reason,omitempty"` // why it was given back
	Public *T     `json:"public,omitempty"`
	// PublicAt is when Public was let through, and By who did it.
	PublicAt time.Time `json:"public_at,omitzero"`
	By       string    `json:"by,omitempty"`
}

// Hash identifies the draft.
func (g *Gate[T]) Hash() string { return hashOf(g.Draft) }

// Ahead reports whether the draft says something else than the public page.
func (g *Gate[T]) Ahead() bool { return g.Public == nil || hashOf(*g.Public) != g.Hash() }

// Edit puts x in place of the draft. What waited does not wait any more.
func (g *Gate[T]) Edit(by access.Actor, x T) {
	if !g.Ahead() {
		g.Authors = nil // what they wrote is public
	}
	g.Draft, g.Asked, g.Reason = x, "", ""
	if who := by.Who(); !slices.Contains(g.Authors, who) {
		g.Authors = append(slices.Clone(g.Authors), who)
	}
}

// Submit hands the draft to a second person: fault.Conflict where it waits already or says nothing new.
func (g *Gate[T]) Submit() error {
	if g.Asked != "" || !g.Ahead() {
		return cannot("assembly.wrong.state", "nothing new to approve")
	}
	g.Asked, g.Reason = g.Hash(), ""
	return nil
}

// Approve lets through what has this hash: fault.Conflict for who wrote it, and for anything but what waits.
func (g *Gate[T]) Approve(by access.Actor, hash string, now time.Time) error {
	switch {
	case g.Asked == "":
		return cannot("assembly.wrong.state", "nothing waits")
	case g.Asked != hash || g.Hash() != hash:
		return fault.New(fault.Conflict, "error.stale", errors.New("assembly: it says something else by now"))
	case slices.Contains(g.Authors, by.Who()):
		return cannot("assembly.wrong.own", "approved by an author")
	}
	x := g.Draft
	g.Public, g.PublicAt, g.By, g.Asked = &x, now.UTC().Truncate(time.Millisecond), by.Who(), ""
	return nil
}

// GiveBack returns what waits to who wrote it, with a reason: fault.Conflict where nothing waits.
func (g *Gate[T]) GiveBack(reason string) error {
	if g.Asked == "" {
		return cannot("assembly.wrong.state", "nothing waits")
	}
	g.Asked, g.Reason = "", reason
	return nil
}

// Withdraw takes the public page away; the draft stays.
func (g *Gate[T]) Withdraw() error {
	if g.Public == nil {
		return cannot("assembly.wrong.state", "nothing is public")
	}
	g.Public, g.Asked = nil, ""
	return nil
}
