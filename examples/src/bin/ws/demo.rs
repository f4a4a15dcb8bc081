//! The demo: a server and a client, with the upgrade, a message in each direction, and the close.

use framewright::{Encode, Error, Result};
use framewright_examples::websocket::protocol::{Closing, Opcode, WsFrame};
use framewright_examples::websocket::{Message, Socket, code, upgrade};
use framewright_examples::{demo, log, say, show};

use crate::{client, server};

pub async fn run() -> Result<()> {
    log("warn");
    let server = server::server(1 << 20).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    demo(|stopped| server.serve_until(stopped), async {
        say("A client asks for WebSocket by HTTP. The key is random; the server's answer to it proves that it understands WebSocket.\n");
        let request = upgrade::request("localhost", "/", "dGhlIHNhbXBsZSBub25jZQ==");
        show("client -> server", &request);
        if let Ok(granted) = upgrade::accept(&request) {
            show("server -> client", &granted);
        }
        let mut socket = Socket::connect(address, &address.to_string(), "/", 1 << 20).await?;

        say("Then both send frames. Those of the client are masked.\n");
        let text = "hello, world".to_owned();
        let masked = WsFrame { key: Some(*b"\x37\xfa\x21\x3d"), ..Message::Text(text.clone()).into_frame() };
        show("client -> server", &masked);
        socket.send(Message::Text(text)).await?;
        let back = socket.recv().await?.ok_or(Error::Closed)?;
        show("server -> client", &back.clone().into_frame());
        say(client::text_of(back));

        say("\nEither side sends a close frame, and the other answers it.\n");
        let closing = Closing { code: code::NORMAL, reason: "done".to_owned() }.to_vec()?;
        show("client -> server", &WsFrame::new(Opcode::Close, closing));
        socket.close(code::NORMAL, "done").await?;
        match socket.recv().await? {
            None => say("The connection is closed."),
            Some(message) => return Err(Error::other(format!("{message:?} after the end"))),
        }
        Ok(())
    })
    .await
}
