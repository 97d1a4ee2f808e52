package web

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
)

// Passkeys need a script: the browser makes and uses them through navigator.credentials. It sends JSON with the token of the session
// in a header and gets JSON; whoever has no script gives a code instead.

// passkeyAnswer is what the script is told: where to go on, or what a form shows next.
type passkeyAnswer struct {
	To string `json:"to"`
	// Kept is something sealed that the script posts to To instead of going there: recovery codes to be shown, a form that waits. CSRF
	// is the token for it.
	Kept string `json:"kept,omitempty"`
	CSRF string `json:"csrf"`
}

// jsonBody returns the body of a request that says it is JSON: another media type is no request of our script.
func jsonBody(c *fiber.Ctx) ([]byte, error) {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	if strings.TrimSpace(kind) != fiber.MIMEApplicationJSON {
		return nil, fiber.ErrUnsupportedMediaType
	}
	return append([]byte{}, c.Request().Body()...), nil
}

func sendJSON(c *fiber.Ctx, body []byte) error {
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(body)
}

func answerJSON(c *fiber.Ctx, a passkeyAnswer) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return sendJSON(c, b)
}

// passkeyStarted: POST /account/factors/passkey/start: the options for navigator.credentials.create.
func (s *Site) passkeyStarted(c *fiber.Ctx) error {
	if _, err := jsonBody(c); err != nil {
		return err
	}
	r := Of(c)
	options, err := s.services.Accounts.StartPasskey(c.UserContext(), r.Actor, r.Session)
	if err != nil {
		return err
	}
	return sendJSON(c, options)
}

// shownPurpose seals recovery codes on their way from the answer to the script to the page that shows them.
const shownPurpose = "recovery codes shown"

// passkeyMade: POST /account/factors/passkey: {"name": what the owner calls it, "answer": what the browser made}.
func (s *Site) passkeyMade(c *fiber.Ctx) error {
	body, err := jsonBody(c)
	if err != nil {
		return err
	}
	var in struct {
		Name   string          `json:"name"`
		Answer json.RawMessage `json:"answer"`
	}
	if json.Unmarshal(body, &in) != nil {
		return fiber.ErrBadRequest
	}
	r := Of(c)
	signed, codes, err := s.services.Accounts.FinishPasskey(c.UserContext(), r.Actor, r.Session, in.Name, in.Answer, client(c))
	if err != nil {
		return err
	}
	s.signIn(c, signed)
	a := passkeyAnswer{To: at(c, "/account/factors") + "?done=passkey", CSRF: s.token(r)}
	if len(codes) > 0 {
		raw, err := json.Marshal(codes)
		if err != nil {
			return err
		}
		a.To = at(c, "/account/factors/shown")
		if a.Kept, err = s.services.Keys.Seal(shownPurpose, raw); err != nil {
			return err
		}
	}
	return answerJSON(c, a)
}

// codesShown: POST /account/factors/shown: the page with the recovery codes that came with the first passkey. It changes nothing.
func (s *Site) codesShown(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	codes := []string{}
	raw, err := s.services.Keys.Open(shownPurpose, f.Get("kept"))
	if err != nil || json.Unmarshal(raw, &codes) != nil {
		return fault.New(fault.NotFound, "error.not_found", err)
	}
	return s.showCodes(c, s.speaker(c), codes)
}

// passkeyAsked: POST /sign-in/factor/passkey/start: the options for navigator.credentials.get.
func (s *Site) passkeyAsked(c *fiber.Ctx) error {
	if _, err := jsonBody(c); err != nil {
		return err
	}
	r := Of(c)
	if r.Session.ID == "" {
		return fault.New(fault.Unauthenticated, "error.sign_in", nil)
	}
	options, err := s.services.Accounts.AskPasskey(c.UserContext(), r.Session)
	if err != nil {
		return err
	}
	return sendJSON(c, options)
}

// passkeyGiven: POST /sign-in/factor/passkey: {"back": where to go on, "kept": the form that waits, "answer": what the browser signed}. It completes a sign-in, or
// is the fresh check of somebody who is signed in.
func (s *Site) passkeyGiven(c *fiber.Ctx) error {
	body, err := jsonBody(c)
	if err != nil {
		return err
	}
	var in struct {
		Back   string          `json:"back"`
		Kept   string          `json:"kept"`
		Answer json.RawMessage `json:"answer"`
	}
	if json.Unmarshal(body, &in) != nil {
		return fiber.ErrBadRequest
	}
	r := Of(c)
	if r.Session.ID == "" {
		return fault.New(fault.Unauthenticated, "error.sign_in", nil)
	}
	signed, err := s.services.Accounts.GivePasskey(c.UserContext(), r.Session, in.Answer, client(c))
	if err != nil {
		return err
	}
	s.signIn(c, signed)
	a := passkeyAnswer{To: back(in.Back, at(c, home(r))), CSRF: s.token(r)}
	if in.Kept != "" {
		a.To, a.Kept = at(c, "/sign-in/factor"), in.Kept
	}
	return answerJSON(c, a)
}
