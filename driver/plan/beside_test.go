package plan_test

import (
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/plan"
)

// What a script does beside its containers stands among their steps, in order.
func TestBesideContainers(t *testing.T) {
	d, size, to := plan.New(), int64(120), "/b"
	d.Add(plan.Step{Verb: "fs.mkdir", Target: "/etc/app"})
	d.Add(plan.Step{Verb: "fs.write", Target: "/etc/app/my conf", Size: &size})
	_, err := d.Run(t.Context(), command("a", "true"), nil, driver.Hooks{})
	must(t, err)
	for _, s := range []plan.Step{
		{Verb: "fs.append", Target: "/var/log/app"},
		{Verb: "fs.move", Target: "/a", To: &to},
		{Verb: "fs.symlink", Target: "/c", To: &to},
		{Verb: "fs.remove", Target: "/d"},
		{Verb: "http.post", Target: "https://example.com/x", Size: &size},
		{Verb: "http.serve", Target: ":80"},
		{Verb: "net.dial", Target: "db:5432"},
		{Verb: "net.listen", Target: "unix:/run/a"},
		{Verb: "sh.run", Target: "make", Argv: []string{"make", "-C", "a b"}},
	} {
		d.Add(s)
	}
	want := `+ make directory /etc/app
~ write file "/etc/app/my conf" (120 bytes)
+ run a (image host, true)
~ append to file /var/log/app
~ move /a -> /b
+ link /c -> /b
- remove /d
> POST https://example.com/x (120 bytes)
> serve HTTP at :80
> connect to db:5432
> listen at unix:/run/a
> run on host: make -C "a b"
plan: 3 to create, 3 to change, 1 to remove, 5 to call
`
	if got := text(t, d); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
