--[[
  Counts what a requester and their team have outstanding, and adds one job to it.

  KEYS[1]  the requester's jobs (sorted set: id by ms at which it was asked for)
  KEYS[2]  the team's jobs (the same)
  KEYS[3]  whether this job was within the requester's share (string), so that asking again gives the same answer
  ARGV     id of the job, now (ms), how long a job counts at most (ms), how many jobs are a requester's share

  Returns {requester, team, share}: how many others there were before this one, and 1 where it is within the share.
  A job that is added twice counts once.
]]
local counts = {}
for i = 1, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', ARGV[2] - ARGV[3])
  redis.call('ZREM', KEYS[i], ARGV[1])
  counts[i] = redis.call('ZCARD', KEYS[i])
  redis.call('ZADD', KEYS[i], ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[i], ARGV[3])
end
redis.call('SET', KEYS[3], counts[1] < tonumber(ARGV[4]) and 1 or 0, 'PX', ARGV[3], 'NX')
return { counts[1], counts[2], tonumber(redis.call('GET', KEYS[3])) }
