//! MQTT 5.0 packets and properties (OASIS MQTT 5.0, sections 2.2.2, 3.1 and 3.3). The bytes are the
//! vectors of luamqtt's tests.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = bits(4))]
enum Packet {
    #[tag(1)]
    Connect {
        #[bits(4)]
        #[pad(strict)]
        reserved: Auto,
        #[wire(mqtt)]
        #[len_of(protocol..)]
        remaining: Auto<u32>,
        #[magic(b"\0\x04MQTT\x05")]
        protocol: Auto,
        #[bits(1)]
        #[presence_of(user_name)]
        has_user_name: Auto<bool>,
        #[bits(1)]
        #[presence_of(password)]
        has_password: Auto<bool>,
        #[bits(1)]
        will_retain: bool,
        #[bits(2)]
        will_qos: u8,
        #[bits(1)]
        #[presence_of(will)]
        has_will: Auto<bool>,
        #[bits(1)]
        clean_start: bool,
        #[bits(1)]
        #[pad(strict)]
        flags_reserved: Auto,
        keep_alive: u16,
        #[len_prefixed(mqtt)]
        properties: Vec<Property>,
        #[len_prefixed(u16)]
        client_id: String,
        will: Option<Will>,
        #[len_prefixed(u16)]
        user_name: Option<String>,
        #[len_prefixed(u16)]
        password: Option<Vec<u8>>,
    },
    #[tag(3)]
    Publish {
        #[bits(1)]
        duplicate: bool,
        #[bits(2)]
        qos: u8,
        #[bits(1)]
        retain: bool,
        #[wire(mqtt)]
        #[len_of(topic..)]
        remaining: Auto<u32>,
        #[len_prefixed(u16)]
        topic: String,
        #[when(qos > 0)]
        id: Option<u16>,
        #[len_prefixed(mqtt)]
        properties: Vec<Property>,
        #[rest]
        payload: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Will {
    #[len_prefixed(mqtt)]
    properties: Vec<Property>,
    #[len_prefixed(u16)]
    topic: String,
    #[len_prefixed(u16)]
    payload: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Property {
    #[tag(0x01)]
    PayloadFormat(u8),
    #[tag(0x02)]
    MessageExpiry(u32),
    #[tag(0x03)]
    ContentType(#[len_prefixed(u16)] String),
    #[tag(0x08)]
    ResponseTopic(#[len_prefixed(u16)] String),
    #[tag(0x09)]
    CorrelationData(#[len_prefixed(u16)] Vec<u8>),
    #[tag(0x0b)]
    Subscription(#[wire(mqtt)] u32),
    #[tag(0x11)]
    SessionExpiry(u32),
    #[tag(0x15)]
    AuthenticationMethod(#[len_prefixed(u16)] String),
    #[tag(0x16)]
    AuthenticationData(#[len_prefixed(u16)] Vec<u8>),
    #[tag(0x17)]
    RequestProblemInformation(bool),
    #[tag(0x18)]
    WillDelay(u32),
    #[tag(0x19)]
    RequestResponseInformation(bool),
    #[tag(0x21)]
    ReceiveMaximum(u16),
    #[tag(0x22)]
    TopicAliasMaximum(u16),
    #[tag(0x23)]
    TopicAlias(u16),
    #[tag(0x26)]
    User {
        #[len_prefixed(u16)]
        name: String,
        #[len_prefixed(u16)]
        value: String,
    },
    #[tag(0x27)]
    MaximumPacketSize(u32),
}

fn user(name: &str, value: &str) -> Property {
    Property::User { name: name.to_owned(), value: value.to_owned() }
}

#[test]
fn connect() {
    let bytes = hex("
        10 ef01 0004 4d515454 05 f6 001e
        4c 11 00015180  15 0005 6261736963  16 000b 736f6d652d736563726574  17 01  19 01  21 7fff  22 03e8  27 00100000
        26 0004 66726f6d 000a 4d515454207465737473  26 0005 68656c6c6f 0005 776f726c64
        000b 636c69656e742d69642d35
        4e 01 01  02 00015180  03 000a 746578742f706c61696e  08 000c 6f6b61792f6f66666c696e65  09 0004 736f6d65
        18 00000014  26 0005 68656c6c6f 0004 776f7264  26 0004 736f6d65 0008 70726f7065727479
        0007 6f66666c696e65  0016 636c69656e742d69642d35206973206f66666c696e65
        000a 54686520352d55736572  000d 3535352d546f70536563726574
    ");
    let will = Will {
        properties: vec![
            Property::PayloadFormat(1),
            Property::MessageExpiry(86_400),
            Property::ContentType("text/plain".to_owned()),
            Property::ResponseTopic("okay/offline".to_owned()),
            Property::CorrelationData(b"some".to_vec()),
            Property::WillDelay(20),
            user("hello", "word"),
            user("some", "property"),
        ],
        topic: "offline".to_owned(),
        payload: b"client-id-5 is offline".to_vec(),
    };
    let packet = Packet::Connect {
        reserved: Auto::new(),
        remaining: Auto::new(),
        protocol: Auto::new(),
        has_user_name: Auto::new(),
        has_password: Auto::new(),
        will_retain: true,
        will_qos: 2,
        has_will: Auto::new(),
        clean_start: true,
        flags_reserved: Auto::new(),
        keep_alive: 30,
        properties: vec![
            Property::SessionExpiry(86_400),
            Property::AuthenticationMethod("basic".to_owned()),
            Property::AuthenticationData(b"some-secret".to_vec()),
            Property::RequestProblemInformation(true),
            Property::RequestResponseInformation(true),
            Property::ReceiveMaximum(32_767),
            Property::TopicAliasMaximum(1000),
            Property::MaximumPacketSize(0x10_0000),
            user("from", "MQTT tests"),
            user("hello", "world"),
        ],
        client_id: "client-id-5".to_owned(),
        will: Some(will),
        user_name: Some("The 5-User".to_owned()),
        password: Some(b"555-TopSecret".to_vec()),
    };
    proves("mqtt-connect", &bytes, packet);
}

#[test]
fn publish() {
    let bytes = hex("
        3d 9701 0008 746573742f707562 00de
        8001 01 01  02 00015180  03 000a 796f752f74656c6c6d65  08 0004 68657265  09 0004 736f6d65  0b 05  23 1234
        26 0005 6172726179 0006 6974656d2031  26 0005 6172726179 0006 6974656d2033  26 0005 6172726179 0006 6974656d2032
        26 000b 546f20496e66696e697479 000a 616e64204265796f6e64  26 0005 68656c6c6f 0005 776f726c64
        686579204d51545421
    ");
    let packet = Packet::Publish {
        duplicate: true,
        qos: 2,
        retain: true,
        remaining: Auto::new(),
        topic: "test/pub".to_owned(),
        id: Some(222),
        properties: vec![
            Property::PayloadFormat(1),
            Property::MessageExpiry(86_400),
            Property::ContentType("you/tellme".to_owned()),
            Property::ResponseTopic("here".to_owned()),
            Property::CorrelationData(b"some".to_vec()),
            Property::Subscription(5),
            Property::TopicAlias(0x1234),
            user("array", "item 1"),
            user("array", "item 3"),
            user("array", "item 2"),
            user("To Infinity", "and Beyond"),
            user("hello", "world"),
        ],
        payload: b"hey MQTT!".to_vec(),
    };
    proves("mqtt-publish", &bytes, packet);
}
