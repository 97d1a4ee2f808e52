package webhook

import (
	"context"
	"slices"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/notice"
	"shangquan/services/store"
)

// board stands in for the stored notices: what was written waits until it is delivered.
type board struct {
	waiting []notice.Notice
	public  map[string]notice.Version
}

func (b *board) Published(_ context.Context, n *notice.Notice) (notice.Version, error) {
	v, ok := b.public[n.ID]
	if !ok {
		return v, fault.Missing()
	}
	return v, nil
}

func (b *board) Pending(context.Context, string, int) ([]notice.Notice, error) {
	return slices.Clone(b.waiting), nil
}

func (b *board) Delivered(_ context.Context, _, id string, rev int64) error {
	b.waiting = slices.DeleteFunc(b.waiting, func(n notice.Notice) bool { return n.ID == id && n.Rev == rev })
	return nil
}

func TestWhatNoticesTell(t *testing.T) {
	b := start(t)
	_, h := b.make(t, clerk, "")
	_, own := b.make(t, owner, "m")
	if err := b.Allow(t.Context(), admin, own.ID); err != nil {
		t.Fatal(err)
	}
	board := board{public: map[string]notice.Version{}}
	rev := int64(0)
	write := func(id string, everybody bool, p notice.Public, version int) {
		rev++
		n := notice.Notice{Meta: store.Meta{ID: id, Rev: rev, UpdatedAt: b.now()}, Public: p}
		n.Content.Audience.Everybody = everybody
		if version > board.public[id].N { // published as it is written; before, the public has another version
			v := notice.Version{N: version}
			v.Content.Audience.Everybody = everybody
			board.public[id] = v
		}
		board.waiting = append(board.waiting, n)
		if err := b.Notices(t.Context(), &board); err != nil {
			t.Fatal(err)
		}
		b.sendAll(t)
	}
	write("draft", true, notice.NotYet, 0)
	write("some", false, notice.Live, 1) // for some shops only
	write("some", false, notice.Over, 1)
	write("all", true, notice.Live, 1)
	write("all", true, notice.Live, 1) // a round of reminders
	write("all", true, notice.Live, 2) // corrected
	write("all", true, notice.Over, 2)
	write("taken", true, notice.Live, 1)
	write("taken", true, notice.Taken, 1)
	write("unseen", true, notice.Never, 0)
	write("edited", true, notice.Live, 1)
	write("edited", false, notice.Live, 1) // a correction is being written: the public has what it had
	write("edited", true, notice.Live, 1)
	write("edited", false, notice.Live, 2) // and published: not for everybody any more
	write("edited", true, notice.Live, 2)  // which nobody hears of while it is written
	write("edited", true, notice.Live, 3)
	want := []Type{NoticePublished, NoticePublished, NoticeEnded, NoticePublished, NoticeEnded, NoticePublished, NoticeEnded, NoticePublished}
	for _, id := range []string{h.ID, own.ID} { // a merchant hears of notices as well
		got := []Type{}
		for _, d := range slices.Backward(b.log(t, id)) {
			got = append(got, d.Type)
		}
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if !slices.Equal(got, sorted) {
			t.Errorf("%s heard %v, want %v", id, got, sorted)
		}
	}
	if len(board.waiting) > 0 {
		t.Errorf("%d notices still wait", len(board.waiting))
	}
}
