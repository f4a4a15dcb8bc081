//! An existing `tokio_util` stack, with a declaration in place of a hand-written `Decoder`.
//!
//! `cargo run --example from_codec --features codec`

use std::pin::pin;

use framewright::codec::FrameCodec;
use framewright::prelude::*;
use futures_core::Stream;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Word {
    #[len_prefixed(u16)]
    text: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let (near, mut far) = tokio::io::duplex(1024);

    // `FrameCodec` replaces the hand-written `Decoder` and `Encoder`.
    let mut bytes = BytesMut::new();
    let hello = Word { text: "hello".into() };
    FrameCodec::<Word>::new().encode(&hello, &mut bytes)?;
    tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await?;
    drop(far);

    let mut framed = pin!(FrameCodec::<Word>::new().framed(near));
    let first = std::future::poll_fn(|cx| framed.as_mut().poll_next(cx)).await.transpose()?;
    println!("{first:?}");
    assert_eq!(first, Some(hello));
    Ok(())
}
