package assembly

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// Body is an organisation page of the joint organisation: 人民路路段党委, 商圈联合党总支. It says what the body does for the district
// and nothing of anybody's membership.
type Body struct {
	store.Meta
	audit.Trail
	Slug string         `json:"slug"`
	Page Gate[BodyPage] `json:"page"`
}

// BodyPage is everything the page of a body says.
type BodyPage struct {
	Name      lang.Text `json:"name"`
	Scope     lang.Text `json:"scope,omitzero"`     // which streets and plazas
	Station   lang.Text `json:"station,omitzero"`   // where one finds it, and when
	Programme lang.Text `json:"programme,omitzero"` // what it does this year
	Desk      Desk      `json:"desk,omitzero"`
	// Members are ids of organisations; the public reads the names of those that agreed, at each request.
	Members []string `json:"members"`
}

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// mostBodies bounds how many bodies there are.
const mostBodies = 50

func (s *Service) readPage(ctx context.Context, x *BodyPage) error {
	for _, t := range []*lang.Text{&x.Name, &x.Scope, &x.Station, &x.Programme} {
		*t = t.Clean()
	}
	x.Desk.Title, x.Desk.Phone = lang.Clean(x.Desk.Title), lang.Clean(x.Desk.Phone)
	wrong := (lang.Limit{Max: MaxName, Must: true}).CheckText("name", x.Name)
	wrong = append(wrong, (lang.Limit{Max: MaxReason}).CheckText("scope", x.Scope)...)
	wrong = append(wrong, (lang.Limit{Max: MaxReason}).CheckText("station", x.Station)...)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).CheckText("programme", x.Programme)...)
	wrong = append(wrong, phone.NoMobile("scope", x.Scope.All()...)...)
	wrong = append(wrong, phone.NoMobile("station", x.Station.All()...)...)
	wrong = append(wrong, phone.NoMobile("programme", x.Programme.All()...)...)
	wrong = append(wrong, (lang.Limit{Max: MaxName}).Check("desk", x.Desk.Title)...)
	wrong = append(wrong, number("phone", x.Desk.Phone)...)
	list, err := s.seated(ctx, true)
	if err != nil {
		return err
	}
	members := []string{}
	for _, o := range list {
		if slices.Contains(x.Members, o.ID) {
			members = append(members, o.ID)
		}
	}
	x.Members = members
	return fault.Wrongs(wrong)
}

// AddBody makes the page of a body, which nobody sees until a second person let it through: fault.Invalid.
func (s *Service) AddBody(ctx context.Context, by access.Actor, slug string, x BodyPage) (Body, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Body{}, err
	}
	slug = lang.Clean(slug)
	if !slugPattern.MatchString(slug) || len(slug) > 40 {
		return Body{}, fault.Wrong("slug", "assembly.wrong.slug", nil)
	}
	if err := s.readPage(ctx, &x); err != nil {
		return Body{}, err
	}
	if n, err := s.bodies.Count(ctx, store.All()); err != nil || n >= mostBodies {
		return Body{}, errors.Join(err, cannot("assembly.wrong.full", "too many bodies"))
	}
	b := Body{Slug: slug}
	b.Page.Edit(by, x)
	err := s.bodies.Insert(ctx, by, audit.Write{Action: access.AssemblyEdit, Title: x.Name.Hans}, &b)
	if fault.Is(err, fault.Conflict) {
		err = fault.Wrong("slug", "assembly.wrong.taken", nil)
	}
	return b, err
}

// EditBody writes the draft of a page; what is public stays. fault.NotFound, fault.Invalid, fault.Conflict.
func (s *Service) EditBody(ctx context.Context, by access.Actor, id string, rev int64, x BodyPage) (Body, error) {
	if err := require(by, access.AssemblyEdit); err != nil {
		return Body{}, err
	}
	if err := s.readPage(ctx, &x); err != nil {
		return Body{}, err
	}
	return s.changeBody(ctx, by, access.AssemblyEdit, id, rev, "", func(b *Body) error { b.Page.Edit(by, x); return nil })
}

func (s *Service) changeBody(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, why string, f func(*Body) error) (Body, error) {
	if err := require(by, act); err != nil {
		return Body{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Body{}, err
	}
	return s.bodies.UpdateAs(ctx, by, id, rev, func(b *Body) (audit.Write, error) {
		err := f(b)
		return audit.Write{Action: act, Title: b.Page.Draft.Name.Hans, Why: why}, err
	})
}

// SubmitBody gives the draft to a second person.
func (s *Service) SubmitBody(ctx context.Context, by access.Actor, id string, rev int64) (Body, error) {
	return s.changeBody(ctx, by, access.AssemblyEdit, id, rev, "submit", func(b *Body) error { return b.Page.Submit() })
}

// WithdrawBody takes the public page away at once.
func (s *Service) WithdrawBody(ctx context.Context, by access.Actor, id string, rev int64) (Body, error) {
	return s.changeBody(ctx, by, access.AssemblyEdit, id, rev, "withdraw", func(b *Body) error { return b.Page.Withdraw() })
}

// ApproveBody makes exactly the draft with this hash public: fault.Conflict when it was changed, or by who wrote it.
func (s *Service) ApproveBody(ctx context.Context, by access.Actor, id string, rev int64, hash string) (Body, error) {
	return s.changeBody(ctx, by, access.AssemblyApprove, id, rev, "approve", func(b *Body) error { return b.Page.Approve(by, hash, s.Now()) })
}

// ReturnBody gives the draft back with a reason.
func (s *Service) ReturnBody(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Body, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true, Prose: true}).Check("reason", reason)); err != nil {
		return Body{}, err
	}
	return s.changeBody(ctx, by, access.AssemblyApprove, id, rev, reason, func(b *Body) error { return b.Page.GiveBack(reason) })
}

// Body returns one, for who works on the joint meeting: fault.NotFound.
func (s *Service) Body(ctx context.Context, by access.Actor, id string) (Body, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return Body{}, err
	}
	return s.bodies.Get(ctx, id)
}

// Bodies returns all of them by their address, for who works on the joint meeting.
func (s *Service) Bodies(ctx context.Context, by access.Actor) ([]Body, error) {
	if err := require(by, access.AssemblyRead); err != nil {
		return nil, err
	}
	return s.allBodies(ctx)
}

func (s *Service) allBodies(ctx context.Context) ([]Body, error) {
	return store.Collect(s.bodies.Each(ctx, store.All().OrderBy("slug", store.Asc).Limit(mostBodies)), mostBodies)
}

// ListedNames returns the names of the members that may be named in public now, by id.
func (s *Service) ListedNames(ctx context.Context) (map[string]lang.Text, error) {
	list, err := s.seated(ctx, true)
	out := map[string]lang.Text{}
	for i := range list {
		if list[i].Listed() {
			out[list[i].ID] = list[i].Name
		}
	}
	return out, err
}

// Shown is the page of a body as the public reads it.
type Shown struct {
	Slug string
	BodyPage
	Listed []lang.Text // the members that agreed to be listed
}

// PublicBodies returns the pages that are public, without their members.
func (s *Service) PublicBodies(ctx context.Context) ([]Shown, error) {
	list, err := s.allBodies(ctx)
	out := []Shown{}
	for _, b := range list {
		if b.Page.Public != nil {
			out = append(out, Shown{Slug: b.Slug, BodyPage: *b.Page.Public})
		}
	}
	return out, err
}

// PublicBody returns the page of a body with the members that may be named now: fault.NotFound.
func (s *Service) PublicBody(ctx context.Context, slug string) (Shown, error) {
	b, err := s.bodies.GetBy(ctx, "slug", slug)
	if err != nil {
		return Shown{}, err
	}
	if b.Page.Public == nil {
		return Shown{}, fault.Missing()
	}
	out := Shown{Slug: b.Slug, BodyPage: *b.Page.Public, Listed: []lang.Text{}}
	list, err := s.seated(ctx, true)
	for _, o := range list {
		if o.Listed() && slices.Contains(out.Members, o.ID) {
			out.Listed = append(out.Listed, o.Name)
		}
	}
	out.Members = nil // the public has no use for ids
	return out, err
}
