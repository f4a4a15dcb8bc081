//! Values as expressions of Rust.

use super::{byte_string, name_at};
use crate::model::{BitsOf, Body, BytesTy, Declaration, Field, Fields, Num, Role, Style, TextTy, Ty};
use crate::values::Value;

/// Returns a value of the tested type, as an expression.
pub(crate) fn root_value(declaration: &Declaration, value: &Value) -> String {
    let last = declaration.types.len() - 1;
    literal(declaration, &Ty::Frame(last), value, &Ty::Num(Num::U8))
}

/// Returns a value of this type as an expression. `argument` is the type of `T`.
pub(super) fn literal(declaration: &Declaration, ty: &Ty, value: &Value, argument: &Ty) -> String {
    let items = |item: &Ty, values: &[Value]| {
        let all: Vec<_> = values.iter().map(|value| literal(declaration, item, value, argument)).collect();
        all.join(", ")
    };
    match (ty, value) {
        (Ty::Num(Num::F32), Value::Int(bits)) => format!("f32::from_bits({bits})"),
        (Ty::Num(Num::F64), Value::Int(bits)) => format!("f64::from_bits({bits})"),
        (Ty::Num(num), Value::Int(number)) => format!("{number}{}", num.name()),
        (Ty::Bool, Value::Int(number)) => (*number != 0).to_string(),
        (Ty::NonZero(num), Value::Int(number)) => {
            format!("std::num::NonZero{}::new({number}).unwrap()", num.name().to_uppercase())
        }
        (Ty::Ipv4, Value::Int(number)) => format!("std::net::Ipv4Addr::from({number}u32)"),
        (Ty::Ipv6, Value::Int(number)) => format!("std::net::Ipv6Addr::from({number}u128)"),
        (Ty::Millis, Value::Int(number)) => format!("Millis({number})"),
        (Ty::Even, Value::Int(number)) => format!("Even({number})"),
        (Ty::Bytes(kind), Value::Bytes(bytes)) => {
            let bytes = byte_string(bytes);
            match kind {
                BytesTy::Vec => format!("{bytes}.to_vec()"),
                BytesTy::Bytes => format!("bytes::Bytes::from_static({bytes})"),
                BytesTy::Slice => format!("&{bytes}[..]"),
                BytesTy::Cow => format!("std::borrow::Cow::Borrowed(&{bytes}[..])"),
            }
        }
        (Ty::Text(kind), Value::Bytes(bytes)) => {
            let text = format!("{:?}", String::from_utf8_lossy(bytes));
            match kind {
                TextTy::String => format!("{text}.to_owned()"),
                TextTy::Str => text,
                TextTy::Cow => format!("std::borrow::Cow::Borrowed({text})"),
            }
        }
        (Ty::Array(item, _), Value::List(values)) => format!("[{}]", items(item, values)),
        (Ty::List(item), Value::List(values)) => format!("vec![{}]", items(item, values)),
        (Ty::Tuple(types), Value::List(values)) => {
            let all: Vec<_> = types
                .iter()
                .zip(values)
                .map(|(item, value)| literal(declaration, item, value, argument))
                .collect();
            format!("({},)", all.join(", "))
        }
        (Ty::Boxed(item), value) => format!("Box::new({})", literal(declaration, item, value, argument)),
        (Ty::Param, value) => literal(declaration, argument, value, argument),
        (Ty::Frame(at), value) => frame(declaration, *at, value, argument),
        (Ty::FrameOf(at, argument), value) => frame(declaration, *at, value, argument),
        _ => "unreachable!()".into(),
    }
}

pub(super) fn frame(declaration: &Declaration, at: usize, value: &Value, argument: &Ty) -> String {
    let ty = &declaration.types[at];
    match (&ty.body, value) {
        (Body::Struct(fields), Value::Frame(_, values)) => {
            format!("{}{}", ty.name, members(declaration, fields, values, argument))
        }
        (Body::Enum(variants), Value::Frame(variant, values)) => {
            let variant = &variants[*variant];
            format!(
                "{}::{}{}",
                ty.name,
                variant.name,
                members(declaration, &variant.fields, values, argument)
            )
        }
        _ => "unreachable!()".into(),
    }
}

fn members(declaration: &Declaration, fields: &Fields, values: &[Value], argument: &Ty) -> String {
    let all = fields.list.iter().zip(values).enumerate().map(|(index, (field, value))| {
        let value = member(declaration, field, value, argument);
        if fields.style == Style::Named { format!("{}: {value}", name_at(fields, index)) } else { value }
    });
    let all = all.collect::<Vec<_>>().join(", ");
    match fields.style {
        Style::Named => format!(" {{ {all} }}"),
        Style::Tuple => format!("({all})"),
        Style::Unit => String::new(),
    }
}

fn member(declaration: &Declaration, field: &Field, value: &Value, argument: &Ty) -> String {
    let ty = match &field.role {
        Role::Skip(_) => return "Default::default()".into(),
        Role::Auto { .. } | Role::Bits { of: BitsOf::Auto(..), .. } => return "Auto::new()".into(),
        Role::Value { ty, .. } | Role::Kept(ty) | Role::Bits { of: BitsOf::Value(ty), .. } => ty,
    };
    match value {
        Value::None => "None".into(),
        value if field.is_option() => format!("Some({})", literal(declaration, ty, value, argument)),
        value => literal(declaration, ty, value, argument),
    }
}
