---@meta execlua.hash
-- Generated from the declarations: do not edit, run `make gen`.

---Sums and signatures.
---@class execlua.hash
local hash = {}

---Sums bytes with SHA-256.
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.sha256(bytes) end

---Sums bytes with SHA-512.
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.sha512(bytes) end

---Sums bytes with SHA-1, which is broken: for what others have signed with it.
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.sha1(bytes) end

---Sums bytes with MD5, which is broken: for what others have summed with it.
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.md5(bytes) end

---Sums bytes with the CRC-32 of zip and Ethernet, which guards against accidents only.
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.crc32(bytes) end

---Signs bytes with a key, as of RFC 2104.
---@param algorithm "sha256"|"sha512"|"sha1"|"md5"
---@param key string
---@param bytes string Up to 64 MiB.
---@return string # Lower case hexadecimal digits.
function hash.hmac(algorithm, key, bytes) end

---Compares two texts in a time that tells nothing about where they differ: for signatures.
---@param a string
---@param b string
---@return boolean
function hash.equal(a, b) end

return hash
