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

/// Returns the text of a line that was read up to a line feed, because deku and binrw can only stop
/// at a single byte.
fn text(mut line: Vec<u8>) -> Result<Owned, Error> {
    if line.pop() != Some(b'\r') {
        return Err(invalid("text", 0, "a line feed alone"));
    }
    let text = String::from_utf8(line).map_err(|_| invalid("text", 0, "no UTF-8"))?;
    Ok(Owned { text })
}
