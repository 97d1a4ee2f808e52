package access

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"shangquan/services/fault"
)

// TestActionsAreTheTable reads the constants from the source, so that neither list can have what the other lacks.
func TestActionsAreTheTable(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "actions.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	said := map[Action]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, _ := strconv.Unquote(lit.Value)
			said[Action(s)] = true
		}
		return true
	})
	for act := range said {
		if table[act] == nil {
			t.Errorf("%s is not in the table", act)
		}
	}
	for _, act := range Actions() {
		if !said[act] {
			t.Errorf("%s is in the table and has no name in Go", act)
		}
	}
}

func TestATableWithAMistakeIsRefused(t *testing.T) {
	const head = "action visitor signed staff manager owner plaza coordinator liaison auditor admin\n"
	for name, text := range map[string]string{
		"other columns":     "action visitor signed\n",
		"a cell missing":    head + "a - - - - - - - - -\n",
		"a line twice":      head + "a - - - - - - - - - -\na - - - - - - - - - -\n",
		"an unknown scope":  head + "a - - - some - - - - - -\n",
		"own for a visitor": head + "a own - - - - - - - - -\n",
		"plaza for owners":  head + "a - - - - plaza - - - - -\n",
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the table is taken", name)
				}
			}()
			read(text)
		}()
	}
}

// who are the actors of the tests: each towards a shop of merchant m in plaza p, account a.
func who() map[string]Actor {
	seat := func(r Role, only ...string) Actor {
		return Actor{AccountID: "x", Seats: []Seat{{MerchantID: "m", Role: r, ListingIDs: only}}}
	}
	return map[string]Actor{
		"nobody":                   {},
		"signed":                   {AccountID: "x"},
		"staff":                    seat(Staff),
		"manager":                  seat(Manager),
		"owner":                    seat(Owner),
		"staff of another shop":    seat(Staff, "other"),
		"staff of this shop":       seat(Staff, "l"),
		"owner of another":         {AccountID: "x", Seats: []Seat{{MerchantID: "n", Role: Owner}}},
		"plaza manager":            {AccountID: "x", Seats: []Seat{{MerchantID: "q", Role: Manager, PlazaID: "p"}}},
		"plaza staff":              {AccountID: "x", Seats: []Seat{{MerchantID: "q", Role: Staff, PlazaID: "p"}}},
		"plaza manager of a kiosk": {AccountID: "x", Seats: []Seat{{MerchantID: "q", Role: Manager, PlazaID: "p", ListingIDs: []string{"kiosk"}}}},
		"manager of another plaza": {AccountID: "x", Seats: []Seat{{MerchantID: "q", Role: Manager, PlazaID: "r"}}},
		"coordinator":              {AccountID: "x", Roles: []Role{Coordinator}, TwoFactor: true},
		"coordinator, one factor":  {AccountID: "x", Roles: []Role{Coordinator}},
		"liaison":                  {AccountID: "x", Roles: []Role{Liaison}, TwoFactor: true},
		"auditor":                  {AccountID: "x", Roles: []Role{Auditor}, TwoFactor: true},
		"auditor, one factor":      {AccountID: "x", Roles: []Role{Auditor}},
		"admin":                    {AccountID: "x", Roles: []Role{Admin}, TwoFactor: true},
		"program":                  System("import"),
	}
}

func TestCan(t *testing.T) {
	shop := Thing{Kind: "listing", ID: "l", MerchantID: "m", ListingID: "l", PlazaID: "p", PlazaMay: true}
	for _, tt := range []struct {
		act Action
		may []string
	}{
		{PublicRead, []string{
			"nobody", "signed", "staff", "manager", "owner", "staff of another shop", "staff of this shop", "owner of another", "plaza manager",
			"plaza staff", "plaza manager of a kiosk", "manager of another plaza", "coordinator", "coordinator, one factor", "liaison", "auditor", "auditor, one factor", "admin", "program",
		}},
		{ListingHours, []string{"staff", "manager", "owner", "staff of this shop", "plaza manager", "coordinator", "program"}},
		{ListingSensitive, []string{"manager", "owner", "plaza manager", "coordinator", "program"}},
		{MerchantPeople, []string{"owner", "admin", "program"}},
		{ReviewDecide, []string{"coordinator", "program"}},
		{AuditRead, []string{"auditor", "admin", "program"}},
		{AuditExport, []string{"auditor", "admin", "program"}},
		{"no.such.action", nil},
	} {
		for name, a := range who() {
			if got, want := Can(a, tt.act, shop), slices.Contains(tt.may, name); got != want {
				t.Errorf("%s: %s = %v, want %v", tt.act, name, got, want)
			}
		}
	}
}

// Who audits the others (AUZ-06) may do what everybody with an account may, and read the trail.
func TestAnAuditorReadsTheTrailAlone(t *testing.T) {
	auditor, signed := who()["auditor"], who()["signed"]
	for _, act := range Actions() {
		for name, thing := range map[string]Thing{
			"of nobody": {Kind: "x"}, "own": {Kind: "account", AccountID: "x"}, "another's": {Kind: "account", AccountID: "y"},
			"of a shop": {Kind: "listing", ID: "l", MerchantID: "m", ListingID: "l", PlazaID: "p", PlazaMay: true},
		} {
			want := Can(signed, act, thing) || act == AuditRead || act == AuditExport
			if got := Can(auditor, act, thing); got != want {
				t.Errorf("%s of a thing %s: %v, want %v", act, name, got, want)
			}
		}
	}
}

func TestTheThingMatters(t *testing.T) {
	w := who()
	shop := Thing{Kind: "listing", ID: "l", MerchantID: "m", ListingID: "l", PlazaID: "p", PlazaMay: true}
	closed, unclaimed := shop, shop
	closed.PlazaMay = false
	unclaimed.MerchantID = ""
	own, foreign := Thing{Kind: "account", AccountID: "x"}, Thing{Kind: "account", AccountID: "y"}
	for _, tt := range []struct {
		name string
		got  bool
		want bool
	}{
		{"plaza where the merchant does not let it", Can(w["plaza manager"], ListingHours, closed), false},
		{"owner of a shop that is nobody's", Can(w["owner"], ListingHours, unclaimed), false},
		{"own account", Can(w["signed"], AccountOwn, own), true},
		{"another's account", Can(w["signed"], AccountOwn, foreign), false},
		{"another's account, by an administrator", Can(w["admin"], AccountOwn, foreign), false},
		{"an account that is nobody's, by nobody", Can(Actor{}, AccountOwn, Thing{Kind: "account"}), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestKeys(t *testing.T) {
	shop := Thing{Kind: "listing", ID: "l", MerchantID: "m", ListingID: "l"}
	a := who()["owner"]
	a.Key = &Key{Actions: []Action{ListingHours, MerchantPeople}, ListingIDs: []string{"l"}}
	other := shop
	other.ListingID = "k"
	if !Can(a, ListingHours, shop) || Can(a, ListingTexts, shop) || Can(a, ListingHours, other) {
		t.Error("a key does more or less than it says")
	}
	staff := who()["staff"]
	staff.Key = &Key{Actions: []Action{ListingSensitive}}
	if Can(staff, ListingSensitive, shop) {
		t.Error("a key does more than whose it is")
	}
	district := who()["coordinator"]
	district.Key = &Key{Actions: []Action{ReviewDecide}}
	if Can(district, ReviewDecide, shop) {
		t.Error("a key acts for the district")
	}
}

func TestRequire(t *testing.T) {
	shop := Thing{Kind: "listing", ID: "l", MerchantID: "m", ListingID: "l"}
	w := who()
	fresh := func(a Actor) Actor { a.Sudo = true; return a }
	for _, tt := range []struct {
		name string
		err  error
		kind fault.Kind
		key  string
	}{
		{"nobody", Require(w["nobody"], ListingHours, shop), fault.Unauthenticated, "error.sign_in"},
		{"somebody else's", Require(w["owner of another"], ListingHours, shop), fault.NotFound, "error.not_found"},
		{"liaison at the desk", Require(w["liaison"], ReviewRead, Thing{}), fault.NotFound, "error.not_found"},
		{"one factor", Require(w["coordinator, one factor"], ReviewRead, Thing{}), fault.Forbidden, "error.second_factor"},
		{"dangerous", Require(w["owner"], MerchantTransfer, shop), fault.Forbidden, "error.sudo"},
		{"dangerous and not granted", Require(w["staff"], MerchantTransfer, shop), fault.NotFound, "error.not_found"},
		{"dangerous and fresh", Require(fresh(w["owner"]), MerchantTransfer, shop), 0, ""},
		{"dangerous, by the program", Require(System("import"), MerchantTransfer, shop), 0, ""},
		{"granted", Require(w["owner"], ListingHours, shop), 0, ""},
	} {
		if tt.key == "" {
			if tt.err != nil {
				t.Errorf("%s: %v", tt.name, tt.err)
			}
			continue
		}
		fe, ok := tt.err.(*fault.Error) //nolint:errorlint // Require returns the fault itself
		if !ok || fe.Kind != tt.kind || fe.Key != tt.key {
			t.Errorf("%s: %v, want %v %s", tt.name, tt.err, tt.kind, tt.key)
		}
	}
}

func TestRoleIn(t *testing.T) {
	shop := Thing{MerchantID: "m", ListingID: "l"}
	both := Actor{AccountID: "x", Seats: []Seat{{MerchantID: "m", Role: Owner}, {MerchantID: "m", Role: Staff}, {MerchantID: "n", Role: Manager}}}
	if got := both.RoleIn(shop); got != Owner {
		t.Errorf("RoleIn = %s, want owner", got)
	}
	if got := who()["staff of another shop"].RoleIn(shop); got != Visitor {
		t.Errorf("RoleIn = %s, want visitor", got)
	}
}
