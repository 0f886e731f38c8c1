package stdlib

import "embed"

// Annotations are the files of the directory meta: what the Lua language server
// wants to know of the modules.
//
//go:embed meta
var Annotations embed.FS
