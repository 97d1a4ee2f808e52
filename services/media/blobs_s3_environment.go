package media

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"gopkg.in/ini.v1"
)

// surroundings are what the standard environment of AWS says: variables before the shared files.
type surroundings struct {
	profile, region, endpoint, authorities string
}

// environment reads the variables and the configuration file.
func environment() (surroundings, error) {
	at := surroundings{profile: cmp.Or(os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"), "default")}
	config, err := configuration()
	if err != nil {
		return at, err
	}
	section := config.Section("profile " + at.profile)
	if at.profile == "default" && config.HasSection("default") {
		section = config.Section("default")
	}
	at.region = cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), section.Key("region").String())
	at.endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), section.Key("endpoint_url").String(),
		"https://s3.amazonaws.com") // which becomes that of the region
	at.authorities = cmp.Or(os.Getenv("AWS_CA_BUNDLE"), section.Key("ca_bundle").String())
	if section.HasKey("role_arn") && os.Getenv("AWS_ACCESS_KEY_ID") == "" {
		return at, fmt.Errorf("the profile %q takes on a role (role_arn), which is not done here: give it keys, or the machine the role", at.profile)
	}
	return at, nil
}

// configuration reads the shared file, which need not be there, and need not be ours to read unless a variable names it.
func configuration() (*ini.File, error) {
	file := os.Getenv("AWS_CONFIG_FILE")
	named := file != ""
	if home, err := os.UserHomeDir(); !named && err == nil {
		file = filepath.Join(home, ".aws", "config")
	}
	text, err := os.ReadFile(file) //nolint:gosec // G703: whoever starts the server names it
	switch {
	case err == nil:
		return ini.Load(text)
	case named && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return ini.Empty(), nil
}

// trust makes a connection trust the authorities of the environment, and no others, when it names some.
func (at surroundings) trust(t *http.Transport) error {
	if at.authorities == "" || t.TLSClientConfig == nil {
		return nil
	}
	pem, err := os.ReadFile(at.authorities)
	if err != nil {
		return err
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("no certificate in %s", at.authorities)
	}
	return nil
}

// keys returns where the credentials come from, which are first asked for by the first request.
func (at surroundings) keys() *credentials.Credentials {
	from := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{Profile: at.profile}}
	// The role of a container has variables of its own; that of a machine is asked for over the network, unless that is switched off.
	container := cmp.Or(os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
		os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
	if container != "" || !strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		from = append(from, &credentials.IAM{Region: at.region})
	}
	return credentials.New(&signed{from: from, now: time.Now})
}

// signed gives the credentials of the first provider that has some, and keeps to that one. It fails when there are none: the library
// would send the blob unsigned, and a bucket that takes it then is not private. Its methods are called one at a time.
type signed struct {
	from  []credentials.Provider
	now   func() time.Time
	last  credentials.Value
	again time.Time // when to ask again after a renewal that failed
}

// renewal is how long after a failed renewal nobody tries again while the credentials are still good.
const renewal = time.Minute

// RetrieveWithCredContext implements credentials.Provider.
func (s *signed) RetrieveWithCredContext(c *credentials.CredContext) (credentials.Value, error) {
	failed := errors.New("media: no credentials in the environment of AWS, its shared files or the role of this machine")
	for _, p := range s.from {
		v, err := p.RetrieveWithCredContext(c)
		if err == nil && !v.SignerType.IsAnonymous() {
			s.from, s.last = []credentials.Provider{p}, v
			return v, nil
		}
		failed = errors.Join(failed, err)
	}
	// Those of a role are renewed before they end.
	if s.now().Before(s.last.Expiration) {
		s.again = s.now().Add(renewal)
		return s.last, nil
	}
	return credentials.Value{}, failed
}

// Retrieve implements credentials.Provider.
func (s *signed) Retrieve() (credentials.Value, error) { return s.RetrieveWithCredContext(nil) }

// IsExpired implements credentials.Provider. Keys that do not end are read once.
func (s *signed) IsExpired() bool {
	switch {
	case s.last.AccessKeyID == "":
		return true
	case s.last.Expiration.IsZero():
		return false
	}
	return s.from[0].IsExpired() && !s.now().Before(s.again) || !s.now().Before(s.last.Expiration)
}
