//! Functions that check a value of a declaration against its bytes.

use std::fmt::Debug;

use framewright::prelude::*;

/// Checks that the value encodes to these bytes and decodes from them, and that it satisfies
/// `testing::laws`.
#[track_caller]
pub(crate) fn same<T: OwnedFrame + PartialEq + Debug>(value: T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes, "{value:?}\n{}", value.dump());
    assert_eq!(value.encoded_len(), bytes.len(), "{value:?}");
    assert_eq!(T::decode(bytes).unwrap(), value);
    crate::by_json::laws([value]);
}

/// Checks that encoding is refused and leaves the buffer unchanged. Returns the reason.
#[track_caller]
pub(crate) fn refused<T: OwnedFrame + Debug>(value: T) -> String {
    let mut out = vec![1, 2];
    let error = value.encode(&mut out).expect_err("the wire cannot carry this");
    assert_eq!(out, [1, 2]);
    error.to_string()
}

/// Checks that decoding fails, and that `parse` does not ask for more bytes. Returns the reason.
#[track_caller]
pub(crate) fn wrong<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8]) -> String {
    let parsed = T::parse(bytes);
    assert!(matches!(parsed, Err(nom::Err::Error(_) | nom::Err::Failure(_))), "{parsed:?}");
    T::decode(bytes).expect_err("these bytes are no value").to_string()
}

/// Checks that the value encodes to exactly these bytes and decodes from them. Every truncation
/// must be incomplete for `parse`, and an error for `decode`.
pub(crate) fn round<T: OwnedFrame + PartialEq + Debug>(value: T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes, "{value:?}\n{}", value.dump());
    assert_eq!(value.encoded_len(), bytes.len(), "{value:?}");
    assert_eq!(T::decode(bytes).unwrap(), value);
    assert!(T::MIN_LEN <= bytes.len() && T::MAX_LEN.is_none_or(|max| bytes.len() <= max));
    if !T::OPEN {
        for cut in 0..bytes.len() {
            assert!(
                matches!(T::parse(&bytes[..cut]), Err(nom::Err::Incomplete(_))),
                "{value:?} cut at {cut}"
            );
            assert!(T::decode(&bytes[..cut]).is_err());
        }
    }
    let _ = format!("{}\n{}", value.dump(), T::SCHEMA);
}
