---@meta execlua.units
-- Generated from the declarations: do not edit, run `make gen`.

---Sizes and durations, as the fields of a Command take them.
---@class execlua.units
local units = {}

---Reads a size.
---@param size execlua.Size "64m", "1.5g", or a number. 1k is 1024.
---@return integer? # Bytes; nil of "max", which is no limit.
function units.size(size) end

---Writes a size for people, with up to four digits: 1.5GiB.
---@param bytes execlua.Size
---@return string
function units.format_size(bytes) end

---Reads a duration.
---@param duration execlua.Duration "500ms", "1m30s", "1.5h", or a number of seconds.
---@return number # Seconds.
function units.duration(duration) end

---Writes a duration exactly: 1m30.5s.
---@param duration execlua.Duration
---@return string
function units.format_duration(duration) end

return units
