package rescue

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// boom panics as a bug does, at a place the log is to name.
func boom(at int) int { return []int{1, 2}[at] }

func TestDo(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, c := range map[string]struct {
		f    func() error
		says []string // nil: no panic
		err  error
	}{
		"well":   {func() error { return nil }, nil, nil},
		"failed": {func() error { return failed }, nil, failed},
		"a bug":  {func() error { boom(2); return nil }, []string{"panic: runtime error: index out of range [2] with length 2 at rescue.boom rescue_test.go:12 < "}, nil},
		// A text may be made of what somebody typed.
		"a text":  {func() error { panic("林阿姨 13800000000") }, []string{"panic: string at rescue.TestDo"}, nil},
		"a fault": {func() error { panic(errors.New("林阿姨")) }, []string{"panic: *errors.errorString at rescue.TestDo"}, nil},
		"while another is recovered": {func() error {
			defer func() {
				_ = recover()
				boom(3)
			}()
			panic("first")
		}, []string{"index out of range [3]", "rescue.boom"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Do(c.f)
			if _, panicked := errors.AsType[*Panic](err); panicked != (c.says != nil) || !panicked && !errors.Is(err, c.err) {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "林阿姨") || strings.Contains(err.Error(), "runtime.gopanic") {
					t.Errorf("it says %q, want %q", err, want)
				}
			}
		})
	}
}

// TestGoroutinesThatPanic: the process lives, whoever waits is told, and the log says it once. OPS-05.
func TestGoroutinesThatPanic(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	var tasks Tasks
	tasks.Go(log, "bad", func() { boom(2) })
	done := make(chan struct{})
	Go(log, "good", func() { close(done) })
	tasks.Wait()
	<-done
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"name":"bad"`) || !strings.Contains(got, "rescue.boom") {
		t.Errorf("the log says %s", got)
	}
	var group Group
	group.SetLimit(1)
	after := false
	group.Go(func() error { boom(2); return nil })
	group.Go(func() error { after = true; return nil })
	if _, ok := errors.AsType[*Panic](group.Wait()); !ok || !after {
		t.Errorf("the group says %v, went on %v", group.Wait(), after)
	}
}
