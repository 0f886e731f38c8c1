package apidoc

import (
	"bytes"
	_ "embed"
	"strings"

	"github.com/execlua/execlua/driver/drivertest"
	"github.com/execlua/execlua/driver/spec"
)

//go:embed lifecycle.md
var lifecycleText string

// lifecycle is the page about what no declaration tells. Its tables are those that
// the engines are tested against, and the comments of the constants.
func (m *model) lifecycle() []byte {
	states := [][]string{{"verb", "created", "running", "paused", "exited", "gone"}}
	for _, v := range drivertest.VerbsInStates() {
		states = append(states, []string{v.Verb, cell(v.Created), cell(v.Running), cell(v.Paused), cell(v.Exited), cell(v.Gone)})
	}
	events := [][]string{{"event", "meaning"}}
	for _, c := range m.comments.consts["driver.EventKind"] {
		events = append(events, []string{c.value, text(c.doc)})
	}
	filled := strings.NewReplacer("{{states}}\n", tableText(states), "{{events}}\n", tableText(events)).Replace(lifecycleText)
	return []byte("<!-- " + notice + " -->\n\n" + filled)
}

// cell is one answer of a verb.
func cell(code string) string {
	if code == "" {
		return "yes"
	}
	return code
}

func tableText(rows [][]string) string {
	var b bytes.Buffer
	table(&b, rows)
	return b.String()
}

const (
	cgroupIntro = "Which file of its cgroup a limit of a container becomes, and where a statistic comes from, on both versions of cgroups. `execlua doctor` tells which version a machine has. " +
		"A version or kernel without the file cannot honour the limit, which is an error or a `warning` event, never silence; a statistic without its file is nil."
	limitsIntro = "Fields of [Resources](command.md#resources)."
	statsIntro  = "Fields of [ResourceStats](driver.md#resourcestats). What is not here is worked out from these, or is the machine's."
)

func cgroupFiles() []byte {
	var b bytes.Buffer
	b.WriteString("<!-- " + notice + " -->\n\n# Kernel files\n\n" + cgroupIntro + "\n")
	for _, part := range []struct {
		title, intro string
		files        []spec.KernelFile
	}{
		{"Limits", limitsIntro, spec.LimitFiles()},
		{"Statistics", statsIntro, spec.StatFiles()},
	} {
		rows := [][]string{{"field", "cgroup v1", "cgroup v2", "note"}}
		for _, f := range part.files {
			rows = append(rows, []string{f.Field, text(f.V1), text(f.V2), text(f.Note)})
		}
		b.WriteString("\n## " + part.title + "\n\n" + part.intro + "\n\n")
		table(&b, rows)
	}
	return b.Bytes()
}
