package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"shangquan/services/fault"
)

const smtpTimeout = 10 * time.Second

// smtp sends e-mail through the server of the deployment.
type smtp struct {
	words Words
	now   func() time.Time
	host  string
	from  *netmail.Address
	opts  []gomail.Option

	manner func() Manner
}

func newSMTP(u *url.URL, o Options) (*smtp, error) {
	s := &smtp{words: o.Words, now: o.Now, host: u.Hostname(), manner: o.manner}
	var err error
	if s.from, err = netmail.ParseAddress(u.Query().Get("from")); s.host == "" || err != nil {
		return nil, errors.New(`mail: an SMTP address has a host and ?from=, which is an e-mail address, perhaps as "Name <address>"`)
	}
	s.opts = []gomail.Option{gomail.WithTimeout(smtpTimeout), gomail.WithoutNoop()}
	port := 587
	switch {
	case u.Scheme == "smtps":
		port = 465
		s.opts = append(s.opts, gomail.WithSSL())
	case loopback(s.host):
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil {
			return nil, errors.New("mail: the port is no number")
		}
		port = n
	}
	s.opts = append(s.opts, gomail.WithPort(port), gomail.WithTLSConfig(&tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}))
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		s.opts = append(s.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	return s, nil
}

// loopback reports whether host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Send implements Sender. It is done when the server has taken the message.
func (s *smtp) Send(ctx context.Context, m Message) error {
	how := s.manner()
	subject, text, err := prepare(s.words, m, how)
	if err != nil {
		return err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	// The server knows the address of the machine: it is what it is told, and where bounces go, whoever the letter says it is from.
	err = errors.Join(msg.EnvelopeFrom(s.from.Address), msg.FromFormat(cmp.Or(how.Name, s.from.Name), cmp.Or(how.From, s.from.Address)), msg.To(m.To))
	if how.ReplyTo != "" {
		err = errors.Join(err, msg.ReplyTo(how.ReplyTo))
	}
	if err != nil {
		return refuse("the address is none") // err has the address in it
	}
	msg.Subject(subject)
	msg.SetDateWithValue(s.now())
	msg.SetMessageID()
	// Vacation programs answer no such message (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, text)
	opts := s.opts
	if end, ok := ctx.Deadline(); ok { // the library asks the context only while it dials
		opts = append(slices.Clip(opts), gomail.WithTimeout(max(time.Millisecond, min(smtpTimeout, time.Until(end)))))
	}
	client, err := gomail.NewClient(s.host, opts...)
	if err != nil {
		return down(errors.New("mail: the SMTP client cannot be made"))
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return s.judge(ctx, err)
	}
	return nil
}

// judge says what an error means, without the address that the library's text has in it.
func (s *smtp) judge(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	send, ok := errors.AsType[*gomail.SendError](err)
	switch {
	case !ok:
		return down(fmt.Errorf("mail: %s does not answer as an SMTP server should: %w", s.host, err))
	case send.ErrorCode() >= 500 && send.Reason == gomail.ErrSMTPRcptTo:
		why := fmt.Errorf("mail: %s refuses the address with %d %s", s.host, send.ErrorCode(), send.EnhancedStatusCode())
		if nobody(send.ErrorCode(), send.EnhancedStatusCode()) {
			why = errors.Join(why, ErrNobody)
		}
		return fault.New(fault.Invalid, "mail.refused", why)
	default:
		return down(fmt.Errorf("mail: %s did not take the message: %v, code %d", s.host, send.Reason, send.ErrorCode()))
	}
}

// nobody reports whether a refusal says that the address is none, or none any more (RFC 3463: 5.1.x and 5.2.1). A full box may be emptied,
// and 5.7.x is about this site, not about the person; without an enhanced code the codes count that RFC 5321 has for a mailbox.
func nobody(code int, enhanced string) bool {
	if enhanced == "" {
		return code == 550 || code == 551 || code == 553
	}
	return strings.HasPrefix(enhanced, "5.1.") || enhanced == "5.2.1"
}
