package aws

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * 60
	week = 7 * day
)

var (
	maintenanceFormat = regexp.MustCompile(`^(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):([0-5]\d)-(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):([0-5]\d)$`)
	snapshotFormat    = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	days              = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

// span of minutes: of a week, or of a day.
type span struct{ start, length int }

// maintenanceSpan reads a window in UTC. It may go over the end of the week.
// ElastiCache API reference, PreferredMaintenanceWindow: the minimum is 60 minutes.
func maintenanceSpan(w string) (span, *refusal) {
	m := maintenanceFormat.FindStringSubmatch(w)
	if m == nil {
		return span{}, refuse(CodeParameterValue, "Invalid maintenance window format: %s", w)
	}
	start := slices.Index(days, m[1])*day + minutes(m[2], m[3])
	end := slices.Index(days, m[4])*day + minutes(m[5], m[6])
	s := span{start: start, length: (end - start + week) % week}
	if s.length < 60 {
		return span{}, refuse(CodeParameterValue, "The maintenance window must be at least 60 minutes: %s", w)
	}
	return s, nil
}

// snapshotSpan reads a window in UTC. It may go over midnight.
// ElastiCache API reference, SnapshotWindow; the minimum is 60 minutes.
func snapshotSpan(w string) (span, *refusal) {
	m := snapshotFormat.FindStringSubmatch(w)
	if m == nil {
		return span{}, refuse(CodeParameterValue, "Invalid snapshot window format: %s", w)
	}
	start, end := minutes(m[1], m[2]), minutes(m[3], m[4])
	s := span{start: start, length: (end - start + day) % day}
	if s.length < 60 {
		return span{}, refuse(CodeParameterValue, "The snapshot window must be at least 60 minutes: %s", w)
	}
	return s, nil
}

func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return h*60 + m
}

// checkWindows that a group has or is to have. They must not overlap, whether
// there are backups or not: hashicorp/terraform #17247.
func checkWindows(maintenance, snapshot string) *refusal {
	m, err := maintenanceSpan(maintenance)
	if err != nil {
		return err
	}
	s, err := snapshotSpan(snapshot)
	if err != nil {
		return err
	}
	for d := -1; d <= 8; d++ { // Each day of the week, and one on either side for what goes over its end.
		start := d*day + s.start
		if start < m.start+m.length && m.start < start+s.length {
			return refuse(CodeParameterValue, "The snapshot window and maintenance window must not overlap.")
		}
	}
	return nil
}

// defaultWindows are AWS's choice where none is given.
func defaultWindows(maintenance, snapshot string) (string, string) {
	if maintenance == "" {
		maintenance = "sun:09:00-sun:10:00"
	}
	if snapshot == "" {
		snapshot = "06:30-07:30"
		if checkWindows(maintenance, snapshot) != nil {
			snapshot = "18:00-19:00"
		}
	}
	return strings.ToLower(maintenance), snapshot
}

// nextMaintenance is when the window next begins.
func nextMaintenance(now time.Time, window string) time.Time {
	s, _ := maintenanceSpan(window)
	now = now.UTC()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	start := midnight.Add(-time.Duration(int(now.Weekday())*day) * time.Minute).Add(time.Duration(s.start) * time.Minute)
	for !start.After(now) {
		start = start.Add(week * time.Minute)
	}
	return start
}
