package stdlib

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"go.yaml.in/yaml/v3"

	"github.com/execlua/execlua/luabind/bind"
)

// maxYAML is what takes less than a second to decode.
const maxYAML = 1 << 20

// yamlModule is execlua.yaml, on the YAML organisation's library: YAML 1.2, most of 1.1.
func yamlModule() Module {
	const doc = "YAML 1.2. " + dataDoc + " Anchors, aliases and merge keys (<<) are resolved: each alias is a table of its own. " +
		"Keys are text: 80 is \"80\". yes, no, on and off are text; so are dates, and bytes are what !!binary holds."
	return Module{Module: bind.Module{Name: "execlua.yaml", Doc: doc, Values: dataValues(), Funcs: []bind.Func{
		{
			Name: "decode", Doc: "Reads a text of up to 1 MiB with one document.",
			Params:  []bind.Param{{Name: "text"}, {Name: "opts", Optional: true}},
			Returns: []bind.Return{{Type: "any"}},
			Fn:      yamlDecode,
		},
		{
			Name: "decode_all", Doc: "Reads a text of up to 1 MiB with any number of documents.",
			Params:  []bind.Param{{Name: "text"}, {Name: "opts", Optional: true}},
			Returns: []bind.Return{{Type: "any[]"}},
			Fn:      yamlDecodeAll,
		},
		{
			Name: "encode", Doc: "Writes a document.",
			Params:  []bind.Param{{Name: "value", Type: "any"}},
			Returns: []bind.Return{{}},
			Fn:      yamlEncode,
		},
		arrayFunc(),
	}}}
}

func yamlEncode(L *lua.LState, value lua.LValue) (string, error) {
	data, err := goData(L, value, "value")
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	out := yaml.NewEncoder(&b)
	out.SetIndent(2)
	if err := errors.Join(out.Encode(yamlNode(data)), out.Close()); err != nil {
		return "", err
	}
	return b.String(), nil
}

// yamlNode is what the library makes of data, but for the text <<, which it writes
// as a merge key.
func yamlNode(data any) *yaml.Node {
	var node yaml.Node
	switch v := data.(type) {
	case map[string]any:
		node.Kind = yaml.MappingNode
		for _, key := range slices.Sorted(maps.Keys(v)) {
			node.Content = append(node.Content, yamlNode(key), yamlNode(v[key]))
		}
	case []any:
		node.Kind = yaml.SequenceNode
		for _, entry := range v {
			node.Content = append(node.Content, yamlNode(entry))
		}
	case string:
		node.SetString(v)
		if v == "<<" {
			node.Style = yaml.DoubleQuotedStyle
		}
	case nil:
		node.Kind, node.Tag, node.Value = yaml.ScalarNode, "!!null", "null"
	default:
		node.Kind, node.Value = yaml.ScalarNode, fmt.Sprint(v) // a number or boolean
	}
	return &node
}

func yamlDecode(L *lua.LState, text string, o *DecodeOptions) (lua.LValue, error) {
	r, documents, err := yamlDocuments(L, text, o)
	if err != nil {
		return nil, err
	}
	if len(documents) == 0 {
		return r.top(r.null), nil
	}
	if len(documents) > 1 {
		r.node = documents[1]
		return nil, r.wrong("a second document (decode_all reads several)")
	}
	value, err := r.value(documents[0])
	return r.top(value), err
}

func yamlDecodeAll(L *lua.LState, text string, o *DecodeOptions) (lua.LValue, error) {
	r, documents, err := yamlDocuments(L, text, o)
	if err != nil {
		return nil, err
	}
	list := r.list()
	for i, document := range documents {
		err := r.inside(i+1, func() error {
			value, err := r.value(document)
			list.RawSetInt(i+1, value)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// yamlReader decodes the nodes of a text. It follows aliases itself and counts
// what they become: a text of aliases to lists of aliases is short.
type yamlReader struct {
	*decoder
	node *yaml.Node // where the reader is
}

func yamlDocuments(L *lua.LState, text string, o *DecodeOptions) (*yamlReader, []*yaml.Node, error) {
	d, err := newDecoder(L, "yaml", text, maxYAML, o)
	if err != nil {
		return nil, nil, err
	}
	r := &yamlReader{decoder: d}
	var documents []*yaml.Node
	for in := yaml.NewDecoder(strings.NewReader(text)); ; {
		var document yaml.Node
		err := in.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, d.wrong("%s", strings.TrimPrefix(err.Error(), "yaml: "))
		}
		documents = append(documents, document.Content[0])
	}
	d.at = func() string { return place(r.node.Line, r.node.Column) }
	return r, documents, nil
}
