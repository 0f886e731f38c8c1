-- A named field never touches the list beside it.
local function f(...) return ... end
local function list(t)
  local out = {}
  for i, v in ipairs(t) do out[i] = tostring(v) end
  return #t .. ": " .. table.concat(out, " ")
end
print(list { "a", tty = f(true) }) --> 1: a
print(list { "a", "b", [f("k")] = f("v", "w") }) --> 2: a b
print(list { k = f(1), f(2, 3) }, list { "a", f(2, 3) }, list { "a", (f(2, 3)) }) --> 2: 2 3	3: a 2 3	2: a 2
print((function(...) return list { "a", k = ... }, list { "a", ... } end)(1, 2)) --> 1: a	3: a 1 2

-- Neither where the list is stored in pieces of 50.
for _, n in ipairs { 1, 49, 50, 51, 100, 150 } do
  local words = {}
  for i = 1, n do words[i] = "f(" .. i .. ", 'more')" end
  for _, named in ipairs { "k = 1", "k = f('a')", "k = f('a'), l = 'q' .. f('y'), m = { 1, x = f(2) }", "['k'] = f('b'), f('c')" } do
    local t = loadstring("local f = ... return { j = 1, " .. table.concat(words, ", ") .. ", " .. named .. " }")(f)
    local want = named:find("f%('c'%)") and n + 1 or n
    if #t ~= want or not t.k then print(n, named, #t) end
    for i = 1, n do
      if t[i] ~= i then print(n, named, i, t[i]) end
    end
  end
end
print("done") --> done
