//! The client. It gets or puts one file.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use framewright::{Error, Result, udp};
use framewright_examples::transfer::{Partial, Room};
use tokio::net::lookup_host;

use crate::protocol::{File, Packet};
use crate::transfer::Transfer;

/// How long the client waits for an answer before it sends the packet again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Gets a file and saves it.
pub async fn get(server: &str, name: &str, path: &Path) -> Result<u64> {
    let mut transfer = ask(server).await?;
    let mut partial = Partial::begin(path, 0, &Room::unlimited()).await?;
    let received = transfer.receive(Packet::Read(File::new(name)), &mut partial.file).await?;
    partial.finish().await?;
    transfer.finish().await?;
    Ok(received)
}

/// Puts a file.
pub async fn put(server: &str, name: &str, path: PathBuf) -> Result<u64> {
    let file = tokio::fs::File::open(path).await?;
    ask(server).await?.send(Some(Packet::Write(File::new(name))), file).await
}

async fn ask(server: &str) -> Result<Transfer> {
    let address = lookup_host(server).await?.next().ok_or_else(|| Error::other("the name has no address"))?;
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    Ok(Transfer::asking(udp::Endpoint::bind(any).await?, address, PATIENCE))
}
