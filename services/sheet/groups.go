package sheet

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

var datums = words{{string(geo.WGS84), "WGS-84"}, {string(geo.GCJ02), "GCJ-02"}, {string(geo.BD09), "BD-09"}}

// datumOf reads a datum by its name or by the map it is used on.
func datumOf(s string) (geo.Datum, bool) {
	s = strings.ToLower(strings.NewReplacer("-", "", " ", "", "_", "").Replace(lang.Clean(s)))
	switch s {
	case "wgs84", "gps":
		return geo.WGS84, true
	case "gcj02", "高德", "腾讯", "火星":
		return geo.GCJ02, true
	case "bd09", "百度":
		return geo.BD09, true
	}
	return "", false
}

// locationField keeps the numbers with their datum: a pair without one is refused. Positions go out in WGS-84, as they are
// stored; the last columns keep where they came from.
var locationField = field{
	cols: []column{
		{key: "lat", header: "纬度", paths: []string{"location.lat", "location"}, help: "小数，如 31.00900"},
		{key: "lng", header: "经度", paths: []string{"location.lng"}, help: "小数，如 121.22800"},
		{key: "datum", header: "坐标系", paths: []string{"location.datum"}, help: "填了经纬度就必填：WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）", pick: pickDatum},
		{key: "source_datum", header: "原坐标系", paths: []string{"location.source_datum"}, help: "坐标最初按哪个坐标系给出；不填则同左", pick: pickDatum},
		{key: "accuracy_m", header: "误差（米）", paths: []string{"location.accuracy_m"}},
		{key: "location_method", header: "定位方式", paths: []string{"location.method"}},
	},
	get: func(l *listing.Listing, _ *Names) []string {
		p := l.Location
		if p == nil {
			return make([]string, 6)
		}
		accuracy := ""
		if p.AccuracyM != 0 {
			accuracy = strconv.Itoa(p.AccuracyM)
		}
		return []string{degrees(p.Lat), degrees(p.Lng), datums.shown(string(geo.WGS84)), datums.shown(string(p.Source)), accuracy, p.Method}
	},
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		for i := range cells {
			cells[i] = lang.Clean(cells[i])
		}
		if cells[0] == "" && cells[1] == "" {
			l.Location = nil
			return nil
		}
		lat, err1 := strconv.ParseFloat(cells[0], 64)
		lng, err2 := strconv.ParseFloat(cells[1], 64)
		switch {
		case err1 != nil || math.IsNaN(lat) || math.Abs(lat) > 90:
			return &wrong{col: 0, key: "sheet.bad_latitude", args: map[string]any{"Value": cells[0]}, suggestion: "31.00900"}
		case err2 != nil || math.IsNaN(lng) || math.Abs(lng) > 180:
			return &wrong{col: 1, key: "sheet.bad_longitude", args: map[string]any{"Value": cells[1]}, suggestion: "121.22800"}
		}
		datum, ok := datumOf(cells[2])
		if !ok {
			return &wrong{col: 2, key: "sheet.datum_missing", args: map[string]any{"Value": cells[2]}, suggestion: "WGS-84"}
		}
		loc := geo.Location{Point: geo.From(datum, lat, lng), Source: datum, Method: cells[5]}
		if datum == geo.WGS84 && cells[3] != "" {
			if loc.Source, ok = datumOf(cells[3]); !ok {
				return &wrong{col: 3, key: "sheet.datum_missing", args: map[string]any{"Value": cells[3]}, suggestion: "WGS-84"}
			}
		}
		if cells[4] != "" {
			if n, err := strconv.Atoi(cells[4]); err == nil && n >= 0 && n <= 100_000 {
				loc.AccuracyM = n
			} else {
				return &wrong{col: 4, key: "sheet.bad_number", args: map[string]any{"Value": cells[4]}, suggestion: "50"}
			}
		}
		l.Location = &loc
		return nil
	},
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

var weekdays = []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}

// weekField is the seven days. All empty: the hours are not known. A closed day is written x, so that an empty cell among
// filled ones is a question and not an answer.
var weekField = field{
	cols: func() []column {
		keys := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
		cols := make([]column, len(keys))
		for i, k := range keys {
			cols[i] = column{key: k, header: weekdays[i], paths: []string{"hours.week." + strconv.Itoa(i), "week." + strconv.Itoa(i)}, help: "如 09:00-17:00；分段写 11:30-14:00, 17:00-22:00；不营业写 x；七天都空着表示时间待核对"}
		}
		return cols
	}(),
	get: func(l *listing.Listing, _ *Names) []string {
		cells := make([]string, 7)
		if l.Hours.Known {
			for i, spans := range l.Hours.Week {
				cells[i] = hours.FormatCell(spans)
			}
		}
		return cells
	},
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		l.Hours.Known = strings.TrimSpace(strings.Join(cells, "")) != ""
		l.Hours.Week = [7][]hours.Span{}
		if !l.Hours.Known {
			return nil
		}
		for i, c := range cells {
			if lang.Clean(c) == "" {
				return &wrong{col: i, key: "sheet.day_missing", args: map[string]any{"Day": weekdays[i]}, suggestion: "x"}
			}
			spans, err := hours.ParseCell(lang.Clean(c))
			if err != nil {
				return wrongOf(err, i, "09:00-17:00")
			}
			l.Hours.Week[i] = spans
		}
		return nil
	},
}

var classes = words{{"weekday", "工作日"}, {"rest", "休息日"}, {"holiday", "法定节假日"}, {"makeup", "调休上班日"}}

// classField is the hours of classes of days, which go before the weekday's.
var classField = field{
	cols: func() []column {
		cols := make([]column, len(classes))
		for i, c := range classes {
			cols[i] = column{key: "hours_" + c[0], header: c[1], paths: []string{"hours.class." + c[0], "class." + c[0]}, help: "与平时不同才填，写法同上；空着表示照平时"}
		}
		return cols
	}(),
	get: func(l *listing.Listing, _ *Names) []string {
		cells := make([]string, len(classes))
		for i, c := range classes {
			if spans, ok := l.Hours.ByClass[c[0]]; ok {
				cells[i] = hours.FormatCell(spans)
			}
		}
		return cells
	},
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		l.Hours.ByClass = nil
		for i, c := range cells {
			if lang.Clean(c) == "" {
				continue
			}
			spans, err := hours.ParseCell(lang.Clean(c))
			if err != nil {
				return wrongOf(err, i, "10:00-16:00")
			}
			if l.Hours.ByClass == nil {
				l.Hours.ByClass = map[string][]hours.Span{}
			}
			l.Hours.ByClass[classes[i][0]] = spans
		}
		return nil
	},
}

// osmField takes the whole week as OpenStreetMap writes it, for who has it from there; what it says goes before the columns of the days.
// It goes in and never out: the same is in those columns.
var osmField = field{
	cols: []column{{key: "opening_hours", header: "营业时间（OSM）", paths: []string{"hours.osm"}, help: "有 OpenStreetMap 的 opening_hours 就粘在这里，如 Mo-Fr 09:00-17:00; PH off，填了就以它为准；平时空着", width: 24}},
	get:  func(*listing.Listing, *Names) []string { return []string{""} },
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		text := lang.Clean(cells[0])
		if text == "" {
			return nil
		}
		h, err := hours.ParseOSM(text)
		if err != nil {
			return wrongOf(err, 0, "Mo-Fr 09:00-17:00; PH off")
		}
		h.Pause = l.Hours.Pause // of which it says nothing
		l.Hours = h
		return nil
	},
}

// specialField is the hours of single dates. The cell has no room for notes: a special day that keeps its dates keeps its note.
var specialField = field{
	cols: []column{{key: "special_days", header: "特殊日期", paths: []string{"hours.special", "special"}, help: "如 2026-02-16: 09:00-15:00, 2026-02-17: x", width: 24}},
	get:  func(l *listing.Listing, _ *Names) []string { return []string{hours.FormatSpecialCell(l.Hours.Special)} },
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		specials, err := hours.ParseSpecialCell(lang.Clean(cells[0]))
		if err != nil {
			return wrongOf(err, 0, "2026-02-16: 09:00-15:00, 2026-02-17: x")
		}
		for i, s := range specials {
			for _, old := range l.Hours.Special {
				if old.From == s.From && old.To == s.To {
					specials[i].Note = old.Note
				}
			}
		}
		l.Hours.Special = specials
		return nil
	},
}

// pauseField is the temporary closing.
var pauseField = field{
	cols: []column{
		{key: "pause_from", header: "暂停营业自", paths: []string{"hours.pause", "pause", "hours.pause.from"}, help: "如 2026-02-05"},
		{key: "pause_until", header: "暂停营业至", paths: []string{"hours.pause.until"}, help: "最后一个不营业的日子；空着表示恢复日期未定"},
		{key: "pause_note", header: "暂停说明", paths: []string{"hours.pause.note"}},
		{key: "pause_note_hant", header: "繁体暂停说明", paths: []string{"hours.pause.note.hant"}},
		{key: "pause_note_en", header: "英文暂停说明", paths: []string{"hours.pause.note.en"}},
	},
	get: func(l *listing.Listing, _ *Names) []string {
		if p := l.Hours.Pause; p != nil {
			return []string{p.From, p.Until, p.Note.Hans, p.Note.Hant, p.Note.En}
		}
		return make([]string, 5)
	},
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		from, ok := parseDate(cells[0])
		if !ok {
			return badDate(0, cells[0])
		}
		until, ok := parseDate(cells[1])
		if !ok {
			return badDate(1, cells[1])
		}
		if from == "" {
			if until != "" {
				return &wrong{col: 0, key: "sheet.pause_start", suggestion: until}
			}
			l.Hours.Pause = nil
			return nil
		}
		l.Hours.Pause = &hours.Pause{From: from, Until: until, Note: lang.Text{Hans: lang.Clean(cells[2]), Hant: lang.Clean(cells[3]), En: lang.Clean(cells[4])}}
		return nil
	},
}

var closures = words{{string(listing.Moved), "已迁出"}, {string(listing.Ceased), "已停业"}}

// closureField is why and since when a closed shop is closed.
var closureField = field{
	cols: []column{
		{key: "closure", header: "关闭原因", paths: []string{"closure.kind", "closure"}, help: "已迁出 或 已停业；只填状态为“已关闭”的店", pick: pickClosure},
		{key: "closure_on", header: "关闭日期", paths: []string{"closure.on"}, help: "如 2026-02-05"},
		{key: "forward_to", header: "迁往", paths: []string{"closure.forward_to"}, help: "新地址"},
	},
	get: func(l *listing.Listing, _ *Names) []string {
		if c := l.Closure; c != nil {
			return []string{closures.shown(string(c.Kind)), c.On, c.ForwardTo}
		}
		return make([]string, 3)
	},
	set: func(l *listing.Listing, cells []string, _ *Names) *wrong {
		kind, ok := closures.stored(lang.Clean(cells[0]))
		if !ok {
			return &wrong{key: "sheet.unknown_word", args: map[string]any{"Value": cells[0], "Words": closures.all()}, suggestion: closures[0][1]}
		}
		on, ok := parseDate(cells[1])
		if !ok {
			return badDate(1, cells[1])
		}
		to := lang.Clean(cells[2])
		if kind == "" {
			if on != "" || to != "" {
				return &wrong{col: 0, key: "sheet.closure_kind", args: map[string]any{"Words": closures.all()}, suggestion: closures[1][1]}
			}
			l.Closure = nil
			return nil
		}
		next := listing.Closure{Kind: listing.ClosureKind(kind), On: on, ForwardTo: to}
		if l.Closure != nil {
			next.ForwardID = l.Closure.ForwardID
		}
		l.Closure = &next
		return nil
	},
}

var (
	markKinds  = words{{"heritage", "老字号"}}
	markLevels = words{{"china", "中华老字号"}, {"shanghai", "上海老字号"}, {"district", "本土老字号"}}
)

// marksField is the marks in one cell; the parts of a mark are separated by |. The marks of an old established shop are for reading.
var marksField = field{
	cols: []column{{key: "marks", header: "标识", paths: []string{"marks"}, help: "老字号|级别|证书号|颁发单位|创始年份|复核日期|依据，没有的部分空着；多个用 ； 隔开。老字号到“老字号”页上登记、核对，这里只看不改", width: 20}},
	get:  marksCell,
	set:  setMarks,
	unveil: func(l *listing.Listing, cells []string) (left bool) {
		next := *l
		if setMarks(&next, cells, nil) == nil {
			left = !slices.Equal(next.Heritage(), l.Heritage())
			next.KeepHeritage(l)
			copy(cells, marksCell(&next, nil))
		}
		return left
	},
}

func marksCell(l *listing.Listing, _ *Names) []string {
	cells := make([]string, len(l.Marks))
	for i, m := range l.Marks {
		founded := ""
		if m.Founded != 0 {
			founded = strconv.Itoa(m.Founded)
		}
		parts := []string{markKinds.shown(m.Kind), markLevels.shown(m.Level), m.Certificate, m.Issuer, founded, m.ReviewOn, m.Evidence}
		for len(parts) > 1 && parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		cells[i] = join(parts, "|", "|")
	}
	return []string{joinList(cells)}
}

func setMarks(l *listing.Listing, cells []string, _ *Names) *wrong {
	marks := []listing.Mark{}
	for _, cell := range splitList(lang.Clean(cells[0])) {
		parts := split(cell, "|")
		if len(parts) > 7 {
			return &wrong{key: "sheet.bad_mark", args: map[string]any{"Value": cell}, suggestion: "老字号|中华老字号"}
		}
		parts = append(parts, make([]string, 7-len(parts))...)
		for i := range parts {
			parts[i] = lang.Clean(parts[i])
		}
		m := listing.Mark{Kind: parts[0], Level: parts[1], Certificate: parts[2], Issuer: parts[3], Evidence: parts[6]}
		if k, ok := markKinds.stored(parts[0]); ok {
			m.Kind = k
		}
		if k, ok := markLevels.stored(parts[1]); ok {
			m.Level = k
		}
		if parts[4] != "" {
			year, err := strconv.Atoi(parts[4])
			if err != nil || year < 1 || year > 9999 {
				return &wrong{key: "sheet.bad_number", args: map[string]any{"Value": parts[4]}, suggestion: "1900"}
			}
			m.Founded = year
		}
		on, ok := parseDate(parts[5])
		if !ok {
			return badDate(0, parts[5])
		}
		m.ReviewOn = on
		marks = append(marks, m)
	}
	l.Marks = marks
	return nil
}
