//! Guessing the type of the frames in some bytes.

use super::frames::Kind;

/// Returns the type that decodes the most bytes. If several types do, returns the one with the
/// largest minimum size, because it is the least likely to match by chance.
pub(super) fn furthest<'k>(kinds: &'k [Kind], bytes: &[u8]) -> Option<&'k Kind> {
    let mut best = kinds.first()?;
    if kinds.len() > 1 {
        let mut most = reach(best, bytes);
        for kind in kinds {
            let reached = reach(kind, bytes);
            if reached > most {
                (best, most) = (kind, reached);
            }
        }
    }
    Some(best)
}

/// Returns the number of bytes that frames of a type decode, the offset of the first error after
/// them, and the minimum size of a frame.
fn reach(kind: &Kind, bytes: &[u8]) -> (usize, usize, usize) {
    let (mut at, mut fault) = (0, 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match (kind.measure)(rest) {
            Ok(0) => break,
            Ok(len) => at += len,
            Err(error) => {
                fault = error.offset();
                break;
            }
        }
    }
    (at, fault, kind.schema.min_len)
}
