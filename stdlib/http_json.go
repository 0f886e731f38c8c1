package stdlib

import (
	"encoding/json"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
)

// parseJSON is the value of a body.
func parseJSON(L *lua.LState, from string, body []byte) (lua.LValue, error) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, failed("http.json", from, fmt.Errorf("%w: %w", errInvalid, err))
	}
	return bind.Encode(L, value), nil
}

// jsonBody is a value as a body. path names it in errors.
func jsonBody(value lua.LValue, path string) (string, error) {
	var data any
	if err := (&bind.Binder{}).Decode(value, &data, path); err != nil {
		return "", err
	}
	text, err := json.Marshal(data)
	return string(text), err
}
