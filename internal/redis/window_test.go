package redis

import (
	"testing"
	"time"
)

func TestWindows(t *testing.T) {
	cases := map[string]struct {
		reason                string
		maintenance, snapshot string
		length                time.Duration // Of the maintenance window.
		overlap               bool
	}{
		"Defaults": {
			reason:      "The documented defaults touch and do not overlap.",
			maintenance: "sun:05:00-sun:07:00", snapshot: "03:00-05:00", length: 2 * time.Hour,
		},
		"OneMinute": {
			reason:      "A minute in common is an overlap.",
			maintenance: "sun:04:59-sun:07:00", snapshot: "03:00-05:00", length: 121 * time.Minute, overlap: true,
		},
		"SnapshotInside": {
			reason:      "A snapshot inside the maintenance overlaps.",
			maintenance: "mon:01:00-mon:09:00", snapshot: "03:00-05:00", length: 8 * time.Hour, overlap: true,
		},
		"MaintenanceInside": {
			reason:      "Maintenance inside the snapshot overlaps.",
			maintenance: "mon:03:30-mon:04:30", snapshot: "03:00-05:00", length: time.Hour, overlap: true,
		},
		"SnapshotWrapsMidnight": {
			reason:      "A snapshot that begins before midnight reaches into the morning.",
			maintenance: "wed:00:30-wed:01:30", snapshot: "23:30-01:00", length: time.Hour, overlap: true,
		},
		"MaintenanceWrapsTheWeek": {
			reason:      "Maintenance from Sunday into Monday meets Monday's snapshot.",
			maintenance: "sun:23:00-mon:01:00", snapshot: "00:00-01:00", length: 2 * time.Hour, overlap: true,
		},
		"BothWrap": {
			reason:      "Two windows around midnight overlap.",
			maintenance: "sun:23:30-mon:00:30", snapshot: "23:00-00:00", length: time.Hour, overlap: true,
		},
		"MaintenanceOverADay": {
			reason:      "Maintenance of more than a day leaves no time of day free.",
			maintenance: "mon:06:00-tue:07:00", snapshot: "03:00-05:00", length: 25 * time.Hour, overlap: true,
		},
		"MaintenanceOfTwentyTwoHours": {
			reason:      "A snapshot fits exactly into what is left of a day.",
			maintenance: "mon:05:00-tue:03:00", snapshot: "03:00-05:00", length: 22 * time.Hour,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			m, err := ParseMaintenanceWindow(tc.maintenance)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParseSnapshotWindow(tc.snapshot)
			if err != nil {
				t.Fatal(err)
			}
			if m.Length() != tc.length {
				t.Errorf("%s: the window is %s long, want %s", tc.reason, m.Length(), tc.length)
			}
			if got := Overlaps(m, s); got != tc.overlap {
				t.Errorf("%s: Overlaps is %t", tc.reason, got)
			}
		})
	}
}

// TestOverlapsMinuteByMinute holds the formula against the definition: two
// windows overlap if there is a minute of the week that lies in both.
func TestOverlapsMinuteByMinute(t *testing.T) {
	for start := 0; start < minutesPerWeek; start += 317 {
		for _, length := range []int{60, 90, 600, 1380, 1500} {
			for from := 0; from < minutesPerDay; from += 61 {
				for _, span := range []int{60, 119, 720} {
					m, s := Window{start, length}, Window{from, span}
					if got, want := Overlaps(m, s), share(m, s); got != want {
						t.Fatalf("Overlaps(%v, %v) is %t", m, s, got)
					}
				}
			}
		}
	}
}

func share(maintenance, snapshot Window) bool {
	for minute := maintenance.start; minute < maintenance.start+maintenance.length; minute++ {
		if modulo(minute-snapshot.start, minutesPerDay) < snapshot.length {
			return true
		}
	}
	return false
}

func TestWindowForms(t *testing.T) {
	for _, s := range []string{"", "sun:05:00", "Sun:05:00-sun:07:00", "sun:5:00-sun:07:00", "sun:24:00-sun:07:00", "xyz:05:00-sun:07:00", "sun:05:00-sun:07:00\n"} {
		if _, err := ParseMaintenanceWindow(s); err == nil {
			t.Errorf("ParseMaintenanceWindow takes %q", s)
		}
	}
	for _, s := range []string{"", "5am", "03:00", "3:00-05:00", "03:60-05:00", "24:00-01:00", "03:00-05:00 "} {
		if _, err := ParseSnapshotWindow(s); err == nil {
			t.Errorf("ParseSnapshotWindow takes %q", s)
		}
	}
}
