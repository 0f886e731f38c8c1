local hash, base64, hex = require("execlua.hash"), require("execlua.base64"), require("execlua.hex")
print(hash.sha256("abc")) --> ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
print(hash.sha512(""):sub(1, 16), hash.sha1("abc"), hash.md5("")) --> cf83e1357eefb8bd	a9993e364706816aba3e25717850c26c9cd0d89d	d41d8cd98f00b204e9800998ecf8427e
print(hash.crc32("123456789")) --> cbf43926
print(hash.hmac("sha256", "Jefe", "what do ya want for nothing?")) --> 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843
print(hash.equal("a", "a"), hash.equal("a", "b"), hash.equal("a", "ab")) --> true	false	false
print(base64.encode("\251\255\0"), base64.encode_url("\251\255\0a"), base64.encode("")) --> +/8A	-_8AYQ	
print(base64.decode("aGk="), base64.decode("aGk"), base64.decode("aG\nk="), base64.decode("-_8A") == "\251\255\0") --> hi	hi	hi	true
print(hex.encode("\0\255"), hex.decode("4A4b")) --> 00ff	JK
---
require("execlua.base64").decode("a!") --! base64: illegal base64 data at input byte 1
---
require("execlua.base64").decode("a=") --! base64: the padding is wrong
---
require("execlua.hex").decode("0g") --! hex: invalid byte: U+0067 'g'
---
require("execlua.hash").hmac("crc32", "k", "x") --! algorithm: "sha256", "sha512", "sha1" or "md5" expected, got "crc32"
---
require("execlua.hash").sha256(("x"):rep(2 ^ 26 + 1)) --! bytes: 67108865 bytes are too many, the limit is 67108864
---
require("execlua.hash").sha256 {} --! bad argument #1 to "sha256" (bytes): string expected, got table
