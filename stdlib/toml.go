package stdlib

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// maxTOML is what takes about a second to decode: the library's time grows with the
// square of the number of keys.
const maxTOML = 256 << 10

// tomlModule is execlua.toml, on pelletier/go-toml: TOML 1.0.
func tomlModule() Module {
	return Module{Module: bind.Module{Name: "execlua.toml", Doc: "TOML 1.0. " + dataDoc + " TOML has no null. Dates and times are text.", Values: dataValues(), Funcs: []bind.Func{
		{
			Name: "decode", Doc: "Reads a text of up to 256 KiB.",
			Params:  []bind.Param{{Name: "text"}, {Name: "opts", Optional: true}},
			Returns: []bind.Return{{Type: "table"}},
			Fn:      tomlDecode,
		},
		{
			Name: "encode", Doc: "Writes a table.",
			Params:  []bind.Param{{Name: "value", Type: "table"}},
			Returns: []bind.Return{{}},
			Fn:      tomlEncode,
		},
		arrayFunc(),
	}}}
}

func tomlEncode(L *lua.LState, value lua.LValue) (string, error) {
	data, err := goData(L, value, "value")
	if err != nil {
		return "", err
	}
	dict, ok := data.(map[string]any)
	if !ok {
		return "", &bind.FieldError{Path: "value", Message: "a map expected: a TOML text is one"}
	}
	if err := findNull(dict, "value"); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(dict); err != nil {
		return "", err
	}
	return b.String(), nil
}

// findNull refuses null, which the encoder would leave out.
func findNull(data any, path ...any) error {
	switch v := data.(type) {
	case nil:
		return &bind.FieldError{Path: bind.Path(path...), Message: "TOML has no null"}
	case []any:
		for i, entry := range v {
			if err := findNull(entry, append(path, i+1)...); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := findNull(v[key], append(path, key)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func tomlDecode(L *lua.LState, text string, o *DecodeOptions) (lua.LValue, error) {
	d, err := newDecoder(L, "toml", text, maxTOML, o)
	if err != nil {
		return nil, err
	}
	var data map[string]any
	err = toml.Unmarshal([]byte(text), &data)
	var at *toml.DecodeError
	if errors.As(err, &at) {
		line, column := at.Position()
		d.at = func() string { return place(line, column) }
		for _, key := range at.Key() {
			d.path = append(d.path, key)
		}
		return nil, d.wrong("%s", strings.TrimPrefix(at.Error(), "toml: "))
	}
	if err != nil {
		return nil, d.wrong("%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	return d.tomlValue(data)
}

// tomlValue decodes what go-toml has made. It has no places any more.
func (d *decoder) tomlValue(data any) (lua.LValue, error) {
	switch v := data.(type) {
	case map[string]any:
		return d.tomlTable(v)
	case []any:
		list := d.list()
		for i, entry := range v {
			err := d.inside(i+1, func() error {
				value, err := d.tomlValue(entry)
				list.RawSetInt(i+1, value)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		return list, nil
	case bool:
		return lua.LBool(v), nil
	case string:
		return lua.LString(v), nil
	case int64:
		return d.integer(v)
	case float64:
		return d.float(v)
	case time.Time:
		return lua.LString(v.Format(time.RFC3339Nano)), nil
	}
	return lua.LString(fmt.Sprint(data)), nil // local dates and times
}

func (d *decoder) tomlTable(data map[string]any) (lua.LValue, error) {
	table := d.dict()
	for _, key := range slices.Sorted(maps.Keys(data)) {
		err := d.inside(key, func() error {
			value, err := d.tomlValue(data[key])
			d.set(table, key, value)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return table, nil
}
