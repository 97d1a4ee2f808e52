// Package account keeps who may sign in, how they prove it, and the sessions that come of it. It knows no HTTP: cookies, pages and
// addresses belong to the server.
//
// A session cookie carries a token; Authenticate turns it into the session and the account as they are at this moment, and Actor into
// who access is asked about:
//
//	x, a, err := accounts.Authenticate(ctx, token) // fault.Unauthenticated: sign in first
//	by := accounts.Actor(x, a)                     // the zero Actor while x.Pending
//	by.Seats, by.Request, by.Client = …
//
// SignIn, SignInByCode, Register, Setup, GiveFactor, GivePasskey, Recheck and every change of the password or of a factor return SignedIn:
// its Token replaces the session cookie, its Device (when it is not empty) the cookie of known devices. After SignIn the session may be
// Pending: then only GiveFactor and AskPasskey with GivePasskey lead on.
//
// What guards against guessing (guard.go) counts before it looks, lies in the store, and answers the same for a name nobody has, a wrong
// password, a pause and a disabled account. A device that was signed in on before is counted by itself, and a code or a reset opens an
// account whatever was guessed, so nobody can keep an owner out.
//
// Whoever works for the district needs a second factor: package access lets their roles count only with one. An account without it can do
// what merchants do, and set one up.
package account
