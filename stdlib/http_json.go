package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// parseJSON is the value of a body.
func parseJSON(L *lua.LState, from string, body []byte) (lua.LValue, error) {
	value, err := jsonDecode(L, string(body), nil)
	if err != nil {
		return nil, failed("http.json", from, fmt.Errorf("%w: %w", errInvalid, err))
	}
	return value, nil
}

// jsonBody is a value as a body. path names it in errors.
func jsonBody(L *lua.LState, value lua.LValue, path string) (string, error) {
	return encodeJSON(L, value, path, 0)
}
