-- Unique events for wrk. Arguments: how many skills there are, and the keys to send with in turns.
local keys, skills, run, number = {}
local filler = string.rep("for line in lines: total += len(line)  # counted\\n", 24)

function init(arguments)
  skills = tonumber(arguments[1])
  for place = 2, #arguments do
    keys[place - 1] = "Bearer " .. arguments[place]
  end
  run, number = string.format("%08x%08x", os.time(), math.random(0, 2 ^ 31 - 1)), 0
  math.randomseed(os.time())
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  number = number + 1
  local length = math.random(0, 1050)
  local body = string.format(
    '{"skill_id":"skill-%d","tool_name":"Bash","ts":"2026-11-21T08:42:17Z","hook_event":"PostToolUse",'
      .. '"event_id":"toolu_%s%08d","session_id":"10874ea6-3d23-476d-a25c-86f676c1fe6b","message_id":"msg_%s%08d",'
      .. '"model_name":"claude-sonnet-4-5","input_tokens":120,"output_tokens":34,"cache_read_input_tokens":1000,'
      .. '"cache_creation_input_tokens":50,"latency_ms":70,"tool_input_snippet":"%s %d","tool_output_snippet":"%s %d"}',
    number % skills, run, number, run, number, filler:sub(1, length - length % 52), number, filler:sub(1, length - length % 52), number)
  wrk.headers["Authorization"] = keys[number % #keys + 1]
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
