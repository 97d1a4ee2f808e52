package outlink

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/notice"
	"shangquan/services/outward"
	"shangquan/services/policy"
	"shangquan/services/post"
	"shangquan/services/rescue"
	"shangquan/services/store"
)

// How links are asked.
const (
	// MaxLinks is how many links are looked after; what is beyond is counted and not asked.
	MaxLinks = 1000
	// AskEvery is how often a link that answers is asked, AskAgain one that did not.
	AskEvery = 7 * 24 * time.Hour
	AskAgain = 24 * time.Hour
	// Trusted is how often in a row a link must not answer before anybody hears of it: one bad night is nobody's work.
	Trusted = 2

	atOnce   = 150 // links of one run; a run stays far below the quarter of an hour a job has
	perHost  = 20  // of them of one host; the others wait for the next run
	together = 6   // hosts beside each other; one host is asked one thing at a time
	silent   = 2   // how often a host may not answer in time before it is left alone until the next run
	answer   = 8 * time.Second
	maxWhere = 5
)

// State is how a link is.
type State string

// The states of a link.
const (
	Unasked State = "new" // not asked yet
	Fine    State = "fine"
	Broken  State = "broken"
	Moved   State = "moved" // it leads to another site
)

// Where is a public page on which a link stands.
type Where struct {
	Kind string    `json:"kind"` // notice, policy, listing or event
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
}

// Link is an address on public pages, and how it answered.
type Link struct {
	URL   string  `json:"url"`
	On    []Where `json:"on"` // at most five
	State State   `json:"state"`
	// Status is what was answered; 0 when nothing was, and Cause says why not: see outward.Cause.
	Status int    `json:"status"`
	Cause  string `json:"cause"`
	To     string `json:"to"` // the host a moved one leads to
	// Fails counts the times in a row that it did not answer; Since is the first of them, or when it was found moved.
	Fails int       `json:"fails"`
	Since time.Time `json:"since"`
	Next  time.Time `json:"next"` // when it is asked again
}

// Trouble reports whether somebody should look at it.
func (l *Link) Trouble() bool { return l.State == Moved || l.State == Broken && l.Fails >= Trusted }

// Report is every link as it was last asked. There is one.
type Report struct {
	store.Meta
	Links []Link    `json:"links"`
	Left  int       `json:"left"` // beyond MaxLinks
	At    time.Time `json:"at"`
}

// CheckerDeps are what NewChecker needs.
type CheckerDeps struct {
	DB store.DB
	// Board, Listed, Policies and Posts are what the public reads; see notice.Service.Board, directory.Service.Listed, policy.Service.Public
	// and post.Service.Published.
	Board    func(context.Context) (*notice.Board, error)
	Listed   func(context.Context) ([]*listing.Listing, string, error)
	Policies func(context.Context) ([]policy.Card, error)
	Posts    func(context.Context, time.Time) ([]post.Post, error)
	Allowed  func(context.Context) notice.Hosts
	Origin   string // of this site, for those who wonder who asks
	Now      func() time.Time
	// HTTP asks; nil for the client that reaches public addresses only. Tests have another.
	HTTP *http.Client
}

// Checker asks the links of public pages whether they still answer.
type Checker struct {
	CheckerDeps
	reports *store.Collection[Report]
}

// NewChecker returns the checker on d.DB.
func NewChecker(d CheckerDeps) *Checker {
	if d.HTTP == nil {
		d.HTTP = outward.Client(nil, answer, 80, 443)
	}
	return &Checker{CheckerDeps: d, reports: store.NewCollection[Report](d.DB, "link_report")}
}

const theReport = "links"

// Report returns the links as they were last asked, those that need somebody first; a zero At says that none was yet.
func (c *Checker) Report(ctx context.Context, by access.Actor) (Report, error) {
	if err := access.Require(by, access.LinkRead, access.Thing{Kind: kind}); err != nil {
		return Report{}, err
	}
	r, err := c.read(ctx)
	slices.SortStableFunc(r.Links, func(a, b Link) int {
		switch x, y := a.Trouble(), b.Trouble(); {
		case x && !y:
			return -1
		case y && !x:
			return 1
		case x:
			return a.Since.Compare(b.Since)
		}
		return strings.Compare(a.URL, b.URL)
	})
	return r, err
}

func (c *Checker) read(ctx context.Context) (Report, error) {
	r, err := c.reports.Get(ctx, theReport)
	if fault.Is(err, fault.NotFound) {
		return Report{Meta: store.Meta{ID: theReport}, Links: []Link{}}, nil
	}
	return r, err
}

// Check finds the links of what is public now, asks those that are due and returns how many it asked. A schedule calls it: each link is
// asked once a week, and one that did not answer the next day.
func (c *Checker) Check(ctx context.Context) (int, error) {
	was, err := c.read(ctx)
	if err != nil {
		return 0, err
	}
	links, left, err := c.gather(ctx, was.Links)
	if err != nil {
		return 0, err
	}
	asked, late := c.askDue(ctx, links)
	if late != nil { // the time is over: what was answered is kept all the same
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), answer)
		defer stop()
	}
	now := Report{Meta: was.Meta, Links: links, Left: left, At: c.Now()}
	if was.Rev == 0 {
		return asked, errors.Join(late, c.reports.Insert(ctx, &now))
	}
	_, err = c.reports.Update(ctx, theReport, was.Rev, func(r *Report) error {
		r.Links, r.Left, r.At = now.Links, now.Left, now.At
		return nil
	})
	return asked, errors.Join(late, err)
}

// gather returns the links of public pages, with what is known of each; left counts those beyond MaxLinks.
func (c *Checker) gather(ctx context.Context, known []Link) (links []Link, left int, err error) {
	before := make(map[string]Link, len(known))
	for _, l := range known {
		before[l.URL] = l
	}
	at := map[string]int{}
	add := func(address string, on Where) {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Port() != "" || len(address) > 1000 {
			return
		}
		u.Fragment = ""
		address = u.String()
		if i, ok := at[address]; ok {
			if len(links[i].On) < maxWhere {
				links[i].On = append(links[i].On, on)
			}
			return
		}
		if len(links) == MaxLinks {
			left++
			return
		}
		l, ok := before[address]
		if !ok {
			l = Link{URL: address, State: Unasked}
		}
		l.On = []Where{on}
		at[address] = len(links)
		links = append(links, l)
	}
	board, err := c.Board(ctx)
	if err != nil {
		return nil, 0, err
	}
	hosts := c.Allowed(ctx)
	for _, n := range board.Live(c.Now(), notice.Filter{}) {
		for _, t := range lang.Tags {
			text, in := n.Content.Text.In(t)
			if in != t {
				continue
			}
			for _, address := range notice.Links(text, hosts) {
				add(address, Where{Kind: "notice", ID: n.ID, Name: n.Content.Title})
			}
		}
	}
	cards, err := c.Policies(ctx)
	if err != nil {
		return nil, 0, err
	}
	for i := range cards {
		if to, ok := hosts.Address(cards[i].Link); ok {
			add(to, Where{Kind: policy.Name, ID: cards[i].ID, Name: cards[i].Title})
		}
	}
	posts, err := c.Posts(ctx, c.Now())
	if err != nil {
		return nil, 0, err
	}
	for i := range posts {
		if x := &posts[i]; x.Held != nil && x.Held.Page.Public != nil && x.Held.Page.Public.Link != "" {
			add(x.Held.Page.Public.Link, Where{Kind: string(post.Event), ID: x.ID, Name: x.Title})
		}
	}
	shops, _, err := c.Listed(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, l := range shops {
		if l.Website != "" {
			add(l.Website, Where{Kind: listing.Kind, ID: l.ID, Name: l.Name.Text})
		}
	}
	if links == nil {
		links = []Link{}
	}
	return links, left, nil
}

// askDue asks the links that are due, in place; those that waited longest first.
func (c *Checker) askDue(ctx context.Context, links []Link) (int, error) {
	now := c.Now()
	due := []int{}
	for i := range links {
		if !links[i].Next.After(now) {
			due = append(due, i)
		}
	}
	slices.SortStableFunc(due, func(a, b int) int { return links[a].Next.Compare(links[b].Next) })
	hosts, taken := map[string][]int{}, 0
	for _, i := range due {
		u, err := url.Parse(links[i].URL)
		if err != nil || taken == atOnce || len(hosts[u.Hostname()]) == perHost {
			continue
		}
		hosts[u.Hostname()] = append(hosts[u.Hostname()], i)
		taken++
	}
	var group rescue.Group
	group.SetLimit(together)
	var mu sync.Mutex
	asked := 0
	for _, list := range hosts {
		group.Go(func() error {
			for timeouts := 0; len(list) > 0 && timeouts < silent; list = list[1:] {
				i := list[0]
				if ctx.Err() != nil {
					return ctx.Err()
				}
				found := c.ask(ctx, links[i].URL)
				if ctx.Err() != nil { // who is stopped has not been answered
					return ctx.Err()
				}
				if found.cause == "timeout" {
					timeouts++
				}
				links[i].note(found, now) // each index is asked by one goroutine alone
				mu.Lock()
				asked++
				mu.Unlock()
			}
			return nil
		})
	}
	return asked, group.Wait()
}

// found is what one link answered.
type found struct {
	state  State
	status int
	cause  string
	to     string
}

func (l *Link) note(f found, now time.Time) {
	if f.state == Broken {
		l.Fails++
	} else {
		l.Fails = 0
	}
	if l.Since.IsZero() || l.State != f.state {
		l.Since = now
	}
	l.State, l.Status, l.Cause, l.To = f.state, f.status, f.cause, f.to
	l.Next = now.Add(AskEvery)
	if f.state == Broken {
		l.Next = now.Add(AskAgain)
	}
}

// ask asks for the head of a page and, where a server does not like that, for the page, of which nothing is read.
func (c *Checker) ask(ctx context.Context, address string) found {
	u, err := url.Parse(address)
	if err != nil || !outward.PublicName(hostASCII(u.Hostname())) {
		return found{state: Broken, cause: "name"}
	}
	f := c.try(ctx, http.MethodHead, u)
	if f.state == Broken && f.cause != "closed" && f.cause != "name" {
		f = c.try(ctx, http.MethodGet, u)
	}
	return f
}

func (c *Checker) try(ctx context.Context, method string, u *url.URL) found {
	r, err := http.NewRequestWithContext(ctx, method, u.String(), http.NoBody)
	if err != nil {
		return found{state: Broken, cause: "name"}
	}
	r.Header.Set("User-Agent", "shangquan-links/1 (+"+c.Origin+")")
	resp, err := c.HTTP.Do(r) // the client refuses addresses of closed networks, see package outward
	if err != nil {
		return found{state: Broken, cause: outward.Cause(err)}
	}
	_ = resp.Body.Close()
	return judge(u, resp)
}

// judge says how a link is by its answer. Servers that keep programs out, or want somebody to sign in, are there.
func judge(u *url.URL, resp *http.Response) found {
	f := found{state: Fine, status: resp.StatusCode}
	switch {
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone, resp.StatusCode >= 500:
		f.state = Broken
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		to, err := resp.Location()
		if errors.Is(err, http.ErrNoLocation) {
			return f
		}
		if err != nil {
			f.state = Broken
			return f
		}
		if !sameSite(u.Hostname(), to.Hostname()) {
			f.state, f.to = Moved, shortened(to.Hostname())
		}
	}
	return f
}

// sameSite reports whether two hosts are somebody's one: www.a.cn and a.cn.
func sameSite(a, b string) bool {
	a, b = hostASCII(a), hostASCII(b)
	if a == b {
		return true
	}
	x, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	y, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && x == y
}
