package plan

import (
	"fmt"
	"strings"
)

// Add writes down a step that is none of the engine: something that the script would
// do beside its containers. The action follows from the verb.
func (d *Driver) Add(s Step) {
	s.Action, _ = beside(s.Verb)
	d.add(nil, s)
}

// beside tells what a verb of a module does, and how it is called in a plan.
func beside(verb string) (Action, string) {
	switch verb {
	case "fs.write":
		return Change, "write file"
	case "fs.append":
		return Change, "append to file"
	case "fs.move":
		return Change, "move"
	case "fs.mkdir":
		return Create, "make directory"
	case "fs.symlink":
		return Create, "link"
	case "fs.remove":
		return Remove, "remove"
	case "http.serve":
		return Call, "serve HTTP at"
	case "net.listen":
		return Call, "listen at"
	case "net.dial":
		return Call, "connect to"
	case "sh.run":
		return Call, "run on host:"
	}
	if method, ok := strings.CutPrefix(verb, "http."); ok {
		return Call, strings.ToUpper(method)
	}
	return Call, verb
}

// describeBeside is the text of a step behind its sign.
func (s Step) describeBeside() string {
	_, phrase := beside(s.Verb)
	text := phrase + " " + quote(s.Target)
	switch {
	case len(s.Argv) > 0:
		text = phrase + " " + words(s.Argv)
	case s.To != nil:
		text += " -> " + quote(*s.To)
	case s.Size != nil:
		text += fmt.Sprintf(" (%d bytes)", *s.Size)
	}
	return text
}
