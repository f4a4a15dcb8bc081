//! The demo: a proxy, a host, and a client that connects to the host through the proxy.

use std::net::IpAddr;

use framewright::prelude::*;
use framewright::{Close, Result};
use framewright_examples::{demo, log, say, show};

use crate::protocol::{Code, Greeting, Method, Reply, Request};
use crate::{client, server};

/// A line that the client and the host exchange.
#[derive(Frame, Debug)]
struct Line {
    #[until(b"\n")]
    text: String,
}

pub async fn run() -> Result<()> {
    log("warn");
    let proxy = server::proxy(None).bind("127.0.0.1:0").await?;
    let host = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let line: Line = s.require().await?;
        Ok(s.send(&Line { text: format!("{}, whoever you are", line.text) }).await?)
    });
    let host = host.bind("127.0.0.1:0").await?;
    let (through, to) = (proxy.local_addr(), host.local_addr());
    let clients = async {
        let address: IpAddr = to.ip();
        show("client -> proxy", &Greeting { methods: vec![Method::None] });
        show("client -> proxy", &Request::connect(address.into(), to.port()));
        let s = Session::connect(through).await?;
        let mut s = client::connect(s, &address.to_string(), to.port()).await?;
        show("proxy -> client", &Reply::new(Code::Granted, s.local_addr()));
        let reply: Line = s.call(&Line { text: "hello".to_owned() }).await?;
        say(format!("host -> proxy -> client: {}", reply.text));
        Ok(())
    };
    let through_proxy = demo(|stopped| proxy.serve_until(stopped), clients);
    demo(|stopped| host.serve_until(stopped), through_proxy).await
}
