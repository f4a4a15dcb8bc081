//! Lists that end with a special item.

use std::vec::Vec;

use serde_json::Value as Json;

use super::maker::{Handed, Maker, hex, whole};
use crate::json::drafted;
use crate::schema::{Expr, Node, Type};

/// The number of items that are generated until one ends the list.
const TRIES: usize = 64;

/// The item that ends a list.
#[derive(Clone, Copy)]
pub(crate) enum Last {
    /// The first item for which a condition is true. It is part of the list.
    Kept(&'static Expr),
    /// The item with these bytes. It is not part of the list.
    Dropped(fn() -> Option<Vec<u8>>),
}

impl Last {
    /// Returns `true` if an item ends the list, or `None` if the parser refuses it, or only the
    /// parser can tell.
    fn ends(self, ty: &Type, item: &Json) -> Option<bool> {
        match self {
            Self::Kept(condition) => condition.is_last?(&drafted(ty, item)?),
            Self::Dropped(last) => Some(last()? == drafted(ty, item)?),
        }
    }

    /// Returns `true` if an item can be told to be the last one or not by its bytes alone.
    fn is_recognised(self) -> bool {
        matches!(self, Self::Dropped(_) | Self::Kept(Expr { is_last: Some(_), .. }))
    }
}

impl Maker {
    /// Generates items that do not end the list, and then one that does if it is part of the list.
    pub(crate) fn until_item(&mut self, ty: &Type, last: Last, given: &Handed) -> Json {
        let mut items = Vec::new();
        for _ in 0..self.few() {
            let item = self.value(ty, None, given);
            if !last.is_recognised() || last.ends(ty, &item) == Some(false) {
                items.push(item);
            }
        }
        if let Last::Kept(condition) = last {
            items.extend(self.last_item(ty, condition, given));
        }
        Json::Array(items)
    }

    /// Generates bytes of which the last one ends them.
    pub(crate) fn until_byte(&mut self, condition: &'static Expr, given: &Handed) -> Json {
        let byte = Type::Int { bytes: 1, signed: false, order: None };
        let bytes = match self.until_item(&byte, Last::Kept(condition), given) {
            Json::Array(bytes) => bytes,
            _ => Vec::new(),
        };
        let bytes = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok());
        hex(&bytes.collect::<Vec<_>>())
    }

    /// Generates an item that ends a list. Returns `None` if none was found, or if only the parser
    /// could tell.
    fn last_item(&mut self, ty: &Type, condition: &'static Expr, given: &Handed) -> Option<Json> {
        condition.is_last?;
        let ends = |item: &Json| Last::Kept(condition).ends(ty, item) == Some(true);
        let turn = self.choices.turn;
        // With other turns, frames take other variants even if the choices are exhausted.
        let mut made = (turn..turn + TRIES).map(|turn| {
            self.choices.turn = turn;
            self.value(ty, None, given)
        });
        let found = made.find(ends);
        self.choices.turn = turn;
        let compared = || {
            let mut numbers = Vec::new();
            condition.tree.numbers(&mut numbers);
            let near = numbers.into_iter().flat_map(|number| [number, number - 1, number + 1]);
            near.map(whole).find(ends)
        };
        found.or_else(compared)
    }
}

impl Node {
    /// Collects the numbers that are written in an expression.
    fn numbers(&self, found: &mut Vec<i128>) {
        match self {
            Self::Number(number, _) => found.extend(i128::try_from(*number).ok().filter(|n| *n < i128::MAX)),
            Self::Cast(of, _) | Self::Not(of) | Self::Negative(of) => of.numbers(found),
            Self::Binary(_, left, right) => {
                left.numbers(found);
                right.numbers(found);
            }
            _ => {}
        }
    }
}
