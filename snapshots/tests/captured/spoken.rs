//! The protocols of the other examples, which other languages read and write as Rust does.

use crate::{BROUGHT, agree::agree};

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
    socks5_is_spoken, socks5: "../../../examples/src/bin/socks5/protocol.rs", [Greeting, Choice, Login, LoggedIn, Request, Reply];
    tftp_is_spoken, tftp: "../../../examples/src/bin/tftp/protocol.rs", [Packet];
    ws_is_spoken, ws: "../../../examples/src/bin/ws/protocol.rs", [WsFrame, Closing];
}
