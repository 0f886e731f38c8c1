//go:build unix

package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/execlua/execlua/driver"
)

// value is the value of a FieldError with its type.
type value struct {
	Type string          `json:"type"`
	JSON json.RawMessage `json:"json"`
}

// text is a value of a type that does not travel. It prints as that did.
type text string

// typed are zero values of the types that do.
func typed() []any {
	return []any{
		"", false, 0, int32(0), int64(0), uint(0), uint32(0), uint64(0), 0.0,
		time.Duration(0),
		[2]int{},
		[]string(nil), driver.State(""),
	}
}

func encodeValue(v any) *value {
	if v == nil {
		return nil
	}
	name := fmt.Sprintf("%T", v)
	for _, t := range typed() {
		if reflect.TypeOf(t) == reflect.TypeOf(v) {
			if data, err := json.Marshal(v); err == nil { // what is not a number has no JSON
				return &value{name, data}
			}
		}
	}
	data, err := json.Marshal(fmt.Sprint(v))
	if err != nil {
		return nil
	}
	return &value{"", data}
}

func (v *value) decode() any {
	if v == nil {
		return nil
	}
	for _, t := range typed() {
		if fmt.Sprintf("%T", t) != v.Type {
			continue
		}
		into := reflect.New(reflect.TypeOf(t))
		if json.Unmarshal(v.JSON, into.Interface()) == nil {
			return into.Elem().Interface()
		}
	}
	var s string
	if json.Unmarshal(v.JSON, &s) != nil {
		s = string(v.JSON)
	}
	return text(s)
}
