package ui

import "shangquan/services/lang"

// Examples of forms, with invented shops and numbers.

func (e *examples) forms() {
	e.add("button", "primary", Button{Label: "去找店", Href: "/"})
	e.add("button", "outline", Button{Label: "按所选筛选", Kind: "alt", Name: "do", Value: "filter"})
	e.add("button", "text with icon", Button{Label: "回到找店", Href: "/", Kind: "text", Icon: "left"})
	e.add("error-summary", "", ErrorSummary{Errors: []FieldError{{"phone", "电话少了一位，像 021-5772 1664 这样写"}, {"", "这一页打开太久了，再存一次"}}})
	wrong := "电话少了一位，像 021-5772 1664 这样写"
	e.add("field", "", Field{ID: "name", Name: "name", Label: "店名", Hint: "招牌上怎么写就怎么填", Type: "text", Value: "云间面馆", Autocomplete: "organization", Sensitive: true, Max: 60})
	e.add("field", "error with fixes", Field{
		ID: "phone", Name: "phone", Label: "电话", Hint: "固定电话带区号", Error: wrong, Type: "tel", Value: "021-5772166", InputMode: "tel",
		Fixes: []Fix{{"改成 021-5772 1660", "phone=021-5772 1660"}, {"改成 021-5772 1664", "phone=021-5772 1664"}},
	})
	e.add("field", "select", Field{ID: "floor", Name: "floor", Label: "楼层", Short: true, Options: []Option{{"-1", "地下一层", -1, false}, {"1", "一层", -1, true}}})
	e.add("field", "text area, other language", Field{ID: "story", Name: "story.en", Label: "英文介绍", Type: "textarea", Value: "Noodles since 1987.", Max: 500, Rows: 4, Optional: true, Lang: lang.En})
	e.add("field", "password", Field{ID: "password", Name: "password", Label: "密码", Hint: "至少 12 个字符，一句话最好记", Type: "password", Autocomplete: "new-password"})
	e.add("field", "code", Field{ID: "code", Name: "code", Label: "验证码", Hint: "刚发到尾号 0218 的手机，10 分钟内有效，可以粘贴", Type: "text", Autocomplete: "one-time-code", InputMode: "numeric"})
	e.add("field", "unit", Field{ID: "price", Name: "price", Label: "价钱", Type: "text", Value: "12", InputMode: "decimal", Unit: "元", Short: true})
	e.add("field", "file", Field{ID: "photo", Name: "photo", Label: "照片", Hint: "JPEG、PNG 或 WebP，一张不超过 8 MB", Type: "file", Accept: "image/jpeg,image/png,image/webp", Multiple: true})
	e.add("field", "file refused", Field{ID: "licence", Name: "licence", Label: "营业执照", Error: "照片太大（12 MB），请选 8 MB 以内的", Type: "file", Accept: "image/jpeg,image/png,image/webp"})
	e.add("choice", "one", Choice{ID: "kind", Name: "kind", Legend: "这是什么店？", Sensitive: true, Options: []Pick{
		{Value: "noodles", Label: "面馆", Hint: "面条、馄饨为主", Checked: true}, {Value: "snacks", Label: "小吃"}, {Value: "restaurant", Label: "饭店"},
	}})
	e.add("choice", "several, error", Choice{ID: "pay", Name: "pay", Legend: "收哪些钱？", Many: true, Columns: true, Error: "至少选一样", Options: []Pick{
		{Value: "cash", Label: "现金"}, {Value: "wechat", Label: "微信"}, {Value: "alipay", Label: "支付宝"}, {Value: "card", Label: "银行卡"}, {Value: "ecny", Label: "数字人民币"},
	}})
	e.add("field-row", "error", FieldRow{ID: "until", Name: "until", Legend: "到什么时候止", Hint: "空着就是一整天", Error: "到的时间比起的时间早", Fields: []Field{
		{ID: "until", Name: "until.day", Label: "哪天", Type: "date", Value: "2026-10-20", Short: true},
		{ID: "until-at", Name: "until.at", Label: "几点", Short: true, Options: []Option{{"", "整天", -1, true}, {"09:00", "9:00", -1, false}}},
	}})
	e.add("static", "", Static{Label: "地址", Value: "中山中路 218 号", Sensitive: true, Link: &Link{"说说地址哪里不对", "/"}})
	e.add("steps", "", Steps{Labels: []string{"手机号", "验证码", "设密码"}, Now: 2})
	e.add("form", "with a mistake", Form{
		Action: "/", CSRF: "token", Rev: "12", Errors: []FieldError{{"f-phone", wrong}},
		Parts: []FormPart{
			{Text: "顾客打这个电话。"},
			{Field: &Field{ID: "f-phone", Name: "phone", Label: "电话", Error: wrong, Type: "tel", Value: "021-5772166"}},
			{Choice: &Choice{ID: "f-label", Name: "label", Legend: "这个电话做什么用？", Optional: true, Options: []Pick{{Value: "", Label: "都行", Checked: true}, {Value: "book", Label: "订座"}}}},
		},
		Bar: &Bar{Buttons: []Button{{Label: "保存并发布"}, {Label: "先存着", Kind: "alt", Name: "do", Value: "draft"}}, Saved: "上次保存 19:12"},
	})
	e.add("form", "short", Form{
		Action: "/", CSRF: "token", Parts: []FormPart{{Field: &Field{ID: "s-note", Name: "note", Label: "退回的理由", Hint: "店家会看到这句话", Type: "textarea"}}},
		Bar: &Bar{Buttons: []Button{{Label: "退回并说明", Name: "do", Value: "return"}}, Loose: true},
	})
}
