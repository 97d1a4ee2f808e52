package media

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"shangquan/services/fault"
)

// How long one request to S3 may take, how often it is tried (security.md 4.5), and the longest pause between: somebody waits.
const (
	s3Time  = 10 * time.Second
	s3Tries = 3
	s3Pause = 500 * time.Millisecond
)

// undoTime is how long a failed write may try to clean up.
const undoTime = 5 * time.Second

// Nothing else here speaks through this library, which has the pause for all its clients at once.
func init() { minio.DefaultRetryCap = s3Pause }

// bucket is the engine that keeps blobs in a bucket of S3. It must be private: nothing here asks for or sets public rights, and pages
// never link to it.
type bucket struct {
	client    *minio.Core // whose requests are one each: no uploads in parts, no reading ahead
	transport *http.Transport
	name      string
	sse       encrypt.ServerSide
}

// openS3 opens a bucket without a request.
func openS3(uri string) (*Blobs, error) {
	b, err := bucketAt(uri)
	if err != nil {
		return nil, fault.New(fault.Invalid, "media.unavailable", fmt.Errorf("media: the address of the bucket: %w", err))
	}
	return &Blobs{engine: b}, nil
}

func bucketAt(uri string) (*bucket, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.User != nil || u.Path != "" {
		return nil, errors.New("it is s3://BUCKET with settings after a question mark; keys belong in the environment")
	}
	b := &bucket{name: u.Host}
	if err := s3utils.CheckValidBucketName(b.name); err != nil {
		return nil, err
	}
	at, err := environment()
	if err != nil {
		return nil, err
	}
	pathStyle := false
	for name, values := range u.Query() {
		switch value := values[0]; name {
		case "region":
			at.region = value
		case "endpoint":
			at.endpoint = value
		case "path_style":
			if pathStyle, err = strconv.ParseBool(value); err != nil {
				return nil, errors.New("path_style is true or false")
			}
		case "sse":
			b.sse = encryption(value)
		default:
			return nil, fmt.Errorf("%q is no setting: region, endpoint, path_style, sse", name)
		}
	}
	server, err := url.Parse(at.endpoint)
	if err != nil {
		return nil, err
	}
	if server.Scheme != "https" && server.Scheme != "http" || server.Host == "" || server.User != nil {
		return nil, errors.New("endpoint is https://HOST")
	}
	// Without a region it is the one that servers of others answer to; to know it spares asking for the region of the bucket.
	at.region = cmp.Or(at.region, s3utils.GetRegionFromURL(*server), "us-east-1")
	secure := server.Scheme == "https"
	// A certificate for *.HOST fits one name below it, and an IP address has no names below it.
	lookup := minio.BucketLookupDNS
	if pathStyle || s3utils.IsValidIP(server.Hostname()) || secure && strings.ContainsRune(b.name, '.') {
		lookup = minio.BucketLookupPath
	}
	if b.transport, err = minio.DefaultTransport(secure); err != nil { // TLS 1.2 at least
		return nil, err
	}
	if err := at.trust(b.transport); err != nil {
		return nil, err
	}
	b.client, err = minio.NewCore(at.endpoint, &minio.Options{
		Creds: at.keys(), Secure: secure, Transport: limited{b.transport, s3Time}, Region: at.region, BucketLookup: lookup, MaxRetries: s3Tries,
	})
	if err != nil {
		return nil, err
	}
	b.client.SetS3EnableDualstack(false)
	return b, nil
}

// encryption is what the bucket is asked to encrypt a blob with: AES256, aws:kms.
type encryption string

// Type is asked for by nobody when a blob goes up in one piece.
func (e encryption) Type() encrypt.Type { return encrypt.S3 }

// Marshal writes the header of a request.
func (e encryption) Marshal(h http.Header) { h.Set(encrypt.SseGenericHeader, string(e)) }

// limited ends each request, its answer included, when it takes too long. The library tries again then.
type limited struct {
	next http.RoundTripper
	time time.Duration
}

// RoundTrip implements http.RoundTripper.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), l.time)
	answer, err := l.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	answer.Body = ending{answer.Body, cancel}
	return answer, nil
}

type ending struct {
	io.ReadCloser
	end func()
}

// Close implements io.Closer.
func (e ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// put signs the sum of the bytes, which every server checks. The newer checksums of AWS, and bytes that come in signed pieces, are not
// understood by every compatible server.
func (b *bucket) put(ctx context.Context, key, kind string, data []byte) error {
	sum := sha256.Sum256(data)
	_, err := b.client.PutObject(ctx, b.name, key, bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]),
		minio.PutObjectOptions{ContentType: kind, ServerSideEncryption: b.sse, DisableContentSha256: true})
	if err != nil {
		// A write whose answer never came leaves a blob. Nothing refers to it; take it away if the store still can.
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
		defer cancel()
		_ = b.remove(undo, key)
	}
	return err
}

func (b *bucket) get(ctx context.Context, key string) ([]byte, error) {
	answer, _, _, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, missing(err)
	}
	data, err := whole(answer)
	return data, errors.Join(err, answer.Close())
}

func (b *bucket) remove(ctx context.Context, key string) error {
	// Of a blob that is not there a bucket says that it is removed. A 404 is somebody else's, and the blob may still be seen.
	return b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
}

// missing makes fs.ErrNotExist of an answer that there is no such blob; a bucket that is not there is another trouble.
func missing(err error) error {
	if r := minio.ToErrorResponse(err); r.StatusCode == http.StatusNotFound && r.Code != minio.NoSuchBucket {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

func (b *bucket) list(ctx context.Context, folder string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		options := minio.ListObjectsOptions{Prefix: folder + "/", Recursive: true, FetchOwner: new(false)}
		for o := range b.client.ListObjectsIter(ctx, b.name, options) {
			if o.Err != nil {
				yield(Info{}, o.Err)
				return
			}
			if !yield(Info{o.Key, o.Size, o.LastModified}, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the library just stops
			yield(Info{}, err)
		}
	}
}

func (b *bucket) ping(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.name)
	if err == nil && !there {
		err = errors.New("media: there is no such bucket")
	}
	return err
}

func (b *bucket) close() { b.transport.CloseIdleConnections() }
