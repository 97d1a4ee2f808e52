package ui

import "testing"

// TestSummaryNamesTheField: two mistakes of the same words lead to two fields, and are told apart.
func TestSummaryNamesTheField(t *testing.T) {
	f := Form{
		Errors: []FieldError{{"title", "这一项要填"}, {"kind", "请选一个"}, {"times", "时间写反了"}, {"phone", "电话少了一位"}, {"file", "门口.png：太大了"}, {"", "这一页打开太久了"}},
		Parts: []FormPart{
			{Field: &Field{ID: "title", Label: "标题"}},
			{Choice: &Choice{ID: "kind", Legend: "种类"}},
			{Row: &FieldRow{ID: "times", Legend: "几点"}},
			{Field: &Field{ID: "phone", Label: "电话"}},
			{Field: &Field{ID: "file", Label: "选照片"}},
		},
	}
	s := f.Summary()
	for i, want := range []string{"标题", "种类", "几点", "", "", ""} {
		if got := s.At(s.Errors[i]); got != want {
			t.Errorf("%q is said to be at %q, want %q", s.Errors[i].Text, got, want)
		}
	}
}
