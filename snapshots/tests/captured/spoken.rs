//! Checks that generated codecs in other languages agree with Rust on the protocols of the other
//! examples.

use framewright::json::to_json;
use framewright::prelude::*;

use crate::BROUGHT;
use crate::agree::{Rust, agree, agree_borrowed};

macro_rules! protocols {
    ($($test:ident, $name:ident: $path:literal, [$($type:ident),*];)*) => {$(
        #[path = $path]
        #[allow(dead_code, reason = "only the frames are compared")]
        mod $name;

        #[test]
        fn $test() {
            $(agree::<$name::$type>(&[], BROUGHT);)*
        }
    )*};
}

protocols! {
    chat_is_spoken, chat: "../../../examples/src/bin/chat/protocol.rs", [ChatMsg, ChatReply];
    echo_is_spoken, echo: "../../../examples/src/bin/echo/protocol.rs", [Message];
    fetch_is_spoken, fetch: "../../../examples/src/bin/fetch/protocol.rs", [Request, Response];
    gps_is_spoken, gps: "../../../examples/src/bin/gps/protocol.rs", [Packet, Answer];
    hello_is_spoken, hello: "../../../examples/src/bin/hello/protocol.rs", [Name, Greeting];
    put_is_spoken, put: "../../../examples/src/bin/put/protocol.rs", [Request, Response];
    redis_is_spoken, redis: "../../../examples/src/bin/redis/protocol.rs", [Value];
    socks5_is_spoken, socks5: "../../../examples/src/bin/socks5/protocol.rs", [Greeting, Choice, Login, LoggedIn, Request, Reply];
    tftp_is_spoken, tftp: "../../../examples/src/bin/tftp/protocol.rs", [Packet];
    ws_is_spoken, ws: "../../../examples/src/bin/ws/protocol.rs", [Closing];
}

#[test]
fn requests_to_redis_are_spoken() {
    let rust = Rust {
        schema: redis::Request::SCHEMA,
        decode: &|bytes| {
            redis::Request::decode(bytes).map(|value| (to_json(&value).unwrap(), value.to_vec().unwrap()))
        },
        parse: &|bytes| {
            redis::Request::parse(bytes).map(|(rest, value)| (rest.len(), to_json(&value).unwrap()))
        },
    };
    let requests = [
        "*2\r\n$3\r\nGET\r\n$5\r\nhello\r\n",
        "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\n\r\n\r\n",
        "PING\r\n",
        "*0\r\n",
        "\r\r\n",
    ];
    agree_borrowed(&rust, &requests.map(|request| request.as_bytes().to_vec()));
}

#[test]
fn frames_of_websocket_are_spoken() {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let frames = [0, 5, 125, 126, 0xffff, 0x1_0000].map(|len| {
        let payload = (0..len).map(|at: u32| at.to_le_bytes()[0]).collect();
        ws::WsFrame { key: (len > 5).then_some(key), ..ws::WsFrame::new(ws::Opcode::Binary, payload) }
    });
    let mut bytes: Vec<_> = frames.iter().map(|frame| frame.to_vec().unwrap()).collect();
    // These control frames are fragmented or too long.
    bytes.extend([&b"\x09\x00"[..], b"\x89\x02no", b"\x88\x7e\x00\x7e"].map(<[u8]>::to_vec));
    agree::<ws::WsFrame>(&bytes, BROUGHT);
}
