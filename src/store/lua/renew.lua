--[[
  Prolongs the hold of a worker on an approval; with 0 ms it lets go.

  KEYS[1]  approval (hash)
  KEYS[2]  index of work that somebody must do
  ARGV     id, fence, lease (ms)

  Returns 1, or 0 where another has claimed it since or it has moved on: the caller must stop writing.
]]
local state = redis.call('HGET', KEYS[1], 'state')
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] or (state ~= 'applying' and state ~= 'revoking') then
  return 0
end
local time = redis.call('TIME')
local untilMs = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3])
redis.call('HSET', KEYS[1], 'leaseUntil', untilMs)
redis.call('ZADD', KEYS[2], untilMs, ARGV[1])
return 1
