package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secretShapes are what keys and passwords look like where somebody left them: of clouds, of code hosts, of SMS and mail, and in addresses.
var secretShapes = map[string]*regexp.Regexp{
	"a private key":            regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
	"a key of age":             regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]{50}`),
	"a key of AWS":             regexp.MustCompile(`\bAKIA[0-9A-Z]{16}\b`),
	"a key of Alibaba Cloud":   regexp.MustCompile(`\bLTAI[0-9A-Za-z]{12,20}\b`),
	"a key of Tencent Cloud":   regexp.MustCompile(`\bAKID[0-9A-Za-z]{32}\b`),
	"a token of a code host":   regexp.MustCompile(`\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{50,}|glpat-[\w-]{20,}|npm_[0-9A-Za-z]{36})\b`),
	"a token of a chat":        regexp.MustCompile(`\bxox[abps]-[0-9A-Za-z-]{10,}`),
	"a password in an address": regexp.MustCompile(`\b(?:mongodb(?:\+srv)?|smtps?|https?|s3)://[^\s/:@"'` + "`" + `]+:([^\s/?@"'` + "`" + `]+)@`),
}

// made are passwords in addresses that stand in tests and examples, plainly made up.
var made = regexp.MustCompile(`(?i)^(?:[$%{<…].*|\.\.\.|x+|.|pw|pass|word|password|secret|hunter2|s3cret%?|key|token|canary.*|0123456789[0-9a-z]*)$`)

// TestNoSecretsInTheTree (SUP-07): nothing that is under version control looks like a key, and no sample setting holds one.
func TestNoSecretsInTheTree(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "git", "-C", "..", "ls-files", "-z", "-co", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("NOT TESTED: this is no checkout of git, so nobody says which files are published (%v)", err)
	}
	n := 0
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join("..", name))
		if os.IsNotExist(err) || bytes.IndexByte(text, 0) >= 0 {
			continue // deleted and not yet committed, or no text
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
		for what, shape := range secretShapes {
			for _, m := range shape.FindAllSubmatch(text, -1) {
				if len(m) > 1 && made.Match(m[1]) {
					continue
				}
				t.Errorf("%s holds what looks like %s: %.24s…", name, what, m[0])
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d files were looked at", n)
	}
}

func TestSecretShapes(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"a private key": "-----BEGIN EC " + "PRIVATE KEY-----", "a key of AWS": "AKIA" + strings.Repeat("Q7", 8), "a key of Alibaba Cloud": "LTAI" + strings.Repeat("x5", 8),
		"a token of a code host": "ghp_" + strings.Repeat("a1", 18), "a password in an address": "mongodb://shop:Pq7Zf" + "@db/city",
	} {
		if m := secretShapes[what].FindStringSubmatch(text); m == nil || len(m) > 1 && made.MatchString(m[1]) {
			t.Errorf("%q is not taken for %s", text, what)
		}
	}
}
