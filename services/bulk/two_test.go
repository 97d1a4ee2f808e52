package bulk_test

import (
	"sync"
	"testing"

	"shangquan/services/access"
	"shangquan/services/bulk"
	"shangquan/services/countersign"
	"shangquan/services/listing"
)

// Batches at the same moment take down no more than one person may: each is done, or waits for a second person.
func TestAFewAtTheSameMoment(t *testing.T) {
	b, ctx := open(t), t.Context()
	const batches, each = 4, 3
	codes := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"}
	ids := b.enter(t, codes...)
	plans := make([]bulk.Batch, batches)
	for i := range plans {
		var err error
		if plans[i], err = b.Plan(ctx, first, ids[i*each:(i+1)*each], bulk.Change{Field: bulk.State, Move: listing.Suspend}); err != nil {
			t.Fatal(err)
		}
	}
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range plans {
		all.Go(func() {
			<-begin
			if p, err := b.Apply(ctx, first, plans[i].ID, plans[i].Rev, ""); err != nil || p.Stage != bulk.Applied && p.Stage != bulk.Signing {
				t.Errorf("batch %d: %s, %v", i, p.Stage, err)
			}
		})
	}
	close(begin)
	all.Wait()
	down := 0
	for _, id := range ids {
		if l := b.shop(t, id); l.State == listing.Suspended {
			down++
		}
	}
	if down > bulk.Few {
		t.Errorf("one person took down %d shops", down)
	}
}

// A batch that is about to be applied counts for who applies it, until it is put before a second person or ends unapplied.
func TestAnotherIsAboutToBeApplied(t *testing.T) {
	for name, x := range map[string]struct {
		change func(t *testing.T, b *bench, other *bulk.Batch)
		by     access.Actor
		stage  bulk.Stage
	}{
		"about to be":                {func(*testing.T, *bench, *bulk.Batch) {}, first, bulk.Signing},
		"by somebody else":           {func(*testing.T, *bench, *bulk.Batch) {}, second, bulk.Applied},
		"put before a second person": {func(_ *testing.T, _ *bench, other *bulk.Batch) { other.Stage = bulk.Signing }, first, bulk.Applied},
		"left by a crash, and over":  {func(_ *testing.T, b *bench, other *bulk.Batch) { other.Until = b.now() }, first, bulk.Applied},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			ids := b.enter(t, "A", "B", "C", "D", "E", "F")
			plan := func(ids []string) bulk.Batch {
				p, err := b.Plan(ctx, first, ids, bulk.Change{Field: bulk.State, Move: listing.Suspend})
				if err != nil {
					t.Fatal(err)
				}
				return p
			}
			other, p := plan(ids[:bulk.Few]), plan(ids[bulk.Few:])
			if _, err := b.docs.Update(ctx, other.ID, other.Rev, func(d *bulk.Batch) error {
				d.Counted, d.By = true, countersign.Person{Account: first.AccountID}
				x.change(t, b, d)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if p, err := b.Apply(ctx, x.by, p.ID, p.Rev, ""); err != nil || p.Stage != x.stage {
				t.Errorf("%s, %v", p.Stage, err)
			}
		})
	}
}
