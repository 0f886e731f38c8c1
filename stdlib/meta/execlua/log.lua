---@meta execlua.log
-- Generated from the declarations: do not edit, run `make gen`.

---A log with a name or with fields that stand in each line.
---@class execlua.Logger
local Logger = {}

---Writes a line of level trace.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function Logger:trace(message, fields) end

---Writes a line of level debug.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function Logger:debug(message, fields) end

---Writes a line of level info.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function Logger:info(message, fields) end

---Writes a line of level warn.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function Logger:warn(message, fields) end

---Writes a line of level error.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function Logger:error(message, fields) end

---Tells whether lines of a level are written.
---@param level string
---@return boolean
function Logger:enabled(level) end

---Gives a log whose lines bear a name, behind the names that it has.
---@param name string
---@return execlua.Logger
function Logger:named(name) end

---Gives a log whose lines all have these fields.
---@param fields table<string, any>
---@return execlua.Logger
function Logger:with(fields) end

---The host's log. --log-level and --log-format say what is written.
---@class execlua.log
local log = {}

---Writes a line of level trace.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function log.trace(message, fields) end

---Writes a line of level debug.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function log.debug(message, fields) end

---Writes a line of level info.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function log.info(message, fields) end

---Writes a line of level warn.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function log.warn(message, fields) end

---Writes a line of level error.
---@param message string What happened; the same words each time, what differs belongs into fields.
---@param fields? table<string, any> With what: text, numbers, booleans, errors, tables of these.
function log.error(message, fields) end

---Tells whether lines of a level are written.
---@param level string
---@return boolean
function log.enabled(level) end

---Gives a log whose lines bear a name, behind the names that it has.
---@param name string
---@return execlua.Logger
function log.named(name) end

---Gives a log whose lines all have these fields.
---@param fields table<string, any>
---@return execlua.Logger
function log.with(fields) end

return log
