---@meta execlua.table
-- Generated from the declarations: do not edit, run `make gen`.

---Tables, beyond the library of that name. Metamethods are not called.
---@class execlua.table
local table = {}

---Copies a table, and not what is in it.
---@param table table
---@return table
function table.copy(table) end

---Copies a table and all tables in it. What was one table is one in the copy, cycles too; metatables are shared.
---@param table table
---@return table
function table.deep_copy(table) end

---Tells whether two values are the same, or tables with the same entries, at any depth.
---@param a? any
---@param b? any
---@return boolean
function table.equal(a, b) end

---Lists the keys: numbers, then text, each in order, then the others in any.
---@param table table
---@return any[]
function table.keys(table) end

---Lists the values in the order of keys.
---@param table table
---@return any[]
function table.values(table) end

---Counts the entries, whatever their keys.
---@param table table
---@return integer
function table.count(table) end

---Makes a table of the entries of several; a later one wins.
---@param ... table
---@return table
function table.merge(...) end

---Tells whether a list holds a value, compared as by ==, but for metamethods.
---@param list any[]
---@param value any
---@return boolean
function table.contains(list, value) end

---Appends the entries of lists to the first one.
---@param list any[]
---@param ... table
---@return any[] # The first list.
function table.extend(list, ...) end

---Copies a part of a list.
---@param list any[]
---@param first integer From 1; below zero it counts from the end.
---@param last? integer Likewise; the last entry when nil.
---@return any[]
function table.slice(list, first, last) end

---Calls fn(value, index) for each entry of a list.
---@param list any[]
---@param fn fun(value: any, index: integer): any
---@return any[] # What it returns; entries of nil are left out.
function table.map(list, fn) end

---Lists the entries of a list for which fn(value, index) is true.
---@param list any[]
---@param fn fun(value: any, index: integer): any
---@return any[]
function table.filter(list, fn) end

return table
