//! The client. It connects to a host through a proxy.

use framewright::{Error, Result, Session};
use tokio::io::{join, stdin, stdout};

use crate::protocol::{Choice, Code, Greeting, Host, Method, Reply, Request};

/// Sends standard input to a host, and prints what the host sends.
pub async fn talk(proxy: &str, host: &str, port: u16) -> Result<()> {
    let s = connect(Session::connect(proxy).await?, host, port).await?;
    s.tunnel(join(stdin(), stdout())).await?;
    Ok(())
}

/// Asks a proxy to connect to a host. Returns a session with that host.
pub async fn connect(mut s: Session, host: &str, port: u16) -> Result<Session> {
    let choice: Choice = s.call(&Greeting { methods: vec![Method::None] }).await?;
    if choice.method != Method::None {
        return Err(Error::other("the proxy asks for a password"));
    }
    let host =
        host.parse().map_or_else(|_| Host::Name(host.to_owned()), |address: std::net::IpAddr| address.into());
    let reply: Reply = s.call(&Request::connect(host, port)).await?;
    match reply.code {
        Code::Granted => Ok(s),
        code => Err(Error::other(format!("the proxy answered: {code:?}"))),
    }
}
