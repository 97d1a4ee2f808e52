package web

import "container/list"

// lru is a map that forgets what was used longest ago once its entries cost more than max. It is not safe for concurrent use.
type lru[K comparable, V any] struct {
	max, used int
	byKey     map[K]*list.Element
	order     *list.List // front: used last
}

type lruEntry[K comparable, V any] struct {
	key   K
	value V
	cost  int
}

func newLRU[K comparable, V any](maxCost int) *lru[K, V] {
	return &lru[K, V]{max: maxCost, byKey: map[K]*list.Element{}, order: list.New()}
}

func (l *lru[K, V]) get(k K) (V, bool) {
	if e, ok := l.byKey[k]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*lruEntry[K, V]).value, true
	}
	var zero V
	return zero, false
}

// put stores v at cost. What costs more than everything may is not stored.
func (l *lru[K, V]) put(k K, v V, cost int) {
	if e, ok := l.byKey[k]; ok {
		l.remove(e)
	}
	if cost > l.max {
		return
	}
	l.byKey[k] = l.order.PushFront(&lruEntry[K, V]{k, v, cost})
	for l.used += cost; l.used > l.max; {
		l.remove(l.order.Back())
	}
}

func (l *lru[K, V]) remove(e *list.Element) {
	old := l.order.Remove(e).(*lruEntry[K, V])
	delete(l.byKey, old.key)
	l.used -= old.cost
}
