//! Number formats as values.

use alloc::vec::Vec;
use core::fmt;

use nom::IResult;

use super::{Int, Order};
use crate::error::{DecodeError, EncodeError};
use crate::source::Source;

/// A number format: its name, its range, its sizes, and the functions that read and write it.
///
/// A schema contains the format itself, so that every reader of a schema uses the code that
/// generated parsers call. Each format is defined in `wire/`, in the file with that code.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NumberFormat {
    /// Name of the format in the annotation language.
    pub name: &'static str,
    /// Rust type of the numbers.
    pub ty: Int,
    /// Smallest number of the format.
    pub least: i128,
    /// Largest number of the format.
    pub most: u128,
    /// Minimum size of a number in bytes.
    pub min_len: usize,
    /// Maximum size of a number in bytes, if it is limited.
    pub max_len: Option<usize>,
    /// Byte order of a format whose numbers fill their whole extent, whatever its size.
    pub(crate) in_bytes: Option<Order>,
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    /// Code for Lua dissectors that reads the format.
    pub(crate) lua: Option<&'static Code>,
    /// Type of the format in Kaitai Struct.
    pub(crate) kaitai: Option<&'static Code>,
}

/// A function that reads a number from the start of the input, and returns its bits.
pub(crate) type Reader = for<'a> fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], u128, DecodeError>;

/// A function that writes the number with these bits.
pub(crate) type Writer = fn(u128, &mut Vec<u8>) -> Result<(), EncodeError>;

/// The code that reads a format in another language.
#[derive(Debug)]
pub struct Code {
    /// Name of the function or type.
    pub(crate) name: &'static str,
    /// Code that gets the number from the result.
    pub(crate) value: &'static str,
    /// Definition of the function or type, unless it is built into the language.
    pub(crate) definition: &'static str,
    /// Another definition that this one needs.
    pub(crate) needs: Option<&'static Code>,
}

impl Code {
    /// Creates the code of a reader that is not built into the language.
    pub(crate) const fn new(name: &'static str, definition: &'static str) -> Self {
        Self { name, value: "", definition, needs: None }
    }

    /// Sets the code that gets the number from the result.
    pub(crate) const fn value(mut self, value: &'static str) -> Self {
        self.value = value;
        self
    }

    /// Sets another definition that this one needs.
    pub(crate) const fn needs(mut self, needs: &'static Code) -> Self {
        self.needs = Some(needs);
        self
    }

    /// Adds this code to the list, after the definitions that it needs.
    pub(crate) fn define(&'static self, defined: &mut Vec<&'static Code>) {
        self.needs.iter().for_each(|needs| needs.define(defined));
        if !self.definition.is_empty() && !defined.iter().any(|other| other.definition == self.definition) {
            defined.push(self);
        }
    }
}

impl NumberFormat {
    /// Reads a number from the start of `input`, and returns its bits, in two's complement of the
    /// width of [`ty`](Self::ty); higher bits are zero. A format that is not self-delimiting takes
    /// all of the input.
    ///
    /// # Errors
    /// Returns the same errors as [`Decode::parse_from`](crate::Decode::parse_from).
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
    /// Returns an error if the number is not between [`least`](Self::least) and
    /// [`most`](Self::most).
    pub fn write(&self, bits: u128, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        (self.writer)(bits, out)
    }

    /// Marks a format whose numbers fill their whole extent, and sets its byte order; `None` is
    /// big-endian.
    pub(crate) const fn in_bytes(mut self, order: Option<Order>) -> Self {
        self.in_bytes = Some(match order {
            Some(order) => order,
            None => Order::Big,
        });
        self
    }

    /// Sets the code for Lua dissectors that reads the format.
    pub(crate) const fn lua(mut self, code: &'static Code) -> Self {
        self.lua = Some(code);
        self
    }

    /// Sets the type of the format in Kaitai Struct.
    pub(crate) const fn kaitai(mut self, code: &'static Code) -> Self {
        self.kaitai = Some(code);
        self
    }

    /// Returns the size of every number in bytes, if the size is fixed.
    pub(crate) fn size(&self) -> Option<usize> {
        self.max_len.filter(|most| *most == self.min_len)
    }
}

/// Two formats are equal if they encode every number alike.
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
