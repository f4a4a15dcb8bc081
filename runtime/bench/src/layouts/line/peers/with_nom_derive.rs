use nom_derive::nom::bytes::streaming::{tag, take_until};
use nom_derive::nom::combinator::map_res;
use nom_derive::nom::sequence::terminated;
use nom_derive::{Nom, Parse, nom};

use super::Owned;
use crate::case::{Layout, Operation, Subject};

#[derive(Nom)]
struct Line<'a> {
    #[nom(Parse = "map_res(terminated(take_until(\"\\r\\n\"), tag(\"\\r\\n\")), str::from_utf8)")]
    text: &'a str,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::NomDerive, Operation::ParseBorrowed, Line::parse, |(_, Line { text })| Owned {
        text: text.to_owned(),
    });
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        |input| Line::parse(input).map(|(rest, Line { text })| (rest, Owned { text: text.to_owned() })),
        |(_, value)| value,
    );
}
