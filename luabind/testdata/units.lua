local units = require("execlua.units")
print(units.size("64m"), units.size("1.5g"), units.size("512KiB"), units.size(10), units.size("max")) --> 67108864	1610612736	524288	10	nil
print(units.format_size(1610612736), units.format_size("512k"), units.format_size(0), units.size(units.format_size(2 ^ 40)) == 2 ^ 40) --> 1.5GiB	512KiB	0B	true
print(units.duration("1m30s"), units.duration("500ms"), units.duration(2.5)) --> 90	0.5	2.5
print(units.format_duration(90.5), units.format_duration("1.5h"), units.format_duration(0)) --> 1m30.5s	1h30m0s	0s
-- As in a Command.
print(execlua.command { image = "host", "true", resources = { memory = "64m" } }.resources.memory == units.size("64m")) --> true
---
require("execlua.units").size("lots") --! bad argument #1 to "size" (size): "lots" is no size: write "64m", "1.5g", "max" or a number of bytes
---
require("execlua.units").size(1.5) --! integer expected, got 1.5
---
require("execlua.units").duration("soon") --! "soon" is no duration
---
require("execlua.units").duration(-1) --! out of range
