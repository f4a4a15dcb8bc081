//! Walking over consecutive values: a known number of values, or all values up to a value that ends
//! them.

use alloc::vec::Vec;

use super::field::{Ends, Handed};
use super::{Level, Stop, Walk, is_worth_it};
use crate::budget::Budget;
use crate::schema::{Delimiter, Measure, Measured, Schema, Type};

/// The items of a list that the walk has not passed yet.
#[derive(Debug)]
pub(super) struct Items {
    item: &'static Type,
    left: usize,
    /// The position where the previous item began, for noticing an item without bytes.
    begun: Option<usize>,
    /// The context of the previous item. `Handed::next` turns it into that of the next item.
    handed: Handed,
    /// The parser of the items, if they need no walk. It is much faster than a walk, and an item
    /// takes few attempts.
    parser: Option<Measure>,
}

impl Items {
    /// Items that are walked one by one.
    fn walked(item: &'static Type, left: usize, handed: Handed) -> Self {
        Self { item, left, begun: None, handed, parser: None }
    }
}

/// The frames that are items of the lists of a walk, each with its parser if it needs no walk.
/// Finding out takes a search through the schema, and a frame may hold many lists of the same items.
#[derive(Debug, Default)]
pub(super) struct Parsers(Vec<(&'static Schema, Option<Measure>)>);

impl Parsers {
    fn of(&mut self, schema: &'static Schema) -> Option<Measure> {
        if let Some((_, parser)) = self.0.iter().find(|(known, _)| core::ptr::eq(*known, schema)) {
            return *parser;
        }
        let parser = schema.measure.filter(|_| !schema.open && !is_worth_it(schema));
        self.0.push((schema, parser));
        parser
    }
}

/// Each step moves past one value, or enters it and leaves the rest on the stack. If that is
/// impossible, the state stays the same.
impl Walk {
    /// Begins a list. Its items are measured by their own parser, if they need neither a walk nor
    /// context.
    pub(super) fn begin_items(&mut self, item: &'static Type, left: usize, handed: Handed) {
        let parser = match item {
            Type::Frame(schema) if handed.is_empty() && item.bits().is_none() => self.parsers.of(schema()),
            _ => None,
        };
        self.levels.push(Level::Items(Items { parser, ..Items::walked(item, left, handed) }));
    }

    pub(super) fn until(&mut self, delimiter: &'static [u8], input: &[u8]) -> Result<(), Stop> {
        self.position.find(delimiter, input).inspect_err(|_| self.levels.push(Level::Until(delimiter)))
    }

    pub(super) fn until_any(&mut self, delimiter: &'static Delimiter, input: &[u8]) -> Result<(), Stop> {
        self.position.find_any(delimiter, input).inspect_err(|_| self.levels.push(Level::UntilAny(delimiter)))
    }

    pub(super) fn values(&mut self, types: &'static [Type], input: &[u8]) -> Result<(), Stop> {
        let Some((first, behind)) = types.split_first() else { return Ok(()) };
        self.levels.push(Level::Values(behind));
        self.value(first, &Handed::default(), input).inspect_err(|_| {
            self.levels.pop();
            self.levels.push(Level::Values(types));
        })
    }

    pub(super) fn items(&mut self, items: Items, input: &[u8], budget: &Budget) -> Result<(), Stop> {
        if let Some(parser) = items.parser {
            return self.measured_items(items, parser, input, budget);
        }
        let Items { item, left, begun, handed, .. } = items;
        let Some(behind) = left.checked_sub(1) else { return Ok(()) };
        if let Some(bits) = item.bits() {
            self.position.skip(bits.saturating_mul(left).div_ceil(8));
            return Ok(());
        }
        let here = self.position.at;
        if begun == Some(here) && !handed.is_bounded() {
            // The walk stops here because there may be billions of items without bytes.
            return Err(Stop::Malformed);
        }
        let mut next = handed.clone();
        next.next(input).inspect_err(|_| {
            self.levels.push(Level::Items(Items::walked(item, left, handed.clone())));
        })?;
        let rest = Items { item, left: behind, begun: Some(here), handed: next.clone(), parser: None };
        self.levels.push(Level::Items(rest));
        self.value(item, &next, input).inspect_err(|_| {
            self.levels.pop();
            self.levels.push(Level::Items(Items::walked(item, left, handed)));
        })
    }

    /// Moves past items that are measured by their own parser.
    fn measured_items(
        &mut self,
        mut items: Items,
        parser: Measure,
        input: &[u8],
        budget: &Budget,
    ) -> Result<(), Stop> {
        while items.left > 0 {
            let Some(here) = input.get(self.position.at..) else {
                self.levels.push(Level::Items(items));
                return Err(Stop::Needs(self.position.at));
            };
            match parser(here, budget) {
                Measured::Takes(len @ 1..) => {
                    self.position.skip(len);
                    items.left -= 1;
                }
                Measured::Lacks(bytes) => {
                    self.read = self.read.saturating_add(here.len());
                    self.levels.push(Level::Items(items));
                    return Err(Stop::Needs(input.len().saturating_add(bytes)));
                }
                Measured::Malformed(_) => return Err(Stop::Malformed),
                // The walk goes over this item, which is cut within an array, and the parser
                // measures those behind it.
                Measured::Awaits { .. } => {
                    self.read = self.read.saturating_add(here.len());
                    items.left -= 1;
                    let cut = Items::walked(items.item, 1, Handed::default());
                    self.levels.extend([Level::Items(items), Level::Items(cut)]);
                    return Ok(());
                }
                Measured::Takes(0) => {
                    self.levels.push(Level::Items(Items { parser: None, ..items }));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    pub(super) fn items_until(
        &mut self,
        item: &'static Type,
        ends: Ends,
        begun: Option<usize>,
        input: &[u8],
    ) -> Result<(), Stop> {
        if let Some(start) = begun {
            let end = self.position.at;
            let Some(bytes) = input.get(start..end) else {
                self.levels.push(Level::ItemsUntil { item, ends, begun });
                return Err(Stop::Needs(end));
            };
            if bytes.is_empty() {
                return Err(Stop::Malformed);
            }
            if ends.with(item, bytes)? {
                return Ok(());
            }
        }
        let handed = ends.handed();
        self.levels.push(Level::ItemsUntil { item, ends: ends.clone(), begun: Some(self.position.at) });
        self.value(item, &handed, input).inspect_err(|_| {
            self.levels.pop();
            self.levels.push(Level::ItemsUntil { item, ends, begun: None });
        })
    }

    /// Moves past a value, or enters it. If that is impossible, the position stays the same.
    fn value(&mut self, ty: &'static Type, handed: &Handed, input: &[u8]) -> Result<(), Stop> {
        self.is_deep()?;
        if let Some(bits) = ty.bits() {
            self.position.skip(bits / 8);
            return Ok(());
        }
        match ty {
            Type::Frame(schema) => self.enter(schema(), handed.known(schema())),
            Type::Number(_) => {
                self.position.number(ty, input)?;
            }
            Type::Array(item, left) => {
                self.begin_items(item, *left, Handed::default());
            }
            Type::Tuple(types) => self.levels.push(Level::Values(types)),
            _ => return Err(Stop::Opaque),
        }
        Ok(())
    }
}
