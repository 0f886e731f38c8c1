---@meta execlua.time
-- Generated from the declarations: do not edit, run `make gen`.

---A function that is called later.
---@class execlua.Timer
local Timer = {}

---Ends the timer. A call that runs already goes on to its end.
function Timer:cancel() end

---Waits for the end of the timer; raises what its function raised.
function Timer:wait() end

---Tells whether the timer has ended.
---@return boolean
function Timer:done() end

---Moments, which are seconds since 1970, and waiting. execlua.units reads and writes durations.
---@class execlua.time
local time = {}

---Gives the time of day, which somebody may set meanwhile.
---@return number # Seconds since 1970, with fractions.
function time.now() end

---Gives the time since the module was first required, which runs evenly: for measuring.
---@return number # Seconds.
function time.elapsed() end

---Writes a moment as of RFC 3339: 2026-05-17T12:30:00Z.
---@param seconds? number Now when nil.
---@param zone? string "UTC" when nil, "local", or an offset such as "+02:00".
---@return string
function time.format(seconds, zone) end

---Reads a moment as of RFC 3339.
---@param text string
---@return number # Seconds since 1970.
function time.parse(text) end

---Waits; other tasks run meanwhile.
---@param duration execlua.Duration
function time.sleep(duration) end

---Calls fn once, in a task of its own, for which the script waits at its end.
---@param duration execlua.Duration
---@param fn fun() An error in it that nobody waits for is the script's in the end.
---@return execlua.Timer
function time.after(duration, fn) end

---Calls fn again and again in a task of its own, until it is cancelled or fn raises: a script does not end before. Ticks that come while fn runs are dropped.
---@param duration execlua.Duration From 1 ms on.
---@param fn fun() An error in it that nobody waits for is the script's in the end.
---@return execlua.Timer
function time.every(duration, fn) end

---Calls fn(attempt) until it returns without an error. Raises the last error, and at once what another attempt would not mend: cancelled, interrupted, invalid.
---@param opts execlua.RetryOptions
---@param fn fun(attempt: integer): ...any
---@return any ... # What fn returned.
function time.retry(opts, fn) end

return time
