package report

import (
	"context"
	"errors"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
)

// TestTooLateToJoin: what was answered between looking and joining is not added to; the report begins anew.
func TestTooLateToJoin(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC) }
	db, log, ring := audittest.Open(t, now)
	shops := func(_ context.Context, id string) (access.Thing, bool, error) {
		return access.Thing{ListingID: id}, true, nil
	}
	s := New(db, log, ring, shops, now)
	if _, err := s.Send(t.Context(), access.Actor{}, Message{ListingID: "a", Reason: Hours}); err != nil {
		t.Fatal(err)
	}
	was, err := s.coll.GetBy(t.Context(), "open", "a hours")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Answer(t.Context(), access.System("test"), was.ID, was.Rev, Done, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.join(t.Context(), access.Actor{}, was, "somebody", "note", ""); !errors.Is(err, errAgain) {
		t.Errorf("joined what is answered: %v", err)
	}
	if is, err := s.coll.Get(t.Context(), was.ID); err != nil || is.Count != 1 || len(is.Notes) != 0 {
		t.Errorf("%+v, %v", is, err)
	}
}
