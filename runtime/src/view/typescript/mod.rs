//! Codecs in TypeScript or plain JavaScript.

mod module;
mod print;
mod quick;
mod words;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::plan::{self, Unsayable};
use crate::schema::Schema;

/// A codec in TypeScript, returned by [`Schema::typescript`].
#[derive(Clone, Debug)]
pub struct TypeScript {
    roots: Vec<&'static Schema>,
    with: Vec<(String, String)>,
    javascript: bool,
}

impl Schema {
    /// Returns an ES module in TypeScript that reads and writes this frame, in browsers and in
    /// Node.js.
    ///
    /// A struct becomes an interface, and a constant of the same name with the functions `encode`,
    /// `decode` and `parse`. `decode` reads all of the bytes. `parse` reads one frame from the
    /// start of the bytes, and throws `NeedMore` if it is incomplete. The member `kind` of an enum
    /// value is the name of its variant; a fieldless enum is a number. Numbers of more than 48 bits
    /// are `bigint`. Malformed bytes and invalid values throw a `DecodeError` or an `EncodeError`
    /// with `path` and `offset`. Names that are keywords end in `_`.
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
    /// let module = Reading::SCHEMA.typescript().generate()?;
    /// assert!(module.contains("export interface Reading {"));
    /// let module = Reading::SCHEMA.typescript().javascript().generate()?;
    /// assert!(module.contains("decode(bytes) {"));
    /// # Ok::<(), framewright::view::Unsayable>(())
    /// ```
    #[must_use]
    pub fn typescript(&'static self) -> TypeScript {
        TypeScript { roots: Vec::from([self]), with: Vec::new(), javascript: false }
    }
}

impl TypeScript {
    /// Adds another frame to the same module.
    #[must_use]
    pub fn and(mut self, schema: &'static Schema) -> Self {
        self.roots.push(schema);
        self
    }

    /// Names a JavaScript object that handles the fields with this name, where only Rust code
    /// defines the encoding. The name may include the type (`Secret.body`) if other types have a
    /// field of that name.
    ///
    /// `object` is a module and a name in it, such as `./masks.js.mask`, which the generated module
    /// imports.
    ///
    /// For a field with hand-written code (`#[with(..)]`), the object needs two functions.
    /// `parse(bytes)` returns `{ value, used }`, or `null` if it needs more bytes, and
    /// `encode(value)` returns bytes; either throws an error to refuse its argument. Both receive
    /// the values of `#[ctx(..)]` as further arguments.
    ///
    /// For anything else, the object is a function. Its last arguments are the context of the type.
    ///
    /// - A checksum with a seed, or with a user-defined algorithm: `sum(bytes, frame)`, which
    ///   returns the sum of `bytes`.
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

    /// Leaves out the types, so that the module is plain JavaScript.
    #[must_use]
    pub fn javascript(mut self) -> Self {
        self.javascript = true;
        self
    }

    /// Returns the text of the module.
    ///
    /// # Errors
    /// Returns an error if part of the encoding is only defined in Rust, by hand-written code or an
    /// expression with a call, and [`with`](Self::with) does not provide it.
    pub fn generate(&self) -> Result<String, Unsayable> {
        let module = plan::module(&self.roots, &self.with)?;
        let text = module::module(&module, &self.with)?;
        Ok(if self.javascript { without_types(&text) } else { text.replace(['«', '»'], "") })
    }
}

/// Removes the parts between `«` and `»`, which JavaScript does not have.
fn without_types(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    for char in text.chars() {
        match char {
            '«' => depth += 1,
            '»' => depth -= 1,
            char if depth == 0 => plain.push(char),
            _ => {}
        }
    }
    let lines = plain.lines().map(str::trim_end);
    let mut out = String::new();
    let mut empty = 0;
    for line in lines {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
