--[[
  Reserves a moment to call Slack: a token bucket that all processes share (generic cell rate algorithm).

  KEYS[1]  when the bucket is full again (ms)
  ARGV     interval (ms a token takes), burst (tokens at once), longest wait that is accepted (ms),
           penalty: not before this many ms from now (from a 429's Retry-After; 0 for none)

  Returns the ms to wait; where that is more than accepted, nothing is reserved.
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest, penalty = tonumber(ARGV[3]), tonumber(ARGV[4])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if penalty > 0 then
  -- After a refusal the bucket is empty, and stays so until Slack takes calls again.
  full = math.max(full, now + penalty + interval * (burst - 1))
  redis.call('SET', KEYS[1], full, 'PX', full - now + 1000)
  return penalty
end
local wait = math.max(0, full + interval - now - interval * burst)
if wait > longest then
  return wait
end
redis.call('SET', KEYS[1], full + interval, 'PX', full + interval - now + 1000)
return wait
