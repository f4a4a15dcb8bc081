//! Writes packet captures of conversations with one port, in the format of Wireshark.

use std::path::Path;

/// The direction of bytes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    ToPort,
    FromPort,
}

/// The protocol that carries the bytes.
#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Tcp,
    Udp,
}

pub(crate) const PORT: u16 = 8888;

/// Writes a capture. Each of `packets` is one segment or datagram.
pub(crate) fn write(path: &Path, transport: Transport, packets: &[(Way, Vec<u8>)]) {
    // Link type 101 is IP without a link-layer header.
    let mut file = Vec::new();
    file.extend_from_slice(&0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2u16, 4].map(u16::to_le_bytes).concat());
    file.extend([0u32, 0, 65_535, 101].map(u32::to_le_bytes).concat());
    let mut sent = [1000u32, 5000];
    for (second, (way, bytes)) in (0u32..).zip(packets) {
        let packet = ip(transport, *way, bytes, &mut sent);
        let len = u32::try_from(packet.len()).unwrap();
        file.extend([second, 0, len, len].map(u32::to_le_bytes).concat());
        file.extend_from_slice(&packet);
    }
    std::fs::write(path, file).unwrap();
}

fn ip(transport: Transport, way: Way, bytes: &[u8], sent: &mut [u32; 2]) -> Vec<u8> {
    let ports = if way == Way::ToPort { [40_000, PORT] } else { [PORT, 40_000] };
    let mut inner = ports.map(u16::to_be_bytes).concat();
    let protocol = match transport {
        Transport::Tcp => {
            let (own, other) = if way == Way::ToPort { (0, 1) } else { (1, 0) };
            inner.extend([sent[own], sent[other]].map(u32::to_be_bytes).concat());
            inner.extend_from_slice(&[0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
            sent[own] += u32::try_from(bytes.len()).unwrap();
            6
        }
        Transport::Udp => {
            inner.extend([u16::try_from(8 + bytes.len()).unwrap(), 0].map(u16::to_be_bytes).concat());
            17
        }
    };
    inner.extend_from_slice(bytes);
    let len = u16::try_from(20 + inner.len()).unwrap().to_be_bytes();
    let mut packet =
        vec![0x45, 0, len[0], len[1], 0, 0, 0, 0, 64, protocol, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
    packet.append(&mut inner);
    packet
}
