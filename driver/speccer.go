package driver

import "context"

// Speccer is an engine that can say what it would start.
type Speccer interface {
	// Spec returns, as JSON, the OCI runtime specification that Start would work
	// from, see https://github.com/opencontainers/runtime-spec. It creates
	// nothing, so what exists only while the container does (the root of an
	// image) is named but not there. What Start would refuse is refused here too,
	// as far as it can be known without creating anything.
	Spec(ctx context.Context, c *Command) ([]byte, error)
}
