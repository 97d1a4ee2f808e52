package api

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/idempotency"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
)

const jsonType = "application/json"

// NewPost is a post as a program sends it.
type NewPost struct {
	Kind       post.Kind   `json:"kind"`
	Title      lang.Text   `json:"title"`
	Text       lang.Text   `json:"text"`
	Who        lang.Text   `json:"who"`
	Conditions lang.Text   `json:"conditions"`
	From       string      `json:"from"`
	Until      string      `json:"until"`
	Repeat     Repeat      `json:"repeat"`
	Times      *hours.Span `json:"times"`
	Publish    bool        `json:"publish"`
}

// Repeat says on which days a post holds: "day", "week" or "month".
type Repeat struct {
	Every string `json:"every"`
	Days  []int  `json:"days"`
}

// MyPost is a post as its writers see it.
type MyPost struct {
	ID         string      `json:"id"`
	Rev        int64       `json:"rev"`
	State      post.State  `json:"state"`
	Kind       post.Kind   `json:"kind"`
	Title      lang.Text   `json:"title"`
	Text       lang.Text   `json:"text"`
	Who        lang.Text   `json:"who"`
	Conditions lang.Text   `json:"conditions"`
	From       string      `json:"from"`
	Until      string      `json:"until"`
	Repeat     Repeat      `json:"repeat"`
	Times      *hours.Span `json:"times"`
}

// daily is how the API writes post.Daily, which is the empty word in the store.
const daily = "day"

func (a *API) minePost(x *post.Post) MyPost {
	v := MyPost{
		ID: x.ID, Rev: x.Rev, State: x.StateAt(a.now()), Kind: x.Kind, Title: x.Title, Text: x.Text, Who: x.Who, Conditions: x.Conditions,
		From: x.From, Until: x.Until, Repeat: Repeat{string(x.Repeat.Every), list(x.Repeat.Days)}, Times: x.Times,
	}
	if x.Repeat.Every == post.Daily {
		v.Repeat.Every = daily
	}
	return v
}

// myPosts: GET /api/v1/my/listings/:id/posts.
func (a *API) myPosts(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	all, err := a.posts.ByListing(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	items := []MyPost{}
	for i := range all {
		items = append(items, a.minePost(&all[i]))
	}
	return sendPrivate(c, struct {
		Items []MyPost `json:"items"`
	}{items})
}

// addPost: POST /api/v1/my/listings/:id/posts. A post that cannot be public yet, because five are, stays a draft and says so.
func (a *API) addPost(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	by := actor(c)
	return a.once(c, func(ctx context.Context) (idempotency.Answer, error) {
		var in NewPost
		if err := Decode(c.Get(fiber.HeaderContentType), jsonType, c.Request().Body(), &in); err != nil {
			return idempotency.Answer{}, err
		}
		x := post.Post{
			ListingID: c.Params("id"), Kind: in.Kind, Title: in.Title, Text: in.Text, Who: in.Who, Conditions: in.Conditions,
			From: in.From, Until: in.Until, Repeat: post.Repeat{Every: post.Every(in.Repeat.Every), Days: list(in.Repeat.Days)}, Times: in.Times,
		}
		if in.Repeat.Every == daily {
			x.Repeat.Every = post.Daily
		}
		if err := a.posts.Create(ctx, by, &x); err != nil {
			return idempotency.Answer{}, err
		}
		if in.Publish {
			published, err := a.posts.Publish(ctx, by, x.ID, x.Rev)
			switch {
			case err == nil:
				x = published
			case !fault.Is(err, fault.Conflict):
				return idempotency.Answer{}, err
			}
		}
		return answer(fiber.StatusCreated, a.minePost(&x), "")
	})
}

// confirmListing: POST /api/v1/my/listings/:id/confirm: the facts of the revision in If-Match are still right.
func (a *API) confirmListing(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	by, id := actor(c), c.Params("id")
	was := &outdated{}
	err := a.once(c, func(ctx context.Context) (idempotency.Answer, error) {
		if body := c.Request().Body(); len(body) > 0 {
			if err := Decode(c.Get(fiber.HeaderContentType), jsonType, body, &struct{}{}); err != nil {
				return idempotency.Answer{}, err
			}
		}
		l, err := a.listings.Open(ctx, by, id)
		if err != nil {
			return idempotency.Answer{}, err
		}
		current, err := matches(c, &l)
		if err != nil {
			return idempotency.Answer{}, err
		}
		if !current {
			return idempotency.Answer{}, &outdated{l}
		}
		got, err := a.listings.Confirm(ctx, by, id, l.Rev)
		if isStale(err) {
			if l, err = a.listings.Open(ctx, by, id); err == nil {
				err = &outdated{l}
			}
		}
		if err != nil {
			return idempotency.Answer{}, err
		}
		return answer(fiber.StatusOK, a.mine(&got), tag(&got))
	})
	if errors.As(err, &was) {
		return a.sendMine(c, fiber.StatusPreconditionFailed, &was.listing)
	}
	return err
}

// outdated says that the revision named is not that of the listing any more.
type outdated struct{ listing listing.Listing }

func (o *outdated) Error() string { return "api: " + o.listing.ID + " has another revision" }

// answer keeps an answer so that it can be given again.
func answer(status int, v any, etag string) (idempotency.Answer, error) {
	body, err := json.Marshal(v)
	out := idempotency.Answer{Status: status, Header: map[string]string{fiber.HeaderContentType: jsonType + "; charset=utf-8"}, Body: body}
	if etag != "" {
		out.Header[fiber.HeaderETag] = etag
	}
	return out, err
}

// once does the work of a request, or gives the answer it had when the same request came before with the same Idempotency-Key.
func (a *API) once(c *fiber.Ctx, work func(context.Context) (idempotency.Answer, error)) error {
	var got idempotency.Answer
	var err error
	if key := c.Get("Idempotency-Key"); key == "" {
		got, err = work(c.UserContext())
	} else {
		r := idempotency.Request{Key: key, Route: c.Method() + " " + c.Path(), Body: c.Request().Body()}
		var again bool
		got, again, err = a.repeats.Do(c.UserContext(), actor(c), r, func(ctx context.Context, _ string) (idempotency.Answer, error) { return work(ctx) })
		if again {
			c.Set("Idempotency-Replayed", "true")
		}
	}
	if err != nil {
		return err
	}
	c.Status(got.Status)
	for name, value := range got.Header {
		c.Set(name, value)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(got.Body)
}
