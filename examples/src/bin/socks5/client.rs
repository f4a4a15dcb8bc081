//! A client: a connection through a proxy.

use framewright::{Error, Result, Session};
use tokio::io::{join, stdin, stdout};

use crate::protocol::{Choice, Code, Greeting, Host, Method, Reply, Request};

/// What standard input says goes to a host, what the host says to standard output.
pub async fn talk(proxy: &str, host: &str, port: u16) -> Result<()> {
    let s = connect(Session::connect(proxy).await?, host, port).await?;
    s.tunnel(join(stdin(), stdout())).await?;
    Ok(())
}

/// Has a proxy connect to a host, which is what the session speaks to from then on.
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
        code => Err(Error::other(format!("the proxy says: {code:?}"))),
    }
}
