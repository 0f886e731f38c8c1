-- Short texts: the gsub of gopher-lua takes the square of the length.
local length, sum, replaced = 0, 0, 0
for block = 1, 300 do
  local parts = {}
  for i = 1, 100 do
    parts[i] = ("%d:%s"):format(i, ("x"):rep(i % 10))
  end
  local text = table.concat(parts, ",")
  length = length + #text:upper()
  for number in text:gmatch("(%d+):") do sum = sum + tonumber(number) end
  replaced = replaced + select(2, text:gsub("x", "y"))
  assert(text:find("7:", 1, true))
end
print(length, sum, replaced)
