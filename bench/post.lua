-- What wrk sends: visitors' messages, each visitor in turn, each message under a client id of its own.
-- Arguments: a file with the visitors (a table of {path, token}), the origin, a number that no other run has.
local heads, count, sent, run = {}, 0, 0, 0
local body = '","body":"Hello, is the lamp with the green shade still there on Saturday? I would come by at about eleven."}'

function init(args)
  local visitors = dofile(args[1])
  run = tonumber(args[3])
  count = #visitors
  for number, one in ipairs(visitors) do
    heads[number] = 'POST ' .. one[1] .. ' HTTP/1.1\r\nHost: ' .. args[2]:sub(8) .. '\r\nOrigin: ' .. args[2]
      .. '\r\nAccept: application/json\r\nAccept-Language: es\r\nSec-Fetch-Site: same-origin'
      .. '\r\nContent-Type: application/json\r\nContent-Length: ' .. (14 + 36 + #body)
      .. '\r\nAuthorization: Bearer ' .. one[2] .. '\r\n\r\n{"client_id":"'
  end
end

function request()
  sent = sent + 1
  return heads[sent % count + 1] .. string.format('%08x-0000-4000-8000-%012x', run, sent) .. body
end

function done(summary, latency, _)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "duration_us": %d, "refused": %d, "broken": %d, "p50_us": %d, "p99_us": %d}\n',
    summary.requests, summary.duration, failed.status, failed.connect + failed.read + failed.write + failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end
