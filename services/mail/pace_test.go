package mail

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// paced is a pace before an engine that answers as the test says.
type paced struct {
	*Pace
	at   time.Time
	sent []string // what left: address and key
	last Message
	err  map[string]error // by address
	gone string           // an address that nobody has
}

func (x *paced) deliver(_ context.Context, m Message) error {
	if err := x.err[m.To]; err != nil {
		return err
	}
	x.sent, x.last = append(x.sent, m.To+" "+m.Key), m
	return nil
}

type senderFunc func(context.Context, Message) error

func (f senderFunc) Send(ctx context.Context, m Message) error { return f(ctx, m) }

func openPace(t *testing.T) *paced {
	t.Helper()
	x := &paced{at: time.Date(2026, 10, 15, 12, 0, 0, 0, time.FixedZone("CST", 8*3600)), err: map[string]error{}}
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"), store.Clock(func() time.Time { return x.at }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	x.Pace = NewPace(PaceDeps{
		DB: db, Keys: keys, To: senderFunc(x.deliver), Now: func() time.Time { return x.at },
		Belongs: func(_ context.Context, to string) (bool, error) { return to != x.gone, nil },
	})
	return x
}

// on puts the clock to an hour of a day of October.
func (x *paced) on(day, hour int) { x.at = time.Date(2026, 10, day, hour, 0, 0, 0, x.at.Location()) }

func (x *paced) send(t *testing.T, to, kind, key string) {
	t.Helper()
	if err := x.Send(t.Context(), Message{To: to, Kind: kind, Key: key, Lang: lang.Hans, Args: map[string]any{"Days": 3, "Shop": "面馆"}}); err != nil {
		t.Fatalf("%s to %s: %v", kind, to, err)
	}
}

// leave lets leave what may, and compares what left since.
func (x *paced) leave(t *testing.T, want ...string) {
	t.Helper()
	n, err := x.Leave(t.Context())
	if err != nil {
		t.Error(err)
	}
	x.left(t, want...)
	if n != len(want) {
		t.Errorf("it says that %d left, not %d", n, len(want))
	}
}

func (x *paced) left(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(x.sent, want) {
		t.Errorf("%s: left %q, want %q", x.at.Format("2. 15:04"), x.sent, want)
	}
	x.sent = nil
}

const (
	wang = "wang@example.com"
	li   = "li@example.com"
)

// TestPaceOfDay: of what can wait, so many a day leave, whatever they are about; the rest leaves the next day in the order it came.
func TestPaceOfDay(t *testing.T) {
	x := openPace(t)
	want := []string{}
	for i, kind := range []string{"notice", "monthly", "holiday_one", "paper_due"} {
		x.send(t, wang, kind, fmt.Sprint("k", i))
		want = append(want, fmt.Sprint(wang, " k", i))
	}
	x.left(t, want...)
	for i := range Most + 2 {
		x.at = x.at.Add(time.Second)
		x.send(t, wang, "ask_confirm", fmt.Sprint("w", i))
	}
	x.send(t, wang, "ask_confirm", "w0") // the same again
	x.send(t, li, "ask_confirm", "l")
	x.send(t, wang, "code", "c")
	x.left(t, li+" l", wang+" c")
	x.on(15, 19)
	x.leave(t)
	x.on(16, 7)
	x.leave(t)
	x.on(16, 8)
	x.leave(t, wang+" w0", wang+" w1", wang+" w2", wang+" w3")
	if x.last.Args["Days"] != 3 || x.last.Args["Shop"] != "面馆" || x.last.Lang != lang.Hans || x.last.Kind != "ask_confirm" {
		t.Errorf("what waited came as %+v", x.last)
	}
	x.on(17, 9)
	x.send(t, wang, "monthly", "new") // not before those that wait
	x.left(t)
	x.leave(t, wang+" w4", wang+" w5", wang+" new")
	x.leave(t)
}

// TestPaceOfNight: what can wait leaves by day; what is urgent at once.
func TestPaceOfNight(t *testing.T) {
	for _, tt := range []struct {
		kind      string
		day, hour int
		want      string // day and hour at which it leaves
	}{
		{"notice", 15, 7, "15 08"},
		{"notice", 15, 8, "15 08"},
		{"notice", 15, 19, "15 19"},
		{"notice", 15, 20, "16 08"},
		{"monthly", 15, 0, "15 08"},
		{"holiday_many", 15, 23, "16 08"},
		{"report_new", 15, 23, "16 08"},
		{"a kind of tomorrow", 15, 23, "16 08"},
		{"code", 15, 3, "15 03"},
		{"reset", 15, 3, "15 03"},
		{"test", 15, 3, "15 03"},
		{"merchant_invitation", 15, 3, "15 03"},
		{"notice_emergency", 15, 3, "15 03"},
		{"new_device", 15, 3, "15 03"},
		{"alarm_content", 15, 3, "15 03"},
		{"meeting_cancelled", 15, 22, "15 22"},
	} {
		x := openPace(t)
		x.on(tt.day, tt.hour)
		x.send(t, wang, tt.kind, "k")
		for end := x.at.Add(48 * time.Hour); len(x.sent) == 0 && x.at.Before(end); {
			if _, err := x.Leave(t.Context()); err != nil {
				t.Error(err)
			}
			if len(x.sent) == 0 {
				x.at = x.at.Add(time.Hour)
			}
		}
		if got := x.at.Format("02 15"); got != tt.want {
			t.Errorf("%s at %d: left %s, want %s", tt.kind, tt.hour, got, tt.want)
		}
	}
	for at, want := range map[string]bool{"07:59": false, "08:00": true, "19:59": true, "20:00": false} {
		when, err := time.Parse("15:04", at)
		if err != nil || Day(when) != want {
			t.Errorf("%s: %v %v", at, !want, err)
		}
	}
}

// TestPaceWithoutEngine: what was not taken is no message of the day, is tried again, and given up when that is of no use.
func TestPaceWithoutEngine(t *testing.T) {
	x := openPace(t)
	x.err[wang] = down(errors.New("down"))
	for range Most + 1 {
		if err := x.Send(t.Context(), Message{To: wang, Kind: "monthly", Key: "k"}); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("an engine that is down: %v", err)
		}
	}
	delete(x.err, wang)
	x.send(t, wang, "monthly", "k")
	x.left(t, wang+" k")

	x.on(15, 22)
	x.send(t, wang, "monthly", "a")
	x.send(t, li, "monthly", "b")
	x.on(16, 9)
	x.err[wang] = down(errors.New("down"))
	if n, err := x.Leave(t.Context()); n != 1 || err == nil {
		t.Errorf("left %d, %v", n, err)
	}
	x.left(t, li+" b")
	delete(x.err, wang)
	x.leave(t) // it is not tried at once
	x.at = x.at.Add(tryAgain)
	x.leave(t, wang+" a")

	for name, tt := range map[string]struct {
		err  error
		gone bool
		days int
	}{
		"an address that is none":         {err: refuse("none")},
		"a way that there is not":         {err: fault.New(fault.Unavailable, "mail.none", nil)},
		"nobody's address":                {gone: true},
		"an engine that is down for days": {err: down(errors.New("down")), days: 4},
	} {
		x := openPace(t)
		x.on(15, 22)
		x.send(t, wang, "monthly", "a")
		if x.err[wang] = tt.err; tt.gone {
			x.gone = wang
		}
		for day := range tt.days + 1 {
			x.on(16+day, 9)
			_, _ = x.Leave(t.Context())
		}
		x.gone, x.err[wang] = "", nil
		x.on(16+tt.days+1, 9)
		x.leave(t)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	if err := x.Send(t.Context(), Message{To: li, Kind: "monthly", Key: "x"}); err != nil {
		t.Error(err)
	}
	x.on(16, 22)
	if err := x.Send(t.Context(), Message{To: li, Kind: "monthly", Key: "y", Args: map[string]any{"At": x.at}}); !fault.Is(err, fault.Internal) {
		t.Errorf("an argument that cannot wait: %v", err)
	}
}

// TestRefused: an address at which nobody is gets no more of what can wait, until a message is taken there.
func TestRefused(t *testing.T) {
	nobody := fault.New(fault.Invalid, "mail.refused", ErrNobody)
	for name, tt := range map[string]struct {
		err    error
		marked bool
	}{
		"nobody is there": {nobody, true}, "refused for another reason": {refuse("x"), false}, "not now": {down(errors.New("451")), false}, "taken": {nil, false},
	} {
		x := openPace(t)
		x.on(14, 22)
		x.send(t, wang, "monthly", "waits")
		x.on(15, 7)
		x.err[wang] = tt.err
		_ = x.Send(t.Context(), Message{To: wang, Kind: "code", Key: "c"})
		first := x.at
		x.at = x.at.Add(time.Minute)
		_ = x.Send(t.Context(), Message{To: wang, Kind: "code", Key: "d"})
		at, err := x.Refused(t.Context(), strings.ToUpper(wang))
		if err != nil || at.IsZero() == tt.marked || tt.marked && !at.Equal(first) {
			t.Errorf("%s: marked %v, %v", name, at, err)
		}
		if !tt.marked {
			continue
		}
		delete(x.err, wang)
		x.on(15, 9)
		x.leave(t) // what waited is dropped
		if err := x.Send(t.Context(), Message{To: wang, Kind: "monthly", Key: "m"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		x.send(t, li, "monthly", "l")
		x.send(t, wang, "code", "again")
		x.send(t, wang, "monthly", "m")
		x.left(t, li+" l", wang+" again", wang+" m")
	}
}

// TestPaceForgets: counts of days that are over, and refusals of a year ago.
func TestPaceForgets(t *testing.T) {
	x := openPace(t)
	x.send(t, wang, "monthly", "a")
	x.err[li] = fault.New(fault.Invalid, "mail.refused", ErrNobody)
	_ = x.Send(t.Context(), Message{To: li, Kind: "code", Key: "c"})
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{24 * time.Hour, 0}, {24 * time.Hour, 1}, {360 * 24 * time.Hour, 0}, {4 * 24 * time.Hour, 1}, {0, 0}} {
		x.at = x.at.Add(tt.after)
		if n, err := x.Sweep(t.Context()); err != nil || n != tt.want {
			t.Errorf("%s: forgot %d, %v; want %d", x.at, n, err, tt.want)
		}
	}
}

// TestNobody: which refusals say that the address is none.
func TestNobody(t *testing.T) {
	for _, tt := range []struct {
		code     int
		enhanced string
		want     bool
	}{
		{550, "5.1.1", true},
		{550, "5.1.10", true},
		{550, "5.2.1", true},
		{550, "", true},
		{551, "", true},
		{553, "", true},
		{554, "", false},
		{552, "", false},
		{552, "5.2.2", false},
		{550, "5.7.1", false},
		{554, "5.7.1", false},
		{530, "5.7.0", false},
	} {
		if got := nobody(tt.code, tt.enhanced); got != tt.want {
			t.Errorf("%d %s: %v", tt.code, tt.enhanced, got)
		}
	}
}
