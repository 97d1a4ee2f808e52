// Package mediatest is the suite that every engine of media.Blobs passes.
package mediatest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/media"
)

// ids of blobs, in three folders.
const (
	a = "0a23456789abcdef0123456789abcdef"
	b = "0a33456789abcdef0123456789abcdef"
	c = "ff23456789abcdef0123456789abcdef"
)

func photo(id string, width int) string { return fmt.Sprintf("media/%s/%s-%d.jpg", id[:2], id, width) }
func evidence(id string) string         { return "evidence/" + id[:2] + "/" + id }

// Run runs the suite. open returns a store without blobs, which ends with the test.
func Run(t *testing.T, open func(t *testing.T) *media.Blobs) {
	t.Run("what is put comes back", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		for i, key := range []string{photo(a, 320), photo(a, 1280), photo(c, 1), evidence(a), "files/" + a[:2] + "/" + a + ".pdf"} {
			data := bytes.Repeat([]byte{byte(i), 0xff, 0xd8, '\n'}, 1000*i+1)
			must(t, s.Put(ctx, key, data))
			got, err := s.Get(ctx, key)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes of %d, %v", key, len(got), len(data), err)
			}
		}
	})
	t.Run("a blob is replaced whole", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		must(t, s.Put(ctx, photo(a, 320), []byte("a longer one")))
		must(t, s.Put(ctx, photo(a, 320), []byte("short")))
		if got, err := s.Get(ctx, photo(a, 320)); string(got) != "short" {
			t.Errorf("%q, %v", got, err)
		}
	})
	t.Run("what is not there is not found", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		must(t, s.Put(ctx, photo(a, 320), []byte("x")))
		for _, key := range []string{photo(a, 640), photo(b, 320), evidence(a)} {
			if _, err := s.Get(ctx, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", key, err)
			}
			must(t, s.Delete(ctx, key))
		}
	})
	t.Run("only our own keys reach the engine", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		must(t, s.Put(ctx, photo(a, 320), []byte("x")))
		for _, key := range []string{
			"", "media", "media/0a", "../" + photo(a, 320), strings.Replace(photo(a, 320), "/", "//", 1), "media/./0a/" + a + "-320.jpg",
			strings.ReplaceAll(photo(a, 320), "/", "%2f"), "media/0a/../0a/" + a + "-320.jpg", "other/0a/" + a, photo(a, 320) + "/",
		} {
			if _, err := s.Get(ctx, key); !fault.Is(err, fault.NotFound) {
				t.Errorf("get %q: %v", key, err)
			}
			if err := s.Put(ctx, key, []byte("y")); !fault.Is(err, fault.Internal) {
				t.Errorf("put %q: %v", key, err)
			}
			if err := s.Delete(ctx, key); !fault.Is(err, fault.Internal) {
				t.Errorf("delete %q: %v", key, err)
			}
		}
		if got := keys(t, s); !slices.Equal(got, []string{photo(a, 320)}) {
			t.Errorf("the store has %v", got)
		}
	})
	t.Run("a deleted blob is gone", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		must(t, s.Put(ctx, photo(a, 320), []byte("x")))
		must(t, s.Put(ctx, photo(b, 320), []byte("y")))
		must(t, s.Delete(ctx, photo(a, 320)))
		if _, err := s.Get(ctx, photo(a, 320)); !fault.Is(err, fault.NotFound) {
			t.Errorf("still there: %v", err)
		}
		if got := keys(t, s); !slices.Equal(got, []string{photo(b, 320)}) {
			t.Errorf("the store has %v", got)
		}
	})
	t.Run("all are listed with size and time", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		want := []string{photo(a, 320), photo(a, 640), photo(b, 320), photo(c, 320), evidence(a), evidence(c)}
		for i, key := range want {
			must(t, s.Put(ctx, key, make([]byte, i+1)))
		}
		var got []string
		for info, err := range s.Each(ctx) {
			must(t, err)
			if info.Size != int64(len(got)+1) || time.Since(info.At).Abs() > time.Hour {
				t.Errorf("%+v", info)
			}
			got = append(got, info.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for _, err := range s.Each(ctx) {
			must(t, err)
			break // a listing may be left
		}
	})
	t.Run("many write at once", func(t *testing.T) {
		s, ctx := open(t), t.Context()
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if err := s.Put(ctx, photo(a, i+1), bytes.Repeat([]byte{byte(i)}, 10_000)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range 8 {
			got, err := s.Get(ctx, photo(a, i+1))
			if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(i)}, 10_000)) {
				t.Errorf("%d: %d bytes, %v", i, len(got), err)
			}
		}
	})
	t.Run("a cancelled write leaves nothing", func(t *testing.T) {
		s := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Put(ctx, photo(a, 320), []byte("x")); err == nil {
			t.Error("written")
		}
		if got := keys(t, s); len(got) != 0 {
			t.Errorf("the store has %v", got)
		}
	})
	t.Run("it says whether it answers", func(t *testing.T) {
		s := open(t)
		must(t, s.Ping(t.Context()))
		must(t, s.Close())
		if err := s.Ping(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("closed: %v", err)
		}
		if _, err := s.Get(t.Context(), photo(a, 320)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("closed: %v", err)
		}
		if err := s.Put(t.Context(), photo(a, 320), nil); !fault.Is(err, fault.Unavailable) {
			t.Errorf("closed: %v", err)
		}
	})
}

func keys(t *testing.T, s *media.Blobs) []string {
	t.Helper()
	var out []string
	for info, err := range s.Each(t.Context()) {
		must(t, err)
		out = append(out, info.Key)
	}
	return out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
