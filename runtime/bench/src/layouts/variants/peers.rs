use super::Owned;
use crate::case::Layout;

#[expect(clippy::as_conversions, reason = "in what binrw generates")]
mod with_binrw;
mod with_deku;
mod with_nom_derive;

pub(super) fn add(layout: &mut Layout<Owned>) {
    with_nom_derive::add(layout);
    with_deku::add(layout);
    with_binrw::add(layout);
}
