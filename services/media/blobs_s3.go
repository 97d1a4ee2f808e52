package media

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"gocloud.dev/blob/s3blob"

	"shangquan/services/fault"
)

// How long one request to S3 may take, how often it is tried (security.md 4.5), and the longest pause between: somebody waits.
const (
	s3Time  = 10 * time.Second
	s3Tries = 3
	s3Pause = 500 * time.Millisecond
)

// openS3 opens a bucket. It must be private: nothing here asks for or sets public rights, and pages never link to it.
func openS3(ctx context.Context, uri string) (*Blobs, error) {
	bad := func(err error) (*Blobs, error) {
		return nil, fault.New(fault.Invalid, "media.unavailable", fmt.Errorf("media: the address of the bucket: %w", err))
	}
	u, err := url.Parse(uri)
	if err != nil {
		return bad(err)
	}
	if u.Host == "" || u.User != nil || u.Path != "" {
		return bad(fmt.Errorf("it is s3://BUCKET with settings after a question mark; keys belong in the environment"))
	}
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(s3Time)),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = s3Tries, s3Pause })
		}),
		// The newer checksums of AWS are not understood by every compatible server; TLS keeps the bytes whole.
		config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired),
		config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired),
	}
	var client []func(*s3.Options)
	options := s3blob.Options{RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired}
	for name, values := range u.Query() {
		switch value := values[0]; name {
		case "region":
			load = append(load, config.WithRegion(value))
		case "endpoint":
			client = append(client, func(o *s3.Options) { o.BaseEndpoint = aws.String(value) })
		case "path_style":
			yes, err := strconv.ParseBool(value)
			if err != nil {
				return bad(fmt.Errorf("path_style is true or false"))
			}
			client = append(client, func(o *s3.Options) { o.UsePathStyle = yes })
		case "sse":
			options.EncryptionType = types.ServerSideEncryption(value)
		default:
			return bad(fmt.Errorf("%q is no setting: region, endpoint, path_style, sse", name))
		}
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return bad(err)
	}
	b, err := s3blob.OpenBucket(ctx, s3.NewFromConfig(cfg, client...), u.Host, &options)
	if err != nil {
		return bad(err)
	}
	return &Blobs{bucket: b}, nil
}
