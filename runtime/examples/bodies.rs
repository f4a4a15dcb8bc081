//! A body of any size after a frame, streamed with constant memory.
//!
//! `cargo run --example bodies`

use framewright::net::Close;
use framewright::prelude::*;
use tokio::io::AsyncReadExt;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Upload {
    bytes: u64,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Stored {
    bytes: u64,
    sum: u64,
}

const SIZE: u64 = 64 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        while let Some(upload) = s.recv::<Upload>().await? {
            let mut stored = Stored { bytes: 0, sum: 0 };
            // The limit on frames does not apply to bodies. If the peer sends too slowly, the
            // connection is closed.
            let mut body = s.body(upload.bytes);
            while let Some(chunk) = body.chunk().await? {
                stored.bytes += u64::try_from(chunk.len())?;
                stored.sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            }
            s.send(&stored).await?;
        }
        Ok(())
    });
    let server = server.bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let mut s = Session::connect(address).await?;
    s.feed(&Upload { bytes: SIZE })?;
    // The source can be any `AsyncRead`, such as a file.
    s.send_body(SIZE, tokio::io::repeat(1).take(SIZE)).await?;
    let stored: Stored = s.require().await?;
    println!("{} bytes", stored.bytes);
    assert_eq!(stored, Stored { bytes: SIZE, sum: SIZE });
    Ok(())
}
