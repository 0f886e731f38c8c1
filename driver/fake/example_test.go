package fake_test

import (
	"context"
	"fmt"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

// A test of code that starts containers says what they do, and asks afterwards
// what was started.
func ExampleDriver_Reply() {
	engine := fake.New(fake.Options{})
	engine.Reply(
		fake.Like(&driver.Command{Image: "host", ProcessConfig: driver.ProcessConfig{Entrypoint: "tar"}}),
		fake.Reply{ExitCode: 2, Stderr: "tar: no space left\n"}.Always,
	)

	err := backup(engine, "/srv") // the code under test

	fmt.Println(err)
	for _, call := range engine.Calls("run") {
		fmt.Println(call.Verb, call.ID, call.Command.ProcessConfig.Argv())
	}
	// Output:
	// backup of /srv: exit code 2
	// run backup [tar -c /srv]
}

func backup(engine driver.Driver, dir string) error {
	status, err := engine.Run(context.Background(), &driver.Command{
		ID: "backup", Image: "host",
		ProcessConfig: driver.ProcessConfig{Entrypoint: "tar", Arguments: []string{"-c", dir}},
	}, nil, driver.Hooks{})
	if err == nil && status.ExitCode != 0 {
		err = fmt.Errorf("backup of %s: exit code %d", dir, status.ExitCode)
	}
	return err
}
