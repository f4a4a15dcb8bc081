//! A server and a client over UDP: one datagram, one frame.
//!
//! `cargo run --example datagrams`

use framewright::prelude::*;
use framewright::udp;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Reading {
    sensor: u16,
    millivolts: i32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let double =
        async |reading: Reading| Reading { millivolts: reading.millivolts.saturating_mul(2), ..reading };
    let server = udp::Server::new(double).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    // A datagram can be lost, so a call has a timeout, and the caller can repeat it.
    let mut client = udp::Client::<Reading>::connect(address).await?;
    let reply = client.call(&Reading { sensor: 7, millivolts: 1_500 }).await?;
    println!("{}", reply.dump());
    assert_eq!(reply, Reading { sensor: 7, millivolts: 3_000 });
    Ok(())
}
