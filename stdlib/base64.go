package stdlib

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/execlua/execlua/luabind/bind"
)

// base64Module is execlua.base64: RFC 4648.
func base64Module() Module {
	return Module{Module: bind.Module{Name: "execlua.base64", Doc: "Bytes as text of 64 letters, as of RFC 4648.", Funcs: []bind.Func{
		{
			Name: "encode", Doc: "Writes bytes with + and /, padded with =.",
			Params: []bind.Param{{Name: "bytes"}}, Returns: []bind.Return{{}},
			Fn: encodesBytes(base64.StdEncoding.EncodeToString),
		},
		{
			Name: "encode_url", Doc: "Writes bytes with - and _ in place of + and /, without padding.",
			Params: []bind.Param{{Name: "bytes"}}, Returns: []bind.Return{{}},
			Fn: encodesBytes(base64.RawURLEncoding.EncodeToString),
		},
		{
			Name: "decode", Doc: "Reads either form, with or without padding; line breaks are skipped.",
			Params: []bind.Param{{Name: "text"}}, Returns: []bind.Return{{}},
			Fn: decodeBase64,
		},
	}}}
}

func decodeBase64(text string) (string, error) {
	if err := checkSize("text", len(text), maxText); err != nil {
		return "", err
	}
	text = strings.NewReplacer("-", "+", "_", "/", "\n", "", "\r", "").Replace(text)
	bare := strings.TrimRight(text, "=")
	if padding := len(text) - len(bare); padding > 0 && (padding > 2 || len(text)%4 != 0) {
		return "", fmt.Errorf("base64: the padding is wrong")
	}
	data, err := base64.RawStdEncoding.Strict().DecodeString(bare)
	if err != nil {
		return "", fmt.Errorf("base64: %w", err)
	}
	return string(data), nil
}

// hexModule is execlua.hex.
func hexModule() Module {
	return Module{Module: bind.Module{Name: "execlua.hex", Doc: "Bytes as text of hexadecimal digits.", Funcs: []bind.Func{
		{
			Name: "encode", Doc: "Writes two lower case digits for each byte.",
			Params: []bind.Param{{Name: "bytes"}}, Returns: []bind.Return{{}},
			Fn: encodesBytes(hex.EncodeToString),
		},
		{
			Name: "decode", Doc: "Reads digits of either case.",
			Params: []bind.Param{{Name: "text"}}, Returns: []bind.Return{{}},
			Fn: func(text string) (string, error) {
				if err := checkSize("text", len(text), maxText); err != nil {
					return "", err
				}
				data, err := hex.DecodeString(text)
				if err != nil {
					return "", fmt.Errorf("hex: %s", strings.TrimPrefix(err.Error(), "encoding/hex: "))
				}
				return string(data), nil
			},
		},
	}}}
}

// encodesBytes bounds what a function reads.
func encodesBytes(encode func([]byte) string) func([]byte) (string, error) {
	return func(data []byte) (string, error) {
		if err := checkSize("bytes", len(data), maxText); err != nil {
			return "", err
		}
		return encode(data), nil
	}
}
