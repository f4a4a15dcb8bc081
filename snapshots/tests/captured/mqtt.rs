//! Conversations of the MQTT 3.1.1 example with mosquitto 2.0 and paho-mqtt 2.2.

use crate::conversation;

#[path = "../../../examples/src/bin/mqtt/protocol.rs"]
#[allow(dead_code, reason = "not all of it was said")]
mod protocol;

use protocol::Packet;

/// Checks `mosquitto_pub` with a user, a password and a will, and with a retained message that is
/// sent at least once.
#[test]
fn publisher_of_mosquitto() {
    conversation::<Packet, Packet>(
        "mqtt-publisher-of-mosquitto",
        "
        > 10 39 00 04 4d 51 54 54 04 ee 00 3c 00 06 73 65 6e 73 6f 72 00 12 72 6f 6f 6d 2f 37 2f 74 65 6d 70 65 72 61 74 75 72 65 00 04 6c 6f 73 74 00 03 61 64 61 00 06 73 65 63 72 65 74
        < 20 02 00 00
        > 33 1a 00 12 72 6f 6f 6d 2f 37 2f 74 65 6d 70 65 72 61 74 75 72 65 00 01 32 31 2e 35
        < 40 02 00 01
        > e0 00
        ",
    );
}

/// Checks `mosquitto_pub` with a QoS 2 message.
#[test]
fn exactly_once_from_mosquitto() {
    conversation::<Packet, Packet>(
        "mqtt-exactly-once-from-mosquitto",
        "
        > 10 12 00 04 4d 51 54 54 04 02 00 3c 00 06 73 65 6e 73 6f 72
        < 20 02 00 00
        > 34 13 00 0b 72 6f 6f 6d 2f 37 2f 64 6f 6f 72 00 01 6f 70 65 6e
        < 50 02 00 01
        > 62 02 00 01
        < 70 02 00 01
        > e0 00
        ",
    );
}

/// Checks `mosquitto_sub` with two filters, an unsubscription from one of them, a retained message,
/// a ping, and another message.
#[test]
fn subscriber_of_mosquitto() {
    conversation::<Packet, Packet>(
        "mqtt-subscriber-of-mosquitto",
        "
        > 10 13 00 04 4d 51 54 54 04 02 00 05 00 07 64 69 73 70 6c 61 79
        < 20 02 00 00
        > 82 21 00 01 00 12 72 6f 6f 6d 2f 2b 2f 74 65 6d 70 65 72 61 74 75 72 65 01 00 07 68 6f 75 73 65 2f 23 01
        < 90 04 00 01 01 01
        < 33 1a 00 12 72 6f 6f 6d 2f 37 2f 74 65 6d 70 65 72 61 74 75 72 65 00 01 32 31 2e 35
        > a2 0b 00 02 00 07 68 6f 75 73 65 2f 23
        < b0 02 00 02
        > 40 02 00 01
        > c0 00
        < d0 00
        < 32 1a 00 12 72 6f 6f 6d 2f 38 2f 74 65 6d 70 65 72 61 74 75 72 65 00 02 31 38 2e 30
        > 40 02 00 02
        > e0 00
        ",
    );
}

/// Checks `mosquitto_pub` in version 5 of the protocol, which is refused.
#[test]
fn newer_mosquitto() {
    conversation::<Packet, Packet>(
        "mqtt-newer-mosquitto",
        "
        > 10 15 00 04 4d 51 54 54 05 02 00 3c 03 21 00 14 00 05 6e 65 77 65 72
        < 20 02 00 01
        ",
    );
}

/// Checks a paho-mqtt client without a client identifier, which publishes to itself.
#[test]
fn client_of_paho() {
    conversation::<Packet, Packet>(
        "mqtt-client-of-paho",
        "
        > 10 1a 00 04 4d 51 54 54 04 06 00 3c 00 00 00 06 73 74 61 74 75 73 00 04 67 6f 6e 65
        < 20 02 00 00
        > 82 11 00 01 00 06 73 74 61 74 75 73 02 00 03 61 2f 2b 00
        < 90 04 00 01 01 00
        > 30 cd 01 00 03 61 2f 62 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 76 77 78 79 7a 7b 7c 7d 7e 7f 80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f 90 91 92 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc bd be bf c0 c1 c2 c3 c4 c5 c6 c7
        < 30 cd 01 00 03 61 2f 62 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 76 77 78 79 7a 7b 7c 7d 7e 7f 80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f 90 91 92 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc bd be bf c0 c1 c2 c3 c4 c5 c6 c7
        > 32 0a 00 06 73 74 61 74 75 73 00 03
        < 32 0a 00 06 73 74 61 74 75 73 00 01
        < 40 02 00 03
        > 40 02 00 01
        > 34 09 00 03 61 2f 63 00 04 c3 bc
        < 30 07 00 03 61 2f 63 c3 bc
        < 50 02 00 04
        > 62 02 00 04
        < 70 02 00 04
        > a2 0f 00 05 00 06 73 74 61 74 75 73 00 03 61 2f 2b
        < b0 02 00 05
        > e0 00
        ",
    );
}
