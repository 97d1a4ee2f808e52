package webhook

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"shangquan/services/fault"
	"shangquan/services/mail"
)

// letter tells the maker of a webhook that it broke. One address that takes the letter is enough; a maker who is gone, or whom no
// address reaches, is no error: nothing may wait for that for ever.
func (s *Service) letter(ctx context.Context, h *hook) error {
	to, l, err := s.Reach(ctx, h.MakerID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	reached := false
	var passing []error
	for i, x := range to {
		err := s.Mail.Send(ctx, mail.Message{
			To: x, Kind: "webhook_broken", Lang: l, Key: "webhook." + h.ID + "." + strconv.FormatInt(h.Rev, 10) + "." + strconv.Itoa(i),
			Args: map[string]any{"Site": s.Site, "Name": h.Name},
		})
		switch {
		case err == nil:
			reached = true
		case fault.Is(err, fault.Unavailable):
			passing = append(passing, err)
		default:
			slog.WarnContext(ctx, "a letter about a webhook cannot leave", "webhook", h.ID, "error", err)
		}
	}
	if reached {
		return nil
	}
	return errors.Join(passing...)
}
