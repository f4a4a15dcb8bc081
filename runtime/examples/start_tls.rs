//! A connection that begins in plain text and switches to TLS, as in mail and databases.
//!
//! `cargo run --example start_tls --features tls`

use std::sync::Arc;

use framewright::net::{Close, tls};
use framewright::prelude::*;

#[derive(Frame, Debug)]
struct Line {
    #[until(b"\r\n")]
    text: String,
}

fn line(text: &str) -> Line {
    Line { text: text.into() }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The certificate is made for this run. With files, this is
    // `tls::server_config(&read("chain.pem")?, &read("key.pem")?)`.
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let config = tls::server_config(certificate.as_bytes(), key.as_bytes())?;

    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        while let Some(command) = s.recv::<Line>().await? {
            match (command.text.as_str(), s.tls().is_some()) {
                ("STARTTLS", false) => {
                    s.feed(&line("220 go ahead"))?;
                    // Frames that were fed are first written in plain text. Plain text that follows
                    // the command is refused.
                    s.start_tls(Arc::clone(&config)).await?;
                }
                (_, false) => s.feed(&line("530 first STARTTLS"))?,
                (text, true) => s.feed(&line(&format!("250 {text}, in private")))?,
            }
        }
        Ok(())
    });
    let server = server.bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let mut s = Session::connect(address).await?;
    let refused: Line = s.call(&line("hello")).await?;
    assert_eq!(refused.text, "530 first STARTTLS");
    let ready: Line = s.call(&line("STARTTLS")).await?;
    assert_eq!(ready.text, "220 go ahead");
    s.start_tls(("localhost", tls::client_config(certificate.as_bytes())?)).await?;
    let reply: Line = s.call(&line("hello")).await?;
    println!("{}", reply.text);
    assert_eq!(reply.text, "250 hello, in private");
    Ok(())
}
