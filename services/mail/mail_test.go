package mail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

var at = time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)

// words says the arguments of a message; the kinds are those of the tests.
func words(t lang.Tag, kind string, args map[string]any) (string, string, error) {
	switch kind {
	case "code":
		return "商圈的验证码", fmt.Sprintf("%s：验证码 %v，10 分钟内有效。", t, args["Code"]), nil
	case "raw":
		return fmt.Sprint(args["Subject"]), fmt.Sprint(args["Text"]), nil
	}
	return "", "", errors.New("no such kind")
}

// arrived is a message as the other side has it.
type arrived struct {
	to, subject, text     string
	from, envelope, reply string // of an e-mail
}

// engine is one engine with a fake of its other side.
type engine struct {
	Sender
	to   string // an address it is for
	got  func() []arrived
	fail func(kind fault.Kind) // makes the other side refuse this address (Invalid) or not work (Unavailable); nil where it cannot
	hang func()                // makes the other side never answer
}

func engines(t *testing.T) map[string]func(t *testing.T) engine {
	t.Helper()
	return map[string]func(t *testing.T) engine{
		"log": func(*testing.T) engine {
			var console bytes.Buffer
			l := NewLog(Options{Words: words, Console: &console})
			return engine{Sender: l, to: "wang@example.com", got: func() (out []arrived) {
				for _, m := range l.Sent() {
					if !strings.Contains(console.String(), m.Text) {
						t.Errorf("the console does not show %q", m.Text)
					}
					out = append(out, arrived{to: m.To, subject: m.Subject, text: m.Text})
				}
				return out
			}}
		},
		"smtp":  func(t *testing.T) engine { return smtpEngine(t, false) },
		"smtps": func(t *testing.T) engine { return smtpEngine(t, true) },
		"gateway": func(t *testing.T) engine {
			f := &fakeGateway{t: t, status: 200, stop: make(chan struct{})}
			server := httptest.NewServer(f)
			t.Cleanup(func() { close(f.stop); server.Close() })
			s, err := Open(Options{Words: words, Development: true, Now: func() time.Time { return at }}, "sms+http://:a-secret-of-16-chars@"+strings.TrimPrefix(server.URL, "http://")+"/send")
			if err != nil {
				t.Fatal(err)
			}
			return engine{Sender: s, to: "+8613812345678", got: f.all, hang: func() { f.set(0) }, fail: func(k fault.Kind) {
				f.set(map[fault.Kind]int{fault.Invalid: 400, fault.Unavailable: 503}[k])
			}}
		},
	}
}

// TestSender is what every engine promises.
func TestSender(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			for _, l := range lang.Tags {
				if err := e.Send(t.Context(), Message{To: e.to, Kind: "code", Args: map[string]any{"Code": "048213"}, Lang: l, Key: "k" + string(l)}); err != nil {
					t.Fatalf("%s: %v", l, err)
				}
			}
			got := e.got()
			if len(got) != len(lang.Tags) {
				t.Fatalf("%d messages arrived", len(got))
			}
			for i, l := range lang.Tags {
				if want := string(l) + "：验证码 048213，10 分钟内有效。"; got[i].to != e.to || got[i].text != want || got[i].subject != "" && got[i].subject != "商圈的验证码" {
					t.Errorf("arrived: %+v, want %q", got[i], want)
				}
			}
			for what, m := range map[string]Message{
				"no address":              {To: "", Kind: "code"},
				"no such address":         {To: "wang", Kind: "code"},
				"two addresses":           {To: "a@example.com,b@example.com", Kind: "code"},
				"a header in the address": {To: "a@example.com\r\nBcc: b@example.com", Kind: "code"},
				"a name in the address":   {To: "Wang <a@example.com>", Kind: "code"},
				"a short number":          {To: "+110", Kind: "code"},
				"a number with letters":   {To: "+86138123x5678", Kind: "code"},
				"a header in the subject": {To: e.to, Kind: "raw", Args: map[string]any{"Subject": "x\r\nBcc: b@example.com", "Text": "x"}},
				"a return in the text":    {To: e.to, Kind: "raw", Args: map[string]any{"Subject": "x", "Text": "x\r\n.\r\nMAIL FROM:<x>"}},
				"a long text":             {To: e.to, Kind: "raw", Args: map[string]any{"Subject": "x", "Text": strings.Repeat("长", maxText+1)}},
			} {
				if err := e.Send(t.Context(), m); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: %v, want it refused", what, err)
				}
			}
			if err := e.Send(t.Context(), Message{To: e.to, Kind: "nonsense"}); !fault.Is(err, fault.Internal) {
				t.Errorf("a kind nobody knows: %v", err)
			}
			if n := len(e.got()); n != len(lang.Tags) {
				t.Errorf("%d messages arrived that should not have", n-len(lang.Tags))
			}
			if e.fail != nil {
				for _, k := range []fault.Kind{fault.Invalid, fault.Unavailable} {
					e.fail(k)
					err := e.Send(t.Context(), Message{To: e.to, Kind: "code", Key: "f"})
					if errors.Is(err, ErrNobody) != (k == fault.Invalid && strings.HasPrefix(name, "smtp")) { // a gateway does not say why
						t.Errorf("refused with %v: nobody is there: %v", k, errors.Is(err, ErrNobody))
					}
					if !fault.Is(err, k) || strings.Contains(err.Error(), e.to) || strings.Contains(err.Error(), "secret") {
						t.Errorf("the other side refuses: %v, want %v without the address", err, k)
					}
				}
			}
			if e.hang != nil {
				e.hang()
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				start := time.Now()
				if err := e.Send(ctx, Message{To: e.to, Kind: "code", Key: "h"}); err == nil || time.Since(start) > 3*time.Second {
					t.Errorf("the other side hangs: %v after %v", err, time.Since(start))
				}
			}
		})
	}
}

func TestOpen(t *testing.T) {
	o := Options{Words: words, Now: func() time.Time { return at }, Console: io.Discard}
	for _, uri := range []string{
		"", "nothing", "imap://host", "smtp://", "smtp://host", "smtp://host?from=nobody", "smtps://host:x?from=a@example.com", "smtp://user:s3cret%@host?from=a@example.com",
		"sms+http://:0123456789abcdef@gateway.example.com/send", "sms+http://:0123456789abcdef@127.0.0.1/send", "sms+https://gateway.example.com/send",
		"sms+https://:short@gateway.example.com/send", "sms+https://user:0123456789abcdef@gateway.example.com/send", "sms+https://:0123456789abcdef@/send",
	} {
		if _, err := Open(o, uri); err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "0123456789abcdef") {
			t.Errorf("Open(%q) = %v, want a reason without the secret", uri, err)
		}
	}
	if _, err := Open(o, "smtps://user:pw@host?from=%E5%95%86%E5%9C%88+<a@example.com>", "sms+https://:0123456789abcdef@gateway.example.com/send"); err != nil {
		t.Error(err)
	}
	s, err := Open(o, "smtp://host?from=a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), Message{To: "+8613812345678", Kind: "code"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a short message without a gateway: %v", err)
	}
	if s, err = Open(o, "log:"); err != nil || s.Send(t.Context(), Message{To: "+8613812345678", Kind: "code"}) != nil || s.Send(t.Context(), Message{To: "a@example.com", Kind: "code"}) != nil {
		t.Errorf("log: does not take both kinds: %v", err)
	}
}

// TestManner: what an administrator sets holds for the next message; the server is told the address of the machine all the same.
func TestManner(t *testing.T) {
	var how Manner
	e := smtpEngine(t, false)
	r := e.Sender.(*router)
	r.manner = func() Manner { return how }
	r.mail.(*smtp).manner = r.manner
	send := func(key string) error {
		return e.Send(t.Context(), Message{To: e.to, Kind: "code", Args: map[string]any{"Code": "1"}, Lang: lang.Hans, Key: key})
	}
	if err := send("a"); err != nil {
		t.Fatal(err)
	}
	how = Manner{Name: "岳阳街道", From: "office@example.com", ReplyTo: "ask@example.com", Closing: "有事打电话"}
	if err := send("b"); err != nil {
		t.Fatal(err)
	}
	how.MailOff = true
	if err := send("c"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a channel that is closed: %v", err)
	}
	got := e.got()
	if len(got) != 2 {
		t.Fatalf("%d arrived", len(got))
	}
	if x := got[0]; x.from != "商圈 <no-reply@shop.example.com>" || x.envelope != "no-reply@shop.example.com" || x.reply != "" {
		t.Errorf("as the machine says: %+v", x)
	}
	if x := got[1]; x.from != "岳阳街道 <office@example.com>" || x.envelope != "no-reply@shop.example.com" || x.reply != "<ask@example.com>" || !strings.HasSuffix(x.text, "。\n\n有事打电话") {
		t.Errorf("as it was set: %+v", x)
	}
	short, err := Open(Options{Words: words, Now: func() time.Time { return at }, Manner: func() Manner { return how }}, "log:")
	if err != nil {
		t.Fatal(err)
	}
	if err := short.Send(t.Context(), Message{To: "+8613812345678", Kind: "code", Key: "d"}); err != nil || strings.Contains(Shown(short).Sent()[0].Text, how.Closing) {
		t.Errorf("a short message has the last line of e-mails: %v", err)
	}
	how.ShortOff = true
	if err := short.Send(t.Context(), Message{To: "+8613812345678", Kind: "code", Key: "e"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("short messages are closed: %v", err)
	}
}

// TestTheNameOfNow: what a message calls the site is the name at the moment it leaves, in its language, by e-mail and as a short message.
func TestTheNameOfNow(t *testing.T) {
	var how Manner
	said := func(to string, l lang.Tag) string {
		t.Helper()
		m := Message{To: to, Kind: "raw", Lang: l, Args: map[string]any{"Site": "从前的名字"}}
		_, text, err := prepare(func(_ lang.Tag, _ string, args map[string]any) (string, string, error) {
			return "x", fmt.Sprint(args["Site"]), nil
		}, m, how)
		if err != nil || m.Args["Site"] != "从前的名字" {
			t.Errorf("%v, and the message was changed: %v", err, m.Args)
		}
		return text
	}
	for _, c := range []struct {
		site lang.Text
		to   string
		in   lang.Tag
		want string
	}{
		{lang.Text{}, "a@example.com", lang.Hans, "从前的名字"},
		{lang.Text{Hans: "醉白池商圈", En: "Zuibaichi"}, "a@example.com", lang.Hans, "醉白池商圈"},
		{lang.Text{Hans: "醉白池商圈", En: "Zuibaichi"}, "+8613812345678", lang.En, "Zuibaichi"},
	} {
		if how.Site = c.site; said(c.to, c.in) != c.want {
			t.Errorf("%v to %s says %s, want %s", c.site, c.to, said(c.to, c.in), c.want)
		}
	}
}

// TestGatewayAddress: whatever the name resolves to, only public addresses are spoken to, and no redirect is followed.
func TestGatewayAddress(t *testing.T) {
	for s, want := range map[string]bool{
		"8.8.8.8": true, "2400:3200::1": true, "127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "::1": false, "fe80::1": false, "fd00::1": false, "::ffff:10.0.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if got := public(netip.MustParseAddr(s)); got != want {
			t.Errorf("public(%s) = %v", s, got)
		}
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the gateway on this machine was asked") }))
	defer server.Close()
	s, err := Open(Options{Words: words, Now: func() time.Time { return at }}, "sms+https://:0123456789abcdef@"+strings.TrimPrefix(server.URL, "https://")+"/send")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), Message{To: "+8613812345678", Kind: "code"}); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "no public address") {
		t.Errorf("a gateway on this machine, not in development: %v", err)
	}
	hop := httptest.NewServer(http.RedirectHandler(server.URL, http.StatusTemporaryRedirect))
	defer hop.Close()
	if s, err = Open(Options{Words: words, Development: true, Now: func() time.Time { return at }}, "sms+http://:0123456789abcdef@"+strings.TrimPrefix(hop.URL, "http://")); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), Message{To: "+8613812345678", Kind: "code"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a redirect: %v", err)
	}
}

// fakeGateway checks what it is asked and answers with a status; 0: never.
type fakeGateway struct {
	t      *testing.T
	mu     sync.Mutex
	status int
	seen   map[string]bool
	list   []arrived
	stop   chan struct{}
}

func (f *fakeGateway) set(status int) { f.mu.Lock(); defer f.mu.Unlock(); f.status = status }
func (f *fakeGateway) all() []arrived {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]arrived{}, f.list...)
}

func (f *fakeGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	status := f.status
	f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if status == 0 {
		<-f.stop
		return
	}
	if got := r.Header.Get(SignatureHeader); got != Sign([]byte("a-secret-of-16-chars"), at, body) || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "" {
		f.t.Errorf("the request is not as documented: %s %v", r.Method, r.Header)
	}
	var m short
	if err := json.Unmarshal(body, &m); err != nil || m.ID != r.Header.Get("Idempotency-Key") || m.Kind == "" || m.Lang == "" && m.ID == "klang" {
		f.t.Errorf("the body is not as documented: %s", body)
	}
	f.keep(m, status)
	w.WriteHeader(status)
	_, _ = io.CopyN(w, rand.Reader, 2*gatewayAnswer)
}

func (f *fakeGateway) keep(m short, status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	if status == 200 && !f.seen[m.ID] {
		f.seen[m.ID] = true
		f.list = append(f.list, arrived{to: m.To, text: m.Text})
	}
}

// fakeSMTP is as much of an SMTP server as a client needs.
type fakeSMTP struct {
	mu       sync.Mutex
	list     []arrived
	rcpt     string // answer to RCPT
	greeting string // empty: silence
}

func smtpEngine(t *testing.T, withTLS bool) engine {
	t.Helper()
	f := &fakeSMTP{rcpt: "250 ok", greeting: "220 fake"}
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	uri, user := "smtp", "" // a password is not sent without TLS
	var roots *x509.CertPool
	if withTLS {
		uri, user = "smtps", "user:a-secret@"
		var cert tls.Certificate
		cert, roots = certificate(t)
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(c)
		}
	}()
	s, err := Open(Options{Words: words, Now: func() time.Time { return at }}, uri+"://"+user+l.Addr().String()+"?from=%E5%95%86%E5%9C%88+<no-reply@shop.example.com>")
	if err != nil {
		t.Fatal(err)
	}
	m := s.(*router).mail.(*smtp)
	m.opts = append(m.opts, gomail.WithTLSConfig(&tls.Config{ServerName: m.host, RootCAs: roots, MinVersion: tls.VersionTLS12}))
	return engine{Sender: s, to: "wang@example.com", got: f.all, hang: func() { f.set("", "") }, fail: func(k fault.Kind) {
		f.set(map[fault.Kind]string{fault.Invalid: "550 5.1.1 no such user", fault.Unavailable: "451 4.3.0 later"}[k], "220 fake")
	}}
}

func (f *fakeSMTP) set(rcpt, greeting string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rcpt, f.greeting = rcpt, greeting
}

func (f *fakeSMTP) all() []arrived {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]arrived{}, f.list...)
}

func (f *fakeSMTP) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	f.mu.Lock()
	rcpt, greeting := f.rcpt, f.greeting
	f.mu.Unlock()
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	if greeting == "" {
		_, _ = r.ReadByte()
		return
	}
	say(greeting)
	to, envelope := "", ""
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
		case "EHLO":
			say("250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
		case "AUTH":
			say("235 welcome")
		case "MAIL":
			_, addr, _ := strings.Cut(line, "<")
			envelope, _, _ = strings.Cut(addr, ">")
			say("250 ok")
		case "RCPT":
			to = strings.Trim(strings.SplitN(strings.TrimSpace(line), ":", 2)[1], "<>")
			say(rcpt)
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				data.WriteString(strings.TrimPrefix(line, "."))
			}
			f.keep(arrived{to: to, envelope: envelope}, data.String())
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (f *fakeSMTP) keep(x arrived, data string) {
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		return
	}
	x.subject, _ = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	body, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
	from, _ := netmail.ParseAddress(m.Header.Get("From"))
	x.from, x.reply = from.Name+" <"+from.Address+">", m.Header.Get("Reply-To")
	x.text = strings.ReplaceAll(strings.TrimRight(string(body), "\r\n"), "\r\n", "\n")
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Bcc") != "" || m.Header.Get("Message-Id") == "" {
		x.subject = fmt.Sprint("headers: ", m.Header)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, x)
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
