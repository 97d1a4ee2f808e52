package media

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"gopkg.in/ini.v1"
)

// surroundings are what the standard environment of AWS says: variables before the shared files.
type surroundings struct {
	profile, region, endpoint, authorities string
}

// environment reads the variables and the configuration file. Without a region it is the one that servers of others answer to; to know
// it spares asking for the region of the bucket.
func environment() (surroundings, error) {
	at := surroundings{profile: cmp.Or(os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"), "default")}
	file := os.Getenv("AWS_CONFIG_FILE")
	if home, err := os.UserHomeDir(); file == "" && err == nil {
		file = filepath.Join(home, ".aws", "config")
	}
	config := ini.Empty()
	if file != "" {
		var err error
		if config, err = ini.LooseLoad(file); err != nil { // the file need not be there
			return at, err
		}
	}
	section := config.Section("profile " + at.profile)
	if at.profile == "default" && config.HasSection("default") {
		section = config.Section("default")
	}
	at.region = cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), section.Key("region").String(), "us-east-1")
	at.endpoint = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), section.Key("endpoint_url").String(),
		"https://s3.amazonaws.com") // which becomes that of the region
	at.authorities = cmp.Or(os.Getenv("AWS_CA_BUNDLE"), section.Key("ca_bundle").String())
	return at, nil
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
	return credentials.New(signed{&credentials.Chain{Providers: from}})
}

// signed is a chain of credentials that fails when there are none. The library would send the blob unsigned, and a bucket that takes it
// then is not private.
type signed struct{ *credentials.Chain }

// RetrieveWithCredContext implements credentials.Provider.
func (s signed) RetrieveWithCredContext(c *credentials.CredContext) (credentials.Value, error) {
	v, err := s.Chain.RetrieveWithCredContext(c)
	if err == nil && v.SignerType.IsAnonymous() {
		err = errors.New("media: no credentials in the environment of AWS, its shared files or the role of this machine")
	}
	return v, err
}
