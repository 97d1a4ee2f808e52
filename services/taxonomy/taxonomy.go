// Package taxonomy holds the two axes a shop is described on: what people look for (category 类别) and how it sells
// (retail format 业态, the names of GB/T 18106-2021). It is data with a shape, not a tree of types: the district may edit it.
package taxonomy

import "shangquan/services/lang"

// Group is the top level of the category axis, the words of the filter: 吃饭喝茶, 买菜日用 …
type Group struct {
	ID   string    `json:"id"` // slug
	Name lang.Text `json:"name"`
}

// Category is what people look for.
type Category struct {
	ID      string    `json:"id"` // slug, ^[a-z0-9-]+$
	GroupID string    `json:"group_id"`
	Name    lang.Text `json:"name"`
	// Terms are the words people search for it by (药店: 药房 药铺 国药 …). Category level only: services belong to the shop.
	Terms []string `json:"terms"`
	// SchemaType is the schema.org type of such a shop, "Pharmacy"; LocalBusiness when empty.
	SchemaType string `json:"schema_type"`
}

// Format is a retail format 业态 of GB/T 18106-2021.
type Format struct {
	ID   string    `json:"id"`
	Name lang.Text `json:"name"`
}

// StepFree is the tag of shops that one can enter with a wheelchair. Which tags there are is data; this one is never folded away.
const StepFree = "step-free"

// Tag is a convenience or mark people filter by: 轮椅能进, 收现金, 可刷医保.
type Tag struct {
	ID    string    `json:"id"`
	Name  lang.Text `json:"name"`
	Icon  string    `json:"icon"` // name in the icon sprite
	Terms []string  `json:"terms"`
}
