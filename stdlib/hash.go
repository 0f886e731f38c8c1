package stdlib

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"

	"github.com/execlua/execlua/luabind/bind"
)

// algorithms are the functions of execlua.hash by name.
func algorithms() []algorithm {
	return []algorithm{
		{"sha256", "SHA-256", sha256.New},
		{"sha512", "SHA-512", sha512.New},
		{"sha1", "SHA-1, which is broken: for what others have signed with it", sha1.New},
		{"md5", "MD5, which is broken: for what others have summed with it", md5.New},
		{"crc32", "the CRC-32 of zip and Ethernet, which guards against accidents only", func() hash.Hash { return crc32.NewIEEE() }},
	}
}

type algorithm struct {
	name, doc string
	make      func() hash.Hash
}

// hashModule is execlua.hash.
func hashModule() Module {
	var funcs []bind.Func
	for _, a := range algorithms() {
		funcs = append(funcs, bind.Func{
			Name: a.name, Doc: "Sums bytes with " + a.doc + ".",
			Params:  []bind.Param{{Name: "bytes", Doc: "Up to 64 MiB."}},
			Returns: []bind.Return{{Doc: "Lower case hexadecimal digits."}},
			Fn: encodesBytes(func(data []byte) string {
				h := a.make()
				h.Write(data)
				return hex.EncodeToString(h.Sum(nil))
			}),
		})
	}
	funcs = append(funcs, bind.Func{
		Name: "hmac", Doc: "Signs bytes with a key, as of RFC 2104.",
		Params: []bind.Param{
			{Name: "algorithm", Type: `"sha256"|"sha512"|"sha1"|"md5"`},
			{Name: "key"},
			{Name: "bytes", Doc: "Up to 64 MiB."},
		},
		Returns: []bind.Return{{Doc: "Lower case hexadecimal digits."}},
		Fn:      signed,
	}, bind.Func{
		Name: "equal", Doc: "Compares two texts in a time that tells nothing about where they differ: for signatures.",
		Params:  []bind.Param{{Name: "a"}, {Name: "b"}},
		Returns: []bind.Return{{}},
		Fn:      func(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 },
	})
	return Module{Module: bind.Module{Name: "execlua.hash", Doc: "Sums and signatures.", Funcs: funcs}}
}

func signed(name string, key, data []byte) (string, error) {
	for _, a := range algorithms() {
		if a.name != name || name == "crc32" {
			continue
		}
		if err := checkSize("key and bytes", len(key)+len(data), maxText); err != nil {
			return "", err
		}
		h := hmac.New(a.make, key)
		h.Write(data)
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	return "", &bind.FieldError{Path: "algorithm", Message: fmt.Sprintf(`"sha256", "sha512", "sha1" or "md5" expected, got %q`, name)}
}
