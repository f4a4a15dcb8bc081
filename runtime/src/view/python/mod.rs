//! A codec in Python.

mod class;
mod print;
mod quick;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::plan::{self, Unsayable};
use crate::schema::Schema;

/// A codec in Python, made by [`Schema::python`].
#[derive(Clone, Debug)]
pub struct Python {
    roots: Vec<&'static Schema>,
    with: Vec<(String, String)>,
}

impl Schema {
    /// A module in Python that reads and writes this frame: for Python 3.10 and later, with type annotations, and
    /// with nothing but the standard library.
    ///
    /// A struct is a dataclass with `encode`, `decode` for the whole of some bytes, and `parse` for the frame at
    /// their front, which raises `NeedMore` where more are needed. An enum with fields is a class whose variants
    /// are nested dataclasses, one without is an `IntEnum`. What is no value of the frame is a `DecodeError` or an
    /// `EncodeError` with `path` and `offset`. Names that are keywords get `_` behind.
    ///
    /// The module refuses and accepts what the Rust codec does, but for what Rust types refuse by themselves: a
    /// conversion that fails (`#[wire(T)]`), and 0 in a `NonZero`.
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
    /// With another frame in the same module.
    #[must_use]
    pub fn and(mut self, schema: &'static Schema) -> Self {
        self.roots.push(schema);
        self
    }

    /// With an object for the fields of this name that only Rust can say: `body`, or `Secret.body` where other types have a
    /// field of that name.
    ///
    /// `object` is a path such as `my_module.mask`, which the module imports. For a field that code written by hand reads
    /// and writes (`#[with(..)]`) it has `parse(data)`, which gives a value and how many bytes that took, or `None` where it
    /// needs more, and `encode(value)`, which gives bytes; either refuses by an exception. Both are handed the values of `#[ctx(..)]` behind.
    ///
    /// For what else only Rust can say it is a function, which is handed the context of the type behind the rest: for a
    /// checksum with a seed or an algorithm of your own `sum(data, frame)`, which gives the sum of the bytes that it is
    /// over; for `calc` one of the frame; for `until` of a list one of the item, which gives whether it is the last. A
    /// check of a type is brought under the name of the type, and is handed the frame.
    ///
    /// Other expressions of a field have the word behind its name: `body.len`, `body.count`, `body.when`, `body.tag`,
    /// `body.ctx` (`body.ctx0`, .. where there are several), `body.order` (whether it is little-endian) and `body.check`,
    /// where just `body` will do too. Their functions are handed the fields that the expression names, in the order in
    /// which it does.
    #[must_use]
    pub fn with(mut self, field: &str, object: &str) -> Self {
        self.with.push((field.to_string(), object.to_string()));
        self
    }

    /// The text of the module.
    ///
    /// # Errors
    /// For what only Rust can say: code written by hand, unless [`with`](Self::with) brings it, and expressions
    /// that call something.
    pub fn generate(&self) -> Result<String, Unsayable> {
        let module = plan::module(&self.roots, &self.with)?;
        class::module(&module, &self.with)
    }
}
