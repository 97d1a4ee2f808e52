package phone

import "testing"

func TestInText(t *testing.T) {
	for text, want := range map[string]bool{
		"打 021-5777 0000":             true,
		"物业 57721664 问":               true,
		"5772-1664":                   true,
		"电话５７７２１６６４":                  true,
		"（021）57721664 转 8001":        true,
		"+86 21 5772 1664":            true,
		"0512-6555 1234":              true,
		"400-820-8820":                true,
		"13800138000":                 true,
		"10 月 18 日来电 138 0013 8000 的": true,
		"57721664、57721665":           true,
		"电话：57721664":                 true,
		"电话:021-57721664":             true,
		"电话：400-820-8820":             true,
		"晚上 2200-0600":                false,
		"2026-10-18 5772 1664":        true,
		"2026-10-18 14:00":            false,
		"2026-10-18 14:00-16:30":      false,
		"20261018":                    false,
		"2026.10.18-2026.10.25":       false,
		"2026年10月18日":                 false,
		"晚上 2000-2200 不送货":            false,
		"中山中路 1234 弄 56 号 201 室":      false,
		"中山中路 3301-3305 号":            false,
		"中山中路 3301-3305":              false,
		"打 12345 热线，110 也行":           false,
		"银行 95588":                    false,
		"2024-2026 年":                 false,
		"赔 50000000 元":                false,
		"3 号楼 201":                    false,
		"早 6:00-9:30，晚 17:00-21:00":   false,
		"65 分贝，55 分贝":                 false,
		"":                            false,
	} {
		if got := InText(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
