//! Codecs in Python.

mod class;
mod print;
mod quick;
mod words;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::plan::{self, Unsayable};
use crate::schema::Schema;

/// A codec in Python, returned by [`Schema::python`].
#[derive(Clone, Debug)]
pub struct Python {
    roots: Vec<&'static Schema>,
    with: Vec<(String, String)>,
}

impl Schema {
    /// Returns a module in Python that reads and writes this frame. The module has type
    /// annotations, and needs Python 3.10 or later and only the standard library.
    ///
    /// A struct becomes a dataclass with the methods `encode`, `decode` and `parse`. `decode` reads
    /// all of the bytes. `parse` reads one frame from the start of the bytes, and raises `NeedMore`
    /// if it is incomplete. An enum with fields becomes a class whose variants are nested
    /// dataclasses; a fieldless enum becomes an `IntEnum`. Malformed bytes and invalid values raise
    /// a `DecodeError` or an `EncodeError` with `path` and `offset`. Names that are keywords end in
    /// `_`.
    ///
    /// The module accepts the same frames as the Rust codec, and refuses the same. The exceptions
    /// are values that only a Rust type refuses, and that the module accepts: those with a failing
    /// conversion (`#[wire(T)]`), and 0 in a `NonZero`.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let module = Reading::SCHEMA.python().generate()?;
    /// assert!(module.contains("class Reading:"));
    /// # Ok::<(), framewright::view::Unsayable>(())
    /// ```
    #[must_use]
    pub fn python(&'static self) -> Python {
        Python { roots: Vec::from([self]), with: Vec::new() }
    }
}

impl Python {
    /// Adds another frame to the same module.
    #[must_use]
    pub fn and(mut self, schema: &'static Schema) -> Self {
        self.roots.push(schema);
        self
    }

    /// Names a Python object that handles the fields with this name, where only Rust code defines
    /// the encoding. The name may include the type (`Secret.body`) if other types have a field of
    /// that name.
    ///
    /// `object` is a path such as `my_module.mask`, which the generated module imports.
    ///
    /// For a field with hand-written code (`#[with(..)]`), the object needs two functions.
    /// `parse(data)` returns a value and the number of bytes it took, or `None` if it needs more
    /// bytes, and `encode(value)` returns bytes; either raises an exception to refuse its argument.
    /// Both receive the values of `#[ctx(..)]` as further arguments.
    ///
    /// For anything else, the object is a function. Its last arguments are the context of the type.
    ///
    /// - A checksum with a seed, or with a user-defined algorithm: `sum(data, frame)`, which
    ///   returns the sum of `data`.
    /// - `calc`: a function of the frame, which returns the number.
    /// - `until` on a list: a function of an item, which returns whether the item is the last one.
    /// - A check of a type: a function of the frame, provided under the name of the type.
    ///
    /// For other expressions of a field, the word follows the name of the field: `body.len`,
    /// `body.count`, `body.when`, `body.tag`, `body.ctx` (`body.ctx0`, `body.ctx1` and so on, if
    /// there are several), `body.order` (whether it is little-endian) and `body.check`, or `body`
    /// alone for a check. The functions receive the fields that the expression names, in the order
    /// of their first use.
    #[must_use]
    pub fn with(mut self, field: &str, object: &str) -> Self {
        self.with.push((field.to_string(), object.to_string()));
        self
    }

    /// Returns the text of the module.
    ///
    /// # Errors
    /// Returns an error if part of the encoding is only defined in Rust, by hand-written code or an
    /// expression with a call, and [`with`](Self::with) does not provide it.
    pub fn generate(&self) -> Result<String, Unsayable> {
        let module = plan::module(&self.roots, &self.with)?;
        class::module(&module, &self.with)
    }
}
