//! Frames that borrow from the receive buffer: nothing is copied or allocated to read them.
//!
//! `cargo run --example borrowed`

use framewright::net::Close;
use framewright::prelude::*;

#[derive(Frame, Debug)]
#[frame(be)]
struct Put<'a> {
    #[len_prefixed(u8)]
    key: &'a str,
    #[len_prefixed]
    value: &'a [u8],
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Stored {
    bytes: u64,
}

/// A closure can only take owned frames, so a handler of borrowed frames is a type.
struct Store;

impl Handler for Store {
    type In<'a> = Put<'a>;
    type Out = Stored;
    type State = u64;

    async fn open(&self, _: &mut Conn<Stored>) -> Result<u64, Close> {
        Ok(0)
    }

    async fn frame(&self, conn: &mut Conn<Stored>, bytes: &mut u64, put: Put<'_>) -> Result<(), Close> {
        *bytes += u64::try_from(put.key.len() + put.value.len())?;
        conn.send(Stored { bytes: *bytes })?;
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let server = Server::new(Store).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let mut client = Client::<Put<'_>, Stored>::connect(address).await?;
    assert_eq!(client.call(&Put { key: "a", value: b"12" }).await?, Stored { bytes: 3 });
    let stored = client.call(&Put { key: "b", value: b"345" }).await?;
    println!("{} bytes", stored.bytes);
    assert_eq!(stored, Stored { bytes: 7 });
    Ok(())
}
