package config

// Setting is one thing an operator may set: by environment variable, by flag, or, for a secret, by a file.
type Setting struct {
	// Env is the variable, SHANGQUAN_ADDR; a flag is the same name in small letters, --addr (see Flag).
	Env     string
	Default string
	// Secret settings are also read from the file named by Env + "_FILE". A command line is visible to everybody on the
	// machine, so for them the flag names the file: --store-file.
	Secret bool
	Bool   bool
	Usage  string
}

const prefix = "SHANGQUAN_"

// Settings lists every setting in the order the help shows them.
var Settings = []Setting{
	{Env: "SHANGQUAN_ENV", Default: "development", Usage: "development or production"},
	{Env: "SHANGQUAN_ADDR", Default: "127.0.0.1:8080", Usage: "address the site listens on"},
	{Env: "SHANGQUAN_ORIGIN", Default: "http://localhost:8080", Usage: "address people type, without a path; other hosts are refused"},
	{Env: "SHANGQUAN_METRICS_ADDR", Usage: "private address for metrics and detailed readiness; empty: none"},
	{Env: "SHANGQUAN_TRUSTED_PROXIES", Usage: "addresses or ranges, comma separated, whose X-Real-IP is believed"},
	{Env: "SHANGQUAN_STORE", Default: "file:data/shangquan.db", Secret: true, Usage: "file:PATH for SQLite, or mongodb://…"},
	{Env: "SHANGQUAN_SEARCH", Default: "memory:", Usage: "memory: or the address of Meilisearch, http://…:7700"},
	{Env: "SHANGQUAN_MEILI_SEARCH_KEY", Secret: true, Usage: "Meilisearch key that may only search"},
	{Env: "SHANGQUAN_MEILI_WRITE_KEY", Secret: true, Usage: "Meilisearch key that writes documents and settings"},
	{Env: "SHANGQUAN_SECRET", Secret: true, Usage: "master key, 32 characters or more; an older one may follow after a space; empty in development: made beside the store"},
	{Env: "SHANGQUAN_MEDIA", Default: "file:data/media", Secret: true, Usage: "where pictures lie: file:FOLDER or s3://BUCKET?…"},
	{Env: "SHANGQUAN_MAIL", Default: "log:", Secret: true, Usage: "how e-mail leaves: log: (only shown), smtp://… or smtps://…"},
	{Env: "SHANGQUAN_SMS", Secret: true, Usage: "how short messages leave: sms+https://:SECRET@HOST/PATH; empty: not at all, or as log: shows them"},
	{Env: "SHANGQUAN_ALARM_TO", Usage: "phone numbers or e-mail addresses, comma separated, that alarms are sent to; empty: every administrator"},
	{Env: "SHANGQUAN_BACKUPS", Usage: "folder of the backups: with SQLite one is made every day; an alarm says when the newest is older than 26 hours; empty: nobody looks"},
	{Env: "SHANGQUAN_BACKUP_RECIPIENT", Usage: "public key of age (age1…) that backups are locked with, for those that leave the house; empty: they are not locked"},
	{Env: "SHANGQUAN_STAFF_RANGES", Usage: "addresses or ranges, comma separated, from which the pages of the district's staff answer"},
	{Env: "SHANGQUAN_STAFF_OPEN", Default: "false", Bool: true, Usage: "let the staff's pages answer from everywhere"},
	{Env: "SHANGQUAN_LINK_HOSTS", Default: "gov.cn,政务", Usage: "hosts, comma separated, that notices may link to, with everything below each, until an administrator writes others"},
	{Env: "SHANGQUAN_PASSWORDS", Default: "plain", Usage: "rules for passwords: plain, or graded as assessors of 等保 ask of staff"},
	{Env: "SHANGQUAN_DEMO", Default: "false", Bool: true, Usage: "development only: accounts of every role to try the site with, in a store that this start makes"},
	{Env: "SHANGQUAN_SAMPLE", Default: "false", Bool: true, Usage: "import the sample district into an empty store at the first start"},
	{Env: "SHANGQUAN_RATE_FACTOR", Default: "1", Usage: "multiplies the rate limits; 0 turns them off"},
	{Env: "SHANGQUAN_LOG_LEVEL", Default: "info", Usage: "debug, info, warn or error"},
	{Env: "SHANGQUAN_CLOCK", Usage: "for tests and pictures: what the clock shows at the start, 2026-10-15T19:20:00+08:00; empty: the real time"},
	{Env: "SHANGQUAN_DISTRICT_NAME", Usage: "name of the site in Simplified Chinese"},
	{Env: "SHANGQUAN_DISTRICT_NAME_HANT", Usage: "… in Traditional Chinese"},
	{Env: "SHANGQUAN_DISTRICT_NAME_EN", Usage: "… in English"},
	{Env: "SHANGQUAN_SIGN", Usage: "the street plate in the header: 2–6 hanzi"},
	{Env: "SHANGQUAN_SIGN_PINYIN", Usage: "the pinyin under it"},
	{Env: "SHANGQUAN_CITY", Usage: "the city or province, as in addresses: 上海市"},
	{Env: "SHANGQUAN_COUNTY", Usage: "the part of it, as in addresses: 松江区"},
	{Env: "SHANGQUAN_AREA_CODE", Usage: "area code of telephone numbers that come without one, without its zero: 21"},
	{Env: "SHANGQUAN_FOOTER_OPERATOR", Usage: "who runs the site and answers for it"},
	{Env: "SHANGQUAN_FOOTER_PHONE", Usage: "the phone number on every page"},
	{Env: "SHANGQUAN_FOOTER_ICP", Usage: "ICP filing number"},
	{Env: "SHANGQUAN_FOOTER_POLICE", Usage: "public security filing number"},
}

// Flag returns the name of the flag that overrides the setting, without dashes.
func (s Setting) Flag() string {
	b := []byte(s.Env[len(prefix):])
	for i, c := range b {
		switch {
		case c == '_':
			b[i] = '-'
		case c >= 'A' && c <= 'Z':
			b[i] = c + 'a' - 'A'
		}
	}
	if s.Secret {
		return string(b) + "-file"
	}
	return string(b)
}

// FlagEnv returns the variable that the flag stands for: the one with _FILE for a secret.
func (s Setting) FlagEnv() string {
	if s.Secret {
		return s.Env + "_FILE"
	}
	return s.Env
}
