--[[
  Prolongs the hold of a worker on an approval; with 0 ms it lets go.

  KEYS[1]  its events (list)
  KEYS[2]  its lease
  KEYS[3]  index of work that somebody must do
  ARGV     id, lines as they were after the worker's claim, lease (ms)

  Returns 1, or 0 where anything has happened to it since (another's claim, a result): the caller must stop writing.
]]
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) then
  return 0
end
local ms = tonumber(ARGV[3])
if ms > 0 then
  redis.call('SET', KEYS[2], '1', 'PX', ms)
else
  redis.call('DEL', KEYS[2])
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[3], string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000) + ms), ARGV[1])
return 1
