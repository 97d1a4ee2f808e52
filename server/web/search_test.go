package web

import (
	"strings"
	"testing"
)

// Where a visitor stands is not told to search engines; the language switch keeps it.
func TestCanonicalAddressTellsNoPosition(t *testing.T) {
	body := sampled(t).get(t, "/?q=%E9%93%B6%E8%A1%8C&near=31.0075,121.227&sort=near&view=map")
	if !strings.Contains(body, `<link rel="canonical" href="http://shop.test/?q=%E9%93%B6%E8%A1%8C">`) {
		t.Error("the canonical address is not the plain question")
	}
	for _, line := range strings.Split(body, "\n") {
		if strings.Contains(line, `rel="alternate"`) && strings.Contains(line, "near") {
			t.Errorf("an alternate tells the position: %s", line)
		}
	}
	if !strings.Contains(body, `href="/en/?q=%E9%93%B6%E8%A1%8C&amp;near=31.0075%2C121.227&amp;sort=near&amp;view=map"`) {
		t.Error("the language switch loses the question")
	}
}

func TestEnglishHeadingHasTheRoadNameOnThePlate(t *testing.T) {
	x := sampled(t)
	for target, want := range map[string]string{"/": "在中山中路找店", "/en/": "Find a shop in Zhongshan Zhonglu"} {
		if body := x.get(t, target); !strings.Contains(body, "<h1>"+want+"</h1>") {
			t.Errorf("GET %s lacks the heading %q", target, want)
		}
	}
}
