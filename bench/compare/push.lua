-- Pushes to groups that are there, one after another in steps that reach all of them.
-- Arguments: the number of groups, the file of the bodies' texts (each after a line with its length), and the pause in
-- milliseconds that a connection makes before each push (0: none); then, if need be, another method than PUT and a header.

local groups, bodies, host, method, header, next_group, next_body

function init(args)
  groups = tonumber(args[1])
  bodies = {}
  local file = assert(io.open(args[2], "rb"))
  for length in function() return file:read("*n") end do
    file:read(1)
    bodies[#bodies + 1] = string.format("Content-Length: %d\r\n\r\n", length) .. file:read(length)
  end
  file:close()
  local pause = tonumber(args[3])
  if pause > 0 then
    -- wrk looks for this function: it must not be there for connections that make no pause.
    function delay() return pause end
  end
  method = args[4] or "PUT"
  header = args[5] and args[5] .. "\r\n" or ""
  host = wrk.headers["Host"]
  next_group, next_body = 0, 0
end

function request()
  next_group = (next_group + 7919) % groups
  next_body = next_body % #bodies + 1
  local head = string.format(
    "%s /metrics/job/batch/instance/%05d HTTP/1.1\r\nHost: %s\r\n%s", method, next_group, host, header)
  return head .. bodies[next_body]
end

function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    "RESULT %d %d %d %d %d %d",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
