--[[
  Moves an approval from one state to another. This is where every race is decided.

  KEYS[1]  approval (hash)            KEYS[5]  index of expiry
  KEYS[2]  its events (list)          KEYS[6]  index of reminders
  KEYS[3]  its voters (set)           KEYS[7]  index of work that somebody must do (id by ms when it is overdue)
  KEYS[4]  its cards (hash)           KEYS[8]  index of grants that end (id by ms)
                                      KEYS[9]  index of what the audit log lacks
                                      KEYS[10] index of cards that show an older state
  ARGV[1]  JSON object:
    id, to
    from     states it may be made from
    hash     of the plan that the caller saw
    time     'before': only before expiresAt, from pending and approved; too late expires it. 'after': only from then on
    quorum, voter   counts as one voter's yes (ids and email of one person); moves when there are `quorum` of them
    lease    ms for which the caller then holds it; refused while another's lease runs; gives a new fence
    fence    the caller's; refused where another has claimed since
    work     ms until somebody should look whether it got stuck; absent: nothing is left to do
    ends     ms that a time-bound grant lasts; its end is fixed by the first claim
    keep     ms that it is kept after this move; absent: for good
    keepExpired  the same where it turns out to be expired
    failing  1: verification was given up
  ARGV[2]  the event (JSON)
  ARGV[3]  the event to write where it turns out to be expired (JSON)

  Returns {code, state, number, approval, events, cards}, the last three as HGETALL, LRANGE and HGETALL give them now:
    moved (its fence) · counted (votes so far) · expired · missing · altered · refused · early · held (until, ms) ·
    fenced · voted (votes so far). Only moved, counted and expired have changed anything.
  Time is Redis's own: all processes have the same.
]]
local request = cjson.decode(ARGV[1])
local approval = KEYS[1]
local function answer(code, state, number)
  return {
    code, state, number,
    redis.call('HGETALL', approval), redis.call('LRANGE', KEYS[2], 0, -1), redis.call('HGETALL', KEYS[4]),
  }
end

local state = redis.call('HGET', approval, 'state')
if not state then
  return answer('missing', '', 0)
end
if redis.call('HGET', approval, 'hash') ~= request.hash then
  return answer('altered', state, 0)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function stamp(ms)
  return string.format('%d', ms)
end

local function keep(ms)
  local keys = { KEYS[1], KEYS[2], KEYS[3], KEYS[4], '{gke-auth}:opened:' .. redis.call('HGET', approval, 'digest') }
  local endsAt = tonumber(redis.call('HGET', approval, 'endsAt') or 0)
  for _, key in ipairs(keys) do
    if ms then
      redis.call('PEXPIREAT', key, stamp(math.max(now, endsAt) + ms))
    else
      redis.call('PERSIST', key)
    end
  end
end

local function enter(to, event, work, keepMs)
  redis.call('HSET', approval, 'state', to)
  redis.call('RPUSH', KEYS[2], stamp(now) .. ' ' .. to .. ' ' .. event)
  if to ~= 'pending' then
    redis.call('ZREM', KEYS[6], request.id)
  end
  if to ~= 'pending' and to ~= 'approved' then
    redis.call('ZREM', KEYS[5], request.id)
  end
  if work then
    redis.call('ZADD', KEYS[7], stamp(now + work), request.id)
  else
    redis.call('ZREM', KEYS[7], request.id)
  end
  if to == 'expired' or to == 'stale' or to == 'failed' or to == 'revoked' then
    redis.call('ZREM', KEYS[8], request.id)
  end
  redis.call('ZADD', KEYS[9], stamp(now), request.id)
  redis.call('ZADD', KEYS[10], stamp(now), request.id)
  keep(keepMs)
end

local allowed = false
for _, from in ipairs(request.from) do
  allowed = allowed or from == state
end
if not allowed then
  return answer('refused', state, 0)
end

local expiresAt = tonumber(redis.call('HGET', approval, 'expiresAt'))
if request.time == 'after' and now < expiresAt then
  return answer('early', state, expiresAt)
end
if request.time == 'before' and now >= expiresAt and (state == 'pending' or state == 'approved') then
  enter('expired', ARGV[3], nil, request.keepExpired)
  return answer('expired', 'expired', 0)
end

local fence = tonumber(redis.call('HGET', approval, 'fence'))
if request.fence and request.fence ~= fence then
  return answer('fenced', state, fence)
end

if request.lease then
  local held = tonumber(redis.call('HGET', approval, 'leaseUntil'))
  if held > now then
    return answer('held', state, held)
  end
  fence = redis.call('HINCRBY', approval, 'fence', 1)
  redis.call('HSET', approval, 'leaseUntil', stamp(now + request.lease))
elseif request.fence then
  redis.call('HSET', approval, 'leaseUntil', 0)
end

if request.voter then
  for _, identity in ipairs(request.voter) do
    if redis.call('SISMEMBER', KEYS[3], identity) == 1 then
      return answer('voted', state, tonumber(redis.call('HGET', approval, 'votes')))
    end
  end
  for _, identity in ipairs(request.voter) do
    redis.call('SADD', KEYS[3], identity)
  end
  local votes = redis.call('HINCRBY', approval, 'votes', 1)
  if votes < request.quorum then
    enter(state, ARGV[2], nil, nil)
    return answer('counted', state, votes)
  end
end

if request.ends and not redis.call('HGET', approval, 'endsAt') then
  redis.call('HSET', approval, 'endsAt', stamp(now + request.ends))
  redis.call('ZADD', KEYS[8], stamp(now + request.ends), request.id)
end
if request.failing then
  redis.call('HSET', approval, 'stillFailing', 1)
end
enter(request.to, ARGV[2], request.work, request.keep)
return answer('moved', request.to, fence)
