// Package bind makes script functions out of Go functions, and script values
// out of Go values. It knows nothing of what the functions are about.
//
// A function is declared once, as a literal (Func), and its Go signature says
// how it runs:
//
//	func(ctx context.Context, …) (…, error)   decoded arguments, VM lock released
//	func(L *lua.LState, …) (…, error)         decoded arguments, VM lock held
//	func(…) (…, error)                        decoded arguments, VM lock held
//	func(L *lua.LState) int                   raw: the arguments are on the Lua stack
//
// Data crosses the border in both directions by the json tags of its structs.
// A field without a tag, or with the tag "-", does not exist for scripts.
// Three more tags refine a field:
//
//	unit:"bytes"     an integer that may be written "64m" or "1.5g"; "max" is no limit
//	unit:"…"         any other unit only documents the field
//	form:"environ"   a []string of KEY=value that scripts see as a table
//	lua:"…"          only documents the field: the type, where Go's says too little
//
// Decoding is strict: what does not fit is a *FieldError with the path of the value.
// A Record is a Go struct that scripts read and assign in place, with the same strictness.
//
// gopher-luar converts the leaves of records and nothing else. Its own struct
// access is not used: it copies the whole struct on each read, answers nil for
// a name that does not exist, and rounds 1.5 to 1 when an integer is assigned.
package bind
