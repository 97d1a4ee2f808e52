// Package mail is the port through which messages leave for people: e-mail and short messages. Engines: the log (development),
// SMTP, and an HTTP gateway for short messages. Before the engines is Pace, by which what can wait leaves by day and not too often.
package mail

import (
	"context"
	"errors"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Message is one message to one person.
type Message struct {
	// To is an e-mail address or a phone number in E.164 (+86…). It is personal: used for sending, never logged, kept only while the
	// message waits for its hour.
	To string `json:"to"`
	// Kind names the text: "code", "invitation", "new_device". Args fill it in: text and whole numbers.
	Kind string         `json:"kind"`
	Args map[string]any `json:"args"`
	Lang lang.Tag       `json:"lang"`
	// Key makes sending the same message twice harmless where the engine can tell.
	Key string `json:"key"`
}

// Sender sends messages.
type Sender interface {
	// Send hands the message on and returns when the other side has taken it: fault.Unavailable when it does not, fault.Invalid
	// for an address that cannot be one.
	Send(ctx context.Context, m Message) error
}

// Never reports whether sending again is of no use: the address is refused, or there is no engine for its kind.
func Never(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && (f.Kind == fault.Invalid || f.Key == "mail.none")
}

// Words turns the kind and arguments of a message into what people read. The subject is for e-mail only.
type Words func(t lang.Tag, kind string, args map[string]any) (subject, text string, err error)
