package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/listing"
)

// changedFields names the fields of a change: 改了店名、地址.
func changedFields(p *speaker, paths []string) string {
	words := make([]string, len(paths))
	for i, path := range paths {
		if words[i] = p.say("fact.week"); path != "hours" {
			words[i] = proposedWords(p, path)
		}
	}
	return p.say("desk.changes", "Fields", strings.Join(words, p.say("empty.and")))
}

// onPage leaves of what differs between two versions of a listing what its page says, and not what the desk keeps beside it.
func onPage(list []listing.FieldDiff) []listing.FieldDiff {
	out := []listing.FieldDiff{}
	for _, d := range list {
		switch d.Path {
		case "proposal", "returned", "confirmed", "merchant_id", "plaza_may":
		default:
			out = append(out, d)
		}
	}
	return out
}

// listingFacts are everything a listing says, for somebody who checks it.
func (s *Site) listingFacts(c *fiber.Ctx, p *speaker, l *listing.Listing) []ui.Fact {
	out := []ui.Fact{}
	for _, d := range onPage(listing.Diff(listing.Listing{}, *l)) {
		if d.Path == "state" || d.Path == "hours.known" {
			continue // the page of the case has said so already
		}
		if label, _, after := s.diffWords(c, p, d); label != "" {
			out = fact(out, label, after)
		}
	}
	return out
}
