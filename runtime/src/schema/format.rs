//! Number formats as values.

use alloc::vec::Vec;
use core::fmt;

use nom::IResult;

use super::{Int, Order};
use crate::error::{DecodeError, EncodeError};
use crate::source::Source;

/// A number format: its name, its range, its sizes, and how it is read and written.
///
/// A schema contains the format itself, so that every reader of a schema uses the code that
/// generated parsers call. The formats are defined in `wire/`, each in the file with this code.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NumberFormat {
    /// Its name in the annotation language.
    pub name: &'static str,
    /// The Rust type of its numbers.
    pub ty: Int,
    /// The smallest number.
    pub least: i128,
    /// The largest number.
    pub most: u128,
    /// The minimum size of a number in bytes.
    pub min_len: usize,
    /// The maximum size of a number in bytes, if any.
    pub max_len: Option<usize>,
    /// For a number of any number of bytes: its byte order.
    pub(crate) in_bytes: Option<Order>,
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    /// How a Lua dissector reads it.
    pub(crate) lua: Option<&'static Code>,
    /// Its type in Kaitai Struct.
    pub(crate) kaitai: Option<&'static Code>,
}

/// Reads a number from the front of some bytes, and returns its bits.
pub(crate) type Reader = for<'a> fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], u128, DecodeError>;

/// Writes the number with these bits.
pub(crate) type Writer = fn(u128, &mut Vec<u8>) -> Result<(), EncodeError>;

/// The code that reads a format in another language.
#[derive(Debug)]
pub struct Code {
    /// The name of the function or type.
    pub(crate) name: &'static str,
    /// How to get the number from its result.
    pub(crate) value: &'static str,
    /// The definition, unless it is built into the language.
    pub(crate) definition: &'static str,
    /// Another definition that this one needs.
    pub(crate) needs: Option<&'static Code>,
}

impl Code {
    /// Creates a reader that is not built into the language.
    pub(crate) const fn new(name: &'static str, definition: &'static str) -> Self {
        Self { name, value: "", definition, needs: None }
    }

    /// Sets how to get the number.
    pub(crate) const fn value(mut self, value: &'static str) -> Self {
        self.value = value;
        self
    }

    /// Sets another definition that this one needs.
    pub(crate) const fn needs(mut self, needs: &'static Code) -> Self {
        self.needs = Some(needs);
        self
    }

    /// Adds it, after the definitions it needs, to the list.
    pub(crate) fn define(&'static self, defined: &mut Vec<&'static Code>) {
        self.needs.iter().for_each(|needs| needs.define(defined));
        if !self.definition.is_empty() && !defined.iter().any(|other| other.definition == self.definition) {
            defined.push(self);
        }
    }
}

impl NumberFormat {
    /// Reads a number from the front of `input`, and returns its bits: those of [`ty`](Self::ty) in
    /// two's complement, the others zero. A format that is not self-delimiting takes all of the
    /// input.
    ///
    /// # Errors
    /// Same as [`Decode::parse_from`](crate::Decode::parse_from).
    ///
    /// ```
    /// use framewright::prelude::*;
    /// use framewright::Source;
    /// use framewright::schema::Type;
    ///
    /// #[derive(Frame)]
    /// struct Id(#[wire(varint)] u32);
    ///
    /// let Type::Number(varint) = Id::SCHEMA.fields(0)[0].ty else { unreachable!() };
    /// assert_eq!(varint.name, "varint");
    /// assert_eq!(varint.read(&[0xac, 0x02, 7], &Source::complete()).unwrap(), (&[7][..], 300));
    /// let mut bytes = Vec::new();
    /// varint.write(300, &mut bytes)?;
    /// assert_eq!(bytes, [0xac, 0x02]);
    /// # Ok::<(), framewright::EncodeError>(())
    /// ```
    pub fn read<'a>(&self, input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], u128, DecodeError> {
        (self.reader)(input, src)
    }

    /// Appends the number with these bits.
    ///
    /// # Errors
    /// If it is not between [`least`](Self::least) and [`most`](Self::most).
    pub fn write(&self, bits: u128, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        (self.writer)(bits, out)
    }

    /// Marks a number of variable size in bytes.
    pub(crate) const fn in_bytes(mut self, order: Option<Order>) -> Self {
        self.in_bytes = Some(match order {
            Some(order) => order,
            None => Order::Big,
        });
        self
    }

    /// Sets how a Lua dissector reads it.
    pub(crate) const fn lua(mut self, code: &'static Code) -> Self {
        self.lua = Some(code);
        self
    }

    /// Sets its type in Kaitai Struct.
    pub(crate) const fn kaitai(mut self, code: &'static Code) -> Self {
        self.kaitai = Some(code);
        self
    }

    /// Returns the size of every number in bytes, if fixed.
    pub(crate) fn size(&self) -> Option<usize> {
        self.max_len.filter(|most| *most == self.min_len)
    }
}

/// Whether two formats encode every number alike.
impl PartialEq for NumberFormat {
    fn eq(&self, other: &Self) -> bool {
        let said = |format: &Self| (format.name, format.least, format.most, format.min_len, format.max_len);
        said(self) == said(other)
    }
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
