-- Why: load that is cheaper to make than to take. Node costs as much per packet as the broker does, so that a generator in Node would
-- measure itself; LuaJIT's system calls cost what C's do, and Debian packs it. Arguments are name=value; see test/bench/ingest/generator.ts.
--
-- mode=publish  closed loop: every connection keeps `window` packets unanswered, for `seconds`; with rate > 0 open loop: so many
--               packets per second over all connections, each one's time counted from the moment at which it was due.
-- mode=hold     connects, publishes one packet each, and comes back whenever the connection ends, until standard input ends.
-- mode=answer   the most trivial acknowledger there is: shows the ceiling of mode=publish.
local ffi = require 'ffi'
local bit = require 'bit'
ffi.cdef([[
typedef struct { uint32_t events; uint32_t fd; uint32_t high; } epoll_packed;
typedef struct { uint32_t events; uint32_t pad; uint32_t fd; uint32_t high; } epoll_aligned;
struct sockaddr_in { uint16_t family; uint8_t port[2]; uint8_t addr[4]; uint8_t zero[8]; };
struct timespec { long s; long ns; };
int socket(int, int, int); int connect(int, const void *, unsigned); int bind(int, const void *, unsigned);
int listen(int, int); int accept4(int, void *, void *, int); int setsockopt(int, int, int, const void *, unsigned);
int getsockname(int, void *, unsigned *); long read(int, void *, size_t); long write(int, const void *, size_t); int close(int);
int epoll_create1(int); int epoll_ctl(int, int, int, void *); int epoll_wait(int, void *, int, int);
int clock_gettime(int, struct timespec *);
]])
local C = ffi.C
local TCP, NONBLOCK, IN, OUT = 1, 2048, 1, 4
local EAGAIN, EINPROGRESS = 11, 115
local event_type = ffi.arch == 'x64' and 'epoll_packed' or 'epoll_aligned'

local options = {}
for _, text in ipairs(arg) do
  local name, value = text:match('^(%w+)=(.*)$')
  options[name] = tonumber(value) or value
end

local time = ffi.new('struct timespec')
local function clock(which) -- 1 monotonic, 2 processor time of this process; in seconds
  C.clock_gettime(which, time)
  return tonumber(time.s) + tonumber(time.ns) / 1e9
end
local function now() return clock(1) end
local function fail(what) error(what .. ', errno ' .. ffi.errno(), 0) end
local function say(text) io.write(text, '\n'); io.flush() end

local epoll = C.epoll_create1(0)
local function watch(op, fd, events)
  local event = ffi.new(event_type)
  event.events, event.fd = events, fd
  if C.epoll_ctl(epoll, op, fd, event) < 0 then fail('epoll_ctl') end
end
local function no_delay(fd) C.setsockopt(fd, 6, 1, ffi.new('int[1]', 1), 4) end
local function loopback(port)
  local address = ffi.new('struct sockaddr_in')
  address.family = 2
  address.port[0], address.port[1] = bit.rshift(port, 8), bit.band(port, 255)
  address.addr[0], address.addr[3] = 127, 1
  return address
end
local input = ffi.new('uint8_t[65536]')
local events = ffi.new(event_type .. '[1024]')

local function field(text) return string.char(bit.rshift(#text, 8), bit.band(#text, 255)) .. text end
local function packet(first, body)
  local length, rest = '', #body
  repeat
    local digit = rest % 128
    rest = math.floor(rest / 128)
    length = length .. string.char(rest > 0 and digit + 128 or digit)
  until rest == 0
  return string.char(first) .. length .. body
end

-- One client ------------------------------------------------------------------------------------------------------------

local clients, by_fd = {}, {}
local acked, wrong = 0, 0
local on_acks = function() end

local function payload_of(client, round)
  local text = '{"probe":"' .. client.id .. '","round":' .. round .. ',"fill":"'
  return text .. ('x'):rep(options.bytes - #text - 2) .. '"}'
end
local function load_packet(client, copies, round)
  local topic = 'carrel/v1/' .. client.id .. '/frames'
  local one = packet(0x32, field(topic) .. '\0\1' .. payload_of(client, round))
  client.size = #one
  client.id_at = #one - options.bytes - 2
  client.out = client.out or ffi.new('uint8_t[?]', copies * #one)
  ffi.copy(client.out, one:rep(copies), copies * #one)
end
local function send(client, bytes, length)
  local sent = C.write(client.fd, bytes, length)
  if sent ~= length then
    if options.mode == 'hold' then return end -- the connection has just ended; epoll tells
    fail('a write was cut short: the broker reads too slowly for this load')
  end
end
local function publish(client, count)
  local out, size = client.out, client.size
  for i = 0, count - 1 do
    local id = client.next_id
    client.next_id = id % 65535 + 1
    local at = i * size + client.id_at
    out[at], out[at + 1] = bit.rshift(id, 8), bit.band(id, 255)
  end
  send(client, out, count * size)
end
local function open(client)
  client.fd = C.socket(2, TCP + NONBLOCK, 0)
  if client.fd < 0 then fail('socket') end
  no_delay(client.fd)
  client.state, client.rest, client.next_id, client.expected = 'connecting', 0, 1, 1
  by_fd[client.fd] = client
  if C.connect(client.fd, loopback(options.port), 16) < 0 and ffi.errno() ~= EINPROGRESS then fail('connect') end
  watch(1, client.fd, OUT)
end
local function writable(client)
  if client.state ~= 'connecting' then return end
  watch(3, client.fd, IN)
  local greeting = packet(0x10, field('MQTT') .. '\4\194\2\88' .. field(client.id) .. field(client.id) .. field('token'))
  client.state = 'asked'
  send(client, greeting, #greeting)
end
local up = 0
local on_up, on_end = function() end, function() error('the broker ended a connection', 0) end
local function readable(client)
  local got = tonumber(C.read(client.fd, input + client.rest, 65536 - client.rest))
  if got < 0 and ffi.errno() == EAGAIN then return end
  if got <= 0 then return on_end(client) end
  if client.rest > 0 then ffi.copy(input, client.part, client.rest) end
  local length, at, acks = client.rest + got, 0, 0
  if client.state == 'asked' and length >= 4 then
    if input[0] ~= 0x20 or input[3] ~= 0 then error('CONNACK ' .. input[0] .. ' ' .. input[3], 0) end
    client.state, at, up = 'up', 4, up + 1
    on_up(client)
  end
  while at + 4 <= length do
    if input[at] ~= 0x40 or input[at + 2] * 256 + input[at + 3] ~= client.expected then wrong = wrong + 1 end
    client.expected = client.expected % 65535 + 1
    acks, at = acks + 1, at + 4
  end
  client.rest = length - at
  if client.rest > 0 then
    client.part = client.part or ffi.new('uint8_t[4]')
    ffi.copy(client.part, input + at, client.rest)
  end
  acked = acked + acks
  if acks > 0 then on_acks(client, acks) end
end
local function turn(wait_ms)
  local count = C.epoll_wait(epoll, events, 1024, wait_ms)
  for i = 0, count - 1 do
    local client = by_fd[events[i].fd]
    if client then
      -- An ended connection is told by the read as well.
      if client.state == 'connecting' and bit.band(events[i].events, OUT) ~= 0 and bit.band(events[i].events, 24) == 0 then
        writable(client)
      elseif client.state == 'connecting' then on_end(client)
      else readable(client) end
    end
  end
end
local function connect_all(at_once)
  local opened = 0
  while up < options.connections do
    while opened < options.connections and opened - up < at_once do
      opened = opened + 1
      clients[opened] = { id = 'probe-' .. opened }
      load_packet(clients[opened], options.window, 0)
      open(clients[opened])
    end
    turn(100)
  end
end

-- The modes ---------------------------------------------------------------------------------------------------------------

local function report(seconds, cpu, more)
  say(('{"acked":%d,"wrong":%d,"seconds":%.4f,"cpu":%.4f%s}'):format(acked, wrong, seconds, cpu, more or ''))
end

local function closed_loop()
  on_acks = function(client, count) publish(client, count) end
  for _, client in ipairs(clients) do publish(client, options.window) end
  local warm = now() + 1
  while now() < warm do turn(100) end
  acked = 0
  local start, cpu = now(), clock(2)
  say('start')
  while now() < start + options.seconds do turn(100) end
  report(now() - start, clock(2) - cpu)
end

local RING = 1024
local function open_loop()
  local histogram = ffi.new('uint32_t[200001]') -- steps of 10 us, up to 2 s
  for _, client in ipairs(clients) do client.due, client.head, client.tail = ffi.new('double[1024]'), 0, 0 end
  local start, cpu, sent = now(), clock(2), 0
  local counted_from = start + 1
  on_acks = function(client, count)
    local at = now()
    for _ = 1, count do
      local due = client.due[client.tail % RING]
      client.tail = client.tail + 1
      if due >= counted_from then
        local step = math.min(200000, math.floor((at - due) * 1e5))
        histogram[step] = histogram[step] + 1
      end
    end
  end
  say('start')
  local last = start + 1 + options.seconds
  while true do
    local at = now()
    while sent < (math.min(at, last) - start) * options.rate do
      local client = clients[sent % #clients + 1]
      if client.head - client.tail >= RING then error('the broker does not keep up', 0) end
      client.due[client.head % RING] = start + sent / options.rate
      client.head, sent = client.head + 1, sent + 1
      publish(client, 1)
    end
    if at > last and (acked >= sent or at > last + 10) then break end
    turn(0)
  end
  local total, lost = 0, sent - acked
  for i = 0, 200000 do total = total + histogram[i] end
  local function percentile(share)
    local seen = 0
    for i = 0, 200000 do
      seen = seen + histogram[i]
      if seen >= total * share then return (i + 1) / 100 end
    end
  end
  report(now() - start, clock(2) - cpu, (',"unanswered":%d,"p50_ms":%.2f,"p99_ms":%.2f,"p999_ms":%.2f'):format(
    lost, percentile(0.5), percentile(0.99), percentile(0.999)))
end

local function hold()
  local rounds, answered, retry, ended_at = {}, 0, {}, 0
  on_up = function(client)
    rounds[client.id] = (rounds[client.id] or 0) + 1
    load_packet(client, 1, rounds[client.id])
    publish(client, 1)
  end
  on_acks = function(client)
    answered = answered + 1
    if answered == options.connections then
      say(('{"answered":%d,"wrong":%d,"seconds":%.3f}'):format(answered, wrong, ended_at > 0 and now() - ended_at or 0))
    end
  end
  on_end = function(client)
    if client.state == 'up' then
      up, answered = up - 1, 0 -- everybody's connection ends, since the server was killed
      if up == options.connections - 1 then ended_at = now() end
    end
    by_fd[client.fd] = nil
    C.close(client.fd)
    retry[#retry + 1] = client
  end
  connect_all(500)
  local retry_at = 0
  watch(1, 0, IN)
  by_fd[0] = { state = 'stdin' }
  local read = readable
  readable = function(client)
    if client.fd then return read(client) end
    if tonumber(C.read(0, input, 1)) <= 0 then os.exit(0) end
  end
  while true do
    turn(20)
    if #retry > 0 and now() >= retry_at then
      retry_at = now() + 0.1
      local again = retry
      retry = {}
      for _, client in ipairs(again) do open(client) end
    end
  end
end

local function answer()
  local listener = C.socket(2, TCP + NONBLOCK, 0)
  local address, length = loopback(0), ffi.new('unsigned[1]', 16)
  if C.bind(listener, address, 16) < 0 or C.listen(listener, 4096) < 0 then fail('listen') end
  C.getsockname(listener, address, length)
  watch(1, listener, IN)
  say(tostring(address.port[0] * 256 + address.port[1]))
  local peers, out = {}, ffi.new('uint8_t[65536]')
  while true do
    for i = 0, C.epoll_wait(epoll, events, 1024, -1) - 1 do
      local fd = events[i].fd
      if fd == listener then
        local peer = C.accept4(listener, nil, nil, NONBLOCK)
        no_delay(peer)
        peers[peer] = { bytes = 0, id = 1 }
        watch(1, peer, IN)
      else
        local peer, got = peers[fd], tonumber(C.read(fd, input, 65536))
        local made = 0
        if got <= 0 then
          C.close(fd)
        elseif not peer.size then -- the CONNECT comes alone; the first PUBLISH tells the size of all others
          if input[0] == 0x10 then ffi.copy(out, '\32\2\0\0', 4); made = 4
          else peer.size = 3 + bit.band(input[1], 127) + 128 * input[2] end
        end
        if got > 0 and peer.size then
          peer.bytes = peer.bytes + got
          while peer.bytes >= peer.size do
            peer.bytes = peer.bytes - peer.size
            out[made], out[made + 1] = 0x40, 2
            out[made + 2], out[made + 3] = bit.rshift(peer.id, 8), bit.band(peer.id, 255)
            peer.id, made = peer.id % 65535 + 1, made + 4
          end
        end
        if made > 0 then C.write(fd, out, made) end
      end
    end
  end
end

if options.mode == 'answer' then answer()
elseif options.mode == 'hold' then hold()
else
  connect_all(100)
  if options.rate > 0 then open_loop() else closed_loop() end
end
