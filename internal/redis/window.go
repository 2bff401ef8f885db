package redis

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay

	// MinWindow is the shortest window that AWS accepts.
	MinWindow = 60 * time.Minute
)

var (
	weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} //nolint:gochecknoglobals // A constant table.

	maintenanceWindow = regexp.MustCompile(MaintenanceWindowPattern)
	snapshotWindow    = regexp.MustCompile(SnapshotWindowPattern)
)

// The forms of the two windows, UTC. AWS answers in lower case, so lower case is
// asked for: anything else would come back changed.
const (
	MaintenanceWindowPattern = `^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$`
	SnapshotWindowPattern    = `^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$`
)

// A Window is a span of time that comes back, each week for maintenance and each
// day for snapshots. It may wrap around the end of the week or of the day.
type Window struct {
	start, length int // Minutes; the start counts from Monday 00:00 UTC.
}

// Length of the window.
func (w Window) Length() time.Duration { return time.Duration(w.length) * time.Minute }

// ParseMaintenanceWindow reads a window such as "sun:05:00-sun:07:00".
func ParseMaintenanceWindow(s string) (Window, error) {
	if !maintenanceWindow.MatchString(s) {
		return Window{}, errors.New("must have the form ddd:hh:mm-ddd:hh:mm in UTC and lower case, such as sun:05:00-sun:07:00")
	}
	from, to, _ := strings.Cut(s, "-")
	start, end := minuteOfWeek(from), minuteOfWeek(to)
	return Window{start: start, length: modulo(end-start, minutesPerWeek)}, nil
}

// ParseSnapshotWindow reads a window such as "03:00-05:00".
func ParseSnapshotWindow(s string) (Window, error) {
	if !snapshotWindow.MatchString(s) {
		return Window{}, errors.New("must have the form hh:mm-hh:mm in UTC, such as 03:00-05:00")
	}
	from, to, _ := strings.Cut(s, "-")
	start, end := minuteOfDay(from), minuteOfDay(to)
	return Window{start: start, length: modulo(end-start, minutesPerDay)}, nil
}

// Overlaps reports whether a weekly maintenance window and a daily snapshot window
// ever run at the same time, which AWS refuses even with backups off.
func Overlaps(maintenance, snapshot Window) bool {
	// The snapshot comes every day, so only the time of day counts: from the
	// start of either window, the other's next start must lie behind its end.
	untilSnapshot := modulo(snapshot.start-maintenance.start, minutesPerDay)
	sinceSnapshot := modulo(maintenance.start-snapshot.start, minutesPerDay)
	return untilSnapshot < maintenance.length || sinceSnapshot < snapshot.length
}

// minuteOfWeek reads "sun:05:00".
func minuteOfWeek(s string) int {
	day, clock, _ := strings.Cut(s, ":")
	return slices.Index(weekdays, day)*minutesPerDay + minuteOfDay(clock)
}

// minuteOfDay reads "05:00". The caller has checked the form.
func minuteOfDay(s string) int {
	hours, minutes, _ := strings.Cut(s, ":")
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return h*60 + m
}

// modulo is the remainder that is never negative.
func modulo(n, of int) int { return ((n % of) + of) % of }
