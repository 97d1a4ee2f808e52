package account

import (
	"time"

	"github.com/pquerna/otp/totp"
)

// totp gives an account an authenticator app and returns its session afterwards with the secret.
func (w *world) totp(in SignedIn) (SignedIn, string) {
	w.t.Helper()
	e, err := w.StartTOTP(w.t.Context(), w.Actor(in.Session, in.Account), in.Session)
	if err != nil {
		w.t.Fatal(err)
	}
	x, _, err := w.Authenticate(w.t.Context(), in.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	in, _, err = w.ConfirmTOTP(w.t.Context(), w.Actor(x, in.Account), x, w.code(e.Secret), from(1))
	if err != nil {
		w.t.Fatal(err)
	}
	return in, e.Secret
}

// code is what the app shows now.
func (w *world) code(key string) string { return w.codeAt(key, w.clock()) }

func (w *world) codeAt(key string, at time.Time) string {
	w.t.Helper()
	c, err := totp.GenerateCode(key, at)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}
