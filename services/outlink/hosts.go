// Package outlink keeps what the public pages link to elsewhere: the hosts that notices may link to (security CON-02), and whether the
// addresses that stand on public pages still answer.
package outlink

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/outward"
	"shangquan/services/store"
)

// MaxHosts is how many hosts notices may link to; who needs more does not choose any more.
const MaxHosts = 100

// Hosts are the hosts that notices may link to, with everything below each. There is one document; before somebody wrote it, the hosts of
// the setting hold.
type Hosts struct {
	store.Meta
	audit.Trail
	Names []string `json:"names"` // as people read them: gov.cn, 政务
}

const (
	kind   = "link_hosts"
	theOne = "hosts"
)

// Deps are what New needs.
type Deps struct {
	DB  store.DB
	Log *audit.Log
	// Setting are the hosts that hold until an administrator writes others.
	Setting []string
}

// Service keeps the hosts. It is safe for concurrent use.
type Service struct {
	docs    *audit.Recorded[Hosts]
	setting []string
	now     *store.Latest[notice.Hosts]
}

// New returns the hosts on d.DB.
func New(d Deps) *Service {
	s := &Service{docs: audit.Record(store.NewCollection[Hosts](d.DB, "link_hosts", store.Follow("audit"), store.Sealed()), d.Log, kind), setting: d.Setting}
	s.now = store.NewLatest(notice.NewHosts(d.Setting...), s.docs.Revision, func(ctx context.Context, _ notice.Hosts) (notice.Hosts, error) {
		h, err := s.read(ctx)
		return notice.NewHosts(h.Names...), err
	})
	return s
}

// Allowed returns the hosts that hold now. A store that cannot be asked leaves those that held before.
func (s *Service) Allowed(ctx context.Context) notice.Hosts {
	if _, err := s.now.Look(ctx); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "the hosts that notices link to are those last read", "error", err)
	}
	return s.now.Now()
}

func (s *Service) read(ctx context.Context) (Hosts, error) {
	h, err := s.docs.Get(ctx, theOne)
	if fault.Is(err, fault.NotFound) {
		return Hosts{Meta: store.Meta{ID: theOne}, Names: s.setting}, nil
	}
	return h, err
}

// Get returns the hosts for those who look after them; revision 0 says that nobody has written any.
func (s *Service) Get(ctx context.Context, by access.Actor) (Hosts, error) {
	if err := access.Require(by, access.LinkRead, access.Thing{Kind: kind}); err != nil {
		return Hosts{}, err
	}
	return s.read(ctx)
}

// Set writes the hosts over the revision that was shown, 0 for none; pasted addresses are cut to their host. None at all is an answer, too.
// fault.Invalid on field "hosts" for what is no host, or is as good as every host: com, com.cn. It takes a fresh check of who is there.
func (s *Service) Set(ctx context.Context, by access.Actor, rev int64, typed []string) (Hosts, error) {
	if err := access.Require(by, access.LinkHosts, access.Thing{Kind: kind}); err != nil {
		return Hosts{}, err
	}
	names := []string{}
	for _, t := range typed {
		t = lang.Clean(t)
		if t == "" {
			continue
		}
		name, ok := hostOf(t)
		if !ok {
			return Hosts{}, fault.Wrong("hosts", "outlink.wrong.host", map[string]any{"Host": shortened(t)})
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > MaxHosts {
		return Hosts{}, fault.Wrong("hosts", "outlink.wrong.count", map[string]any{"Max": MaxHosts})
	}
	w := audit.Write{Action: access.LinkHosts}
	if rev == 0 {
		h := Hosts{Meta: store.Meta{ID: theOne}, Names: names}
		err := s.docs.Insert(ctx, by, w, &h)
		if fault.Is(err, fault.Conflict) {
			return Hosts{}, fault.New(fault.Conflict, "error.stale", errors.New("outlink: somebody has written the hosts meanwhile"))
		}
		return h, err
	}
	return s.docs.Update(ctx, by, w, theOne, rev, func(h *Hosts) error {
		h.Names = names
		return nil
	})
}

// hostOf returns the host somebody typed or pasted, as people read it.
func hostOf(typed string) (string, bool) {
	if len(typed) > 300 {
		return "", false
	}
	if strings.Contains(typed, "://") {
		u, err := url.Parse(typed)
		if err != nil || u.User != nil {
			return "", false
		}
		typed = u.Hostname()
	}
	typed = strings.Trim(strings.TrimPrefix(strings.ToLower(typed), "*."), ".")
	a, err := idna.Lookup.ToASCII(typed)
	if err != nil || a == "" || strings.ContainsAny(a, "/:@ ") {
		return "", false
	}
	if _, err := netip.ParseAddr(a); err == nil || !named(a) || strings.Contains(a, ".") && !outward.PublicName(a) {
		return "", false
	}
	shown, err := idna.Display.ToUnicode(a)
	return shown, err == nil
}

// named reports whether a host is somebody's, and not a whole country's or everybody's. The administration's own endings are the
// exception: who has a name below them is an authority.
func named(host string) bool {
	for _, own := range notice.DefaultHosts {
		if a, err := idna.Lookup.ToASCII(own); err == nil && host == a {
			return true
		}
	}
	suffix, known := publicsuffix.PublicSuffix(host)
	return suffix != host && (known || strings.Contains(suffix, "."))
}

func shortened(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 40)])
}

// hostASCII is a host as it is resolved; one that cannot be is left as it is.
func hostASCII(host string) string {
	if a, err := idna.Lookup.ToASCII(host); err == nil {
		return a
	}
	return host
}
