package apidoc

import (
	"slices"
	"strings"

	"github.com/execlua/execlua/luabind"
)

// allCodes are the codes of driver.Code, with what the sentinels' comments say,
// and those that scripts have besides.
func (m *model) allCodes() []luabind.Code {
	var all []luabind.Code
	for _, c := range m.comments.codes {
		if meaning := m.comments.values[c.sentinel]; meaning != "" {
			all = append(all, luabind.Code{Name: c.code, Meaning: sentence(meaning)})
		}
	}
	return slices.Concat(all, m.Codes)
}

// sentence makes one of a comment's rest.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
