package bind

import (
	"math"
	"reflect"
	"strconv"
	"time"

	units "github.com/docker/go-units"
	lua "github.com/yuin/gopher-lua"
)

// Size is an integer with unit:"bytes" where there is no field to bear the tag: a
// parameter of a function.
type Size int64

// maxInteger is the largest n for which a Lua number holds every integer of -n to n.
const maxInteger = 1 << 53

func decodeScalar(lv lua.LValue, dst reflect.Value, s style) *FieldError {
	switch k := dst.Kind(); k {
	case reflect.Bool:
		v, ok := lv.(lua.LBool)
		if !ok {
			return mismatch("boolean", given(lv))
		}
		dst.SetBool(bool(v))
	case reflect.String:
		text, err := decodeString(lv, s)
		if err != nil {
			return err
		}
		dst.SetString(text)
	case reflect.Float32, reflect.Float64:
		v, ok := lv.(lua.LNumber)
		if !ok {
			return mismatch("number", given(lv))
		}
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) || dst.OverflowFloat(f) {
			return mismatch("number", formatNumber(v))
		}
		dst.SetFloat(float64(v))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return decodeInteger(lv, dst, s)
	default:
		return mismatch(LuaType(dst.Type()), given(lv))
	}
	return nil
}

// decodeString refuses numbers except where text and numbers mean the same: in
// a hostname a number is a mistake, in an argument vector it is not.
func decodeString(lv lua.LValue, s style) (string, *FieldError) {
	if s == styleText {
		return decodeText(lv)
	}
	switch v := lv.(type) {
	case lua.LString:
		return string(v), nil
	case lua.LNumber:
		return "", mismatch("string", "number (write "+strconv.Quote(formatNumber(v))+")")
	}
	return "", mismatch("string", given(lv))
}

func decodeText(lv lua.LValue) (string, *FieldError) {
	switch v := lv.(type) {
	case lua.LString:
		return string(v), nil
	case lua.LNumber:
		if !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) {
			return formatNumber(v), nil
		}
		return "", mismatch("text or number", formatNumber(v))
	}
	return "", mismatch("text or number", given(lv))
}

// formatNumber writes a number without an exponent: 1, 1.5, 10000000000.
func formatNumber(n lua.LNumber) string {
	return strconv.FormatFloat(float64(n), 'f', -1, 64)
}

func decodeInteger(lv lua.LValue, dst reflect.Value, s style) *FieldError {
	switch v := lv.(type) {
	case lua.LNumber:
		return setInteger(float64(v), dst)
	case lua.LString:
		if v == "max" && dst.Kind() == reflect.Int64 {
			dst.SetInt(-1)
			return nil
		}
		if v == "max" && dst.Kind() == reflect.Uint64 {
			dst.SetUint(math.MaxUint64)
			return nil
		}
		if s == styleSize {
			size, err := units.RAMInBytes(string(v))
			if err != nil {
				return invalidf(`%q is no size: write "64m", "1.5g", "max" or a number of bytes`, string(v))
			}
			// A sum beyond int64 comes back negative or as the largest one: both are out of range.
			if size < 0 || size > maxInteger {
				return outOfRange(string(v), dst)
			}
			return setInteger(float64(size), dst)
		}
	}
	return mismatch(s.luaType(dst.Type()), given(lv))
}

func setInteger(f float64, dst reflect.Value) *FieldError {
	if f != math.Trunc(f) || math.IsInf(f, 0) {
		return mismatch("integer", formatNumber(lua.LNumber(f)))
	}
	low, high := integerRange(dst)
	if f < low || f > high {
		return outOfRange(formatNumber(lua.LNumber(f)), dst)
	}
	if dst.CanInt() {
		dst.SetInt(int64(f))
	} else {
		dst.SetUint(uint64(f))
	}
	return nil
}

// integerRange is what both the Go type and a Lua number can hold exactly.
func integerRange(dst reflect.Value) (low, high float64) {
	bits := dst.Type().Bits()
	if dst.CanInt() {
		high = min(math.Ldexp(1, bits-1)-1, maxInteger)
		return max(-math.Ldexp(1, bits-1), -maxInteger), high
	}
	return 0, min(math.Ldexp(1, bits)-1, maxInteger)
}

func outOfRange(text string, dst reflect.Value) *FieldError {
	low, high := integerRange(dst)
	return invalidf("%s is out of range: %s to %s", text, formatNumber(lua.LNumber(low)), formatNumber(lua.LNumber(high)))
}

// Duration reads a duration as scripts write it, for a raw function: its i-th
// argument, from 1, with the name of the parameter. It fails with an *ArgError.
func Duration(L *lua.LState, function string, i int, param string) (d time.Duration, err error) {
	wrong := decodeDuration(L.Get(i), reflect.ValueOf(&d).Elem())
	if i > L.GetTop() {
		wrong = mismatch(LuaType(durationType), "no value")
	}
	if wrong != nil {
		return 0, &ArgError{Func: function, Index: i, Err: wrong.under(param)}
	}
	return d, nil
}

func decodeDuration(lv lua.LValue, dst reflect.Value) *FieldError {
	switch v := lv.(type) {
	case lua.LNumber:
		ns := float64(v) * float64(time.Second)
		// Written so that NaN fails too. 2^63 is the first float64 beyond time.Duration.
		if !(ns >= 0 && ns < 1<<63) {
			return invalidf("%s is out of range: 0 to 9223372036 seconds", formatNumber(v))
		}
		dst.SetInt(int64(math.Round(ns)))
		return nil
	case lua.LString:
		d, err := time.ParseDuration(string(v))
		if err != nil {
			return invalidf(`%q is no duration: write "500ms", "1m30s" or a number of seconds`, string(v))
		}
		if d < 0 {
			return invalidf("%q is negative", string(v))
		}
		dst.SetInt(int64(d))
		return nil
	}
	return mismatch("duration", given(lv))
}

func decodeTime(lv lua.LValue, dst reflect.Value) *FieldError {
	v, ok := lv.(lua.LNumber)
	if !ok {
		return mismatch("number", given(lv))
	}
	// Beyond that an int64 of nanoseconds does not reach either.
	if s := float64(v); !(math.Abs(s) < 1<<33) {
		return invalidf("%s is out of range: seconds since 1970", formatNumber(v))
	}
	whole, fraction := math.Modf(float64(v))
	dst.Set(reflect.ValueOf(time.Unix(int64(whole), int64(fraction*1e9))))
	return nil
}

func decodeBytes(lv lua.LValue, dst reflect.Value) *FieldError {
	v, ok := lv.(lua.LString)
	if !ok {
		return mismatch("string", given(lv))
	}
	dst.SetBytes([]byte(v))
	return nil
}
