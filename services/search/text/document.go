package text

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"shangquan/services/search"
)

// SchemaVersion changes with every change to the tokens or fields of a Document: an index of another version is rebuilt.
const SchemaVersion = 3

// MaxDescription is how many characters of a description are searched.
const MaxDescription = 400

// Document is a listing as words divided by spaces, for an engine that must not analyse text itself.
type Document struct {
	ID         string    `json:"id"`
	NameTok    string    `json:"name_tok"`
	AliasTok   []string  `json:"alias_tok"`
	NameUni    string    `json:"name_uni"`
	AliasUni   []string  `json:"alias_uni"`
	NamePy     string    `json:"name_py"`
	AliasPy    []string  `json:"alias_py"`
	NameIni    string    `json:"name_ini"`
	AliasIni   []string  `json:"alias_ini"`
	CatTok     []string  `json:"cat_tok"`
	CatUni     []string  `json:"cat_uni"`
	CatPy      []string  `json:"cat_py"`
	PlaceTok   []string  `json:"place_tok"`
	PlaceUni   []string  `json:"place_uni"`
	PlacePy    []string  `json:"place_py"`
	AttrTok    []string  `json:"attr_tok"`
	AttrUni    []string  `json:"attr_uni"`
	AddrTok    []string  `json:"addr_tok"`
	PhoneSfx   []string  `json:"phone_sfx"`
	DescTok    string    `json:"desc_tok"`
	Category   string    `json:"category_id,omitempty"`
	Street     string    `json:"street_id,omitempty"`
	Plaza      string    `json:"plaza_id,omitempty"`
	Level      int       `json:"level,omitempty"`
	Price      int       `json:"price,omitempty"`
	Tags       []string  `json:"tag_ids"`
	OpenSlots  []int     `json:"open_slots"`
	ClosedOn   []int     `json:"closed_on"`
	Geo        *GeoPoint `json:"_geo,omitempty"`
	Heritage   bool      `json:"time_honoured"`
	Popularity int       `json:"popularity"`
	UpdatedAt  int64     `json:"updated_at"` // unix seconds
	NameKey    string    `json:"name_key,omitempty"`
	DoorKey    string    `json:"door_key,omitempty"`
	Schema     int       `json:"schema_version"`
	// Sum identifies all the rest: two documents with the same sum are found by the same words. What a listing is found by changes
	// without the listing when a street is renamed or a category gets another word.
	Sum string `json:"sum"`
}

// GeoPoint is a place as Meilisearch wants it.
type GeoPoint struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
}

// DocumentOf derives the fields of a listing.
func DocumentOf(l *search.Listing) Document {
	d := Document{
		ID: l.ID, Category: l.Category.ID, Street: l.Street.ID, Plaza: l.Plaza.ID, Level: l.Level, Price: l.Price, Tags: []string{},
		OpenSlots: l.Open.List(), ClosedOn: append([]int{}, l.ClosedOn...), Heritage: l.Heritage, Popularity: l.Popularity,
		UpdatedAt: l.UpdatedAt.Unix(), NameKey: l.NameKey, DoorKey: l.DoorKey, Schema: SchemaVersion,
		AliasTok: []string{}, AliasUni: []string{}, AliasPy: []string{}, AliasIni: []string{},
		CatTok: []string{}, CatUni: []string{}, CatPy: []string{}, PlaceTok: []string{}, PlaceUni: []string{}, PlacePy: []string{},
		AttrTok: []string{}, AttrUni: []string{}, AddrTok: []string{}, PhoneSfx: []string{},
	}
	d.NameTok, d.NameUni = fields(l.Name)
	r := ReadingsOf(l.Name, l.Pinyin)
	d.NamePy, d.NameIni = strings.Join(PinyinGroups(r), " "), strings.Join(Initials(r), " ")
	for _, a := range l.Aliases {
		d.AliasTok, d.AliasUni = appendFields(d.AliasTok, d.AliasUni, a)
		r := Readings(Core(a))
		d.AliasPy, d.AliasIni = appendWords(d.AliasPy, PinyinGroups(r)), appendWords(d.AliasIni, Initials(r))
	}
	for _, t := range l.Category.Terms {
		d.CatTok, d.CatUni = appendFields(d.CatTok, d.CatUni, t)
		d.CatPy = appendWords(d.CatPy, PinyinGroups(Readings(t)))
	}
	for _, t := range append(append([]string{}, l.Street.Terms...), l.Plaza.Terms...) {
		d.PlaceTok, d.PlaceUni = appendFields(d.PlaceTok, d.PlaceUni, t)
		d.PlacePy = appendWords(d.PlacePy, PinyinGroups(Readings(t)))
	}
	for _, label := range l.Tags {
		if label.ID != "" {
			d.Tags = append(d.Tags, label.ID)
		}
		for _, t := range label.Terms {
			d.AttrTok, d.AttrUni = appendFields(d.AttrTok, d.AttrUni, t)
		}
	}
	for _, g := range l.Goods {
		d.AttrTok, d.AttrUni = appendFields(d.AttrTok, d.AttrUni, g)
	}
	d.AddrTok, _ = appendFields(d.AddrTok, nil, l.Address)
	d.AddrTok, _ = appendFields(d.AddrTok, nil, l.Floor)
	for _, p := range l.Phones {
		d.PhoneSfx = appendWords(d.PhoneSfx, phoneEndings(PhoneDigits(p)))
	}
	d.DescTok, _ = fields(Clip(l.Description))
	if l.At != nil {
		d.Geo = &GeoPoint{l.At.Lat, l.At.Lng}
	}
	d.Sum = d.sum()
	return d
}

// sum returns the sum of a document that has none yet. What cannot be written as JSON is in no index.
func (d *Document) sum() string {
	b, err := json.Marshal(d)
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

// Clip cuts a description to what is searched of it.
func Clip(s string) string { return s[:cutRunes(s, MaxDescription)] }

// PhoneDigits returns the digits of a number as written.
func PhoneDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r = foldRune(r); r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// phoneEndings returns the endings of four digits and more, so that any part of a number begins one.
func phoneEndings(digits string) []string {
	var out []string
	for i := 0; i+4 <= len(digits); i++ {
		out = append(out, digits[i:])
	}
	return out
}

func fields(s string) (tok, uni string) {
	t := Tokenise(s)
	return strings.Join(append(t.Grams, t.Words...), " "), strings.Join(t.Uni, " ")
}

func appendFields(toks, unis []string, s string) ([]string, []string) {
	tok, uni := fields(s)
	if tok != "" {
		toks = append(toks, tok)
	}
	if uni != "" {
		unis = append(unis, uni)
	}
	return toks, unis
}

func appendWords(list, words []string) []string {
	if len(words) == 0 {
		return list
	}
	return append(list, strings.Join(words, " "))
}
