package account

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// A known device carries a cookie that proves that an account was opened on it before. Its tries are counted by themselves, so that
// whoever guesses from elsewhere cannot keep the owner out (OWASP: "Slow down online guessing attacks with device cookies").
//
// The cookie is the device's random id and, for each of up to five accounts, a day and a signature over account, device and day:
//
//	<id>.<day>-<signature>.<day>-<signature>
const (
	// DeviceAge is how long a device is known after the last sign-in on it.
	DeviceAge      = 400 * 24 * time.Hour
	deviceAccounts = 5
	deviceID       = 22 // characters: 128 bits
	maxDevice      = 512
)

// device is a cookie taken apart.
type device struct {
	id    string
	marks []string
}

func readDevice(cookie string) device {
	parts := strings.Split(cookie, ".")
	if len(cookie) > maxDevice || len(parts[0]) != deviceID || len(parts) > deviceAccounts+1 {
		return device{}
	}
	return device{parts[0], parts[1:]}
}

// knows reports whether the account was opened on the device before.
func (s *Service) knows(cookie, accountID string) (id string, ok bool) {
	d := readDevice(cookie)
	for _, m := range d.marks {
		day, sig, _ := strings.Cut(m, "-")
		mac, err := base64.RawURLEncoding.DecodeString(sig)
		n, bad := strconv.ParseInt(day, 10, 32)
		if err != nil || bad != nil {
			continue
		}
		age := s.now().Sub(time.Unix(n*86400, 0))
		if age <= DeviceAge && s.keys.Valid("device", mac, []byte(accountID), []byte(d.id), []byte(day)) {
			return d.id, true
		}
	}
	return "", false
}

// remember returns the cookie with the account added, or its day brought up to date.
func (s *Service) remember(cookie, accountID string) string {
	d := readDevice(cookie)
	if d.id == "" {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw) // never fails
		d.id = base64.RawURLEncoding.EncodeToString(raw)
	}
	day := strconv.FormatInt(s.now().Unix()/86400, 10)
	mac := s.keys.MAC("device", []byte(accountID), []byte(d.id), []byte(day))
	out := d.id + "." + day + "-" + base64.RawURLEncoding.EncodeToString(mac)
	kept := 1
	for _, m := range d.marks {
		if _, mine := s.knows(d.id+"."+m, accountID); !mine && kept < deviceAccounts {
			out += "." + m
			kept++
		}
	}
	return out
}
