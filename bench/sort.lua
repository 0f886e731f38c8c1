local seed, list = 42, {}
for i = 1, 60000 do
  seed = (seed * 16807) % 2147483647
  list[i] = seed
end
table.sort(list)
table.sort(list, function(a, b) return a > b end)
print(list[1], list[#list])
