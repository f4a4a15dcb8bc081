use super::Owned;
use crate::by_hand::{Error, invalid};
use crate::case::Layout;

mod with_binrw;
mod with_deku;
mod with_nom_derive;

pub(super) fn add(layout: &mut Layout<Owned>) {
    with_nom_derive::add(layout);
    with_deku::add(layout);
    with_binrw::add(layout);
}

/// Removes the carriage return from the end of a line. deku and binrw can only stop at a single
/// byte, so they read up to the line feed.
fn text(mut line: Vec<u8>) -> Result<Owned, Error> {
    if line.pop() != Some(b'\r') {
        return Err(invalid("text", 0, "a line feed alone"));
    }
    let text = String::from_utf8(line).map_err(|_| invalid("text", 0, "no UTF-8"))?;
    Ok(Owned { text })
}
