package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"shangquan/services/backup"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/secret"
)

// reader collects problems instead of stopping at the first.
type reader struct {
	getenv   func(string) string
	problems []error
}

func (r *reader) wrong(env, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s %s", env, fmt.Sprintf(format, args...)))
}

func (r *reader) text(env string) string {
	var s Setting
	for _, s = range Settings {
		if s.Env == env {
			break
		}
	}
	v := r.getenv(env)
	if s.Secret {
		if file := r.getenv(env + "_FILE"); file != "" {
			if v != "" {
				r.wrong(env, "and %s_FILE are both set; keep one", env)
			}
			v = r.secretFile(env+"_FILE", file)
		}
	}
	if v = strings.TrimSpace(v); v == "" {
		return s.Default
	}
	if !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
		r.wrong(env, "holds a control character or is not UTF-8")
		return s.Default
	}
	return v
}

// runtimeSecrets is where container engines mount secrets: the folder exists in one container only and its files keep the
// mode they had outside, so the mode says nothing there.
const runtimeSecrets = "/run/secrets/"

func (r *reader) secretFile(env, path string) string {
	info, err := os.Stat(path)
	if err != nil {
		r.wrong(env, "names a file that cannot be read: %s", path)
		return ""
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && !strings.HasPrefix(path, runtimeSecrets) {
		r.wrong(env, "names %s, which others may read (mode %04o); run: chmod 600 %s", path, mode, path)
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil || len(b) > 64<<10 {
		r.wrong(env, "names a file that cannot be read: %s", path)
		return ""
	}
	if len(strings.TrimSpace(string(b))) == 0 {
		r.wrong(env, "names an empty file: %s", path)
	}
	return string(b)
}

func (r *reader) choice(env string, allowed ...string) string {
	v := r.text(env)
	for _, a := range allowed {
		if v == a {
			return v
		}
	}
	r.wrong(env, "is %q; it can be %s", v, strings.Join(allowed, " or "))
	return allowed[0]
}

func (r *reader) truth(env string) bool {
	v := r.text(env)
	b, err := strconv.ParseBool(v)
	if err != nil {
		r.wrong(env, "is %q; it can be true or false", v)
	}
	return b
}

func (r *reader) number(env string, low, high int) int {
	v := r.text(env)
	n, err := strconv.Atoi(v)
	if err != nil || n < low || n > high {
		r.wrong(env, "is %q; it is a whole number from %d to %d", v, low, high)
	}
	return n
}

func (r *reader) level(env string) slog.Level {
	var l slog.Level
	if v := r.text(env); l.UnmarshalText([]byte(v)) != nil {
		r.wrong(env, "is %q; it can be debug, info, warn or error", v)
	}
	return l
}

func (r *reader) instant(env string) time.Time {
	v := r.text(env)
	if v == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		r.wrong(env, "is %q; it looks like 2026-10-15T19:20:00+08:00", v)
	}
	return t
}

func (r *reader) address(env string) string {
	v := r.text(env)
	if v == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		r.wrong(env, "is %q; it looks like 127.0.0.1:8080", v)
		return v
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || (n == 0 && port != "0") {
		r.wrong(env, "is %q; the port is a number from 0 to 65535", v)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "localhost" {
		r.wrong(env, "is %q; the host is an IP address, 0.0.0.0 for all", v)
	}
	return v
}

func (r *reader) origin(env string) string {
	v := strings.TrimSuffix(r.text(env), "/")
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		u.Path != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Host, `"'<>\ `) {
		r.wrong(env, "is %q; it looks like https://shop.example.cn, without a path", v)
	}
	return strings.ToLower(v)
}

func (r *reader) list(env string) []Secret {
	out := []Secret{}
	for _, part := range strings.Split(r.text(env), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, Secret(part))
		}
	}
	return out
}

func (r *reader) prefixes(env string) []netip.Prefix {
	out := []netip.Prefix{}
	for _, part := range strings.Split(r.text(env), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if a, err := netip.ParseAddr(part); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else if p, err := netip.ParsePrefix(part); err == nil {
			out = append(out, p.Masked())
		} else {
			r.wrong(env, "holds %q, which is neither an address nor a range like 10.0.0.0/24", part)
		}
	}
	return out
}

func (r *reader) hosts(env string) []string {
	out := []string{}
	for _, part := range strings.Split(r.text(env), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if strings.ContainsAny(part, "/:@?#* ") {
			r.wrong(env, "holds %q, which is not a host like gov.cn", part)
		}
		out = append(out, part)
	}
	return out
}

func (r *reader) store(env string) string {
	v := r.text(env)
	switch {
	case strings.HasPrefix(v, "file:") && len(v) > len("file:"):
	case strings.HasPrefix(v, "mongodb://"), strings.HasPrefix(v, "mongodb+srv://"):
		if u, err := url.Parse(v); err != nil || u.Host == "" {
			r.wrong(env, "is not a readable mongodb address")
		} else if strings.Trim(u.Path, "/") == "" {
			r.wrong(env, "names no database: mongodb://host/shangquan")
		}
	default:
		r.wrong(env, "is neither file:PATH nor mongodb://…")
	}
	return v
}

// keys are words of text: a key has no space in it.
func (r *reader) keys(env string) []Secret {
	out := []Secret{}
	for _, k := range strings.Fields(r.text(env)) {
		if len(k) < secret.Size {
			r.wrong(env, "has a key shorter than %d characters; openssl rand -hex 32 makes one", secret.Size)
		}
		out = append(out, Secret(k))
	}
	return out
}

func (r *reader) media(env string) string {
	v := r.text(env)
	if folder, ok := strings.CutPrefix(v, "file:"); (!ok || folder == "") && !strings.HasPrefix(v, "s3://") {
		r.wrong(env, "is neither file:FOLDER nor s3://BUCKET")
	}
	return v
}

func (r *reader) recipient(env string) string {
	v := r.text(env)
	if v == "" {
		return v
	}
	if _, err := backup.ParseRecipient(v); err != nil {
		r.wrong(env, "is no public key of age (age1…), as age-keygen prints it")
	}
	return v
}

func (r *reader) search(env string) string {
	v := strings.TrimSuffix(r.text(env), "/")
	if v == "memory:" {
		return v
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" {
		r.wrong(env, "is neither memory: nor an address like http://127.0.0.1:7700")
	}
	return v
}

func (r *reader) identity() Identity {
	var id Identity
	if _, err := toml.Decode(siteTOML, &id); err != nil {
		r.wrong("site.toml", "cannot be read: %v", err)
	}
	for env, field := range map[string]*string{
		"SHANGQUAN_DISTRICT_NAME_HANT": &id.Name.Hant, "SHANGQUAN_DISTRICT_NAME_EN": &id.Name.En,
		"SHANGQUAN_SIGN": &id.Sign, "SHANGQUAN_SIGN_PINYIN": &id.SignPinyin,
		"SHANGQUAN_CITY": &id.City, "SHANGQUAN_COUNTY": &id.County, "SHANGQUAN_AREA_CODE": &id.Area,
		"SHANGQUAN_FOOTER_OPERATOR": &id.Operator, "SHANGQUAN_FOOTER_PHONE": &id.Phone,
		"SHANGQUAN_FOOTER_ICP": &id.ICP, "SHANGQUAN_FOOTER_POLICE": &id.Police,
	} {
		if v := r.text(env); v != "" {
			*field = v
			if utf8.RuneCountInString(v) > 80 {
				r.wrong(env, "is longer than 80 characters")
			}
		}
	}
	if v := r.text("SHANGQUAN_DISTRICT_NAME"); v != "" {
		// A translation of another district's name would be worse than none, and so would the city of another.
		id.City, id.County, id.Area = r.text("SHANGQUAN_CITY"), r.text("SHANGQUAN_COUNTY"), r.text("SHANGQUAN_AREA_CODE")
		id.Name = lang.Text{Hans: v, Hant: r.text("SHANGQUAN_DISTRICT_NAME_HANT"), En: r.text("SHANGQUAN_DISTRICT_NAME_EN")}
	}
	if r.text("SHANGQUAN_SIGN") != "" {
		id.SignPinyin = r.text("SHANGQUAN_SIGN_PINYIN")
	}
	if !phone.IsArea(id.Area) {
		r.wrong("SHANGQUAN_AREA_CODE", "is %q; write it without its zero, like 21", id.Area)
	}
	if n := utf8.RuneCountInString(id.Sign); n < 2 || n > 6 || strings.ContainsFunc(id.Sign, func(c rune) bool { return !unicode.Is(unicode.Han, c) }) {
		r.wrong("SHANGQUAN_SIGN", "is %q; the street plate holds 2 to 6 hanzi", id.Sign)
	}
	return id
}
