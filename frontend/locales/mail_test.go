package locales_test

import (
	"slices"
	"strings"
	"testing"

	"shangquan/services/lang"
	"shangquan/services/mail"
)

// Every kind of message that a service sends has a subject and a text, and no other kind has.
func TestMailKinds(t *testing.T) {
	p := loadProgram(t, "services", "server", "frontend")
	f := follow{program: p, seen: map[string]bool{}}
	f.variable(p.field(t, "services/mail", "Message", "Kind"), given{}, nil)
	w := mustLoad(t).In(lang.Hans)
	sent := map[string]bool{}
	for _, s := range f.found {
		if s.key == "" || strings.Contains(s.key, "*") {
			t.Errorf("%s: the kind of this message cannot be found in the source; write it where it can be seen", s.at)
			continue
		}
		sent[s.key] = true
		for _, part := range []string{".subject", ".text"} {
			if !w.Has("mail." + s.key + part) {
				t.Errorf("%s: there is no message mail.%s%s", s.at, s.key, part)
			}
		}
	}
	for _, key := range w.Keys() {
		if kind, ok := strings.CutSuffix(key, ".text"); ok && strings.HasPrefix(kind, "mail.") && !sent[strings.TrimPrefix(kind, "mail.")] {
			t.Errorf("%s is in the catalogue and nobody sends it", key)
		}
	}
}

// What leaves by night and is not counted is this and nothing else: who gives a message another name, or adds one, decides it here.
func TestUrgentMail(t *testing.T) {
	want := strings.Fields(`alarm_backup alarm_content alarm_damage alarm_drift alarm_errors alarm_frozen alarm_guessing alarm_network alarm_refused alarm_trail
		assembly_invitation code contact deleted factor factor_gone guessed handed_out known meeting_cancelled merchant_invitation new_device notice_emergency
		password reset roles test transfer_offered`)
	got := []string{}
	for _, key := range mustLoad(t).In(lang.Hans).Keys() {
		kind, ok := strings.CutSuffix(strings.TrimPrefix(key, "mail."), ".text")
		if ok && strings.HasPrefix(key, "mail.") && mail.Urgent(kind) {
			got = append(got, kind)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("urgent are %q, want %q", got, want)
	}
}
