-- Unique events with both texts, 0.4 to 2.5 KB of them, none a near-copy of another; paced when a rate is given.
-- Arguments: requests a second over all connections (0: as fast as answers come), how many skills, the keys in turns.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } everyskill_moment;
  int clock_gettime(int clock, everyskill_moment *moment);
]]
local moment = ffi.new("everyskill_moment")
local keys, words, rate, skills, run, number, due = {}, {}, 0, 10, "", 0, 0

local function milliseconds()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) * 1e3 + tonumber(moment.nanoseconds) / 1e6
end

function init(arguments)
  rate, skills = tonumber(arguments[1]), tonumber(arguments[2])
  for place = 3, #arguments do
    keys[place - 2] = "Bearer " .. arguments[place]
  end
  math.randomseed(os.time())
  local consonants, vowels = "bcdfghjklmnpqrstvwz", "aeiou"
  local function one_of(letters)
    local place = math.random(#letters)
    return letters:sub(place, place)
  end
  for place = 1, 4000 do
    local word = {}
    for letter = 1, math.random(4, 10) do
      word[letter] = one_of(letter % 2 == 0 and vowels or consonants)
    end
    words[place] = table.concat(word)
  end
  run, number, due = string.format("%08x%08x", os.time(), math.random(0, 2 ^ 31 - 1)), 0, milliseconds()
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

-- Lines as of a small program, up to about so many characters.
local function text(size)
  local lines, length = {}, 0
  while length < size do
    local line = string.format(
      "%s = %s(%s, %d)  # %s %s", words[math.random(4000)], words[math.random(4000)], words[math.random(4000)],
      math.random(0, 9999), words[math.random(4000)], words[math.random(4000)])
    lines[#lines + 1], length = line, length + #line + 2
  end
  return table.concat(lines, "\\n")
end

-- Requests come at random moments, as people's do: the gaps are exponential.
function delay()
  if rate == 0 then
    return 0
  end
  due = due - math.log(1 - math.random()) * 1e3 / rate
  return math.max(0, due - milliseconds())
end

function request()
  number = number + 1
  local body = string.format(
    '{"skill_id":"skill-%d","tool_name":"Bash","ts":"2026-11-21T08:42:17Z","hook_event":"PostToolUse",'
      .. '"event_id":"toolu_%s%08d","session_id":"10874ea6-3d23-476d-a25c-86f676c1fe6b","message_id":"msg_%s%08d",'
      .. '"model_name":"claude-sonnet-4-5","input_tokens":120,"output_tokens":34,"cache_read_input_tokens":1000,'
      .. '"cache_creation_input_tokens":50,"latency_ms":70,"tool_input_snippet":"%s","tool_output_snippet":"%s"}',
    number % skills, run, number, run, number, text(math.random(160, 1180)), text(math.random(160, 1180)))
  wrk.headers["Authorization"] = keys[number % #keys + 1]
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
