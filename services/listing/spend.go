package listing

import "slices"

// SpendSteps are the bounds between the price levels, in yuan for one person at one visit: up to the first is level 1, more than the last
// is level 4.
var SpendSteps = [3]int{30, 80, 200}

// PriceLevels is how many price levels there are.
const PriceLevels = len(SpendSteps) + 1

// maxSpend is more than one person leaves in any shop of the district.
const maxSpend = 100_000

// PriceLevel returns the price level of the shop, 1 to 4; 0 when it has not said what people spend there.
func (l *Listing) PriceLevel() int {
	if l.Spend <= 0 {
		return 0
	}
	if i := slices.IndexFunc(SpendSteps[:], func(to int) bool { return l.Spend <= to }); i >= 0 {
		return i + 1
	}
	return PriceLevels
}
