use nom_derive::nom::combinator::map;
use nom_derive::nom::multi::length_data;
use nom_derive::nom::number::streaming::be_u32;
use nom_derive::{NomBE, Parse, nom};

use super::Owned;
use crate::case::{Layout, Operation, Subject};

#[derive(NomBE)]
struct Borrowed<'a> {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[nom(Parse = "length_data(be_u32)")]
    body: &'a [u8],
}

#[derive(NomBE)]
struct WithVec {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[nom(Parse = "map(length_data(be_u32), <[u8]>::to_vec)")]
    body: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::NomDerive,
        Operation::ParseBorrowed,
        Borrowed::parse,
        |(_, Borrowed { sender, receiver, kind, body })| Owned {
            sender,
            receiver,
            kind,
            body: body.to_vec(),
        },
    );
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        WithVec::parse,
        |(_, WithVec { sender, receiver, kind, body })| Owned { sender, receiver, kind, body },
    );
}
