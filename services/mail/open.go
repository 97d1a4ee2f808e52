package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// Limits of one message. A short message of 500 characters is eight of them on the bill, which is more than anything here says.
const (
	maxSubject = 150
	maxText    = 10_000
	maxShort   = 500
	maxAddress = 254
)

// Options are what every engine is given.
type Options struct {
	Words Words
	// Console is where the engine log: writes.
	Console io.Writer
	// Development lets the gateway be on this machine, without TLS.
	Development bool
	Now         func() time.Time
	// Manner is asked before each message; nil: as the addresses say.
	Manner func() Manner
}

// Manner is how messages leave, as far as it can change while the program runs. What is empty is as the address of the engine says.
type Manner struct {
	// Site is what the site is called in every message, in place of what whoever wrote it says: a message that waited says the name of now.
	Site       lang.Text
	Name, From string // who e-mails come from
	ReplyTo    string
	Closing    string // the last line of every e-mail
	MailOff    bool   // no e-mail leaves: fault.Unavailable "mail.none"
	ShortOff   bool   // … and no short message
}

func (o *Options) manner() Manner {
	if o.Manner == nil {
		return Manner{}
	}
	return o.Manner()
}

// Open returns the sender of a deployment. There is one address for each way to reach people:
//
//	log:                                       e-mail and short messages, shown on the console and sent nowhere
//	smtp://user:password@host:587?from=…       e-mail; STARTTLS is a must, except to this machine
//	smtps://user:password@host:465?from=…      e-mail over TLS; from is "Name <address>" or an address
//	sms+https://:secret@host/path              short messages through a gateway; see gateway.go for what it is asked
//
// A message goes to the engine for what its address is: fault.Unavailable "mail.none" when there is none. An address that cannot
// be used is an error that says why, without the password in it.
func Open(o Options, uris ...string) (Sender, error) {
	r := &router{manner: o.manner}
	for _, uri := range uris {
		scheme, _, ok := strings.Cut(uri, ":")
		if !ok {
			return nil, errors.New("mail: an address begins with one of log, smtp, smtps and sms+https, and a colon")
		}
		if scheme == "log" {
			l := NewLog(o)
			r.mail, r.short = l, l
			continue
		}
		u, err := url.Parse(uri)
		if err != nil {
			return nil, fmt.Errorf("mail: the %s address cannot be read", scheme) // err has the password in it
		}
		switch scheme {
		case "smtp", "smtps":
			r.mail, err = newSMTP(u, o)
		case "sms+https", "sms+http":
			r.short, err = newGateway(u, o)
		default:
			err = fmt.Errorf("mail: there is no engine called %s", scheme)
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

// router sends a message by the engine for its address.
type router struct {
	mail, short Sender
	manner      func() Manner
}

func (r *router) Send(ctx context.Context, m Message) error {
	if err := address(m.To); err != nil {
		return err
	}
	to, off := r.short, r.manner().ShortOff
	if strings.Contains(m.To, "@") {
		to, off = r.mail, r.manner().MailOff
	}
	if to == nil || off {
		return fault.New(fault.Unavailable, "mail.none", errors.New("mail: no engine for this kind of address"))
	}
	return to.Send(ctx, m)
}

func refuse(why string) error {
	return fault.New(fault.Invalid, "mail.refused", errors.New("mail: "+why))
}

func down(cause error) error { return fault.New(fault.Unavailable, "mail.down", cause) }

// address checks who a message is for: fault.Invalid.
func address(to string) error {
	if len(to) > maxAddress || strings.ContainsFunc(to, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return refuse("the address has characters no address has")
	}
	if strings.Contains(to, "@") {
		if a, err := netmail.ParseAddress(to); err != nil || a.Address != to {
			return refuse("the e-mail address is none")
		}
	} else if digits, ok := strings.CutPrefix(to, "+"); !ok || len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return refuse("the phone number is not in E.164")
	}
	return nil
}

// siteArg is what messages call the name of the site.
const siteArg = "Site"

// prepare checks the address of a message and says its words. What could begin another header or another message is refused.
func prepare(words Words, m Message, how Manner) (subject, text string, err error) {
	if err := address(m.To); err != nil {
		return "", "", err
	}
	args := m.Args
	if name, _ := how.Site.In(m.Lang); name != "" && args[siteArg] != nil {
		args = maps.Clone(args)
		args[siteArg] = name
	}
	if subject, text, err = words(m.Lang, m.Kind, args); err != nil {
		return "", "", fault.New(fault.Internal, "error.internal", fmt.Errorf("mail: the words of %q: %w", m.Kind, err))
	}
	if how.Closing != "" && strings.Contains(m.To, "@") { // a short message is paid by its length
		text += "\n\n" + how.Closing
	}
	if strings.ContainsFunc(subject, unicode.IsControl) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		return "", "", refuse("the text has control characters")
	}
	limit := maxText
	if !strings.Contains(m.To, "@") {
		limit = maxShort
	}
	if len([]rune(subject)) > maxSubject || len([]rune(text)) > limit {
		return "", "", refuse("the text is too long")
	}
	return subject, text, nil
}
