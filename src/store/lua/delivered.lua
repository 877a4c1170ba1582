--[[
  Takes a message out of the outbox, unless it was replaced by a newer one meanwhile.

  KEYS[1]  the channel's messages (sorted set: key by order)
  KEYS[2]  what they are (hash: key → a nonce and JSON)
  KEYS[3]  channels with messages (set)
  ARGV     channel, key of the message, and what the caller read of it

  Returns 1 where it is out, 0 where there is a newer one.
]]
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[1], ARGV[2])
if redis.call('ZCARD', KEYS[1]) == 0 then
  redis.call('SREM', KEYS[3], ARGV[1])
end
return 1
