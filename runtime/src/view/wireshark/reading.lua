-- If Wireshark already has a protocol of this name, another prefix is used.
local prefix = request:lower()
local free, proto = pcall(Proto, prefix, request .. " (Framewright)")
if not free then
  prefix = "framewright-" .. prefix
  proto = Proto(prefix, request .. " (Framewright)")
end
local malformed = ProtoExpert.new(prefix .. ".malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
proto.experts = { malformed }

-- Reading. An error is raised with a table: either `more` bytes are missing and
-- may still arrive, or `what` is wrong at byte `at`. All other errors are caught
-- by the same `pcall`, so no input stops the dissector.

local kinds, frames, known = {}, {}, {}
local all_fields, labels = {}, {}

local function fail(s, what)
  error({ what = what, at = s.at }, 0)
end

local function need(s, count)
  if type(count) ~= "number" or count < 0 or count ~= math.floor(count) then
    fail(s, "expected a length, found " .. tostring(count))
  end
  local missing = s.at + count - s.limit
  if missing > 0 then
    -- Does not wait for the bytes of an implausibly large length.
    if s.open and missing < 2 ^ 26 then error({ more = missing }, 0) end
    fail(s, "expected " .. count .. " bytes, found " .. (s.limit - s.at))
  end
end

local function raw(s, count)
  if count == 0 then return "" end
  return s.tvb:raw(s.at, count)
end

-- Adds a field of `count` bytes to the tree and moves on.
local function show(s, tree, field, count, value, order)
  local item
  if tree and count == 0 then
    item = tree:add(field, value or "")
    item:set_text(labels[field] .. ": (empty)")
  elseif tree then
    local range = s.tvb(s.at, count)
    if value ~= nil then item = tree:add(field, range, value)
    elseif order == "le" then item = tree:add_le(field, range)
    elseif order then item = tree:add_packet_field(field, range, order)
    else item = tree:add(field, range) end
  end
  s.at = s.at + count
  return item
end

-- Reads within the next `count` bytes, and no further.
local function within(s, count, tree, read)
  need(s, count)
  local limit, open, lost = s.limit, s.open, s.lost
  s.limit, s.open, s.lost = s.at + count, false, false
  local value = read()
  if s.at < s.limit then
    if tree then tree:add(s.tvb(s.at, s.limit - s.at), (s.limit - s.at) .. " bytes left over") end
    s.at = s.limit
  end
  s.limit, s.open, s.lost = limit, open, lost
  return value
end

local function number_of(bytes, le, signed)
  local number = 0
  for index = 1, #bytes do
    local position = le and #bytes + 1 - index or index
    number = number * 256 + bytes:byte(position)
  end
  if signed and number >= 2 ^ (8 * #bytes - 1) then number = number - 2 ^ (8 * #bytes) end
  return number
end

-- Bitwise operators, for all versions of Lua. The halves of a number end with 0, or
-- with -1 if it is negative, which are their own halves and stand for all further bits.
local function bitwise(a, b, keep)
  local result, place = 0, 1
  for _ = 1, 64 do
    local next_a, next_b = math.floor(a / 2), math.floor(b / 2)
    if a == next_a and b == next_b then break end
    if keep(a % 2, b % 2) then result = result + place end
    a, b, place = next_a, next_b, place * 2
  end
  return keep(a % 2, b % 2) and result - place or result
end
local function band(a, b) return bitwise(a, b, function(x, y) return x + y == 2 end) end
local function bor(a, b) return bitwise(a, b, function(x, y) return x + y > 0 end) end
local function choose(condition, yes, no) if condition then return yes end return no end
local function bxor(a, b) return bitwise(a, b, function(x, y) return x + y == 1 end) end

-- Kinds of values: `field` is the type of their ProtoField, `read` reads them.

local sizes = { 8, 16, 24, 32, 64, 64, 64, 64 }

local function int(count, order, signed, names)
  local size = sizes[count]
  return {
    field = size and (signed and "int" or "uint") .. size or "bytes",
    names = names,
    read = function(s, tree, field)
      need(s, count)
      local bytes = raw(s, count)
      show(s, tree, field, count, nil, order)
      return number_of(bytes, order == "le", signed)
    end,
  }
end

local function float(count, order)
  return {
    field = count == 4 and "float" or "double",
    read = function(s, tree, field) need(s, count) show(s, tree, field, count, nil, order) end,
  }
end

local function plain(name, count)
  return { field = name, read = function(s, tree, field)
    need(s, count)
    local bytes = raw(s, count)
    show(s, tree, field, count)
    return number_of(bytes)
  end }
end

local bool = plain("bool", 1)
local ipv4 = plain("ipv4", 4)
local ipv6 = plain("ipv6", 16)

-- A variable-length number, which is read byte by byte or as text.
local function number(step)
  return { field = "string", read = function(s, tree, field)
    local start = s.at
    local value = step(s)
    local count = s.at - start
    s.at = start
    show(s, tree, field, count, string.format("%.0f", value))
    return value
  end }
end

local function byte(s)
  need(s, 1)
  s.at = s.at + 1
  return s.tvb(s.at - 1, 1):uint()
end

-- Values that fill their extent.
local bytes = { field = "bytes", read = function(s, tree, field)
  local start = s.at
  local value = raw(s, s.limit - s.at)
  local item = show(s, tree, field, s.limit - start)
  if item and value:find("^[\32-\126]+$") then item:append_text(' "' .. value:sub(1, 60) .. '"') end
  return value
end }

local text = { field = "string", read = function(s, tree, field)
  local count = s.limit - s.at
  -- Wireshark ends a text at its first zero, which is right only if the zeros are padding.
  local value = raw(s, count):gsub("%z+$", "")
  local shown = value:find("%z") and (value:gsub("%z", "\\0")) or nil
  show(s, tree, field, count, shown, ENC_UTF_8)
end }

local function list(item)
  return { field = item.field, names = item.names, frame = item.frame, read = function(s, tree, field, name)
    local index = 0
    while s.at < s.limit and not s.lost do
      local start = s.at
      item.read(s, tree, field, name .. "[" .. index .. "]")
      if s.at == start then fail(s, "a list item took no bytes") end
      index = index + 1
    end
  end }
end

local function array(count, item)
  return { field = item.field, names = item.names, frame = item.frame, read = function(s, tree, field, name)
    for index = 0, count - 1 do item.read(s, tree, field, name .. "[" .. index .. "]") end
  end }
end

local function constant(value)
  return { field = "bytes", read = function(s, tree, field)
    need(s, math.min(#value, s.limit - s.at + 1))
    need(s, #value)
    if raw(s, #value) ~= value then fail(s, "expected a constant") end
    show(s, tree, field, #value)
    return value
  end }
end

-- Returns true if a constant comes next.
local function leads(s, value)
  local there = s.limit - s.at
  if there >= #value then return raw(s, #value) == value end
  if s.open and raw(s, there) == value:sub(1, there) then error({ more = #value - there }, 0) end
  return false
end

-- A nested frame; `tag` computes the tag that its parent passes to it.
local function frame(name, tag)
  return { field = "none", frame = true, read = function(s, tree, field, label, v)
    if s.depth >= 128 then fail(s, "frames nested too deep") end
    s.depth = s.depth + 1
    local start = s.at
    local item
    if tree and s.at < s.limit then
      item = tree:add(field, s.tvb(s.at, s.limit - s.at))
      item:set_text(label .. ": " .. name)
    end
    local value = frames[name](s, item, tag and tag(v))
    if item then item:set_len(s.at - start) end
    s.depth = s.depth - 1
    return value
  end }
end

-- A value whose end Lua cannot compute: everything up to the end of the extent
-- that encloses it.
local function opaque(why)
  return { field = "bytes", read = function(s, tree, field)
    if tree and s.at < s.limit then
      show(s, tree, field, s.limit - s.at):append_text(" (" .. why .. ")")
    end
    s.at, s.lost = s.limit, true
  end }
end

-- Extents: where values end.

local function extent(kind, read)
  return { field = kind.field, names = kind.names, frame = kind.frame, read = read }
end

local function len(count, kind, max)
  return extent(kind, function(s, tree, field, name, v)
    local total = count(v, s)
    if max and total > max then fail(s, "expected at most " .. max .. " bytes, found " .. total) end
    return within(s, total, tree, function() return kind.read(s, tree, field, name, v) end)
  end)
end

-- Returns the size of the padding that aligns to `to` bytes from the frame's start.
local function fill_to(to)
  return function(v, s) return -(s.at - v["@"]) % to end
end

local function count(count, item)
  return extent(item, function(s, tree, field, name, v)
    local total = count(v)
    if type(total) ~= "number" or total < 0 then fail(s, "expected a count") end
    for index = 0, total - 1 do
      local start = s.at
      item.read(s, tree, field, name .. "[" .. index .. "]", v)
      if s.lost then return end
      if s.at == start then fail(s, "a list item took no bytes") end
    end
  end)
end

-- Returns the number of bytes before the first delimiter, or before the end if
-- the delimiter may be missing. If the bytes end within a delimiter, waits for more.
local function before(s, ends)
  local place, at = raw(s, s.limit - s.at), nil
  for _, delimiter in ipairs(ends.any) do
    local found = place:find(delimiter, 1, true)
    while found and (found - 1) % ends.width ~= 0 do found = place:find(delimiter, found + 1, true) end
    if found and (not at or found < at) then at = found end
  end
  local is_cut = false
  for _, delimiter in ipairs(ends.any) do
    for count = 1, #delimiter - 1 do
      local from = #place - count + 1
      is_cut = is_cut or from >= 1 and (not at or from < at) and place:sub(from) == delimiter:sub(1, count)
    end
  end
  if s.open and (is_cut or not at) then error({ more = DESEGMENT_ONE_MORE_SEGMENT }, 0) end
  if not at and not ends.optional then fail(s, "expected a delimiter before the end") end
  return at and at - 1 or #place
end

local function up_to(ends, kind)
  return extent(kind, function(s, tree, field, name, v)
    return within(s, before(s, ends), tree, function() return kind.read(s, tree, field, name, v) end)
  end)
end

-- The delimiter that comes next, unless it is missing.
local function ending(ends)
  return { field = "bytes", read = function(s, tree, field)
    local place = raw(s, s.limit - s.at)
    for _, delimiter in ipairs(ends.any) do
      if place:sub(1, #delimiter) == delimiter then
        show(s, tree, field, #delimiter)
        if ends.between and s.at == s.limit then
          if s.open then error({ more = 1 }, 0) end
          fail(s, "this delimiter must be followed by another value")
        end
        return
      end
    end
  end }
end

-- Items with delimiters between them. After a delimiter there is always an item,
-- which may be empty.
local function separated(ends, item)
  return extent(item, function(s, tree, field, name, v)
    local index, more = 0, s.at < s.limit
    while more and not s.lost do
      local start = s.at
      item.read(s, tree, field, name .. "[" .. index .. "]", v)
      local read = s.at > start and s.tvb:raw(start, s.at - start) or ""
      more = false
      for _, delimiter in ipairs(ends.any) do more = more or read:sub(-#delimiter) == delimiter end
      index = index + 1
    end
  end)
end

-- A value in a slot of fixed size that a delimiter may end earlier. The bytes after
-- the delimiter are padding.
local function stopped(delimiters, width, kind)
  return extent(kind, function(s, tree, field, name, v)
    local place, limit = raw(s, s.limit - s.at), s.limit
    local count = #place
    for _, delimiter in ipairs(delimiters) do
      local found = place:find(delimiter, 1, true)
      while found and (found - 1) % width ~= 0 do found = place:find(delimiter, found + 1, true) end
      if found then count = math.min(count, found - 1) end
    end
    local value = within(s, count, tree, function() return kind.read(s, tree, field, name, v) end)
    s.at = limit
    return value
  end)
end

-- A padded value: a frame, or items up to the padding.
local function filled(fill, kind, item)
  return extent(kind, function(s, tree, field, name, v)
    local used = s.limit
    while used > s.at and s.tvb(used - 1, 1):uint() == fill do used = used - 1 end
    local index, value = 0, nil
    if not item then value = kind.read(s, tree, field, name, v) end
    while item and s.at < used and not s.lost do
      local start = s.at
      item.read(s, tree, field, name .. "[" .. index .. "]", v)
      if s.at == start then fail(s, "a list item took no bytes") end
      index = index + 1
    end
    if s.at < used and not s.lost then fail(s, "expected only padding after the value") end
    s.at = s.limit
    return value
  end)
end

local function list_up_to(is_last, item)
  return extent(item, function(s, tree, field, name, v)
    local index = 0
    repeat
      local start = s.at
      local value = item.read(s, tree, field, name .. "[" .. index .. "]", v)
      if s.at == start then fail(s, "a list item took no bytes") end
      index = index + 1
    until s.lost or is_last(value)
  end)
end

local function rest(behind, kind)
  return extent(kind, function(s, tree, field, name, v)
    need(s, behind)
    return within(s, s.limit - s.at - behind, tree, function() return kind.read(s, tree, field, name, v) end)
  end)
end

-- Steps of a frame. Each step reads the next value, and stores numbers in `v` by name.

local function run(steps, s, tree, v, tag)
  for _, step in ipairs(steps) do
    if s.lost then return end
    step(s, tree, v, tag)
  end
end

local function new_field(path, name, kind, mask)
  local unique = prefix .. "." .. path
  while known[unique] do
    local other = known[unique]
    -- A field that is described for both byte orders has one ProtoField.
    if not mask and other.kind == kind.field and other.names == kind.names then return other.field end
    unique = unique .. "_"
  end
  local make = ProtoField[kind.field]
  local whole = kind.field:find("int%d") ~= nil
  local field = whole and make(unique, name, base.DEC, kind.names, mask) or make(unique, name)
  known[unique] = { kind = kind.field, names = kind.names, field = field }
  all_fields[#all_fields + 1] = field
  labels[field] = name
  return field
end

local function field(path, name, kind, when)
  local shown = new_field(path, name, kind)
  return function(s, tree, v)
    if when and not when(v, s) then return end
    v[name] = kind.read(s, tree, shown, name, v)
  end
end

-- The bytes before the offset of a field. A field without bytes may have any offset.
local function gap(begins, size, when)
  return function(s, tree, v)
    if when and not when(v, s) or size(v) == 0 then return end
    local count = begins(v) - (s.at - v["@"])
    need(s, count)
    if tree and count > 0 then tree:add(s.tvb(s.at, count), "(gap of " .. count .. " bytes)") end
    s.at = s.at + count
  end
end

-- Steps in one of two byte orders: 0 is big-endian.
local function in_order(order, big, little)
  return function(s, tree, v, tag) run(order(v) == 0 and big or little, s, tree, v, tag) end
end

-- Returns some bits of a run. The run may be wider than a Lua number is exact.
local function cut(bytes, le, shift, width)
  local value = 0
  for bit = shift + width - 1, shift, -1 do
    local position = math.floor(bit / 8)
    local byte = bytes:byte(le and position + 1 or #bytes - position)
    value = value * 2 + math.floor(byte / 2 ^ (bit % 8)) % 2
  end
  return value
end

-- Bit fields of a run. If `ends` is false, a later step continues the run.
local function bits(count, order, ends, parts)
  for _, part in ipairs(parts) do
    local mask = count <= 4 and not part.signed and (2 ^ part.width - 1) * 2 ^ part.shift or nil
    local shown = mask and int(count).field or part.signed and "int64" or "uint64"
    part.masked = mask ~= nil
    part.shown = new_field(part.path, part.name, { field = shown, names = part.names }, mask)
  end
  return function(s, tree, v)
    need(s, count)
    local bytes = raw(s, count)
    for _, part in ipairs(parts) do
      local value = cut(bytes, order == "le", part.shift, part.width)
      if part.signed and value >= 2 ^ (part.width - 1) then value = value - 2 ^ part.width end
      v[part.name] = value
      if tree then
        local range = s.tvb(s.at, count)
        if part.masked and order == "le" then tree:add_le(part.shown, range)
        elseif part.masked then tree:add(part.shown, range)
        elseif part.signed then tree:add(part.shown, range, Int64.new(value))
        else tree:add(part.shown, range, UInt64.new(value % 2 ^ 32, math.floor(value / 2 ^ 32))) end
      end
    end
    if ends then s.at = s.at + count end
  end
end

-- Stores where a field begins, with its prefix. It may be absent.
local function mark(name)
  return function(s, _, v) v["@" .. name] = s.at end
end

-- Steps within a length that counts from the start of the field `from`.
local function scope(length, from, steps)
  return function(s, tree, v, tag)
    local start = from and v["@" .. from] or s.at
    within(s, length(v) - (s.at - start), tree, function() run(steps, s, tree, v, tag) end)
  end
end

-- The steps of a frame up to its delimiter.
local function delimited(path, ends, steps)
  local delimiter = ending(ends)
  local shown = new_field(path, "until", delimiter)
  local read = up_to(ends, { read = function(s, tree, _, _, v) run(steps, s, tree, v, v["@tag"]) end })
  return function(s, tree, v, tag)
    v["@tag"] = tag
    read.read(s, tree, nil, "", v)
    delimiter.read(s, tree, shown)
  end
end

local function choice(of, variants)
  return function(s, tree, v, tag)
    local number = tag
    if v["tag"] ~= nil then number = v["tag"] end
    for _, variant in ipairs(variants) do
      local found = variant.any
      for _, set in ipairs(variant.tags) do
        found = found or (number ~= nil and set[1] <= number and number <= set[2])
      end
      if found then
        if tree then tree:append_text(" " .. variant.name) end
        if variant.keeps then v[variant.keeps] = number end
        run(variant.steps, s, tree, v)
        return
      end
    end
    fail(s, "no variant of " .. of .. " has the tag " .. tostring(number))
  end
end

local function define(name, steps)
  frames[name] = function(s, tree, tag)
    local v = { ["@"] = s.at }
    run(steps, s, tree, v, tag)
    return v
  end
end
