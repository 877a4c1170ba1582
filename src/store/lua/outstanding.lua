--[[
  Counts what a requester and their team have outstanding, and adds one job to it.

  KEYS[1]  the requester's jobs (sorted set: id by ms at which it was asked for)
  KEYS[2]  the team's jobs (the same)
  ARGV     id of the job, now (ms), how long a job counts at most (ms)

  Returns {requester, team}: how many others there were before this one. A job that is added twice counts once.
]]
local counts = {}
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[2] - ARGV[3])
  redis.call('ZREM', key, ARGV[1])
  counts[i] = redis.call('ZCARD', key)
  redis.call('ZADD', key, ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[3])
end
return counts
