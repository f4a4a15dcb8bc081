//! Conversations of the Modbus/TCP example with pymodbus 3.16.

use framewright::Attempt;

use crate::conversation;

#[path = "../../../examples/src/bin/modbus/protocol.rs"]
#[allow(dead_code, reason = "not all of it was said")]
mod protocol;

use protocol::{Packet, Reply, Request};

/// Replays a session of a pymodbus client with our device: all functions, an invalid address, and
/// two unsupported functions.
#[test]
fn client_of_pymodbus() {
    conversation::<Packet<Attempt<Request>>, Packet<Reply>>(
        "modbus-client-of-pymodbus",
        "
        > 00 01 00 00 00 06 01 05 00 03 ff 00
        < 00 01 00 00 00 06 01 05 00 03 ff 00
        > 00 02 00 00 00 09 01 0f 00 05 00 0b 02 ed 05
        < 00 02 00 00 00 06 01 0f 00 05 00 0b
        > 00 03 00 00 00 06 01 01 00 02 00 0f
        < 00 03 00 00 00 05 01 01 02 6a 2f
        > 00 04 00 00 00 06 01 02 00 01 00 0b
        < 00 04 00 00 00 05 01 02 02 55 05
        > 00 05 00 00 00 06 01 06 00 07 be ef
        < 00 05 00 00 00 06 01 06 00 07 be ef
        > 00 06 00 00 00 0d 01 10 00 08 00 03 06 00 01 00 02 00 03
        < 00 06 00 00 00 06 01 10 00 08 00 03
        > 00 07 00 00 00 06 01 03 00 07 00 04
        < 00 07 00 00 00 0b 01 03 08 be ef 00 01 00 02 00 03
        > 00 08 00 00 00 06 01 04 00 64 00 03
        < 00 08 00 00 00 09 01 04 06 00 64 00 65 00 66
        > 00 09 00 00 00 06 01 01 03 e8 00 01
        < 00 09 00 00 00 03 01 81 02
        > 00 0a 00 00 00 02 01 11
        < 00 0a 00 00 00 03 01 91 01
        > 00 0b 00 00 00 05 01 2b 0e 01 00
        < 00 0b 00 00 00 03 01 ab 01
        ",
    );
}

/// Replays a session of our client with a pymodbus server.
#[test]
fn server_of_pymodbus() {
    conversation::<Packet<Request>, Packet<Reply>>(
        "modbus-server-of-pymodbus",
        "
        > 00 01 00 00 00 06 01 03 00 01 00 03
        < 00 01 00 00 00 09 01 03 06 00 07 00 0e 00 15
        > 00 01 00 00 00 06 01 01 0f a0 00 03
        < 00 01 00 00 00 03 01 81 02
        ",
    );
}

/// Checks that invalid requests are kept as bytes.
#[test]
fn a_request_that_breaks_a_rule_is_kept() {
    conversation::<Packet<Attempt<Request>>, Packet<Reply>>(
        "modbus-no-request",
        "
        > 00 01 00 00 00 06 01 03 00 00 00 7e
        < 00 01 00 00 00 03 01 83 03
        > 00 02 00 00 00 01 01
        ",
    );
}
