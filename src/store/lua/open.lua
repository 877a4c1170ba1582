--[[
  Opens an approval, once per what is asked for.

  KEYS[1]  opened:<digest>   the id of the approval that was opened for this request (string)
  KEYS[2]  approval          (hash: state, plan, hash, digest, expiresAt, fence, leaseUntil, endsAt, stillFailing)
  KEYS[3]  its events        (list of "<ms> <state> <json>")
  KEYS[4]  index of expiry   (sorted set: id by ms)
  KEYS[5]  index of reminders
  KEYS[6]  index of what the audit log lacks
  KEYS[7]  index of cards that show an older state
  KEYS[8]  history of all clusters (sorted set: id by ms of opening)
  KEYS[9]  history of this cluster
  ARGV     id, digest, signed plan (JSON), plan hash, expiresAt (ms), remindAt (ms), event (JSON)

  Returns {'opened', id}, or {'exists', id of the one that is there}.
  Atomic: either all of it is there afterwards or nothing; a second call with the same digest changes nothing.
]]
local existing = redis.call('GET', KEYS[1])
if existing then
  return { 'exists', existing }
end
local id = ARGV[1]
if redis.call('EXISTS', KEYS[2]) == 1 then
  return { 'taken', id }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stamp = string.format('%d', now)

redis.call('SET', KEYS[1], id)
redis.call('HSET', KEYS[2], 'state', 'pending', 'digest', ARGV[2], 'plan', ARGV[3], 'hash', ARGV[4],
  'expiresAt', ARGV[5], 'fence', 0, 'leaseUntil', 0)
redis.call('RPUSH', KEYS[3], stamp .. ' pending ' .. ARGV[7])
redis.call('ZADD', KEYS[4], ARGV[5], id)
redis.call('ZADD', KEYS[5], ARGV[6], id)
redis.call('ZADD', KEYS[6], stamp, id)
redis.call('ZADD', KEYS[7], stamp, id)
redis.call('ZADD', KEYS[8], stamp, id)
redis.call('ZADD', KEYS[9], stamp, id)
return { 'opened', id }
