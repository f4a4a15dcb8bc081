//! Formats of numbers as values.

use alloc::vec::Vec;
use core::fmt;

use nom::IResult;

use super::{Int, Order};
use crate::error::{DecodeError, EncodeError};
use crate::source::Source;

/// A format of numbers: its name, its size, and how it is read and written.
///
/// A schema carries the format itself, so that everyone who goes by a schema
/// reads and writes a number by the code that generated parsers call. The
/// formats are made in `wire/`, each in the file that has this code.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NumberFormat {
    /// As the annotation language calls it.
    pub name: &'static str,
    /// The type of its numbers in Rust.
    pub ty: Int,
    /// The smallest number that it carries.
    pub least: i128,
    /// The largest number that it carries.
    pub most: u128,
    /// The fewest bytes that a number takes.
    pub min_len: usize,
    /// The most bytes that a number takes, if there is a limit.
    pub max_len: Option<usize>,
    /// The byte order of a number that may have more bytes than it needs, all of which it fills.
    pub(crate) in_bytes: Option<Order>,
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    /// How the Lua of a dissector reads it.
    pub(crate) lua: Option<&'static Code>,
    /// The type of Kaitai Struct that it is.
    pub(crate) kaitai: Option<&'static Code>,
}

/// Reads a number, of which it gives the bits, from the front of some bytes.
pub(crate) type Reader = for<'a> fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], u128, DecodeError>;

/// Writes the number of these bits.
pub(crate) type Writer = fn(u128, &mut Vec<u8>) -> Result<(), EncodeError>;

/// How a program in another language reads a format.
#[derive(Debug)]
pub struct Code {
    /// What reads it.
    pub(crate) name: &'static str,
    /// How the number is reached from what that gives.
    pub(crate) value: &'static str,
    /// The definition, unless the language has it.
    pub(crate) definition: &'static str,
    /// What the definition needs.
    pub(crate) needs: Option<&'static Code>,
}

impl Code {
    /// A reader that the language does not have.
    pub(crate) const fn new(name: &'static str, definition: &'static str) -> Self {
        Self { name, value: "", definition, needs: None }
    }

    /// With how the number is reached.
    pub(crate) const fn value(mut self, value: &'static str) -> Self {
        self.value = value;
        self
    }

    /// With what the definition needs.
    pub(crate) const fn needs(mut self, needs: &'static Code) -> Self {
        self.needs = Some(needs);
        self
    }

    /// Adds it, and in front of it what it needs, to what is defined so far.
    pub(crate) fn define(&'static self, defined: &mut Vec<&'static Code>) {
        self.needs.iter().for_each(|needs| needs.define(defined));
        if !self.definition.is_empty() && !defined.iter().any(|other| other.definition == self.definition) {
            defined.push(self);
        }
    }
}

impl NumberFormat {
    /// Reads a number from the front of `input`, and gives its bits: those of [`ty`](Self::ty), two's
    /// complement, the others zero. A format without an end of its own takes all there is.
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

    /// Appends the number of these bits.
    ///
    /// # Errors
    /// When it is not from [`least`](Self::least) to [`most`](Self::most).
    pub fn write(&self, bits: u128, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        (self.writer)(bits, out)
    }

    /// As a number that fills as many bytes as there are.
    pub(crate) const fn in_bytes(mut self, order: Option<Order>) -> Self {
        self.in_bytes = Some(match order {
            Some(order) => order,
            None => Order::Big,
        });
        self
    }

    /// With how the Lua of a dissector reads it.
    pub(crate) const fn lua(mut self, code: &'static Code) -> Self {
        self.lua = Some(code);
        self
    }

    /// With the type of Kaitai Struct that it is.
    pub(crate) const fn kaitai(mut self, code: &'static Code) -> Self {
        self.kaitai = Some(code);
        self
    }

    /// How many bytes every number takes, if they are as many.
    pub(crate) fn size(&self) -> Option<usize> {
        self.max_len.filter(|most| *most == self.min_len)
    }
}

/// Whether the same numbers are the same bytes.
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
