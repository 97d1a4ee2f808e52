package store

import (
	"context"
	"errors"

	"shangquan/services/fault"
)

func openMongo(context.Context, string, settings) (DB, error) {
	return nil, fault.New(fault.Invalid, keyInternal, errors.New("store: the MongoDB engine comes with the next change; use file:"))
}
