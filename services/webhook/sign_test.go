package webhook

import (
	"errors"
	"testing"
	"time"
)

// The example of the specification, https://github.com/standard-webhooks/standard-webhooks.
func TestSignatureOfTheSpecification(t *testing.T) {
	const secret, id, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`
	at := time.Unix(1614265330, 0)
	got, err := Sign(secret, id, at, []byte(body))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("Sign = %q, %v", got, err)
	}
}

func TestVerify(t *testing.T) {
	secret, other := newSecret(), newSecret()
	now := time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)
	sign := func(secret, id string, at time.Time, body string) string {
		x, err := Sign(secret, id, at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	good := sign(secret, "a", now, "{}")
	const stamp = "1792065600"
	for _, tt := range []struct {
		name, secret, id, stamp, signatures, body string
		now                                       time.Time
		want                                      error
	}{
		{"as sent", secret, "a", stamp, good, "{}", now, nil},
		{"at the end of the tolerance", secret, "a", stamp, good, "{}", now.Add(Tolerance), nil},
		{"while a secret is replaced, the old one", secret, "a", stamp, sign(other, "a", now, "{}") + " " + good, "{}", now, nil},
		{"sent again an hour later", secret, "a", stamp, good, "{}", now.Add(time.Hour), ErrTimestamp},
		{"from the future", secret, "a", stamp, good, "{}", now.Add(-Tolerance - time.Second), ErrTimestamp},
		{"with a time of now put in", secret, "a", "1792069200", good, "{}", now.Add(time.Hour), ErrSignature},
		{"another body", secret, "a", stamp, good, `{"x":1}`, now, ErrSignature},
		{"another id", secret, "b", stamp, good, "{}", now, ErrSignature},
		{"signed by somebody else", secret, "a", stamp, sign(other, "a", now, "{}"), "{}", now, ErrSignature},
		{"without a signature", secret, "a", stamp, "", "{}", now, ErrSignature},
		{"another version", secret, "a", stamp, "v1a" + good[2:], "{}", now, ErrSignature},
		{"no time", secret, "a", "soon", good, "{}", now, ErrTimestamp},
		{"no secret", "whsec_", "a", stamp, good, "{}", now, ErrSecret},
		{"a secret without its mark", secret[6:], "a", stamp, good, "{}", now, ErrSecret},
	} {
		if err := Verify(tt.secret, tt.id, tt.stamp, tt.signatures, []byte(tt.body), tt.now); !errors.Is(err, tt.want) {
			t.Errorf("%s: Verify = %v, want %v", tt.name, err, tt.want)
		}
	}
}
