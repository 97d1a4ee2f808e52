package directory

import (
	"context"

	"shangquan/services/listing"
	"shangquan/services/vocabulary"
)

// Uses counts the listings of every state but archived by what they are filed under.
func (s *Service) Uses(ctx context.Context) (vocabulary.Uses, error) {
	out := vocabulary.Uses{Categories: map[string]int{}, Formats: map[string]int{}, Tags: map[string]int{}}
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return out, err
	}
	for i := range st.snap.shops {
		l := st.snap.shops[i].Listing
		if l.State == listing.Archived {
			continue
		}
		out.Categories[l.CategoryID]++
		out.Formats[l.FormatID]++
		for _, id := range l.TagIDs {
			out.Tags[id]++
		}
	}
	return out, nil
}
