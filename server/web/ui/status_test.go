package ui

import (
	"testing"
	"time"

	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

func TestNewStatus(t *testing.T) {
	c := mustCatalogue(t)
	on := func(day, hour, minute int) time.Time { return time.Date(2026, 10, day, hour, minute, 0, 0, zone) }
	for _, tt := range []struct {
		name             string
		l                lang.Tag
		st               hours.Status
		kind             StatusKind
		word, next, rest string
		tone             string
	}{
		{"open", lang.Hans, hours.Status{State: hours.Open, Until: on(15, 21, 30)}, Open, "营业中", "21:30 打烊", "，还有 2 小时 10 分钟", "ok"},
		{"open, whole hours left", lang.Hans, hours.Status{State: hours.Open, Until: on(15, 21, 20)}, Open, "营业中", "21:20 打烊", "，还有 2 小时", "ok"},
		{"closing soon", lang.Hans, hours.Status{State: hours.ClosingSoon, Until: on(15, 19, 30)}, Soon, "快打烊", "19:30 打烊", "，还有 10 分钟", "warn"},
		{"in the last seconds", lang.En, hours.Status{State: hours.ClosingSoon, Until: now.Add(10 * time.Second)}, Soon, "Closing soon", "closes 19:20", ", 1 minute left", "warn"},
		{"until midnight", lang.Hans, hours.Status{State: hours.Open, Until: on(16, 0, 0)}, Open, "营业中", "24:00 打烊", "，还有 4 小时 40 分钟", "ok"},
		{"past midnight", lang.Hans, hours.Status{State: hours.Open, Until: on(16, 2, 0)}, Open, "营业中", "次日 2:00 打烊", "，还有 6 小时 40 分钟", "ok"},
		{"past midnight in English", lang.En, hours.Status{State: hours.Open, Until: on(16, 2, 0)}, Open, "Open", "closes 2:00 next day", ", 6 h 40 min left", "ok"},
		{"never closes", lang.Hans, hours.Status{State: hours.Open}, Open, "营业中", "24 小时", "", "ok"},
		{"closes in days", lang.Hans, hours.Status{State: hours.Open, Until: on(18, 9, 0)}, Open, "营业中", "24 小时", "", "ok"},
		{"closed, opens today", lang.Hans, hours.Status{State: hours.Closed, Opens: on(15, 20, 0)}, Shut, "休息中", "20:00 开门", "", ""},
		{"closed, opens tomorrow", lang.Hans, hours.Status{State: hours.Closed, Opens: on(16, 9, 30)}, Shut, "休息中", "明天 9:30 开门", "", ""},
		{"closed, opens tomorrow in English", lang.En, hours.Status{State: hours.Closed, Opens: on(16, 9, 30)}, Shut, "Closed", "opens 9:30 tomorrow", "", ""},
		{"closed, opens after the week", lang.Hans, hours.Status{State: hours.Closed, Opens: on(26, 9, 0)}, Shut, "休息中", "10 月 26 日 9:00 开门", "", ""},
		{"closed, nobody knows until when", lang.Hans, hours.Status{State: hours.Closed}, Shut, "休息中", "", "", ""},
		{"unknown is not closed", lang.Hans, hours.Status{State: hours.Unknown}, Unknown, "时间待核对", "建议先打电话", "", ""},
		{"paused", lang.Hans, hours.Status{State: hours.Paused, Opens: on(26, 9, 0)}, Paused, "暂停营业", "10 月 26 日重新开门", "", "warn"},
		{"paused without an end", lang.Hant, hours.Status{State: hours.Paused}, Paused, "暫停營業", "", "", "warn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := NewStatus(c.In(tt.l), tt.st, now)
			if err != nil {
				t.Fatal(err)
			}
			if want := (Status{tt.kind, tt.word, tt.next, tt.rest}); got != want || got.Tone() != tt.tone {
				t.Errorf("NewStatus = %+v on %q, want %+v on %q", got, got.Tone(), want, tt.tone)
			}
		})
	}
}

func TestGoneStatus(t *testing.T) {
	c := mustCatalogue(t)
	for kind, want := range map[listing.ClosureKind]Status{listing.Moved: {Kind: Moved, Word: "已迁出"}, listing.Ceased: {Kind: Ceased, Word: "已停业"}} {
		if got, err := GoneStatus(c.In(lang.Hans), kind); got != want || err != nil {
			t.Errorf("GoneStatus(%s) = %+v, %v; want %+v", kind, got, err, want)
		}
	}
}
