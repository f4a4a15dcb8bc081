//! Tests of frames as a codec for `tokio_util`.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::BytesMut;
use framewright::codec::FrameCodec;
use framewright::prelude::*;
use framewright::{DecodeErrorKind, Error};
use futures_core::Stream;
use tokio::io::{AsyncWriteExt, duplex};
use tokio_util::codec::{Decoder, Encoder, FramedRead};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Text {
    #[len_prefixed]
    text: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Rest {
    #[rest]
    bytes: Vec<u8>,
}

fn text(text: &str) -> Text {
    Text { text: text.into() }
}

async fn next<T: Stream + Unpin>(stream: &mut T) -> Option<T::Item> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

#[test]
fn every_cut_gives_the_same_frames() {
    let mut bytes = BytesMut::new();
    let frames = [text("one"), text(""), text("three")];
    let mut codec = FrameCodec::<Text>::new();
    for frame in &frames {
        codec.encode(frame, &mut bytes).unwrap();
    }
    for cut in 0..=bytes.len() {
        let mut codec = FrameCodec::<Text>::new();
        let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
        for part in [&bytes[..cut], &bytes[cut..]] {
            buffer.extend_from_slice(part);
            while let Some(frame) = codec.decode(&mut buffer).unwrap() {
                seen.push(frame);
            }
        }
        assert_eq!(seen, frames, "cut at {cut}");
        assert!(buffer.is_empty());
        assert_eq!(codec.decode_eof(&mut buffer).unwrap(), None);
    }
}

#[tokio::test]
async fn a_framed_stream() {
    let (mut ours, theirs) = duplex(4);
    let mut framed = FramedRead::new(theirs, FrameCodec::<Text>::new());
    let bytes = [text("hello").to_vec().unwrap(), text("cut").to_vec().unwrap()].concat();
    tokio::spawn(async move { ours.write_all(&bytes[..bytes.len() - 1]).await });
    assert_eq!(next(&mut framed).await.unwrap().unwrap(), text("hello"));
    let Some(Err(Error::Decode(error))) = next(&mut framed).await else { panic!() };
    assert_eq!(error.path(), "Text.text");
    assert!(next(&mut framed).await.is_none());
}

#[tokio::test]
async fn an_open_frame_ends_with_the_stream() {
    let (mut ours, theirs) = duplex(4);
    let mut framed = FramedRead::new(theirs, FrameCodec::<Rest>::new());
    tokio::spawn(async move { ours.write_all(b"all of it").await });
    assert_eq!(next(&mut framed).await.unwrap().unwrap(), Rest { bytes: b"all of it".to_vec() });
    assert!(next(&mut framed).await.is_none());
}

#[test]
fn a_long_claim_is_refused() {
    let mut codec = FrameCodec::<Text>::new().max_frame(100);
    let mut buffer = BytesMut::from(&[0, 0, 0, 200][..]);
    let Err(Error::Decode(error)) = codec.decode(&mut buffer) else { panic!() };
    assert!(matches!(error.kind(), DecodeErrorKind::TooLong { limit: 100, .. }));
}

#[test]
fn bytes_may_be_dropped_from_the_buffer() {
    let mut codec = FrameCodec::<Text>::new();
    let mut buffer = BytesMut::from(&[0, 0, 0, 200, b'x'][..]);
    assert!(codec.decode(&mut buffer).unwrap().is_none());
    // The caller drops the stray bytes, so the codec must not wait for the frame that they
    // announced.
    bytes::Buf::advance(&mut buffer, 5);
    buffer.extend_from_slice(&text("good").to_vec().unwrap());
    assert_eq!(codec.decode(&mut buffer).unwrap(), Some(text("good")));
}
