package ui

import (
	"strings"

	"shangquan/services/lang"
)

// Form is a form that changes something: post, with the token against forged requests and the revision that was shown. Pages
// with fields alone give Parts and use the template "form"; others write {{template "form-start" .Form}} … {{template
// "form-end" .Form}} round their own. Fields arrive as csrf, rev, the names of Hidden and of the parts; fix is the value of a
// one-tap fix; the buttons of the bar have names of their own.
type Form struct {
	ID     string
	Action string
	CSRF   string
	Rev    string
	Hidden []Hidden
	Files  bool // has a file field: multipart/form-data
	Errors []FieldError
	Parts  []FormPart
	Bar    *Bar
}

// Summary returns what stands above the form when there are mistakes.
func (f Form) Summary() ErrorSummary {
	s := ErrorSummary{Errors: f.Errors, labels: map[string]string{}}
	for _, part := range f.Parts {
		switch {
		case part.Field != nil:
			s.labels[part.Field.ID] = part.Field.Label
		case part.Choice != nil:
			s.labels[part.Choice.ID] = part.Choice.Legend
		case part.Row != nil:
			s.labels[part.Row.ID] = part.Row.Legend
		}
	}
	return s
}

// FormPart is one thing in a form: exactly one of its fields is set.
type FormPart struct {
	Field   *Field
	Choice  *Choice
	Row     *FieldRow
	Static  *Static
	Callout *Callout
	Heading string // of the parts that follow
	Text    string
	Button  *Button // besides those of the bar: 再发一次
	Twins   *Twins
	Looks   *PhotoLooks
}

// Bar is the row of buttons under a form: 保存并发布, 先存着, last saved. It stays in sight unless Loose (a form so short that
// its buttons are seen anyway).
type Bar struct {
	Buttons []Button
	Saved   string // 上次保存 19:12
	Loose   bool
}

// First returns the button that Enter presses, which must not be one of the small buttons inside the form.
func (b Bar) First() *Button {
	if len(b.Buttons) == 0 || b.Buttons[0].Href != "" {
		return nil
	}
	return &b.Buttons[0]
}

// Field is a labelled control: an input, a select when it has options, a text area for Type "textarea". What was typed comes
// back in Value, even when it is wrong; of a password and a file nothing comes back.
type Field struct {
	ID, Name, Label, Hint, Error string
	// Type is that of an input (text, tel, email, number, date, password, file …) or "textarea".
	Type, Value             string
	Autocomplete, InputMode string
	Options                 []Option
	Unit                    string   // 元, after the control
	Max                     int      // most characters: said, counted down, never cut off
	Rows                    int      // lines of a text area; 0: three
	Accept                  string   // of a file
	Multiple                bool     // of a file
	Optional                bool     // 可不填
	Short                   bool     // a number or a code: the width fits
	Sensitive               bool     // what is changed here waits for the district
	Fixes                   []Fix    // likely fixes, beside the error
	Lang                    lang.Tag // of what is typed
	// Said is the line under a credit code that says what is wrong with it as typed, or of which kind it is; nil: no such field.
	Said *CodeWords
}

// CodeWords are what a script can say of a credit code. Letter has {n} for the place and {c} for the character.
type CodeWords struct {
	Length, Letter, Check string
	Kinds                 map[string]string // by creditcode.Kind
}

// Lines returns the height of a text area.
func (f Field) Lines() int {
	if f.Rows > 0 {
		return f.Rows
	}
	return 3
}

// DescribedBy returns the ids of what explains the control.
func (f Field) DescribedBy() string {
	ids := describedBy(f.ID, f.Sensitive, f.Hint, f.Error)
	if f.Unit != "" {
		ids = append(ids, f.ID+"-unit")
	}
	if f.Max > 0 {
		ids = append(ids, f.ID+"-left")
	}
	if f.Said != nil {
		ids = append(ids, f.ID+"-said")
	}
	return strings.Join(ids, " ")
}

func describedBy(id string, sensitive bool, hint, problem string) []string {
	ids := []string{}
	if sensitive {
		ids = append(ids, id+"-wait")
	}
	if hint != "" {
		ids = append(ids, id+"-hint")
	}
	if problem != "" {
		ids = append(ids, id+"-error")
	}
	return ids
}

// Choice is a group of radio buttons, of checkboxes when Many. The first option has the id of the group, so that the error
// summary leads to it; the others have ID-1, ID-2 …
type Choice struct {
	ID, Name, Legend, Hint, Error string
	Many                          bool
	Columns                       bool // many short options: side by side where there is room
	Optional, Sensitive           bool
	Options                       []Pick
	Fixes                         []Fix
}

// DescribedBy returns the ids of what explains the group.
func (c Choice) DescribedBy() string {
	return strings.Join(describedBy(c.ID, c.Sensitive, c.Hint, c.Error), " ")
}

// FieldRow is a few short fields that say one thing together: a day and a time, a street and two house numbers. The first of them
// has the ID of the row, so that the error summary leads to it.
type FieldRow struct {
	ID, Name, Legend, Hint, Error string
	Optional, Sensitive           bool
	Fields                        []Field
}

// DescribedBy returns the ids of what explains the row.
func (r FieldRow) DescribedBy() string {
	return strings.Join(describedBy(r.ID, r.Sensitive, r.Hint, r.Error), " ")
}

// Pick is one option of a choice.
type Pick struct {
	Value, Label, Hint string
	Lang               lang.Tag // of Label; empty: that of the page
	Checked            bool
}

// Fix is a likely fix as one press: the form comes back with it applied. The button is named fix.
type Fix struct{ Label, Value string }

// Static is a value that this form only shows.
type Static struct {
	Label, Value, Hint string
	Lang               lang.Tag
	Sensitive          bool
	Link               *Link // where it is changed
}

// ErrorSummary stands above a form with mistakes and links to each field; the focus moves to it.
type ErrorSummary struct {
	Errors []FieldError
	labels map[string]string // of fields, by ID
}

// At returns what the field of a mistake is called where its words do not say where it is: "这一项要填" alone does not, "周三：打烊…" does.
func (e ErrorSummary) At(x FieldError) string {
	if label := e.labels[x.ID]; !strings.Contains(x.Text, label) && !strings.Contains(x.Text, "：") && !strings.Contains(x.Text, ": ") {
		return label
	}
	return ""
}

// FieldError is a mistake in the words that stand at the field too. ID is the field; empty where no field is at fault.
type FieldError struct{ ID, Text string }

// Count returns the number of mistakes.
func (e ErrorSummary) Count() int { return len(e.Errors) }

// Steps shows how far a task of several pages is. Now counts from 1.
type Steps struct {
	Labels []string
	Now    int
}

// All returns the number of steps.
func (s Steps) All() int { return len(s.Labels) }

// Is reports whether step i (from 0) is the present one.
func (s Steps) Is(i int) bool { return i+1 == s.Now }

// Done reports whether step i (from 0) lies behind.
func (s Steps) Done(i int) bool { return i+1 < s.Now }
