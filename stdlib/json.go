package stdlib

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// maxJSON is what takes less than a second to decode.
const maxJSON = 16 << 20

// jsonModule is execlua.json, on encoding/json: RFC 8259.
func jsonModule() Module {
	return Module{Module: bind.Module{Name: "execlua.json", Doc: "JSON, as of RFC 8259. " + dataDoc, Values: dataValues(), Funcs: []bind.Func{
		{
			Name: "decode", Doc: "Reads a text of up to 16 MiB.",
			Params:  []bind.Param{{Name: "text"}, {Name: "opts", Optional: true}},
			Returns: []bind.Return{{Type: "any"}},
			Fn:      jsonDecode,
		},
		{
			Name: "encode", Doc: "Writes a value, on one line unless told otherwise.",
			Params:  []bind.Param{{Name: "value", Type: "any"}, {Name: "opts", Optional: true}},
			Returns: []bind.Return{{}},
			Fn:      jsonEncode,
		},
		arrayFunc(),
	}}}
}

// JSONOptions are those of json.encode.
type JSONOptions struct {
	Indent int `json:"indent"` // columns for each level, up to 8; 0 is one line for all
}

func jsonEncode(L *lua.LState, value lua.LValue, o *JSONOptions) (string, error) {
	var opts JSONOptions
	if o != nil {
		opts = *o
	}
	if opts.Indent < 0 || opts.Indent > 8 {
		return "", &bind.FieldError{Path: "indent", Message: "0 to 8 expected"}
	}
	return encodeJSON(L, value, "value", opts.Indent)
}

// encodeJSON is a value as JSON; path names it in errors.
func encodeJSON(L *lua.LState, value lua.LValue, path string, indent int) (string, error) {
	data, err := goData(L, value, path)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", strings.Repeat(" ", indent))
	if err := out.Encode(data); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func jsonDecode(L *lua.LState, text string, o *DecodeOptions) (lua.LValue, error) {
	d, err := newDecoder(L, "json", text, maxJSON, o)
	if err != nil {
		return nil, err
	}
	r := &jsonReader{decoder: d, text: text, tokens: json.NewDecoder(strings.NewReader(text))}
	r.tokens.UseNumber()
	d.at = func() string { return position(text, r.start) }
	token, err := r.next()
	if err != nil {
		return nil, err
	}
	value, err := r.value(token)
	if err != nil {
		return nil, err
	}
	if rest := strings.TrimLeft(text[r.tokens.InputOffset():], " \t\r\n"); rest != "" {
		r.start = len(text) - len(rest)
		return nil, d.wrong("the text goes on after the value")
	}
	return d.top(value), nil
}

// jsonReader reads a text token by token, which bounds the depth and tells the
// place of each.
type jsonReader struct {
	*decoder
	text   string
	tokens *json.Decoder
	start  int // of the token
}

// skip sets the start to the next token from offset on, behind one separator.
func (r *jsonReader) skip(offset int64) {
	const space = " \t\r\n"
	rest := strings.TrimLeft(r.text[offset:], space)
	if rest != "" && (rest[0] == ',' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], space)
	}
	r.start = len(r.text) - len(rest)
}

func (r *jsonReader) next() (json.Token, error) {
	r.skip(r.tokens.InputOffset())
	token, err := r.tokens.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, r.wrong("%s", strings.TrimPrefix(syntax.Error(), "json: "))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		r.start = len(r.text)
		return nil, r.wrong("the text ends too early")
	case err != nil:
		return nil, r.wrong("%v", err)
	}
	return token, nil
}

func (r *jsonReader) value(token json.Token) (lua.LValue, error) {
	switch v := token.(type) {
	case bool:
		return lua.LBool(v), nil
	case string:
		return r.string(v)
	case json.Number:
		return r.number(string(v))
	case json.Delim:
		if v == '[' {
			return r.array()
		}
		return r.object()
	}
	return r.null, nil
}

// string refuses half of a surrogate pair, which encoding/json replaces: its
// escape is then longer than what is left of it.
func (r *jsonReader) string(text string) (lua.LValue, error) {
	if strings.ContainsRune(text, '\uFFFD') {
		literal := r.text[r.start:r.tokens.InputOffset()]
		escaped := strings.Count(strings.ToLower(literal), `\ufffd`)
		if strings.Count(text, "\uFFFD") != strings.Count(literal, "\uFFFD")+escaped {
			return nil, r.wrong("half of a surrogate pair in %s", literal)
		}
	}
	return lua.LString(text), nil
}

func (r *jsonReader) number(text string) (lua.LValue, error) {
	if !strings.ContainsAny(text, ".eE") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil { // a token is a number: it is out of range
			return r.bigInteger(text)
		}
		return r.integer(n)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, r.wrong("the number %s is out of range", text)
	}
	return r.float(f)
}

func (r *jsonReader) array() (lua.LValue, error) {
	list := r.list()
	for i := 1; ; i++ {
		token, err := r.next()
		if err != nil || token == json.Delim(']') {
			return list, err
		}
		err = r.inside(i, func() error {
			value, err := r.value(token)
			list.RawSetInt(i, value)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
}

func (r *jsonReader) object() (lua.LValue, error) {
	dict := r.dict()
	var absent map[string]bool // the keys of null, which dict does not have
	for {
		token, err := r.next()
		if err != nil || token == json.Delim('}') {
			return dict, err
		}
		key := token.(string) // as the grammar has it
		if _, err := r.string(key); err != nil {
			return nil, err
		}
		if absent[key] || dict.RawGetString(key) != lua.LNil {
			return nil, r.wrong("the key %q is given twice", key)
		}
		err = r.inside(key, func() error {
			token, err := r.next()
			if err != nil {
				return err
			}
			value, err := r.value(token)
			if err != nil {
				return err
			}
			r.set(dict, key, value)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if dict.RawGetString(key) == lua.LNil {
			if absent == nil {
				absent = map[string]bool{}
			}
			absent[key] = true
		}
	}
}
