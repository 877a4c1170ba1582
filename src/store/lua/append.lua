--[[
  Appends to the audit log, only at the end that the writer has seen: two writers never fork the chain.

  KEYS[1]  the log (list of JSON)
  KEYS[2]  its head (hash: seq, hash, mac)
  KEYS[3]  keys of what is recorded (hash: key → seq), so that a repeated step is recorded once
  ARGV     seq and hash of the head as the writer saw it; seq, hash and mac of the new head;
           then for each entry: its key, its JSON

  Returns 1 where all was appended, 0 where the head is another or a key is recorded already: read again and retry.
]]
local seq = redis.call('HGET', KEYS[2], 'seq') or '0'
local hash = redis.call('HGET', KEYS[2], 'hash') or ''
if seq ~= ARGV[1] or hash ~= ARGV[2] then
  return 0
end
for i = 6, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[3], ARGV[i]) == 1 then
    return 0
  end
end
for i = 6, #ARGV, 2 do
  redis.call('RPUSH', KEYS[1], ARGV[i + 1])
  redis.call('HSET', KEYS[3], ARGV[i], tonumber(ARGV[1]) + (i - 4) / 2)
end
redis.call('HSET', KEYS[2], 'seq', ARGV[3], 'hash', ARGV[4], 'mac', ARGV[5])
return 1
