use nom::combinator::map;
use nom::multi::{length_count, length_data};
use nom::number::streaming::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::{Borrowed, BorrowedItem, Item, Owned};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Nom, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::Nom, Operation::ParseOwned, owned, |(_, value)| value);
}

fn borrowed(input: &[u8]) -> IResult<&[u8], Borrowed<'_>> {
    let item = map(length_data(be_u8), |text| BorrowedItem { text });
    map(length_count(be_u16, item), |items| Borrowed { items }).parse(input)
}

fn owned(input: &[u8]) -> IResult<&[u8], Owned> {
    let item = map(length_data(be_u8), |text: &[u8]| Item { text: text.to_vec() });
    map(length_count(be_u16, item), |items| Owned { items }).parse(input)
}
