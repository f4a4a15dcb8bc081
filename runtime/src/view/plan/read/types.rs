//! Reading of values by their type.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use crate::schema::{Field, Schema, Type};
use crate::view::plan::code::Code;
use crate::view::plan::facts::{float_of_none, is_byte, number_of_none};
use crate::view::plan::formats::{number_format, text_format};
use crate::view::plan::order::{Little, order, order_unless_big};
use crate::view::plan::read::Reading;
use crate::view::plan::{Result, Unsayable};

impl Reading<'_> {
    /// Returns the code that reads a self-delimiting value. The number for absence becomes an
    /// absent value.
    pub(super) fn read_own(&self, field: &'static Field, reader: &Code) -> Result<Code> {
        if let (Some(none), Type::Float { bytes, order: by }) = (field.none, field.ty) {
            let by = order(by, self.little(field)?.as_ref());
            let arguments = [Code::size(bytes), float_of_none(none)?, by];
            return Ok(reader.clone().on("float_or_none", arguments));
        }
        let value = match field.ty {
            Type::Frame(schema) => self.nested(schema(), field, reader)?,
            Type::Array(item, count) if !is_byte(item) => {
                let read = self.item(item, field)?;
                array(reader.clone(), &field.ty, count, matches!(item, Type::Frame(_)), read)
            }
            ref ty => self.leaf(ty, reader, self.little(field)?.as_ref())?,
        };
        self.unless_none(field, value)
    }

    pub(super) fn unless_none(&self, field: &Field, value: Code) -> Result<Code> {
        let Some(none) = field.none else { return Ok(value) };
        let none = number_of_none(none)?;
        Ok(Code::Call("none_if", [value, Code::Int(none)].into()))
    }

    /// Returns the code that reads a nested frame with its context.
    pub(super) fn nested(&self, schema: &Schema, field: &'static Field, reader: &Code) -> Result<Code> {
        let read = self.frame_call(schema, field, Code::var("r"))?;
        Ok(reader.clone().on("nested", [Code::Reads(Box::new(read))]))
    }

    pub(super) fn frame_call(&self, schema: &Schema, field: &'static Field, reader: Code) -> Result<Code> {
        self.read_with(schema, reader, self.plan.given(schema, field, &self.locals())?)
    }

    /// Returns the call that reads a frame or an `Attempt`, with the arguments `given`.
    fn read_with(&self, schema: &Schema, reader: Code, given: Vec<Code>) -> Result<Code> {
        let call = |reader: Code| {
            let arguments = [reader].into_iter().chain(given).collect();
            Code::Frame(self.plan.name(schema), "read", arguments)
        };
        Ok(match schema.attempt_at {
            Some(_) => reader.on("attempt", [Code::Reads(Box::new(call(Code::var("r"))))]),
            None => call(reader),
        })
    }

    /// Returns the function that reads an item of a list.
    pub(super) fn item(&self, item: &Type, field: &'static Field) -> Result<Code> {
        let r = Code::var("r");
        let read = match item {
            Type::Frame(schema) => self.frame_call(schema(), field, r)?,
            item => self.leaf(item, &r, self.little(field)?.as_ref())?,
        };
        Ok(Code::Reads(Box::new(read)))
    }

    pub(super) fn little(&self, field: &Field) -> Result<Little> {
        self.plan.little(field, &self.locals())
    }

    /// Returns the code that reads a value that needs no context.
    pub(super) fn leaf(&self, ty: &Type, r: &Code, little: Option<&Code>) -> Result<Code> {
        let r = r.clone();
        Ok(match ty {
            Type::Unit => Code::Nothing,
            Type::Int { bytes, signed, order: by } => {
                let method = match (signed, *bytes > 6) {
                    (false, false) => "uint",
                    (false, true) => "uint_big",
                    (true, false) => "sint",
                    (true, true) => "sint_big",
                };
                let mut arguments = Vec::from([Code::size(*bytes)]);
                arguments.extend(order_unless_big(*by, little));
                r.on(method, arguments)
            }
            Type::Float { bytes, order: by } => {
                r.on(if *bytes == 4 { "f32" } else { "f64" }, [order(*by, little)])
            }
            Type::Bool => r.on("truth", []),
            Type::Ipv4 => r.on("ipv4", []),
            Type::Ipv6 => r.on("ipv6", []),
            Type::Number(format) => {
                let number = number_format(format)?;
                let read = r.on(number.0, number.1);
                if format.ty.bits() > 32 { read } else { Code::Small(Box::new(read)) }
            }
            Type::Array(item, count) if is_byte(item) => r.on("take", [Code::size(*count)]),
            Type::Array(item, count) => {
                let read = Code::Reads(Box::new(self.leaf(item, &Code::var("r"), little)?));
                array(r, ty, *count, matches!(item, Type::Frame(_)), read)
            }
            Type::Tuple(items) => {
                let read = |r: &Code| {
                    Ok(Code::Tuple(
                        items.iter().map(|item| self.leaf(item, r, little)).collect::<Result<_>>()?,
                    ))
                };
                match fixed(ty) {
                    Some(size) => {
                        r.on("whole", [Code::size(size), Code::Reads(Box::new(read(&Code::var("r"))?))])
                    }
                    None => read(&r)?,
                }
            }
            Type::Frame(schema) => {
                let read = self.read_with(schema(), Code::var("r"), Vec::new())?;
                r.on("nested", [Code::Reads(Box::new(read))])
            }
            Type::Bytes => r.on("rest", []),
            Type::Text => r.on("text", []),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format, little)?;
                r.on(method, arguments)
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                return Err(Unsayable::new(format!("a value of type `{ty}` is not supported here")));
            }
        })
    }
}

/// Returns the size of a value that can be read as a whole: it has a fixed size and contains no
/// frames.
fn fixed(ty: &Type) -> Option<usize> {
    let plain = match ty {
        Type::Array(item, _) => fixed(item).is_some(),
        Type::Tuple(items) => items.iter().all(|item| fixed(item).is_some()),
        Type::Frame(_) => false,
        // BCD numbers are read one by one.
        Type::Number(format) if format.name.starts_with("bcd") => false,
        ty => ty.bits().is_some(),
    };
    plain.then(|| ty.bits().map(|bits| bits / 8)).flatten()
}

/// Returns the code that reads an array, as a whole if its size is fixed.
fn array(reader: Code, ty: &Type, count: usize, deep: bool, read: Code) -> Code {
    let items = |reader: Code| reader.on("array", [Code::size(count), Code::Bool(deep), read]);
    match fixed(ty) {
        Some(size) => {
            let read = Code::Reads(Box::new(items(Code::var("r"))));
            reader.on("whole", [Code::size(size), read])
        }
        None => items(reader),
    }
}
