//! The server, over TCP and UDP on the same port.

use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;

use framewright::net::udp;
use framewright::{Auto, Close, Conn, Handler, Result, Server};
use framewright_examples::{both, unhurried};
use tokio::net::ToSocketAddrs;

use crate::protocol::{Greeting, Name, Reply};

/// Greets clients on `address` until `stop` resolves. `ready` receives the bound address, whose
/// port the system chooses if `address` has port 0.
pub async fn serve(
    address: impl ToSocketAddrs + Debug,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future,
) -> Result<()> {
    let tcp = || Server::new(Greeter).per_read().limits(unhurried());
    let udp = || udp::Server::new(greet);
    both::serve(address, tcp, udp, ready, stop).await
}

/// The maximum length of a name in a datagram.
const LONGEST: usize = 64;

/// Greets the sender of a datagram. Does not answer greetings and long names: the sender's address
/// can be forged, and two servers could be made to greet each other without end.
async fn greet(Name { name }: Name) -> Option<Greeting> {
    let is_answered = name.len() <= LONGEST && !name.starts_with("hello ");
    is_answered.then(|| Greeting { name, mark: Auto::new() })
}

/// The TCP server, which sends the first message.
struct Greeter;

impl Handler for Greeter {
    type In<'a> = Name;
    type Out = Reply;
    type State = ();

    async fn open(&self, conn: &mut Conn<Reply>) -> Result<(), Close> {
        Ok(conn.send(Reply::Welcome { mark: Auto::new() })?)
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Reply>, (): &'a mut (), name: Name) -> Result<(), Close> {
        if name.name == "exit" {
            return Err(Close::new());
        }
        Ok(conn.send(Reply::Hello { name: name.name, mark: Auto::new() })?)
    }
}
