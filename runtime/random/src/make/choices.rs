//! Generation of types, formats, extents and expressions.

use super::{Make, Place};
use crate::model::{
    BytesTy, Encoding, Ending, Expr, Extent, Field, Form, Format, Num, Order, Presence, Role, Rule, TextTy,
    Turn, Ty, Wire,
};

const NUMS: [Num; 12] = [
    Num::U8,
    Num::U16,
    Num::U32,
    Num::U64,
    Num::U128,
    Num::I8,
    Num::I16,
    Num::I32,
    Num::I64,
    Num::I128,
    Num::F32,
    Num::F64,
];

const DELIMITERS: [&[u8]; 6] = [b"\r\n", b"\0", b";", b"aa", b"\xff\xff", b"aba"];

impl Make<'_> {
    pub(super) fn num(&mut self, place: &Place) -> Num {
        if place.small || self.rng.chance(45) {
            *self.rng.pick(&[Num::U8, Num::U8, Num::I8])
        } else {
            *self.rng.pick(&NUMS)
        }
    }

    /// Returns a wire format for a number, which may be variable-length.
    pub(super) fn wire(&mut self, num: Num, place: &Place) -> Wire {
        let form = match (num, self.rng.below(10)) {
            (Num::U32 | Num::I32, 0) if !place.small => Form::Odd(3),
            (Num::U64 | Num::I64, 0..=2) if !place.small => Form::Odd(*self.rng.pick(&[3, 5, 6, 7])),
            (Num::U16 | Num::U32 | Num::U64, 3) => Form::Varint(None),
            (Num::U16 | Num::U32 | Num::U64, 4) => Form::Padded,
            (Num::U32 | Num::U64, 5) => Form::Varint(Some(*self.rng.pick(&[1, 2, 3, 5]))),
            (Num::I8 | Num::I16 | Num::I32 | Num::I64, 6 | 7) => Form::Zigzag,
            (Num::U64, 6) => Form::Quic,
            (Num::U32, 6) => Form::Mqtt,
            _ => Form::Plain,
        };
        let turned = matches!(form, Form::Plain | Form::Odd(_)) && num.bytes() > 1 && self.rng.chance(12);
        let order = turned.then(|| Turn::To(*self.rng.pick(&[Order::Big, Order::Little])));
        Wire { form, order }
    }

    /// Returns a field with a number, or with several numbers.
    pub(super) fn number(&mut self, place: &Place) -> Field {
        let num = self.num(place);
        if !num.is_float() && self.rng.chance(10) {
            let lower = self.rng.chance(50);
            let form = if self.rng.chance(50) { Form::Dec } else { Form::Hex { lower } };
            let extent = if self.rng.chance(50) {
                Extent::Until(self.rng.pick(&[&b","[..], b" ", b"\r\n"]).to_vec())
            } else {
                Extent::Fixed { len: self.rng.between(1, 6), fill: None, lenient: false }
            };
            return self.value(Ty::Num(num), Wire { form, order: None }, extent);
        }
        if !num.is_float() && self.rng.chance(8) {
            let widest = match num.bytes() {
                1 => 1,
                2 => 3,
                bytes => bytes,
            };
            let form = self.bcd(widest);
            return self.value(Ty::Num(num), Wire { form, order: None }, Extent::None);
        }
        if !place.small && self.rng.chance(6) {
            let (ty, wire) = self.of_the_user();
            return self.value(ty, wire, Extent::None);
        }
        let wire = self.wire(num, place);
        let ty = match self.rng.below(14) {
            0 => Ty::Array(Box::new(Ty::Num(num)), self.rng.between(1, 4)),
            1 => Ty::Array(Box::new(Ty::Array(Box::new(Ty::Num(num)), 2)), 2),
            _ => Ty::Num(num),
        };
        self.value(ty, wire, Extent::None)
    }

    /// Returns a format of decimal digits, two in each byte.
    fn bcd(&mut self, most: usize) -> Form {
        Form::Bcd {
            bytes: self.rng.between(1, most),
            fill: self.rng.chance(30),
            swapped: self.rng.chance(30),
        }
    }

    /// Returns a field with digits as text.
    pub(super) fn digits(&mut self) -> Field {
        let form = self.bcd(4);
        self.value(Ty::Text(TextTy::String), Wire { form, order: None }, Extent::None)
    }

    /// Returns a number whose size in bytes is given by an earlier field.
    pub(super) fn of_said_bytes(&mut self, place: &Place, list: &[Field]) -> Option<Field> {
        let bytes: Vec<_> = list
            .iter()
            .filter(|field| matches!(field.presence, Presence::Always) && field.check.is_none())
            .filter(|field| {
                matches!(&field.role, Role::Value { ty: Ty::Num(Num::U8), wire, extent: Extent::None, .. } if *wire == Wire::PLAIN)
            })
            .map(|field| field.id)
            .collect();
        let num = self.num(place);
        if bytes.is_empty() || num.is_float() || num.bytes() > 8 {
            return None;
        }
        let form = Form::Bytes(*self.rng.pick(&bytes));
        Some(self.value(Ty::Num(num), Wire { form, order: None }, Extent::None))
    }

    /// Returns the wire format for a value of type `ty`. Sometimes chooses an encoding other than
    /// UTF-8 for text, and adapts `extent` to it.
    pub(super) fn encoding(&mut self, place: &Place, ty: &Ty, extent: &mut Extent) -> Wire {
        if *ty != Ty::Text(TextTy::String) || self.rng.chance(60) {
            return Wire::PLAIN;
        }
        let encoding = match self.rng.below(6) {
            0 => Encoding::Ascii,
            1 => Encoding::Latin1,
            2 | 3 if !place.small => Encoding::Utf16(None),
            other => Encoding::Utf16(Some(if other % 2 == 0 { Order::Big } else { Order::Little })),
        };
        if let Encoding::Utf16(_) = encoding {
            match extent {
                Extent::Fixed { len, .. } => *len = 2 * len.div_ceil(2),
                Extent::Until(bytes) if bytes.contains(&0) && bytes.len() > 1 => return Wire::PLAIN,
                Extent::Stopped { size: Expr::Int(len), .. } => *len += *len % 2,
                _ => {}
            }
        }
        Wire { form: Form::Text(encoding), order: None }
    }

    pub(super) fn plain_type(&mut self, place: &Place) -> Ty {
        if place.small {
            return self
                .rng
                .pick(&[Ty::Bool, Ty::Tuple(vec![Ty::Bool, Ty::Num(Num::U8)]), Ty::NonZero(Num::I8)])
                .clone();
        }
        match self.rng.below(8) {
            0 | 1 => Ty::Bool,
            2 => Ty::NonZero(*self.rng.pick(&[Num::U8, Num::U16, Num::I32, Num::U64])),
            3 => Ty::Ipv4,
            4 => Ty::Ipv6,
            5 => Ty::Tuple(vec![Ty::Num(Num::U8), Ty::Num(Num::U16)]),
            6 => Ty::Tuple(vec![Ty::Ipv4, Ty::Bool]),
            _ => Ty::Tuple(vec![Ty::Bool, Ty::Array(Box::new(Ty::Num(Num::I16)), 2)]),
        }
    }

    pub(super) fn bytes_or_text(&mut self, place: &Place) -> Ty {
        let bytes = [BytesTy::Vec, BytesTy::Vec, BytesTy::Bytes, BytesTy::Slice, BytesTy::Cow];
        let text = [TextTy::String, TextTy::String, TextTy::Str, TextTy::Cow];
        match (place.borrows, self.rng.chance(60)) {
            (true, true) => Ty::Bytes(*self.rng.pick(&bytes)),
            (false, true) => Ty::Bytes(*self.rng.pick(&bytes[..3])),
            (true, false) => Ty::Text(*self.rng.pick(&text)),
            (false, false) => Ty::Text(TextTy::String),
        }
    }

    /// Returns the format of a prefix.
    pub(super) fn prefix(&mut self, place: &Place) -> Format {
        let plain = |num| Format::plain(num);
        let form = |num, form| Format { num, wire: Wire { form, order: None } };
        let number = match self.rng.below(17) {
            16 => {
                let form_of = self.bcd(2);
                form(Num::U32, form_of)
            }
            0..=4 => plain(Num::U8),
            5 => plain(Num::I8),
            6 => form(Num::U32, Form::Varint(None)),
            7 => form(Num::U32, Form::Padded),
            8 => form(Num::U64, Form::Varint(None)),
            9 => form(Num::U32, Form::Mqtt),
            10 => form(Num::U64, Form::Quic),
            11 => form(Num::I32, Form::Zigzag),
            12 if !place.small => form(Num::U32, Form::Odd(3)),
            13 if !place.small => plain(Num::I16),
            _ if !place.small => plain(*self.rng.pick(&[Num::U16, Num::U16, Num::U32, Num::U64])),
            _ => plain(Num::U8),
        };
        let is_plain = matches!(number.wire.form, Form::Plain | Form::Odd(_));
        let turned = is_plain && number.fixed().is_some_and(|bytes| bytes > 1) && self.rng.chance(10);
        let order = turned.then(|| Turn::To(*self.rng.pick(&[Order::Big, Order::Little])));
        Format { wire: Wire { order, ..number.wire }, ..number }
    }

    pub(super) fn rule(&mut self, number: &Format) -> Rule {
        let mut rule = Rule { scale: 1, ..Rule::default() };
        if number.fixed().is_some() && self.rng.chance(12) {
            rule.inclusive = true;
        }
        match self.rng.below(12) {
            0 => rule.max = Some(self.rng.between(3, 40)),
            1 if self.scaled => rule.scale = *self.rng.pick(&[2, 4]),
            2 => rule.bias = *self.rng.pick(&[1, 2, -1]),
            3 if self.scaled => (rule.scale, rule.bias) = (2, 3),
            _ => {}
        }
        rule
    }

    /// Returns the extent of bytes, text or a frame.
    pub(super) fn extent(&mut self, place: &Place, list: &[Field], ty: &Ty) -> Extent {
        let frame = !matches!(ty, Ty::Bytes(_) | Ty::Text(_));
        match self.rng.below(14) {
            12 if !frame => {
                let all: [&[&[u8]]; 3] = [&[b"\r\n", b"\n"], &[b",", b";"], &[b"\0"]];
                let any = *self.rng.pick(if self.scaled { &all[1..] } else { &all });
                let any = any.iter().map(|bytes| bytes.to_vec()).collect();
                Extent::UntilAny { any, ending: Ending::Consumed }
            }
            13 if !frame => {
                let size = if self.rng.chance(50) { self.size(place, list) } else { None };
                let size = size.unwrap_or(Expr::Int(i128::try_from(self.rng.between(1, 9)).unwrap_or(4)));
                Extent::Stopped {
                    size,
                    until: *self.rng.pick(&[0, b'@']),
                    fill: *self.rng.pick(&[0, 0, b' ']),
                }
            }
            0 | 1 => Extent::Until(self.rng.pick(&DELIMITERS).to_vec()),
            2 if !frame => {
                let fill = self.rng.chance(40).then(|| *self.rng.pick(b" 0a"));
                let most = if self.rng.chance(10) { 80 } else { 9 };
                Extent::Fixed { len: self.rng.between(1, most), fill, lenient: false }
            }
            3..=5 if !frame => match self.size(place, list) {
                Some(expr) => Extent::Len(expr),
                None => self.len_prefixed(place),
            },
            6 if !place.small => {
                Extent::LenPrefixed { number: None, rule: Rule { scale: 1, ..Rule::default() } }
            }
            _ => self.len_prefixed(place),
        }
    }

    pub(super) fn len_prefixed(&mut self, place: &Place) -> Extent {
        let number = self.prefix(place);
        let rule = self.rule(&number);
        Extent::LenPrefixed { number: Some(number), rule }
    }
}
