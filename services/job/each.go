package job

import "errors"

// Each does one after another of a list and returns how many it did. One that fails keeps none of the others from being done; do says
// whether there was anything to do.
func Each[T any](list []T, do func(*T) (bool, error)) (int, error) {
	n := 0
	var errs []error
	for i := range list {
		did, err := do(&list[i])
		if err != nil {
			errs = append(errs, err)
		}
		if did {
			n++
		}
	}
	return n, errors.Join(errs...)
}
