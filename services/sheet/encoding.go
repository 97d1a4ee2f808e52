package sheet

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// decode turns the bytes of a text file into UTF-8 and says how they were read: by the byte order mark where there is one, by
// the zero bytes that UTF-16 has around ASCII, as UTF-8 where it is valid, else as GB18030, which Excel in China writes. A mark
// that a conversion carried along, so that GB18030 has one or UTF-16 has two, is no part of the first heading.
func decode(data []byte) (text []byte, encoding string, err error) {
	text, encoding, err = decoded(data)
	return bytes.TrimPrefix(text, []byte("\uFEFF")), encoding, err
}

func decoded(data []byte) (text []byte, encoding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data, encoding = data[3:], "UTF-8 BOM"
		if !utf8.Valid(data) {
			return nil, encoding, refuse("sheet.encoding_broken", map[string]any{"Encoding": encoding})
		}
		return data, encoding, nil
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		text, err = fromUTF16(data[2:], false)
		return text, "UTF-16LE", err
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		text, err = fromUTF16(data[2:], true)
		return text, "UTF-16BE", err
	}
	if big, ok := looksUTF16(data); ok {
		encoding = "UTF-16LE"
		if big {
			encoding = "UTF-16BE"
		}
		text, err = fromUTF16(data, big)
		return text, encoding, err
	}
	if utf8.Valid(data) {
		return data, "UTF-8", nil
	}
	text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, "", refuse("sheet.encoding_unknown", nil)
	}
	return text, "GB18030", nil
}

// looksUTF16 judges the first kilobyte: commas, digits and line ends of a table are ASCII, so a good part of the bytes at
// either the even or the odd places is zero, and none at the others.
func looksUTF16(data []byte) (bigEndian, ok bool) {
	head := data[:min(len(data), 1024)&^1]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	enough := len(head) / 20
	switch {
	case zeros[0] > enough && zeros[1] == 0:
		return true, true
	case zeros[1] > enough && zeros[0] == 0:
		return false, true
	}
	return false, false
}

func fromUTF16(data []byte, bigEndian bool) ([]byte, error) {
	name := map[bool]string{false: "UTF-16LE", true: "UTF-16BE"}[bigEndian]
	if len(data)%2 != 0 {
		return nil, refuse("sheet.encoding_broken", map[string]any{"Encoding": name})
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		a, b := uint16(data[2*i]), uint16(data[2*i+1])
		if bigEndian {
			a, b = b, a
		}
		units[i] = b<<8 | a
	}
	text := make([]byte, 0, len(data))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			low := rune(-1)
			if i+1 < len(units) {
				low = rune(units[i+1])
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return nil, refuse("sheet.encoding_broken", map[string]any{"Encoding": name})
			}
			i++
		}
		text = utf8.AppendRune(text, r)
	}
	return text, nil
}
