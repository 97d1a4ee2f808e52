package consent

import "context"

// Rewind forgets how far the trail was read, as a crash may.
func (s *Service) Rewind(ctx context.Context) error {
	_, err := s.cursor.Update(ctx, theCursor, 0, func(c *cursor) error { c.Seq = 0; return nil })
	return err
}
