-- wrk asks for the listed addresses in turn, and says what came of it as JSON.
--   wrk … -s load.lua http://host:port/ -- requests.lua

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  asked = 0
  requests = {}
  for number, request in ipairs(dofile(args[1])) do
    requests[number] = wrk.format("GET", request.path, request.headers)
  end
end

function request()
  asked = asked + 1
  return requests[(asked - 1) % #requests + 1]
end

function done(summary, latency)
  local sent = 0
  for _, thread in ipairs(threads) do
    sent = sent + thread:get("asked")
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"sent": %d, "answered": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "failed": %d}\n',
    sent, summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
