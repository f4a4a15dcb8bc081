//! The packets of GT06 trackers, and the answers of the gateway.

use framewright::checksum::Crc16IbmSdlc;
use framewright::prelude::*;

/// A packet from a tracker.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\x78\x78")]
pub struct Packet {
    /// The length of `body`, `serial` and `sum` together.
    #[len_of(body, bias = 4)]
    pub len: Auto<u8>,
    pub body: Body,
    /// A number that the tracker increments. The answer repeats it.
    pub serial: u16,
    #[checksum(Crc16IbmSdlc, over = len..=serial)]
    pub sum: Auto<u16>,
    #[magic(b"\r\n")]
    pub end: Auto,
}

/// The content of a packet.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Body {
    /// The login. It must be the first packet.
    #[tag(0x01)]
    Login {
        /// The number of the device, with two digits in each byte.
        imei: [u8; 8],
    },
    #[tag(0x12)]
    Position(Position),
    /// A heartbeat.
    #[tag(0x13)]
    Heartbeat {
        status: u8,
        /// The battery level, from 0 (empty) to 6 (full).
        battery: u8,
        /// The signal strength, from 0 (none) to 4 (strong).
        signal: u8,
        language: u16,
    },
    /// A packet of any other kind.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// The position of a tracker at a time.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Position {
    /// The time in UTC: year without the century, month, day, hour, minute, second.
    pub time: [u8; 6],
    /// The length of the GPS data. It is not used.
    #[bits(4)]
    pub length: u8,
    #[bits(4)]
    pub satellites: u8,
    /// The latitude in units of 1/1,800,000 degree.
    pub latitude: u32,
    pub longitude: u32,
    /// The speed in km/h.
    pub speed: u8,
    #[bits(3)]
    #[pad]
    pub reserved: Auto,
    #[bits(1)]
    pub is_fixed: bool,
    #[bits(1)]
    pub is_west: bool,
    #[bits(1)]
    pub is_north: bool,
    /// The course in degrees, clockwise from north.
    #[bits(10)]
    pub course: u16,
}

/// The answer to a login or heartbeat.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\x78\x78")]
pub struct Answer {
    #[magic(5u8)]
    pub len: Auto,
    /// The tag of the answered packet.
    pub kind: u8,
    /// The serial number of the answered packet.
    pub serial: u16,
    #[checksum(Crc16IbmSdlc, over = len..=serial)]
    pub sum: Auto<u16>,
    #[magic(b"\r\n")]
    pub end: Auto,
}

impl Packet {
    pub fn new(serial: u16, body: Body) -> Self {
        Self { len: Auto::new(), body, serial, sum: Auto::new(), end: Auto::new() }
    }
}

impl Answer {
    pub fn new(kind: u8, serial: u16) -> Self {
        Self { len: Auto::new(), kind, serial, sum: Auto::new(), end: Auto::new() }
    }
}

impl Position {
    /// Returns latitude and longitude in degrees. They are positive in the north and in the east.
    pub fn degrees(&self) -> (f64, f64) {
        let degrees = |number: u32, positive: bool| {
            let degrees = f64::from(number) / 1_800_000.0;
            if positive { degrees } else { -degrees }
        };
        (degrees(self.latitude, self.is_north), degrees(self.longitude, !self.is_west))
    }
}
