--[[
  Opens an approval, once per what is asked for.

  KEYS[1]  opened:<digest>   the id of the approval that was opened for this request (string)
  KEYS[2]  its events        (list of signed lines)
  KEYS[3]  index of expiry   (sorted set: id by ms)
  KEYS[4]  index of reminders
  KEYS[5]  index of what the audit log lacks
  KEYS[6]  index of cards that show an older state
  KEYS[7]  history of all clusters (sorted set: id by ms of opening)
  KEYS[8]  history of this cluster
  ARGV     id, expiresAt (ms), remindAt (ms), the first event (one line)

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
local stamp = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))

redis.call('SET', KEYS[1], id)
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[2], id)
redis.call('ZADD', KEYS[4], ARGV[3], id)
for i = 5, 8 do
  redis.call('ZADD', KEYS[i], stamp, id)
end
return { 'opened', id }
