package calendar

import "time"

// newYears are the first days of the lunar year, 初一, from 2024 on, as month and day (GB/T 33661-2017).
var newYears = [...][2]int{
	{2, 10},
	{1, 29},
	{2, 17},
	{2, 6},
	{1, 26},
	{2, 13},
	{2, 3},
	{1, 23},
	{2, 11},
	{1, 31},
	{2, 19},
	{2, 8},
	{1, 28},
	{2, 15},
	{2, 4},
	{1, 24},
	{2, 12},
}

const firstNewYear = 2024

// NewYear returns the first day of the lunar year that begins in a year, 正月初一; false before 2024 and after 2040.
func NewYear(year int) (Date, bool) {
	i := year - firstNewYear
	if i < 0 || i >= len(newYears) {
		return 0, false
	}
	return On(year, time.Month(newYears[i][0]), newYears[i][1]), true
}
