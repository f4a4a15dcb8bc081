//! SMB2's header and NEGOTIATE response ([MS-SMB2] 2.2.1.2 and 2.2.4). The bytes are encoded by
//! hand, and tshark 4 reads the same from them.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct NegotiateResponse {
    header: Header,
    #[magic(65)]
    size: Auto<u16>,
    security_mode: u16,
    dialect: u16,
    #[pad(2)]
    reserved: Auto,
    server: [u8; 16],
    capabilities: u32,
    max_transact: u32,
    max_read: u32,
    max_write: u32,
    time: u64,
    start_time: u64,
    #[offset_of(security)]
    security_at: Auto<u16>,
    #[len_of(security)]
    security_len: Auto<u16>,
    #[pad(4)]
    reserved2: Auto,
    security: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, magic = b"\xfeSMB")]
struct Header {
    #[magic(64)]
    size: Auto<u16>,
    credit_charge: u16,
    status: u32,
    command: Command,
    credits: u16,
    flags: u32,
    next: u32,
    message: u64,
    process: u32,
    tree: u32,
    session: u64,
    signature: [u8; 16],
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u16)]
#[frame(le, tag = u16)]
enum Command {
    Negotiate = 0,
    SessionSetup = 1,
    #[tag(_)]
    Other(u16),
}

fn response(security: &[u8]) -> NegotiateResponse {
    NegotiateResponse {
        header: Header {
            size: Auto::new(),
            credit_charge: 0,
            status: 0,
            command: Command::Negotiate,
            credits: 1,
            flags: 1,
            next: 0,
            message: 0,
            process: 0xfeff,
            tree: 0,
            session: 0,
            signature: [0; 16],
        },
        size: Auto::new(),
        security_mode: 1,
        dialect: 0x0210,
        reserved: Auto::new(),
        server: *b"0123456789abcdef",
        capabilities: 7,
        max_transact: 0x0010_0000,
        max_read: 0x0010_0000,
        max_write: 0x0010_0000,
        time: 0x01d9_0a2b_3c4d_5e6f,
        start_time: 0,
        security_at: Auto::new(),
        security_len: Auto::new(),
        reserved2: Auto::new(),
        security: security.to_vec(),
    }
}

const FIXED: &str = "fe534d42 4000 0000 00000000 0000 0100 01000000 00000000 0000000000000000 fffe0000 00000000 0000000000000000 \
                     00000000000000000000000000000000 4100 0100 1002 0000 30313233343536373839616263646566 07000000 \
                     00001000 00001000 00001000 6f5e4d3c2b0ad901 0000000000000000";

#[test]
fn security_buffer() {
    // The buffer contains the beginning of an SPNEGO token.
    let bytes = hex(&format!("{FIXED} 8000 0a00 00000000 600806062b0601050502"));
    proves("smb2-negotiate", &bytes, response(&hex("600806062b0601050502")));
}

/// Checks a buffer that begins later, as other programs write it, and an empty buffer, whose offset
/// is ignored.
#[test]
fn the_buffer_may_begin_further_on() {
    let further = hex(&format!("{FIXED} 8800 0200 00000000 aaaaaaaaaaaaaaaa 6000"));
    assert_eq!(NegotiateResponse::decode(&further).unwrap(), response(&[0x60, 0]));
    for at in ["0000", "8000", "ffff"] {
        let empty = hex(&format!("{FIXED} {at} 0000 00000000"));
        assert_eq!(NegotiateResponse::decode(&empty).unwrap(), response(&[]));
    }
}
