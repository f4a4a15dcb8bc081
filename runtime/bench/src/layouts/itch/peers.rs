use super::{Owned, Side};
use crate::by_hand::{Error, invalid};
use crate::case::Layout;

mod with_binrw;
mod with_deku;
mod with_nom_derive;
mod with_zerocopy;

pub(super) fn add(layout: &mut Layout<Owned>) {
    with_nom_derive::add(layout);
    with_deku::add(layout);
    with_binrw::add(layout);
    with_zerocopy::add(layout);
}

/// Returns the text without the spaces at its end. No peer can declare such padding.
fn text(stock: &[u8; 8]) -> Result<&str, Error> {
    let text = str::from_utf8(stock).map_err(|_| invalid("stock", 24, "no UTF-8"))?;
    Ok(text.trim_end_matches(' '))
}

/// Returns the text, padded with spaces.
fn filled(stock: &str) -> Result<[u8; 8], Error> {
    let mut filled = [b' '; 8];
    let part = filled.get_mut(..stock.len()).ok_or_else(|| invalid("stock", 24, "longer than 8 bytes"))?;
    part.copy_from_slice(stock.as_bytes());
    Ok(filled)
}
