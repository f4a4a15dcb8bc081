//! An adapter for the codec traits of `tokio_util`.

use std::fmt;
use std::marker::PhantomData;

use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

use crate::error::{Error, Result};
use crate::frame::{Decode, Encode};
use crate::stream::Framer;

/// A `tokio_util` codec that receives frames of type `In` and sends frames of type `Out`.
///
/// ```
/// use framewright::{codec::FrameCodec, prelude::*};
/// use tokio_util::codec::{Decoder, Encoder};
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Text { #[len_prefixed(u8)] text: String }
///
/// let mut codec = FrameCodec::<Text>::new();
/// let mut bytes = bytes::BytesMut::new();
/// codec.encode(&Text { text: "hi".into() }, &mut bytes)?;
/// assert_eq!(bytes, &b"\x02hi"[..]);
/// assert_eq!(codec.decode(&mut bytes)?, Some(Text { text: "hi".into() }));
/// # Ok::<(), framewright::Error>(())
/// ```
pub struct FrameCodec<In, Out = In> {
    framer: Framer,
    marker: PhantomData<fn(&Out) -> In>,
}

impl<In, Out> FrameCodec<In, Out> {
    /// Creates a codec for frames of at most 1 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self { framer: Framer::new(), marker: PhantomData }
    }

    /// Sets the maximum size of a received frame in bytes.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.framer = self.framer.limit(bytes);
        self
    }
}

impl<In: for<'a> Decode<'a>, Out> Decoder for FrameCodec<In, Out> {
    type Item = In;
    type Error = Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<In>> {
        Ok(self.framer.next_frame_of(buffer)?)
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<In>> {
        self.framer.finish();
        self.decode(buffer)
    }
}

impl<In, Out: Encode> Encoder<Out> for FrameCodec<In, Out> {
    type Error = Error;

    fn encode(&mut self, frame: Out, buffer: &mut BytesMut) -> Result<()> {
        Encoder::<&Out>::encode(self, &frame, buffer)
    }
}

impl<In, Out: Encode> Encoder<&Out> for FrameCodec<In, Out> {
    type Error = Error;

    fn encode(&mut self, frame: &Out, buffer: &mut BytesMut) -> Result<()> {
        Ok(frame.encode(buffer)?)
    }
}

impl<In, Out> Default for FrameCodec<In, Out> {
    fn default() -> Self {
        Self::new()
    }
}

impl<In, Out> fmt::Debug for FrameCodec<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameCodec").field("framer", &self.framer).finish()
    }
}
