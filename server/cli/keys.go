package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"shangquan/server/config"
	"shangquan/services/secret"
)

// ring returns the master keys: those of the settings or, in development, one that is made once and kept beside the store, so that
// sessions outlive a restart.
func ring(c config.Config) (*secret.Ring, error) {
	keys := [][]byte{}
	for _, k := range c.Keys {
		keys = append(keys, []byte(k.Reveal()))
	}
	if len(keys) > 0 {
		return secret.New(keys...)
	}
	path, ok := strings.CutPrefix(c.Store.Reveal(), "file:")
	if !ok {
		return nil, errors.New("SHANGQUAN_SECRET is missing: a store that is not a file needs a master key of its own")
	}
	path, _, _ = strings.Cut(path, "?")
	path = filepath.Join(filepath.Dir(path), "master.key")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b = []byte(hex.EncodeToString(secret.Random()) + "\n")
		// The key is wanted before the store is opened, which makes the folder otherwise.
		if err = os.MkdirAll(filepath.Dir(path), 0o750); err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the master key cannot be kept: %w", err)
	}
	return secret.New([]byte(strings.TrimSpace(string(b))))
}
