//! Writing of values by their type.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::{Extent, Field, NumberFormat, Order, Schema, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{BYTE, filling, float_of_none, is_byte, last_item, number_of_none};
use crate::view::plan::formats::{in_bytes, number_format, text_format};
use crate::view::plan::order::{Little, order, order_unless_big};
use crate::view::plan::types::by_hand;
use crate::view::plan::write::{Writing, w};
use crate::view::plan::{Result, Unsayable};

impl Writing<'_> {
    /// Returns the statements that write the value of a field, without the prefix, delimiter or
    /// padding of its extent.
    pub(super) fn content(&self, field: &'static Field, to: &Code) -> Result<Vec<Stmt>> {
        let value = Code::Me.member(field.name);
        let one = |code: Code| Ok(Vec::from([Stmt::Do(code)]));
        if let (Extent::UntilItem(end, _), Type::Bytes) = (field.extent, field.ty) {
            let ends = self.plan.ends_list(self.schema, field, end, &BYTE)?;
            return one(to.clone().on("bytes_until", [value, ends]));
        }
        if let (Some(none), Type::Float { bytes, order: by }) = (field.none, field.ty) {
            let by = order(by, self.little(field)?.as_ref());
            let arguments = [value, Code::size(bytes), float_of_none(none)?, by];
            return one(to.clone().on("float_or_none", arguments));
        }
        match field.ty {
            Type::List(Type::Bits(bits)) => {
                let (width, lsb) = (Code::Int(bits.width.into()), Code::Bool(bits.order == Order::Little));
                let is_counted =
                    matches!(field.extent, Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_));
                let [signed, number] = self.item_of_bits(&bits.of, bits.width);
                one(to.clone().on("packed", [value, width, lsb, Code::Bool(is_counted), signed, number]))
            }
            Type::List(item) => {
                let write = Code::Writes(self.item(item, field)?);
                match (field.extent, self.plan.separator(field, item, &self.names())?) {
                    (_, Some(each)) => one(to.clone().on("separated", [value, each, write])),
                    (Extent::UntilItem(_, Some(last)), _) => {
                        let last = last_item(last)?;
                        one(to.clone().on("items_to", [value, write, Code::Bytes(last)]))
                    }
                    (Extent::UntilItem(end, None), _) => {
                        let ends = self.plan.ends_list(self.schema, field, end, item)?;
                        one(to.clone().on("items_until", [value, write, ends]))
                    }
                    (Extent::Fixed(..), None) if field.fills && !is_byte(item) => {
                        one(to.clone().on("items_but_fill", [value, write, filling(field)]))
                    }
                    _ => one(to.clone().on("items", [value, write])),
                }
            }
            Type::Array(item, count) if !is_byte(item) => {
                let write = Code::Writes(self.item(item, field)?);
                one(to.clone().on("array", [value, Code::size(count), write]))
            }
            Type::Frame(schema) => one(self.frame_call(schema(), field, to.clone(), value)?),
            Type::Custom => {
                let object = self.plan.brought(self.schema, field.name).ok_or_else(|| by_hand(field))?;
                let mut arguments = Vec::from([Code::Brought(object), value]);
                arguments.extend(self.plan.values(field, &self.names())?);
                one(to.clone().on("by_hand", arguments))
            }
            ref ty => {
                let value = match field.none {
                    Some(none) => w().on("or_none", [value, Code::Int(number_of_none(none)?)]),
                    None => value,
                };
                if let (Extent::Len(len), Type::Number(NumberFormat { in_bytes: Some(by), .. })) =
                    (field.extent, ty)
                {
                    let len = self.plan.size_said(len, &self.names())?;
                    let by = order(*by, self.little(field)?.as_ref());
                    let arguments = [[value, len].as_slice(), &in_bytes(ty), &[by]].concat();
                    return one(to.clone().on("in_bytes", arguments));
                }
                let codes = self.leaf(ty, to.clone(), value, self.little(field)?.as_ref())?;
                Ok(codes.into_iter().map(Stmt::Do).collect())
            }
        }
    }

    pub(super) fn frame_call(
        &self,
        schema: &Schema,
        field: &'static Field,
        to: Code,
        value: Code,
    ) -> Result<Code> {
        Ok(self.write_with(schema, to, value, self.plan.given(schema, field, &self.names())?))
    }

    /// Returns the call that writes a frame or an `Attempt`, with the arguments `given`.
    fn write_with(&self, schema: &Schema, to: Code, value: Code, given: Vec<Code>) -> Code {
        let call = |value: Code, to: Code| {
            let arguments = [value, to].into_iter().chain(given).collect();
            Code::Frame(self.plan.name(schema), "write", arguments)
        };
        match schema.attempt_at {
            Some(_) => {
                let write = Code::Writes(Vec::from([call(Code::var("v"), w())]));
                to.on("attempt", [value, write])
            }
            None => call(value, to),
        }
    }

    pub(super) fn item(&self, item: &Type, field: &'static Field) -> Result<Vec<Code>> {
        match item {
            Type::Frame(schema) => Ok(Vec::from([self.frame_call(schema(), field, w(), Code::var("v"))?])),
            item => self.leaf(item, w(), Code::var("v"), self.little(field)?.as_ref()),
        }
    }

    pub(super) fn little(&self, field: &Field) -> Result<Little> {
        self.plan.little(field, &self.names())
    }

    /// Returns the call that writes a field's value as a number.
    pub(super) fn number_of(&self, field: &Field, value: Code) -> Result<Code> {
        self.number(&field.ty, value, self.little(field)?.as_ref())
    }

    pub(super) fn number(&self, ty: &Type, value: Code, little: Option<&Code>) -> Result<Code> {
        let mut codes = self.leaf(ty, w(), value, little)?;
        match (codes.pop(), codes.is_empty()) {
            (Some(code), true) => Ok(code),
            _ => Err(Unsayable::new(alloc::format!("a number of type `{ty}` is not supported here"))),
        }
    }

    pub(super) fn leaf(&self, ty: &Type, to: Code, value: Code, little: Option<&Code>) -> Result<Vec<Code>> {
        let one = |code: Code| Ok(Vec::from([code]));
        match ty {
            Type::Unit => Ok(Vec::new()),
            Type::Int { bytes, signed, order: by } => {
                let mut arguments = Vec::from([value, Code::size(*bytes)]);
                arguments.extend(order_unless_big(*by, little));
                one(to.on(if *signed { "sint" } else { "uint" }, arguments))
            }
            Type::Float { bytes, order: by } => {
                one(to.on(if *bytes == 4 { "f32" } else { "f64" }, [value, order(*by, little)]))
            }
            Type::Bool => one(to.on("truth", [value])),
            Type::Ipv4 => one(to.on("ipv4", [value])),
            Type::Ipv6 => one(to.on("ipv6", [value])),
            Type::Number(format) => {
                let (method, arguments) = number_format(format)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::Array(item, count) if is_byte(item) => one(to.on("sized", [value, Code::size(*count)])),
            Type::Array(item, count) => {
                let write = Code::Writes(self.leaf(item, w(), Code::var("v"), little)?);
                one(to.on("array", [value, Code::size(*count), write]))
            }
            Type::Tuple(items) => {
                let mut codes = Vec::from([to.clone().on("arity", [value.clone(), Code::size(items.len())])]);
                for (index, item) in items.iter().enumerate() {
                    let part = Code::Part(Box::new(value.clone()), index);
                    codes.extend(self.leaf(item, to.clone(), part, little)?);
                }
                Ok(codes)
            }
            Type::Frame(schema) => one(self.write_with(schema(), to, value, Vec::new())),
            Type::Bytes => one(to.on("raw", [value])),
            Type::Text => one(to.on("text", [value])),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format, little)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                Err(Unsayable::new(alloc::format!("a value of type `{ty}` is not supported here")))
            }
        }
    }
}
