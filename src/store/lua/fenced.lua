--[[
  Carries out commands together, unless somebody has taken the fence since.

  KEYS[1]  the fence (a counter; whoever takes over counts it up)
  ARGV     the caller's token; the commands as JSON: [["SET", "key", "value"], …], all on keys of the same hash tag

  Returns 1, or 0 where the token is not the newest; then nothing was done.
  Atomic: either all of the commands are carried out or none.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
for _, command in ipairs(cjson.decode(ARGV[2])) do
  redis.call(unpack(command))
end
return 1
