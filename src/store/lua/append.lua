--[[
  Appends to the audit log, only at the end that the writer has seen: two writers never fork the chain.

  KEYS[1]  the log (list of JSON)
  KEYS[2]  its head (hash: seq, hash, seal)
  KEYS[3]  keys of what is recorded (hash: key → seq), so that a repeated step is recorded once
  ARGV     number of entries as the writer saw it; seq, hash and seal of the new head;
           then for each entry: its key, its JSON

  Returns 1 where all was appended, 0 where there are more entries or a key is recorded already: read again and retry.
]]
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then
  return 0
end
for i = 5, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[3], ARGV[i]) == 1 then
    return 0
  end
end
for i = 5, #ARGV, 2 do
  redis.call('RPUSH', KEYS[1], ARGV[i + 1])
  redis.call('HSET', KEYS[3], ARGV[i], tonumber(ARGV[1]) + (i - 3) / 2)
end
redis.call('HSET', KEYS[2], 'seq', ARGV[2], 'hash', ARGV[3], 'seal', ARGV[4])
return 1
