package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type service struct {
	Image       string
	Build       map[string]string
	User        string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	MemLimit    string   `yaml:"mem_limit"`
	Ulimits     map[string]struct{ Soft, Hard int }
	Environment map[string]string
	Secrets     []string
	Networks    []string
	Volumes     []string
	Ports       []string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Healthcheck struct{ Test []string }
	Entrypoint  []string
	Restart     string
	Logging     struct{ Driver string }
}

type compose struct {
	Services map[string]service
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
}

const root = "../.."

func load(t *testing.T) compose {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatalf("compose.yaml is not YAML: %v", err)
	}
	return c
}

// Logs are kept for a year (AUD-04): they outlive their containers, and the journal neither forgets earlier nor fills the disk.
func TestLogsAreKeptForAYear(t *testing.T) {
	for name, s := range load(t).Services {
		if s.Logging.Driver != "journald" {
			t.Errorf("service %s logs to %q, which goes with the container", name, s.Logging.Driver)
		}
	}
	raw, err := os.ReadFile("journald.conf")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			set[key] = value
		}
	}
	days, err := strconv.Atoi(strings.TrimSuffix(set["MaxRetentionSec"], "day"))
	if err != nil || days < 365 || set["Storage"] != "persistent" {
		t.Errorf("kept for %q, %s", set["MaxRetentionSec"], set["Storage"])
	}
	for _, key := range []string{"SystemMaxUse", "SystemKeepFree"} {
		if !strings.HasSuffix(set[key], "G") {
			t.Errorf("%s = %q: the default keeps weeks only, or the disk fills", key, set[key])
		}
	}
}

// Every name a service uses must be declared, and every file it mounts must exist: Compose finds out only when it starts.
func TestComposeNamesResolve(t *testing.T) {
	c := load(t)
	usedSecrets := map[string]bool{}
	for name, s := range c.Services {
		for _, x := range s.Secrets {
			usedSecrets[x] = true
			if _, ok := c.Secrets[x]; !ok {
				t.Errorf("service %s uses secret %q, which is not declared", name, x)
			}
		}
		for _, x := range s.Networks {
			if _, ok := c.Networks[x]; !ok {
				t.Errorf("service %s uses network %q, which is not declared", name, x)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(source, ".") {
				if _, err := os.Stat(filepath.Join(root, source)); err != nil {
					t.Errorf("service %s mounts %s: %v", name, source, err)
				}
			} else if _, ok := c.Volumes[source]; !ok {
				t.Errorf("service %s uses volume %q, which is not declared", name, source)
			}
		}
		for d := range s.DependsOn {
			if _, ok := c.Services[d]; !ok {
				t.Errorf("service %s depends on %q, which does not exist", name, d)
			}
			if s.DependsOn[d].Condition == "service_healthy" && len(c.Services[d].Healthcheck.Test) == 0 {
				t.Errorf("service %s waits for %s to be healthy, but that has no health check", name, d)
			}
		}
		// A file read inside a container must be one of its secrets or lie on one of its volumes.
		text := strings.Join(append(append(slices.Clone(s.Entrypoint), s.Healthcheck.Test...), values(s.Environment)...), " ")
		for _, m := range regexp.MustCompile(`/run/secrets/([a-z_]+)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(s.Secrets, m[1]) {
				t.Errorf("service %s reads /run/secrets/%s without being given it", name, m[1])
			}
		}
	}
	script, err := os.ReadFile(filepath.Join(root, "scripts/secrets"))
	if err != nil {
		t.Fatal(err)
	}
	for x, secret := range c.Secrets {
		if !usedSecrets[x] {
			t.Errorf("secret %q is declared and used by nobody", x)
		}
		if secret.File != "./.secrets/"+x {
			t.Errorf("secret %q is read from %q, want ./.secrets/%s", x, secret.File, x)
		}
		if !strings.Contains(string(script), x) {
			t.Errorf("scripts/secrets does not make %q", x)
		}
	}
}

func TestComposeIsHardened(t *testing.T) {
	for name, s := range load(t).Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.MemLimit == "" || s.Ulimits["nofile"].Hard == 0 {
			t.Errorf("service %s lacks read_only, cap_drop ALL, no-new-privileges, mem_limit or a limit of open files", name)
		}
		if s.Restart != "no" && len(s.Healthcheck.Test) == 0 {
			t.Errorf("service %s has no health check", name)
		}
		if s.Build == nil && !regexp.MustCompile(`:[v0-9][0-9.]*$`).MatchString(s.Image) {
			t.Errorf("service %s: image %q is not pinned to a version", name, s.Image)
		}
		if len(s.Ports) > 0 && name != "proxy" {
			t.Errorf("service %s publishes ports; only the proxy may", name)
		}
		for k, v := range s.Environment {
			if regexp.MustCompile(`(?i)(password|secret|key|token)$`).MatchString(k) && v != "" {
				t.Errorf("service %s: %s holds a secret in the file", name, k)
			}
		}
	}
	c := load(t)
	if !c.Networks["back"].Internal {
		t.Error("the network of the engines reaches the outside")
	}
	for _, engine := range []string{"mongo", "search"} {
		if !slices.Equal(c.Services[engine].Networks, []string{"back"}) {
			t.Errorf("%s is on networks %v, want back only", engine, c.Services[engine].Networks)
		}
	}
	if a := c.Services["server"].Environment["SHANGQUAN_METRICS_ADDR"]; !strings.HasPrefix(a, "127.0.0.1:") {
		t.Errorf("metrics and details are on %q, want an address that only the container reaches", a)
	}
	if u := c.Services["server"].User; u == "" || strings.HasPrefix(u, "0") {
		t.Errorf("the server runs as %q, want its own user", u)
	}
}

func values(m map[string]string) []string {
	var vs []string
	for _, v := range m {
		vs = append(vs, v)
	}
	return vs
}
