//go:build linux && cgo

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/execlua/execlua/driver"
	"github.com/execlua/execlua/driver/fake"
)

func TestPipeline(t *testing.T) {
	engine := fake.New(fake.Options{})
	open := func() (driver.Driver, error) { return engine, nil }
	var out bytes.Buffer
	err := run(t.Context(), open, "testdata", &out)
	if err == nil || err.Error() != "the pipeline has failed with 1" {
		t.Errorf("failed with %v", err)
	}
	const want = "^building testdata\n" +
		`build      ok     \d+\.\ds\n` +
		`lint       ok     \d+\.\ds\n` +
		`test       FAILED \d+\.\ds\n$`
	if !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Errorf("printed:\n%s", out.String())
	}
}

func TestPipelineIsConfined(t *testing.T) {
	open := func() (driver.Driver, error) { return fake.New(fake.Options{}), nil }
	for _, pipeline := range []string{
		`execlua.driver():run { image = "host", "true", privileged = true }`,
		`execlua.driver():run { image = "host", "true", mounts = { { source = "/etc", destination = "/src" } } }`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "pipeline.lua"), []byte(pipeline), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), open, dir, &bytes.Buffer{}); !errors.Is(err, driver.ErrDenied) {
			t.Errorf("%s: %v", pipeline, err)
		}
	}
}
