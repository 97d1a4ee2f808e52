package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/services/fault"
)

// static: GET /static/:name, the built files. Their names hold the hash of their content, so a copy is good for ever.
func (s *Site) static(c *fiber.Ctx) error {
	f := s.assets.File(c.Params("name"))
	if f == nil {
		return fault.Missing()
	}
	coding := frontend.Identity
	if strings.HasPrefix(f.ContentType, "text/") || strings.HasPrefix(f.ContentType, "image/svg") {
		coding = negotiate(c.Request().Header.Peek(fiber.HeaderAcceptEncoding), forFiles)
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	h := &c.Response().Header
	h.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(fiber.HeaderETag, f.Tag(coding))
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), f.Tag(coding)) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(f.ContentType)
	if coding != frontend.Identity {
		h.Set(fiber.HeaderContentEncoding, string(coding))
	}
	c.Response().SetBodyRaw(f.Bytes(coding))
	return nil
}
