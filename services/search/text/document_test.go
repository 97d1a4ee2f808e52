package text

import (
	"testing"

	"shangquan/services/search"
)

// TestSum: what a listing is found by is another sum, whoever changed it; the same is the same.
func TestSum(t *testing.T) {
	listing := func(change func(*search.Listing)) string {
		l := search.Listing{
			ID: "lst_1", Name: "余天成", Category: search.Label{ID: "pharmacy", Terms: []string{"药店"}}, Street: search.Label{ID: "zhongshan", Terms: []string{"中山中路"}},
			Goods: []string{"西洋参"}, DoorKey: "00001",
		}
		change(&l)
		return DocumentOf(&l).Sum
	}
	same := listing(func(*search.Listing) {})
	if same == "" || same != listing(func(*search.Listing) {}) {
		t.Errorf("the sum of the same is %q and then %q", same, listing(func(*search.Listing) {}))
	}
	for name, change := range map[string]func(*search.Listing){
		"a category's word": func(l *search.Listing) { l.Category.Terms = []string{"药店", "药房"} },
		"a street's name":   func(l *search.Listing) { l.Street.Terms = []string{"中山东路"} },
		"goods of a post":   func(l *search.Listing) { l.Goods = nil },
		"the order":         func(l *search.Listing) { l.DoorKey = "00002" },
	} {
		if listing(change) == same {
			t.Errorf("%s: the same sum", name)
		}
	}
}
