package vacancy

import (
	"slices"
	"strings"
	"time"

	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/taxonomy"
)

// read brings what somebody typed into its stored form: fault.Invalid names the fields. was is the card as it is stored, empty for a new one.
func (c *Card) read(was *Card, words *taxonomy.Table, now time.Time) error {
	c.Note, c.DeskName = c.Note.Clean(), c.DeskName.Clean()
	c.DeskPhone, c.DeskEmail = lang.Clean(c.DeskPhone), lang.Clean(c.DeskEmail)
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	if !(c.FrontageM >= 0 && c.FrontageM <= maxFrontage) { // NaN is neither
		bad("frontage_m", "error.number")
	}
	if c.PowerKW < 0 || c.PowerKW > maxPower {
		bad("power_kw", "error.number")
	}
	if !slices.Contains(Fits, c.Gas) {
		bad("gas", "error.choice")
	}
	if !slices.Contains(Fits, c.Exhaust) {
		bad("exhaust", "error.choice")
	}
	day, err := time.Parse(time.DateOnly, c.AvailableFrom)
	if c.AvailableFrom != "" && c.AvailableFrom != was.AvailableFrom && (err != nil || day.After(now.AddDate(mostYears, 0, 0))) {
		bad("available_from", "error.date")
	}
	wrong = append(wrong, c.readFormats(was, words)...)
	wrong = append(wrong, lang.Limit{Max: MaxNote, Prose: true}.CheckText("note", c.Note)...)
	wrong = append(wrong, phone.NoMobile("note", c.Note.All()...)...)
	return fault.Wrongs(append(wrong, c.readDesk()...))
}

func (c *Card) readFormats(was *Card, words *taxonomy.Table) []fault.Field {
	ids := slices.DeleteFunc(slices.Clone(c.FormatIDs), func(id string) bool { return id == "" })
	slices.Sort(ids)
	c.FormatIDs = append([]string{}, slices.Compact(ids)...)
	if len(c.FormatIDs) > maxFormats {
		return []fault.Field{{Name: "formats", Key: "error.list.long", Args: map[string]any{"Max": maxFormats}}}
	}
	// What the district has stopped offering since stays with a card that has it.
	if slices.ContainsFunc(c.FormatIDs, func(id string) bool { return !words.Offered("format", id) && !slices.Contains(was.FormatIDs, id) }) {
		return []fault.Field{{Name: "formats", Key: "error.choice"}}
	}
	return nil
}

// readDesk asks for a desk with a number or an address that is no person's.
func (c *Card) readDesk() []fault.Field {
	wrong := lang.Limit{Max: MaxDesk, Must: true}.CheckText("desk_name", c.DeskName)
	wrong = append(wrong, phone.NoMobile("desk_name", c.DeskName.All()...)...)
	if c.DeskPhone == "" && c.DeskEmail == "" {
		return append(wrong, fault.Field{Name: "desk_phone", Key: "vacancy.wrong.no_contact"})
	}
	if c.DeskPhone != "" {
		numbers, err := phone.Parse(c.DeskPhone)
		switch {
		case err != nil || len(numbers) != 1 || len(c.DeskPhone) > MaxContact:
			wrong = append(wrong, fault.Field{Name: "desk_phone", Key: "vacancy.wrong.phone"})
		case numbers[0].Kind == phone.Mobile:
			wrong = append(wrong, fault.Field{Name: "desk_phone", Key: "vacancy.wrong.mobile"})
		}
	}
	if c.DeskEmail != "" {
		if _, err := account.ParseContact(c.DeskEmail); err != nil || !strings.Contains(c.DeskEmail, "@") || len(c.DeskEmail) > MaxContact {
			wrong = append(wrong, fault.Field{Name: "desk_email", Key: "vacancy.wrong.email"})
		}
		for _, f := range phone.NoMobile("desk_email", c.DeskEmail) {
			wrong = append(wrong, fault.Field{Name: f.Name, Key: "vacancy.wrong.mobile"})
		}
	}
	return wrong
}

// content is what a form says of a card.
func (c *Card) content() Card {
	return Card{
		FrontageM: c.FrontageM, PowerKW: c.PowerKW, Gas: c.Gas, Exhaust: c.Exhaust, FormatIDs: c.FormatIDs, AvailableFrom: c.AvailableFrom,
		Note: c.Note, DeskName: c.DeskName, DeskPhone: c.DeskPhone, DeskEmail: c.DeskEmail,
	}
}
