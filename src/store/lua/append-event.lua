--[[
  Appends a signed event to an approval, only to exactly the events that its author has read: of two racing events one is
  appended, and the other's author reads again. What the event means is decided and verified outside
  (src/approvals/record.ts); this script decides only who is first.

  KEYS[1]  its events (list)          KEYS[4]  opened:<digest>
  KEYS[2]  its lease (string with an expiry)
  KEYS[3]  its cards (hash)           KEYS[5]… the indexes, in the order of `index`
  ARGV[1]  JSON object:
    id
    lines, tail   how many lines the author saw, and the SHA-1 of the last one
    keep          how many of them count; the others were written without a key and are dropped
    before        ms: too late from then on          from    ms: too early before
    lease         ms for which the caller then holds it; refused while another's lease runs
    release       1: ends the lease
    index         list: ms to put the id there, false to take it off, 'keep' to leave it, 'now' for the present time
    forgetAt      ms at which all of it is forgotten; 0: kept for good
  ARGV[2]  the event (one line)

  Returns {'appended' | 'moved on' | 'late' | 'early' | 'held', ms}; the ms are the end of another's lease where `held`.
  Time is Redis's own: all processes have the same.
]]
local request = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function stamp(ms)
  return string.format('%d', ms)
end

local lines = redis.call('LLEN', KEYS[1])
if lines ~= request.lines or redis.sha1hex(redis.call('LINDEX', KEYS[1], -1) or '') ~= request.tail then
  return { 'moved on', 0 }
end
if request.before and now >= request.before then
  return { 'late', 0 }
end
if request.from and now < request.from then
  return { 'early', 0 }
end
if request.lease then
  local left = redis.call('PTTL', KEYS[2])
  if left > 0 then
    return { 'held', now + left }
  end
  redis.call('SET', KEYS[2], '1', 'PX', stamp(request.lease))
elseif request.release then
  redis.call('DEL', KEYS[2])
end
if lines > request.keep then
  redis.call('LTRIM', KEYS[1], 0, request.keep - 1)
end
redis.call('RPUSH', KEYS[1], ARGV[2])
for i, place in ipairs(request.index) do
  local key = KEYS[4 + i]
  if place == false then
    redis.call('ZREM', key, request.id)
  elseif place == 'now' then
    redis.call('ZADD', key, stamp(now), request.id)
  elseif place ~= 'keep' then
    redis.call('ZADD', key, stamp(place), request.id)
  end
end
for _, key in ipairs({ KEYS[1], KEYS[3], KEYS[4] }) do
  if request.forgetAt > 0 then
    redis.call('PEXPIREAT', key, stamp(request.forgetAt))
  else
    redis.call('PERSIST', key)
  end
end
return { 'appended', now }
