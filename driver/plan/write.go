package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/execlua/execlua/driver"
)

// Formats lists what Write knows.
func Formats() []string { return []string{"text", "json"} }

// Write writes the plan in a format, one of Formats.
//
// Text has a line for each step (+ is created, ~ changed, - removed, > called), and a
// summary, which tells of calls when there are any. It names the variables of an environment without their values, which
// may be secrets. JSON has all, in the names of the vocabulary:
//
//	{"steps": [{"action": "create", "verb": "run", "id": "web", "command": {…}}, …],
//	 "summary": {"create": 1, "change": 0, "remove": 0, "call": 0}}
func (d *Driver) Write(w io.Writer, format string) error {
	steps := d.Steps()
	count := map[Action]int{Create: 0, Change: 0, Remove: 0, Call: 0}
	for _, s := range steps {
		count[s.Action]++
	}
	switch format {
	case "json":
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(struct {
			Steps   []Step         `json:"steps"`
			Summary map[Action]int `json:"summary"`
		}{append([]Step{}, steps...), count})
	case "text":
		var b strings.Builder
		for _, s := range steps {
			b.WriteString(s.String() + "\n")
		}
		fmt.Fprintf(&b, "plan: %d to create, %d to change, %d to remove", count[Create], count[Change], count[Remove])
		if count[Call] > 0 {
			fmt.Fprintf(&b, ", %d to call", count[Call])
		}
		b.WriteString("\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	return fmt.Errorf("plan: no format %q: one of %s", format, strings.Join(Formats(), ", "))
}

// String is the step as a line of text, without the newline.
func (s Step) String() string {
	sign := map[Action]string{Create: "+", Change: "~", Remove: "-", Call: ">"}[s.Action]
	if s.Target != "" {
		return sign + " " + s.describeBeside()
	}
	text := sign + " " + s.Verb + " " + s.ID
	switch {
	case s.Command != nil:
		text += " (" + describe(s.Command, s.Hooks, s.Detached) + ")"
	case s.Process != nil:
		text += " (" + join(words(s.Process.Argv()), attributes(s.Process), s.Hooks) + ")"
	case len(s.Changes) > 0:
		var changes []string
		for _, c := range s.Changes {
			changes = append(changes, c.String())
		}
		text += " " + strings.Join(changes, ", ")
	case s.Signal != "":
		text += " (" + s.Signal + ")"
	}
	return text
}

func (d Difference) String() string {
	or := func(text string) string {
		if text == "" {
			return "unset"
		}
		return text
	}
	return d.Field + " " + or(d.From) + " -> " + or(d.To)
}

// describe tells what is set in a Command.
func describe(c *driver.Command, hooks []driver.Stage, detached bool) string {
	head := "image " + c.Image
	if c.Image == "" {
		head = "rootfs " + c.Rootfs
	}
	if detached {
		head = "detached, " + head
	}
	if argv := c.ProcessConfig.Argv(); len(argv) > 0 {
		head += ", " + words(argv)
	}
	return join(head, attributes(c), hooks)
}

func join(head string, list []attribute, hooks []driver.Stage) string {
	var texts []string
	for _, a := range list {
		texts = append(texts, a.String())
	}
	if len(hooks) > 0 {
		text := "hooks"
		for _, stage := range hooks {
			text += " " + string(stage)
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return head
	}
	return head + "; " + strings.Join(texts, ", ")
}

// words writes an argv, with quotes where a word is none for the eye.
func words(argv []string) string {
	var out []string
	for _, word := range argv {
		out = append(out, quote(word))
	}
	return strings.Join(out, " ")
}

func quote(text string) string {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool {
		return r == ' ' || !unicode.IsPrint(r) || strings.ContainsRune(`"'\,;()`, r)
	}) {
		return fmt.Sprintf("%q", text)
	}
	return text
}
