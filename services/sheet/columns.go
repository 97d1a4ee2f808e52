package sheet

import (
	"regexp"
	"strconv"
	"strings"

	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
)

// column is one column of the table.
type column struct {
	key    string   // machine name, accepted as a header
	header string   // what people read
	paths  []string // names of the listing's fields that a fault about this column carries
	help   string   // one line for the sheet of instructions
	width  float64  // characters, of the XLSX column; 0: 14
	wrap   bool     // long text
	pick   string   // which list of choices the XLSX drop-down offers, see Names.choices
}

// field is one or more columns that make sense only together, such as latitude, longitude and datum.
type field struct {
	cols []column
	// get writes the cells of a listing.
	get func(l *listing.Listing, n *Names) []string
	// set reads them back; cells that the file leaves out hold what get gave.
	set func(l *listing.Listing, cells []string, n *Names) *wrong
	// veil hides in the cells what is a person's and no visitor may see; unveil puts it back where it was left as it is, and reports
	// whether the cells say something besides that no file changes. Both are nil for most.
	veil   func(l *listing.Listing, cells []string)
	unveil func(l *listing.Listing, cells []string) (left bool)
}

// wrong is a cell that cannot be read: which of the field's columns, why, and what would do.
type wrong struct {
	col        int
	key        string
	args       map[string]any
	suggestion string
}

// fields is the table, in the order of the columns. Both directions and the instructions use it.
var fields = []field{
	text(column{key: "code", header: "店铺编号", paths: []string{"code"}, help: "必填，每家店一个，导入时按它找到店铺；不要改动已有的编号"},
		func(l *listing.Listing) *string { return &l.Code }),
	{
		cols: []column{{key: "state", header: "状态", paths: []string{"state"}, help: "新店可以写 草稿 或 已发布，不写就是草稿；已有的店在页面上改，不在表里改", pick: pickState}},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{states.shown(string(l.State))} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			state, ok := states.stored(lang.Clean(cells[0]))
			switch {
			case !ok:
				return &wrong{key: "sheet.unknown_word", args: map[string]any{"Value": cells[0], "Words": states.all()}, suggestion: states.shown(string(listing.Draft))}
			case state == "": // a shop always has a state: an empty cell leaves it
				return nil
			case l.Rev != 0:
				return &wrong{key: "sheet.state_fixed", args: map[string]any{"Value": states.shown(string(l.State))}, suggestion: states.shown(string(l.State))}
			case state != string(listing.Draft) && state != string(listing.Published):
				return &wrong{key: "sheet.state_new", args: map[string]any{"Value": states.shown(state)}, suggestion: states.shown(string(listing.Draft))}
			}
			l.State = listing.State(state)
			return nil
		},
	},
	text(column{key: "name", header: "名称", paths: []string{"name.hans", "name"}, help: "必填，招牌上的名字", width: 28},
		func(l *listing.Listing) *string { return &l.Name.Hans }),
	text(column{key: "name_hant", header: "繁体名称", paths: []string{"name.hant"}}, func(l *listing.Listing) *string { return &l.Name.Hant }),
	text(column{key: "name_en", header: "英文名称", paths: []string{"name.en"}}, func(l *listing.Listing) *string { return &l.Name.En }),
	text(column{key: "pinyin", header: "拼音", paths: []string{"name.pinyin"}, help: "有多音字时填，音节之间空一格，如 chong qing xiao mian"},
		func(l *listing.Listing) *string { return &l.Name.Pinyin }),
	list(column{key: "aliases", header: "别名", paths: []string{"aliases"}, help: "老名字、小名、公司名；多个用 ； 隔开", width: 24},
		func(l *listing.Listing) *[]string { return &l.Aliases }),
	ref(column{key: "category", header: "类别", paths: []string{"category_id"}, help: "必填，从下拉里选", pick: pickCategory},
		func(l *listing.Listing) *string { return &l.CategoryID }, func(n *Names) *index { return n.categories }, "sheet.unknown_category"),
	ref(column{key: "format", header: "业态", paths: []string{"format_id"}, help: "从下拉里选，可以不填", pick: pickFormat},
		func(l *listing.Listing) *string { return &l.FormatID }, func(n *Names) *index { return n.formats }, "sheet.unknown_format"),
	list(column{key: "goods", header: "商品和服务", paths: []string{"goods"}, help: "顾客会问的东西；多个用 ； 隔开", width: 24},
		func(l *listing.Listing) *[]string { return &l.Goods }),
	{
		cols: []column{{key: "spend", header: "人均（元）", paths: []string{"spend"}, help: "一个人来一次大概花多少，整数，如 25；不填就是没说"}},
		get: func(l *listing.Listing, _ *Names) []string {
			if l.Spend == 0 {
				return []string{""}
			}
			return []string{strconv.Itoa(l.Spend)}
		},
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			cell := lang.Clean(cells[0])
			n, err := strconv.Atoi(cell)
			if cell != "" && (err != nil || n < 0) {
				return &wrong{key: "sheet.bad_number", args: map[string]any{"Value": cell}, suggestion: "25"}
			}
			l.Spend = n
			return nil
		},
	},
	{
		cols: []column{{key: "tags", header: "便利标签", paths: []string{"tag_ids"}, help: "多个用 ； 隔开", width: 20}},
		get:  func(l *listing.Listing, n *Names) []string { return []string{joinList(n.tags.namesOf(l.TagIDs))} },
		set: func(l *listing.Listing, cells []string, n *Names) *wrong {
			ids := []string{}
			for _, name := range splitList(cells[0]) {
				id, ok := n.tags.id(name)
				if !ok {
					return &wrong{key: "sheet.unknown_tag", args: map[string]any{"Value": name}, suggestion: n.tags.nearest(name)}
				}
				ids = append(ids, id)
			}
			l.TagIDs = ids
			return nil
		},
	},
	marksField,
	text(column{key: "address", header: "地址", paths: []string{"address.line"}, help: "不写城市，如 中山中路 218 号", width: 28},
		func(l *listing.Listing) *string { return &l.Address.Line }),
	ref(column{key: "street", header: "路段", paths: []string{"address.street_id"}, help: "路名，要已在平台的路段里"},
		func(l *listing.Listing) *string { return &l.Address.StreetID }, func(n *Names) *index { return n.streets }, "sheet.unknown_street"),
	text(column{key: "house", header: "门牌号", paths: []string{"address.house"}, help: "末尾不写“号”，如 218 或 218弄3"},
		func(l *listing.Listing) *string { return &l.Address.House }),
	ref(column{key: "plaza", header: "商业广场", paths: []string{"address.plaza_id"}, help: "要已在平台的商业广场里", width: 20},
		func(l *listing.Listing) *string { return &l.Address.PlazaID }, func(n *Names) *index { return n.plazas }, "sheet.unknown_plaza"),
	{
		cols: []column{{key: "level", header: "楼层", paths: []string{"address.level"}, help: "1F、2F、B1"}},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{place.LevelLabel(l.Address.Level)} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			cell := lang.Clean(cells[0])
			level, ok := levelOf(cell)
			if !ok && cell != "" {
				return &wrong{key: "sheet.bad_level", args: map[string]any{"Value": cell}, suggestion: "1F"}
			}
			l.Address.Level = level
			return nil
		},
	},
	text(column{key: "unit", header: "铺位号", paths: []string{"address.unit"}}, func(l *listing.Listing) *string { return &l.Address.Unit }),
	text(column{key: "hint", header: "怎么找", paths: []string{"address.hint"}, help: "如 谷阳路口往西 80 米", width: 24},
		func(l *listing.Listing) *string { return &l.Address.Hint }),
	text(column{key: "postcode", header: "邮编", paths: []string{"address.postcode"}}, func(l *listing.Listing) *string { return &l.Address.Postcode }),
	locationField,
	{
		cols: []column{{key: "phones", header: "电话", paths: []string{"phones"}, help: "如 021-5772 1664、订座：400-820-8820", width: 24}},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{phone.Format(l.Phones)} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			numbers, err := phone.Parse(cells[0])
			if err != nil {
				return wrongOf(err, 0, "021-5772 1664")
			}
			l.Phones = numbers
			return nil
		},
		veil: func(l *listing.Listing, cells []string) {
			for _, n := range l.HiddenPhones() {
				cells[0] = strings.Replace(cells[0], n.Display(), n.Masked(), 1)
			}
		},
		unveil: func(l *listing.Listing, cells []string) bool {
			for _, n := range l.HiddenPhones() {
				cells[0] = strings.Replace(cells[0], n.Masked(), n.Display(), 1)
			}
			return false
		},
	},
	weekField, classField, specialField, pauseField, osmField,
	text(column{key: "hours_text", header: "营业时间原文", paths: []string{"hours.text", "text"}, help: "读不懂的营业时间先记在这里，页面上显示“待核对”", width: 24},
		func(l *listing.Listing) *string { return &l.Hours.Text }),
	texts(column{key: "description", header: "简介", paths: []string{"description"}, width: 40, wrap: true},
		func(l *listing.Listing) *lang.Text { return &l.Description }),
	text(column{key: "website", header: "网址", paths: []string{"website"}, help: "以 https:// 开头", width: 24}, func(l *listing.Listing) *string { return &l.Website }),
	list(column{key: "payments", header: "支付方式", paths: []string{"payments"}, help: "多个用 ； 隔开"}, func(l *listing.Listing) *[]string { return &l.Payments }),
	closureField,
	date(column{key: "confirmed_on", header: "核对日期", paths: []string{"confirmed.on", "confirmed"}}, func(l *listing.Listing) *string { return &l.Confirmed.On }),
	word(column{key: "confirmed_by", header: "核对人", paths: []string{"confirmed.by"}, pick: pickConfirmer}, func(l *listing.Listing) *string { return &l.Confirmed.By }, confirmers),
	text(column{key: "source", header: "来源", paths: []string{"source.id", "source"}, help: "资料从哪里来"}, func(l *listing.Listing) *string { return &l.Source.ID }),
	text(column{key: "source_ref", header: "来源记录号", paths: []string{"source.ref"}}, func(l *listing.Listing) *string { return &l.Source.Ref }),
	text(column{key: "source_observed", header: "来源年份", paths: []string{"source.observed"}}, func(l *listing.Listing) *string { return &l.Source.Observed }),
	text(column{key: "source_note", header: "来源备注", paths: []string{"source.note"}, width: 24}, func(l *listing.Listing) *string { return &l.Source.Note }),
}

// text is a column for a plain text.
func text(c column, at func(*listing.Listing) *string) field {
	return field{
		cols: []column{c},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{*at(l)} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			*at(l) = lang.Clean(cells[0])
			return nil
		},
	}
}

// texts is three columns for a text in three languages.
func texts(c column, at func(*listing.Listing) *lang.Text) field {
	hans, hant, en := c, c, c
	hans.paths = []string{c.key + ".hans", c.key}
	hant.key, hant.header, hant.paths = c.key+"_hant", "繁体"+c.header, []string{c.key + ".hant"}
	en.key, en.header, en.paths = c.key+"_en", "英文"+c.header, []string{c.key + ".en"}
	return field{
		cols: []column{hans, hant, en},
		get: func(l *listing.Listing, _ *Names) []string {
			t := at(l)
			return []string{t.Hans, t.Hant, t.En}
		},
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			*at(l) = lang.Text{Hans: lang.Clean(cells[0]), Hant: lang.Clean(cells[1]), En: lang.Clean(cells[2])}
			return nil
		},
	}
}

// list is a column for several texts.
func list(c column, at func(*listing.Listing) *[]string) field {
	return field{
		cols: []column{c},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{joinList(*at(l))} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			*at(l) = splitList(lang.Clean(cells[0]))
			return nil
		},
	}
}

// ref is a column that shows the name of something in the register and stores its id.
func ref(c column, at func(*listing.Listing) *string, of func(*Names) *index, unknown string) field {
	return field{
		cols: []column{c},
		get:  func(l *listing.Listing, n *Names) []string { return []string{of(n).name(*at(l))} },
		set: func(l *listing.Listing, cells []string, n *Names) *wrong {
			name := lang.Clean(cells[0])
			id, ok := of(n).id(name)
			if !ok && name != "" {
				return &wrong{key: unknown, args: map[string]any{"Value": name}, suggestion: of(n).nearest(name)}
			}
			*at(l) = id
			return nil
		},
	}
}

// date is a column for a day; it is written as ISO and read as people and spreadsheets write days.
func date(c column, at func(*listing.Listing) *string) field {
	if c.help == "" {
		c.help = "如 2026-02-05"
	}
	return field{
		cols: []column{c},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{*at(l)} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			d, ok := parseDate(cells[0])
			if !ok {
				return badDate(0, cells[0])
			}
			*at(l) = d
			return nil
		},
	}
}

// word is a column for one of a few fixed words.
func word(c column, at func(*listing.Listing) *string, words words) field {
	return field{
		cols: []column{c},
		get:  func(l *listing.Listing, _ *Names) []string { return []string{words.shown(*at(l))} },
		set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
			v, ok := words.stored(lang.Clean(cells[0]))
			if !ok {
				return &wrong{key: "sheet.unknown_word", args: map[string]any{"Value": cells[0], "Words": words.all()}, suggestion: words[0][1]}
			}
			*at(l) = v
			return nil
		},
	}
}

var plainLevel = regexp.MustCompile(`^(-|B|b)?(\d{1,3})[Ff]?$`)

// levelOf reads what place.LevelLabel writes, a bare number (-1 is the first basement), and what place.LevelIn knows.
func levelOf(cell string) (int, bool) {
	m := plainLevel.FindStringSubmatch(cell)
	if m == nil {
		return place.LevelIn(cell)
	}
	n, err := strconv.Atoi(m[2])
	if m[1] != "" {
		n = -n
	}
	return n, err == nil && n != 0
}
