
-- Dissects one segment or datagram. Each frame is read twice: once to see
-- whether it is complete, and once to show it.

local function dissect(tvb, pinfo, tree)
  pinfo.cols.protocol = request
  local stream = pinfo.can_desegment > 0
  local root = pinfo.dst_port == port and request or reply
  local at = 0
  while at < tvb:len() do
    local function read(item)
      local s = { tvb = tvb, at = at, limit = tvb:len(), open = stream, depth = 0 }
      local done, fault = pcall(frames[root], s, item)
      return s, not done and (type(fault) == "table" and fault or { what = tostring(fault), at = s.at })
    end
    local s, fault = read(nil)
    if fault and fault.more and stream then
      pinfo.desegment_offset = at
      pinfo.desegment_len = fault.more
      return tvb:len()
    end
    local item = tree:add(proto, tvb(at, tvb:len() - at))
    item:set_text(root)
    s = read(item)
    if fault then
      local what = fault.what or "the end is missing"
      item:add_proto_expert_info(malformed, what .. " at byte " .. ((fault.at or s.at) - at))
      return tvb:len()
    end
    if s.at == at then return tvb:len() end
    item:set_len(s.at - at)
    at = s.at
  end
  return at
end

function proto.dissector(tvb, pinfo, tree)
  return dissect(tvb, pinfo, tree)
end

proto.fields = all_fields
DissectorTable.get("tcp.port"):add(port, proto)
DissectorTable.get("udp.port"):add(port, proto)
