// Writes a capture of one connection, as tcpdump does for the link type "raw IP".

const CLIENT = { address: [192, 0, 2, 7], port: 40000 };
const SERVER = { address: [192, 0, 2, 1], port: 8888 };
const [SYN, PUSH_ACK, SYN_ACK] = [0x02, 0x18, 0x12];

function packet(from, to, sequence, acknowledged, flags, data) {
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(40 + data.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  Buffer.from(from.address).copy(ip, 12);
  Buffer.from(to.address).copy(ip, 16);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(from.port, 0);
  tcp.writeUInt16BE(to.port, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt32BE(acknowledged, 8);
  tcp.writeUInt8(0x50, 12);
  tcp.writeUInt8(flags, 13);
  tcp.writeUInt16BE(65535, 14);
  return Buffer.concat([ip, tcp, data]);
}

/** Returns a capture file with what a client and a server send in turns. */
function capture(turns) {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(101, 20);
  const none = Buffer.alloc(0);
  const packets = [packet(CLIENT, SERVER, 100, 0, SYN, none), packet(SERVER, CLIENT, 500, 101, SYN_ACK, none)];
  let [sent, answered] = [101, 501];
  for (const { data, isAnswer } of turns) {
    packets.push(isAnswer ? packet(SERVER, CLIENT, answered, sent, PUSH_ACK, data) : packet(CLIENT, SERVER, sent, answered, PUSH_ACK, data));
    if (isAnswer) answered += data.length;
    else sent += data.length;
  }
  const records = packets.map((bytes, index) => {
    const head = Buffer.alloc(16);
    head.writeUInt32LE(1_700_000_000, 0);
    head.writeUInt32LE(1000 * index, 4);
    head.writeUInt32LE(bytes.length, 8);
    head.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([head, bytes]);
  });
  return Buffer.concat([header, ...records]);
}

module.exports = { capture };
