#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_docs)]

extern crate alloc;
// Generated code names `::framewright`, also inside this crate.
extern crate self as framewright;

#[doc(hidden)]
pub mod __private;
mod attempt;
mod auto;
#[cfg(feature = "std")]
pub mod blocking;
mod budget;
pub mod checksum;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "codec")]
pub mod codec;
#[doc = include_str!("cookbook.md")]
pub mod cookbook {
    /// Makes a page of the programs in `runtime/examples`, for documentation only.
    #[cfg(doc)]
    macro_rules! programs {
        ($($name:literal)*) => {
            /// The programs of the [cookbook](crate::cookbook). The tests of this crate compile all of them.
            ///
            $(#[doc = concat!(
                "# `", $name, "`\n\n```ignore\n", include_str!(concat!("../examples/", $name, ".rs")), "```\n"
            )])*
            pub mod programs {}
        };
    }

    #[cfg(doc)]
    programs! {
        "echo" "session" "start_tls" "borrowed" "rooms" "forward" "calls" "datagrams" "noise" "bodies" "blocking"
        "no_std" "with_nom" "laws" "from_python" "from_deku" "from_codec"
    }
}
pub mod error;
mod frame;
#[doc = include_str!("guide.md")]
pub mod guide {
    #[doc = include_str!("guide_text.md")]
    pub mod text {}
}
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "net")]
pub mod net;
mod notation;
#[cfg(feature = "std")]
mod options;
#[cfg(any(feature = "testing", all(feature = "cli", feature = "net")))]
mod samples;
pub mod schema;
pub mod sink;
mod source;
pub mod stream;
mod support;
#[cfg(feature = "testing")]
pub mod testing;
#[doc = include_str!("tour.md")]
pub mod tour {}
pub mod view;
mod wire;
/// The page of the derive macro, whose examples use this crate.
#[cfg(doctest)]
#[doc = include_str!("words.md")]
mod words {}

pub use attempt::Attempt;
pub use auto::Auto;
pub use checksum::Checksum;
pub use error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
#[cfg(feature = "std")]
pub use error::{Error, Result};
pub use frame::{Decode, DecodeWith, Encode, EncodeWith, Layout, OwnedFrame};
pub use framewright_macros::Frame;
#[cfg(feature = "net")]
pub use net::{
    Client, Close, CloseReason, Conn, Handler, Hub, Limits, Malformed, Peer, Server, Session, serve, udp,
};
/// The version of `nom` that provides the types in the API, for `with` modules and combinators.
pub use nom;
#[cfg(feature = "std")]
pub use options::ClientOptions;
pub use schema::{Order, Schema};
pub use sink::{Sink, SliceSink};
pub use source::Source;

/// The items that most programs need in scope.
///
/// ```
/// use framewright::prelude::*;
/// ```
pub mod prelude {
    pub use crate::{Auto, Checksum, Decode, DecodeWith, Encode, EncodeWith, Frame, Layout, OwnedFrame};
    #[cfg(feature = "net")]
    pub use crate::{Client, Close, CloseReason, Conn, Handler, Malformed, Server, Session, serve};
}
