use nom_derive::nom::combinator::map;
use nom_derive::nom::multi::length_data;
use nom_derive::nom::number::streaming::{be_u8, be_u16};
use nom_derive::{NomBE, Parse, nom};

use super::{Item, Owned};
use crate::case::{Layout, Operation, Subject};

#[derive(NomBE)]
struct BorrowedList<'a> {
    #[nom(LengthCount = "be_u16")]
    items: Vec<BorrowedText<'a>>,
}

#[derive(NomBE)]
struct BorrowedText<'a> {
    #[nom(Parse = "length_data(be_u8)")]
    text: &'a [u8],
}

#[derive(NomBE)]
struct List {
    #[nom(LengthCount = "be_u16")]
    items: Vec<Text>,
}

#[derive(NomBE)]
struct Text {
    #[nom(Parse = "map(length_data(be_u8), <[u8]>::to_vec)")]
    text: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::NomDerive, Operation::ParseBorrowed, BorrowedList::parse, |(_, list)| Owned {
        items: list.items.into_iter().map(|item| Item { text: item.text.to_vec() }).collect(),
    });
    layout.parse(Subject::NomDerive, Operation::ParseOwned, List::parse, |(_, list)| Owned {
        items: list.items.into_iter().map(|item| Item { text: item.text }).collect(),
    });
}
