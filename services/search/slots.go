package search

import (
	"math/bits"
	"time"
)

// SlotCount is the number of half-hours in a week. Slot 0 begins Monday 00:00, local time.
const SlotCount = 336

// Slots is the set of half-hours of the week at whose start a shop is open.
type Slots [6]uint64

// Add adds a slot; slots outside 0..335 wrap around the week.
func (s *Slots) Add(slot int) {
	slot = ((slot % SlotCount) + SlotCount) % SlotCount
	s[slot>>6] |= 1 << (slot & 63)
}

// AddSpan adds the slots that begin in [openMin, closeMin), minutes after midnight of weekday (0 = Monday). Hours past
// midnight run into the next day, Sunday's into Monday.
func (s *Slots) AddSpan(weekday, openMin, closeMin int) {
	for slot := (openMin + 29) / 30; slot*30 < closeMin && slot < (openMin+29)/30+SlotCount; slot++ {
		s.Add(weekday*48 + slot)
	}
}

// Has reports whether slot is in the set.
func (s *Slots) Has(slot int) bool {
	return slot >= 0 && slot < SlotCount && s[slot>>6]&(1<<(slot&63)) != 0
}

// List returns the slots in order, never nil.
func (s *Slots) List() []int {
	out := make([]int, 0, 96)
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			out = append(out, w<<6+bits.TrailingZeros64(word))
		}
	}
	return out
}

// SlotAt returns the slot t lies in, by t's own zone.
func SlotAt(t time.Time) int {
	return (int(t.Weekday())+6)%7*48 + t.Hour()*2 + t.Minute()/30
}
