//! The words of the language: orders, formats, rules.

use crate::model::{Encoding, Form, Format, Num, Order, Rule, Sum, Ty, Wire};

pub(super) fn order_by(name: &str) -> String {
    let (big, little) = ("framewright::Order::Big", "framewright::Order::Little");
    format!("order = if {name} % 2 == 0 {{ {big} }} else {{ {little} }}")
}

pub(super) fn order_name(order: Order) -> &'static str {
    match order {
        Order::Big => "be",
        Order::Little => "le",
    }
}

pub(super) fn sum_name(sum: Sum) -> &'static str {
    match sum {
        Sum::Sum8 => "Sum8",
        Sum::Xor8 => "Xor8",
        Sum::Internet => "Internet",
        Sum::Adler32 => "Adler32",
        Sum::Crc32 => "Crc32",
        Sum::Crc16Modbus => "Crc16Modbus",
        Sum::Crc8Smbus => "Crc8Smbus",
    }
}

pub(super) fn filling(strict: bool, fill: Option<u8>) -> Vec<String> {
    let mut words: Vec<_> = strict.then(|| "strict".to_owned()).into_iter().collect();
    words.extend(fill.map(|fill| format!("fill = {fill}")));
    words
}

pub(super) fn rule_words(rule: &Rule) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(rule.inclusive.then(|| "inclusive".to_owned()));
    words.extend((rule.scale > 1).then(|| format!("scale = {}", rule.scale)));
    words.extend((rule.bias != 0).then(|| format!("bias = {}", rule.bias)));
    words.extend(rule.max.map(|max| format!("max = {max}")));
    words.extend(rule.none.map(|none| format!("none = {none}")));
    words.extend(rule.lenient.then(|| "lenient".to_owned()));
    words
}

pub(super) fn with_arguments(word: &str, first: Option<String>, more: Vec<String>) -> String {
    let all: Vec<_> = first.into_iter().chain(more).collect();
    if all.is_empty() { word.to_owned() } else { format!("{word}({})", all.join(", ")) }
}

/// Returns a format as written in a prefix or in a tag, such as `u16, le`.
pub(super) fn prefix(format: &Format) -> String {
    let number = match &format.wire.form {
        Form::Plain | Form::Dec | Form::Hex { .. } | Form::As(_) | Form::Bytes(_) | Form::Text(_) => {
            format.num.name().to_owned()
        }
        Form::Bcd { bytes, fill, swapped } => bcd(*bytes, *fill, *swapped),
        Form::Odd(bytes) => odd(format.num, *bytes),
        Form::Varint(max) => {
            let mut words: Vec<_> =
                (format.num != Num::U32).then(|| format.num.name().to_owned()).into_iter().collect();
            words.extend(max.map(|max| format!("max = {max}")));
            with_arguments("varint", words.first().cloned(), words.into_iter().skip(1).collect())
        }
        Form::Padded if format.num == Num::U32 => "varint(padded)".into(),
        Form::Padded => format!("varint({}, padded)", format.num.name()),
        Form::Zigzag => "zigzag".into(),
        Form::Quic => "quic".into(),
        Form::Mqtt => "mqtt".into(),
    };
    match format.wire.said() {
        Some(order) => format!("{number}, {}", order_name(order)),
        None => number,
    }
}

fn bcd(bytes: usize, fill: bool, swapped: bool) -> String {
    let mut words: Vec<_> = swapped.then(|| "swapped".to_owned()).into_iter().collect();
    words.extend(fill.then(|| "fill = 0xf".to_owned()));
    with_arguments("bcd", Some(bytes.to_string()), words)
}

pub(super) fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Ascii => "ascii",
        Encoding::Latin1 => "latin1",
        Encoding::Utf16(None) => "utf16",
        Encoding::Utf16(Some(Order::Big)) => "utf16be",
        Encoding::Utf16(Some(Order::Little)) => "utf16le",
    }
}

fn odd(num: Num, bytes: usize) -> String {
    format!("{}{}", if num.signed() { "i" } else { "u" }, bytes * 8)
}

/// Returns the words of `wire(..)` for a number, except a byte order that another field determines.
pub(super) fn wire_words(wire: &Wire, signed: bool) -> Vec<String> {
    let form = match &wire.form {
        Form::Plain => None,
        Form::Odd(bytes) => Some(format!("{}{}", if signed { "i" } else { "u" }, bytes * 8)),
        Form::Varint(max) => {
            let words = max.map(|max| format!("max = {max}")).into_iter().collect();
            Some(with_arguments("varint", None, words))
        }
        Form::Padded => Some("varint(padded)".into()),
        Form::Zigzag => Some("zigzag".into()),
        Form::Quic => Some("quic".into()),
        Form::Mqtt => Some("mqtt".into()),
        Form::Dec => Some("dec".into()),
        Form::Hex { lower: true } => Some("hex(lower)".into()),
        Form::Hex { lower: false } => Some("hex".into()),
        Form::As(num) => Some(num.name().into()),
        Form::Bcd { bytes, fill, swapped } => Some(bcd(*bytes, *fill, *swapped)),
        // These formats need the names of fields, so they are written elsewhere.
        Form::Bytes(_) | Form::Text(_) => None,
    };
    form.into_iter().chain(wire.said().map(|order| order_name(order).to_owned())).collect()
}

/// Returns `true` if the numbers in a type have a sign.
pub(super) fn is_signed(ty: &Ty) -> bool {
    match ty {
        Ty::Num(num) => num.signed(),
        Ty::Array(item, _) | Ty::List(item) => is_signed(item),
        _ => false,
    }
}
