//! A codec in TypeScript, or the same in plain JavaScript.

mod module;
mod print;
mod quick;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::plan::{self, Unsayable};
use crate::schema::Schema;

/// A codec in TypeScript, made by [`Schema::typescript`].
#[derive(Clone, Debug)]
pub struct TypeScript {
    roots: Vec<&'static Schema>,
    with: Vec<(String, String)>,
    javascript: bool,
}

impl Schema {
    /// An ES module in TypeScript that reads and writes this frame, in browsers and in Node.js.
    ///
    /// A struct is an interface and a constant of the same name with `encode`, `decode` for the whole of some bytes,
    /// and `parse` for the frame at their front, which throws `NeedMore` where more are needed. A variant of an enum
    /// has its name as `kind`; an enum without fields is a number. Numbers of more than 48 bits are `bigint`. What is
    /// no value of the frame is a `DecodeError` or an `EncodeError` with `path` and `offset`. Names that are keywords
    /// get `_` behind.
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
    /// With another frame in the same module.
    #[must_use]
    pub fn and(mut self, schema: &'static Schema) -> Self {
        self.roots.push(schema);
        self
    }

    /// With an object for the fields of this name that only Rust can say: `body`, or `Secret.body` where other types have a
    /// field of that name.
    ///
    /// `object` is a module and a name in it, such as `./masks.js.mask`, which the module imports. For a field that code
    /// written by hand reads and writes (`#[with(..)]`) it has `parse(bytes)`, which gives `{ value, used }`, or `null` where
    /// it needs more, and `encode(value)`, which gives bytes; either refuses by throwing an error. Both are handed the values of `#[ctx(..)]` behind.
    ///
    /// For what else only Rust can say it is a function, which is handed the context of the type behind the rest: for a
    /// checksum with a seed or an algorithm of your own `sum(bytes, frame)`, which gives the sum of the bytes that it is
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

    /// The same without types, as plain JavaScript.
    #[must_use]
    pub fn javascript(mut self) -> Self {
        self.javascript = true;
        self
    }

    /// The text of the module.
    ///
    /// # Errors
    /// For what only Rust can say: code written by hand, unless [`with`](Self::with) brings it, and expressions
    /// that call something.
    pub fn generate(&self) -> Result<String, Unsayable> {
        let module = plan::module(&self.roots, &self.with)?;
        let text = module::module(&module, &self.with)?;
        Ok(if self.javascript { without_types(&text) } else { text.replace(['«', '»'], "") })
    }
}

/// The text without what stands between `«` and `»`, which is TypeScript alone.
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
