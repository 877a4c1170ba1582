--[[
  Takes an approval off an index of those that lag behind (audit log, cards), unless something happened meanwhile.

  KEYS[1]  its events (list)
  KEYS[2]  the index
  ARGV     id, number of events that are dealt with

  Returns 1 where it is off the index, 0 where there are newer events.
]]
if redis.call('LLEN', KEYS[1]) > tonumber(ARGV[2]) then
  return 0
end
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
