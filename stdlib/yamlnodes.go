package stdlib

import (
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"go.yaml.in/yaml/v3"
)

func (r *yamlReader) value(node *yaml.Node) (lua.LValue, error) {
	r.node = node
	switch node.Kind {
	case yaml.AliasNode:
		return r.value(node.Alias)
	case yaml.SequenceNode:
		return r.sequence(node)
	case yaml.MappingNode:
		if tag := node.ShortTag(); tag != "!!map" {
			return nil, r.wrong("the tag %s is not known", tag)
		}
		dict := r.dict()
		return dict, r.mapping(dict, node, map[string]bool{})
	}
	return r.scalar(node)
}

func (r *yamlReader) sequence(node *yaml.Node) (lua.LValue, error) {
	if tag := node.ShortTag(); tag != "!!seq" {
		return nil, r.wrong("the tag %s is not known", tag)
	}
	list := r.list()
	for i, entry := range node.Content {
		err := r.inside(i+1, func() error {
			value, err := r.value(entry)
			list.RawSetInt(i+1, value)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// mapping adds the entries of a mapping, but for the keys in seen: those are
// nearer. What it merges comes last, as its own keys win wherever they stand.
func (r *yamlReader) mapping(dict *lua.LTable, node *yaml.Node, seen map[string]bool) error {
	own := map[string]bool{}
	var merged []*yaml.Node
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		r.node = key
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			return r.wrong("a key is text")
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
			continue
		case own[key.Value]:
			return r.wrong("the key %q is given twice", key.Value)
		}
		own[key.Value] = true
		if seen[key.Value] {
			continue
		}
		err := r.inside(key.Value, func() error {
			value, err := r.value(value)
			r.set(dict, key.Value, value)
			return err
		})
		if err != nil {
			return err
		}
	}
	for key := range own {
		seen[key] = true
	}
	for _, value := range merged {
		if err := r.merge(dict, value, seen); err != nil {
			return err
		}
	}
	return nil
}

// merge adds what << names: a mapping, or a list of them, of which the first wins.
func (r *yamlReader) merge(dict *lua.LTable, node *yaml.Node, seen map[string]bool) error {
	return r.inside("<<", func() error {
		r.node = node
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		switch node.Kind {
		case yaml.MappingNode:
			return r.mapping(dict, node, seen)
		case yaml.SequenceNode:
			for _, entry := range node.Content {
				if err := r.merge(dict, entry, seen); err != nil {
					return err
				}
			}
			return nil
		}
		return r.wrong("a map, or a list of maps, expected")
	})
}

func (r *yamlReader) scalar(node *yaml.Node) (lua.LValue, error) {
	switch tag := node.ShortTag(); tag {
	case "!!null":
		return r.null, nil
	case "!!bool":
		var b bool
		if err := node.Decode(&b); err != nil {
			return nil, r.wrong("%q is no boolean", node.Value)
		}
		return lua.LBool(b), nil
	case "!!int", "!!float":
		return r.number(node)
	case "!!str", "!!timestamp", "!!merge":
		return lua.LString(node.Value), nil
	case "!!binary":
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(node.Value), ""))
		if err != nil {
			return nil, r.wrong("no base64: %v", err)
		}
		return lua.LString(data), nil
	default:
		return nil, r.wrong("the tag %s is not known", tag)
	}
}

// number reads what the library has found to be one. It calls an integer beyond
// 64 bits a float.
func (r *yamlReader) number(node *yaml.Node) (lua.LValue, error) {
	text := strings.ReplaceAll(node.Value, "_", "")
	n, ok := new(big.Int).SetString(text, 0) // 0x1f, 0o17, and 017 as in YAML 1.1
	if !ok {
		n, ok = new(big.Int).SetString(text, 10) // 08
	}
	switch {
	case ok && n.IsInt64():
		return r.integer(n.Int64())
	case ok:
		return r.bigInteger(n.String())
	}
	switch strings.ToLower(strings.TrimLeft(text, "+-")) {
	case ".inf", ".nan":
		return nil, r.wrong("%s is no number for data", node.Value)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || node.ShortTag() == "!!int" {
		return nil, r.wrong("%q is no number of the kind", node.Value)
	}
	return r.float(f)
}
