local test = require("test")
local simple = require("simple")
print(simple.name, simple == require("simple"), package.loaded.simple == simple) --> simple	true	true

-- A module that waits while it loads is loaded once, whoever asks for it.
local a = test.spawn(require, "slow")
local b = test.spawn(require, "slow")
test.meet("slow module")
print(test.wait(a) == test.wait(b)) --> true

print(pcall(require, "itself")) --> false	testdata/modules/itself.lua:1: module 'itself' requires itself
print(pcall(require, "broken")) --> false	require.lua:12: cannot load module 'broken': testdata/modules/broken.lua:1: syntax error near 'error'
print(pcall(require, "broken")) --> false	require.lua:13: cannot load module 'broken': testdata/modules/broken.lua:1: syntax error near 'error'
package.preload.mine = function(name) return { name = name } end
print(require("mine").name, require("string") == string) --> mine	true
print(dofile("testdata/modules/simple.lua").name, loadfile("nowhere.lua")) --> simple	nil	open nowhere.lua: no such file or directory
package.path = "a/?.lua;b/?/init.lua"
print(pcall(require, "not.there"))
--> false	require.lua:18: module 'not.there' not found:
--> 	no field package.preload['not.there']
--> 	no module 'not.there' of the host
--> 	no file 'a/not/there.lua'
--> 	no file 'b/not/there/init.lua'
