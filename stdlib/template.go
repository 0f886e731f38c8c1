package stdlib

import (
	"context"
	"strings"
	"text/template"
	"text/template/parse"

	lua "github.com/yuin/gopher-lua"

	"github.com/execlua/execlua/luabind/bind"
	"github.com/execlua/execlua/luabind/vm"
)

const (
	maxTemplate = 256 << 10 // bytes of source
	maxRendered = 16 << 20  // bytes that a template or a function in it makes
)

// templateModule is execlua.template, on text/template.
func templateModule() Module {
	data := bind.Param{Name: "data", Type: "any", Optional: true, Doc: "What {{.}} is: text, numbers, tables of them, as for json.encode."}
	const doc = "Text with gaps, in the syntax of Go (https://pkg.go.dev/text/template). A field that the data lacks is an error; {{index . \"x\"}} and {{has \"x\" .}} ask for one. " +
		"Nothing is escaped for HTML. Beside Go's own functions there are upper, lower, trim, replace, split, join, contains, has_prefix, has_suffix, indent, default, has, keys, json and shell, " +
		"which take what is piped into them as their last argument: {{.names | join \", \"}}."
	return Module{
		Module: bind.Module{Name: "execlua.template", Doc: doc, Funcs: []bind.Func{
			{
				Name: "compile", Doc: "Makes a template of a text of up to 256 KiB.",
				Params: []bind.Param{{Name: "text"}}, Returns: []bind.Return{{Type: "execlua.Template"}},
				Fn: func(L *lua.LState, text string) (lua.LValue, error) {
					t, err := parseTemplate(text)
					return object(L, t, "template"), err
				},
			},
			{
				Name: "render", Doc: "Fills the gaps of a text once.",
				Params: []bind.Param{{Name: "text"}, data}, Returns: []bind.Return{{}},
				Fn: func(L *lua.LState, text string, data lua.LValue) (string, error) {
					t, err := parseTemplate(text)
					if err != nil {
						return "", err
					}
					return render(L, t, data)
				},
			},
		}},
		Classes: []bind.Class{{Name: "template", Doc: "A compiled template.", Methods: []bind.Func{{
			Name: "render", Doc: "Fills its gaps. Other tasks run meanwhile.", Method: true,
			Params: []bind.Param{data}, Returns: []bind.Return{{}}, Fn: render,
		}}}},
	}
}

// skeleton is a parsed template.
type skeleton struct{ *template.Template }

func parseTemplate(text string) (*skeleton, error) {
	if err := checkSize("text", len(text), maxTemplate); err != nil {
		return nil, err
	}
	t, err := template.New("text").Option("missingkey=error").Funcs(templateFuncs()).Parse(text)
	if err != nil {
		return nil, err
	}
	for _, each := range t.Templates() {
		if each.Tree != nil {
			tick(each.Root)
		}
	}
	return &skeleton{t}, nil
}

func render(L *lua.LState, t *skeleton, value lua.LValue) (string, error) {
	data, err := goData(L, value, "data")
	if err != nil {
		return "", err
	}
	var out output
	err = vm.Block(L, func(ctx context.Context) error {
		out.ctx = ctx
		return t.Execute(&out, data)
	})
	return out.text.String(), err
}

// output is what a template writes to. It ends one that is too long, and one that
// runs when its task should end.
type output struct {
	ctx  context.Context
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	if o.ctx.Err() != nil {
		return 0, o.ctx.Err()
	}
	if err := checkSize("result", o.text.Len()+len(p), maxRendered); err != nil {
		return 0, err
	}
	return o.text.Write(p)
}

// tick puts an empty text at the beginning of each list of nodes, so of each loop
// and of each template, which can call itself: nothing but an error of Write ends
// {{range 1000000000}}{{end}}.
func tick(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.IfNode:
			tick(n.List)
			tick(n.ElseList)
		case *parse.WithNode:
			tick(n.List)
			tick(n.ElseList)
		case *parse.RangeNode:
			tick(n.List)
			tick(n.ElseList)
		}
	}
	list.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText}}, list.Nodes...)
}
