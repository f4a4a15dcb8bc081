//! A simulated tracker on a noisy line, which drives in a circle.

use framewright::{ClientOptions, Result, Session};
use framewright_examples::say;

use crate::protocol::{Answer, Body, Packet, Position};

/// Logs in and sends `rounds` positions. Returns the last answer.
pub async fn drive(mut s: Session, rounds: u16) -> Result<Answer> {
    let login = Packet::new(1, Body::Login { imei: [0x01, 0x23, 0x45, 0x67, 0x89, 0x01, 0x23, 0x45] });
    let answer: Answer = s.call(&login).await?;
    say(format!("logged in, which was answered by {:#04x}", answer.kind));
    for round in 0..rounds {
        s.feed(&Noise { bytes: *b"\x00\xff\x78\x78\x0a" })?;
        s.feed(&Packet::new(2 + round, Body::Position(position(round))))?;
    }
    let heartbeat = Body::Heartbeat { status: 0, battery: 6, signal: 4, language: 2 };
    s.call(&Packet::new(2 + rounds, heartbeat)).await
}

/// Noise that contains the start of a packet.
#[derive(framewright::Frame)]
struct Noise {
    bytes: [u8; 5],
}

pub fn position(round: u16) -> Position {
    let minute = u8::try_from(round % 60).unwrap_or_default();
    Position {
        time: [25, 11, 28, 9, minute, 0],
        length: 12,
        satellites: 9,
        latitude: 86_400_000 + u32::from(round) * 1000,
        longitude: 15_000_000,
        speed: 42,
        reserved: framewright::Auto::new(),
        is_fixed: true,
        is_west: false,
        is_north: true,
        course: round * 10 % 360,
    }
}

/// Returns options for a noisy line.
pub fn options() -> ClientOptions {
    ClientOptions::new().resync(true)
}
