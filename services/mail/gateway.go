package mail

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"shangquan/services/fault"
)

// The gateway is a small program of the operator's, or of a provider of short messages, that speaks this:
//
//	POST /path HTTP/1.1
//	Content-Type: application/json
//	Idempotency-Key: 4TQ…                            the same for the same message; a second one is answered like the first and not sent
//	Shangquan-Signature: t=1760500800,v1=6f3a…       HMAC-SHA-256 in hex over "<t>.<body>" with the secret of the address
//
//	{"to":"+8613812345678","kind":"code","lang":"zh-Hans","text":"验证码 123456，…","id":"4TQ…"}
//
// 2xx: taken. 408, 425, 429 and 5xx: not now, it is tried again. Any other status: never, for instance a number that is none. The
// answer's body is not read beyond 64 KiB and not used. A gateway checks that t is at most five minutes off.
const (
	gatewayTimeout = 5 * time.Second
	gatewayAnswer  = 64 << 10
	minSecret      = 16
	// SignatureHeader is where a request says who sent it.
	SignatureHeader = "Shangquan-Signature"
)

type gateway struct {
	words  Words
	manner func() Manner
	now    func() time.Time
	url    string
	secret []byte
	client *http.Client
}

// short is the body of a request.
type short struct {
	To   string `json:"to"`
	Kind string `json:"kind"`
	Lang string `json:"lang"`
	Text string `json:"text"`
	ID   string `json:"id"`
}

func newGateway(u *url.URL, o Options) (*gateway, error) {
	here := o.Development && loopback(u.Hostname())
	password, _ := u.User.Password()
	switch {
	case u.Hostname() == "" || u.User.Username() != "":
		return nil, errors.New("mail: a gateway is sms+https://:secret@host/path")
	case u.Scheme != "sms+https" && !here:
		return nil, errors.New("mail: a gateway is asked over https")
	case len(password) < minSecret:
		return nil, fmt.Errorf("mail: the secret of the gateway has at least %d characters", minSecret)
	}
	v := *u
	v.Scheme, v.User = strings.TrimPrefix(u.Scheme, "sms+"), nil
	dialer := &net.Dialer{Timeout: gatewayTimeout}
	if !here {
		dialer.Control = publicOnly
	}
	return &gateway{words: o.Words, manner: o.manner, now: o.Now, url: v.String(), secret: []byte(password), client: &http.Client{
		Timeout: gatewayTimeout,
		// No proxy of the environment, and no redirect: what is signed goes where the operator said.
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: gatewayTimeout, MaxIdleConns: 2, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: gatewayAnswer},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// publicOnly refuses to connect to what is no public address, whatever a name resolved to.
func publicOnly(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !public(ap.Addr()) {
		return errors.New("mail: the gateway has no public address")
	}
	return nil
}

// sharedSpace is RFC 6598, which is no more public than what netip calls private.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !sharedSpace.Contains(a)
}

// Sign returns the signature of a body sent at t, as a gateway computes it to compare.
func Sign(secret []byte, t time.Time, body []byte) string {
	at := strconv.FormatInt(t.Unix(), 10)
	h := hmac.New(sha256.New, secret)
	_, _ = h.Write([]byte(at + "."))
	_, _ = h.Write(body)
	return "t=" + at + ",v1=" + hex.EncodeToString(h.Sum(nil))
}

// Send implements Sender. It is done when the gateway has taken the message.
func (g *gateway) Send(ctx context.Context, m Message) error {
	_, text, err := prepare(g.words, m, g.manner())
	if err != nil {
		return err
	}
	body, err := json.Marshal(short{To: m.To, Kind: m.Kind, Lang: string(m.Lang), Text: text, ID: m.Key})
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", m.Key)
	req.Header.Set(SignatureHeader, Sign(g.secret, g.now(), body))
	res, err := g.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return down(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, gatewayAnswer))
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return down(fmt.Errorf("mail: the gateway answers %d", code))
	default:
		return fault.New(fault.Invalid, "mail.refused", fmt.Errorf("mail: the gateway refuses with %d", code))
	}
}
