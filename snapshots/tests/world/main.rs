//! Protocols that are in use. They are declared by annotation alone, and compared with bytes that
//! others have sent or published.

#[path = "../../../runtime/tests/views/languages/agree.rs"]
mod agree;
mod bitcoin;
mod can;
mod dns;
mod ethernet;
mod gif;
mod gt06;
mod http1;
mod http2;
mod irc;
mod itch;
mod kafka;
mod mavlink;
mod mbus;
mod memcached;
mod mqtt;
mod nmea;
mod ntlm;
mod ntp;
mod pcap;
mod png;
mod rtp;
mod sbe;
mod smb2;
mod stun;
mod tiff;
mod tls;
mod usb;
mod websocket;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::testing::{assert_wire_snapshot, laws};

/// The objects that replace hand-written Rust code in other languages.
const BROUGHT: agree::Brought<'_> = &[
    ("Name.0", "last_label"),
    ("crc", "crc5"),
    ("padding.len", "or_zero"),
    ("Message.len", "ws_len"),
    ("Message.len_16", "ws_len_16"),
    ("Message.len_64", "ws_len_64"),
    ("Message.payload", "ws_mask"),
    ("Message.payload.ctx", "ws_key"),
    ("Message.payload.len", "ws_size"),
    ("fingerprint", "fingerprint"),
    ("Message.checksum", "double_sha256"),
    ("Tcp.checksum", "ip_sum"),
    ("Udp.checksum", "ip_sum"),
];

/// Checks that the bytes decode to the value and that the value encodes to the bytes, also through
/// JSON, that the value satisfies `testing::laws`, and that the codecs of other languages agree.
#[track_caller]
fn proves<T: OwnedFrame + PartialEq + std::fmt::Debug + Clone>(name: &str, bytes: &[u8], value: T) {
    let decoded = T::decode(bytes).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(decoded, value);
    assert_eq!(value.to_vec().unwrap(), bytes, "{}", value.dump());
    laws([value.clone()]);
    agree::agree::<T>(&[bytes.to_vec()], BROUGHT);
    let json = to_json(&value).unwrap();
    let again = from_json::<T>(&json).unwrap_or_else(|error| panic!("{error}\n{json}"));
    assert_eq!(again, bytes, "{json}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/world");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_wire_snapshot!(name, value));
}

/// Returns the bytes of hexadecimal digits, which may have spaces between them.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter(|char| !char.is_whitespace()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}
