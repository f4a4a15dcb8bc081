//! The target for captures: files with any content, and packets that are nearly valid.

use clap::Parser;
use framewright::cli::Command;

use super::cli::File;
use super::declarations::{Chat, Mail, Packet, Value};

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// Runs a command on a capture. The first byte selects the command, and what the other bytes are: a
/// capture file, a link type and packets, or TCP segments.
pub fn capture(data: &[u8]) {
    let Some((choice, input)) = data.split_first() else { return };
    let file = match choice & 3 {
        0 => input.to_vec(),
        1 => pcap(input.first().copied().map_or(1, link), packets(input.get(1..).unwrap_or_default())),
        _ => pcap(101, segments(input)),
    };
    let file = File::of(&file);
    let mut arguments = vec!["protocol", if choice & 4 == 0 { "dump" } else { "decode" }];
    arguments.extend(if choice & 8 == 0 { &[][..] } else { &["--port", "8888"] });
    arguments.extend(["--", file.name()]);
    let Ok(program) = Program::try_parse_from(arguments) else { return };
    let mut out = Vec::new();
    let _ = program.command.write_to::<(Chat, Value, Packet, Mail)>(&mut out);
    assert!(!out.contains(&0x1b) && !out.contains(&b'\r'), "the output moves the cursor");
}

fn link(choice: u8) -> u32 {
    [0, 1, 12, 101, 108, 113, 228, 229, 276][usize::from(choice) % 9]
}

fn pcap(link: u32, packets: Vec<Vec<u8>>) -> Vec<u8> {
    let mut file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0".to_vec();
    file.extend(link.to_le_bytes());
    for packet in packets {
        let len = u32::try_from(packet.len()).expect("it is short");
        [0, 0, len, len].iter().for_each(|number| file.extend(number.to_le_bytes()));
        file.extend(packet);
    }
    file
}

/// Splits the input into packets. Each packet is preceded by its length.
fn packets(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while let Some((len, rest)) = input.split_first() {
        let (packet, rest) = rest.split_at(usize::from(*len).min(rest.len()));
        packets.push(packet.to_vec());
        input = rest;
    }
    packets
}

/// Converts the input into IP packets with TCP segments. In the input, each segment is preceded by
/// three bytes: its sequence number, its flags (the highest bit is the direction), and its length.
fn segments(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut segments = Vec::new();
    while let [place, flags, len, rest @ ..] = input {
        let (payload, rest) = rest.split_at(usize::from(*len).min(rest.len()));
        let (from, to) =
            if flags & 0x80 == 0 { ([0xc3, 0x50], [0x22, 0xb8]) } else { ([0x22, 0xb8], [0xc3, 0x50]) };
        let len = u16::try_from(40 + payload.len()).expect("it is short").to_be_bytes();
        let ip = [&[0x45, 0][..], &len, &[0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]].concat();
        let tcp =
            [&from[..], &to, &[0, 0, 0, *place], &[0, 0, 0, 9], &[0x50, flags & 0x17, 0, 9, 0, 0, 0, 0]]
                .concat();
        segments.push([&ip, &tcp, payload].concat());
        input = rest;
    }
    segments
}
