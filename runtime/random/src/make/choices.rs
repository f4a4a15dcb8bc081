//! Generation of types, formats, extents and expressions.

use super::{Make, Named, Place, endings};
use crate::model::{
    BitsOf, BytesTy, Derived, Encoding, Ending, Expr, Extent, Field, Form, Format, Given, Id, Num, Order,
    Presence, Role, Rule, TextTy, Turn, Ty, Wire,
};
use crate::sizes;
use crate::values::fixed_len;

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

    fn len_prefixed(&mut self, place: &Place) -> Extent {
        let number = self.prefix(place);
        let rule = self.rule(&number);
        Extent::LenPrefixed { number: Some(number), rule }
    }

    /// Returns the type of a list's items, and their wire format.
    pub(super) fn item(&mut self, place: &Place) -> (Ty, Wire) {
        let frames = self.frames(|make, at| {
            !sizes::is_open(&make.declaration, at) && sizes::min(&make.declaration, &Ty::Frame(at)) > 0
        });
        match self.rng.below(10) {
            0 | 1 if !frames.is_empty() => (Ty::Frame(*self.rng.pick(&frames)), Wire::PLAIN),
            2 => (self.plain_type(place), Wire::PLAIN),
            3 if place.generic => (Ty::Param, Wire::PLAIN),
            4 if !place.small => self.of_the_user(),
            _ => {
                let num = self.num(place);
                (Ty::Num(num), self.wire(num, place))
            }
        }
    }

    /// Returns a user-defined type that is a number on the wire.
    fn of_the_user(&mut self) -> (Ty, Wire) {
        let (ty, num) = self.rng.pick(&[(Ty::Millis, Num::U32), (Ty::Even, Num::U16)]).clone();
        (ty, Wire { form: Form::As(num), order: None })
    }

    pub(super) fn list(&mut self, place: &Place, list: &[Field]) -> Field {
        if self.rng.chance(15) {
            return self.list_of_texts(place);
        }
        if !place.small && place.continuous && self.rng.chance(12) {
            return self.list_of_bits(place);
        }
        if self.rng.chance(15) {
            if let Some(field) = self.list_of_given(place, list) {
                return field;
            }
        }
        if self.rng.chance(25) {
            if let Some(field) = self.list_in(list) {
                return field;
            }
        }
        let (item, wire) = self.item(place);
        let whole = match &item {
            Ty::Num(num) if wire == Wire::PLAIN && !num.is_float() => Some(*num),
            _ => None,
        };
        let extent = match (self.rng.below(12), whole) {
            (0, Some(num)) => Extent::UntilItem(*self.rng.pick(&[0, 7, if num.signed() { -1 } else { 9 }])),
            (1, Some(_)) => Extent::UntilGreater(self.rng.pick(&[5, 100]).to_owned()),
            (2, _) => match self.size(place, list) {
                Some(expr) if fixed_len(&item, &wire) == Some(1) => Extent::Len(expr),
                Some(expr) => Extent::Count(expr),
                None => self.count_prefixed(place),
            },
            (3 | 4, _) => match self.size(place, list) {
                Some(expr) => Extent::Count(expr),
                None => self.count_prefixed(place),
            },
            (5, _) => match fixed_len(&item, &wire) {
                // A list of `u8` counts as bytes, which are always padded.
                Some(len) if item != Ty::Num(Num::U8) => {
                    let fill = self.rng.chance(50).then(|| *self.rng.pick(&[0, 0xff, b' ']));
                    let more = if fill.is_some() { self.rng.below(3) } else { 0 };
                    Extent::Fixed { len: len * self.rng.between(1, 4) + more, fill, lenient: false }
                }
                None if self.rng.chance(60) => {
                    let fill = Some(*self.rng.pick(&[0, 0xff, b' ']));
                    Extent::Fixed { len: self.rng.between(2, 30), fill, lenient: false }
                }
                _ => self.count_prefixed(place),
            },
            (6, _) => Extent::Until(b"\r\n\r\n".to_vec()),
            (7 | 8, _) => self.len_prefixed(place),
            _ => self.count_prefixed(place),
        };
        self.value(Ty::List(Box::new(item)), wire, extent)
    }

    /// Returns a list whose items take context or a tag.
    fn list_of_given(&mut self, place: &Place, list: &[Field]) -> Option<Field> {
        let (ty, given) = self.nested_type(place, list)?;
        let Ty::Frame(at) = ty else { return None };
        let is_given = !given.ctx.is_empty() || given.tag.is_some();
        if !is_given || sizes::is_open(&self.declaration, at) || sizes::min(&self.declaration, &ty) == 0 {
            return None;
        }
        let within = if self.rng.chance(50) { self.count_prefixed(place) } else { self.len_prefixed(place) };
        let given = Given { each: self.rng.chance(50), ..given };
        let ty = Ty::List(Box::new(ty));
        Some(self.field(Role::Value { ty, wire: Wire::PLAIN, extent: within, given }))
    }

    /// Returns a list with one item for each size in an earlier list.
    fn list_in(&mut self, list: &[Field]) -> Option<Field> {
        let bytes = Ty::List(Box::new(Ty::Num(Num::U8)));
        let sizes = list.iter().filter(|field| matches!(field.presence, Presence::Always)).filter(|field| {
            matches!(&field.role, Role::Value { ty, wire, .. } if *ty == bytes && *wire == Wire::PLAIN)
        });
        let sizes: Vec<_> = sizes.map(|field| field.id).collect();
        if sizes.is_empty() {
            return None;
        }
        let extent = Extent::In(*self.rng.pick(&sizes));
        let item = Ty::Bytes(BytesTy::Vec);
        Some(self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent))
    }

    /// Returns a list of bit fields.
    fn list_of_bits(&mut self, place: &Place) -> Field {
        let width = u32::try_from(self.rng.between(1, 33)).unwrap_or(12);
        let item = Ty::Num(self.holding(width));
        let within = if self.rng.chance(70) { self.count_prefixed(place) } else { self.len_prefixed(place) };
        let each = Box::new(Extent::Bits(width));
        let extent = Extent::Items { within: Box::new(within), each, separator: None };
        self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent)
    }

    /// Returns a list of self-delimiting or separated items.
    fn list_of_texts(&mut self, place: &Place) -> Field {
        let item = self.rng.pick(&[Ty::Text(TextTy::String), Ty::Bytes(BytesTy::Vec)]).clone();
        let separated = self.rng.chance(50);
        let (within, each) = match separated {
            true => {
                let until = || Extent::Until(b"\r\n".to_vec());
                (if self.rng.chance(50) { until() } else { self.len_prefixed(place) }, Extent::None)
            }
            false => {
                let each = match self.rng.below(3) {
                    0 => Extent::Until(b",".to_vec()),
                    1 => Extent::Fixed { len: self.rng.between(1, 5), fill: None, lenient: false },
                    _ => self.len_prefixed(place),
                };
                (
                    if self.rng.chance(50) { self.count_prefixed(place) } else { self.len_prefixed(place) },
                    each,
                )
            }
        };
        let separator = separated.then(|| self.rng.pick(&[&b" "[..], b", ", b"|"]).to_vec());
        let extent = Extent::Items { within: Box::new(within), each: Box::new(each), separator };
        self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent)
    }

    fn count_prefixed(&mut self, place: &Place) -> Extent {
        let number = self.prefix(place);
        let max = self.rng.chance(15).then(|| self.rng.between(1, 9));
        Extent::CountPrefixed { number, max, none: None }
    }

    /// Returns a field that contains another type of the declaration.
    pub(super) fn nested(&mut self, place: &Place, list: &[Field], last: bool) -> Option<Field> {
        let (ty, given) = self.nested_type(place, list)?;
        let mut extent = Extent::None;
        let open = match &ty {
            Ty::Frame(at) | Ty::FrameOf(at, _) => sizes::is_open(&self.declaration, *at),
            _ => false,
        };
        if (open && !last) || self.rng.chance(25) {
            extent = self.extent(place, list, &ty);
        }
        if let Extent::Until(until) = &extent {
            if !endings::type_apart(&self.declaration, &ty, until) {
                extent = self.len_prefixed(place);
            }
        }
        if let (Extent::LenPrefixed { rule, .. }, true) = (&mut extent, self.rng.chance(15)) {
            rule.lenient = true;
        }
        if let (Extent::None, false, true) = (&extent, open, self.rng.chance(10)) {
            let len = sizes::min(&self.declaration, &ty) + self.rng.below(12);
            extent = Extent::Fixed {
                len: len.max(1),
                fill: Some(*self.rng.pick(&[0, 0xff, b' '])),
                lenient: false,
            };
        }
        let boxed = self.rng.chance(15) && given.tag.is_none() && given.ctx.is_empty();
        let ty = if boxed { Ty::Boxed(Box::new(ty)) } else { ty };
        Some(self.field(Role::Value { ty, wire: Wire::PLAIN, extent, given }))
    }

    fn nested_type(&mut self, place: &Place, list: &[Field]) -> Option<(Ty, Given)> {
        if place.generic && self.rng.chance(50) {
            return Some((Ty::Param, Given::default()));
        }
        let named = self.named(place, list);
        let all = self.types_where(|make, at| make.tags_fit(at) || !make.declaration.types[at].wants_tag());
        if all.is_empty() {
            return None;
        }
        let at = *self.rng.pick(&all);
        let ty = &self.declaration.types[at];
        let mut given = Given::default();
        for (_, num) in &ty.words.ctx {
            let same: Vec<_> = named.iter().filter(|named| named.num == *num).collect();
            let number = Expr::Int(i128::try_from(self.rng.below(4)).unwrap_or(0));
            given.ctx.push(match (same.is_empty(), num) {
                (false, _) => Expr::Field(self.rng.pick(&same).id),
                (true, Num::Bool) => Expr::Op(Box::new(number), ">", Box::new(Expr::Int(1))),
                (true, _) => number,
            });
        }
        if self.declaration.types[at].wants_tag() {
            let bytes: Vec<_> = named.iter().filter(|named| named.num == Num::U8).collect();
            let id = if bytes.is_empty() { return None } else { self.rng.pick(&bytes).id };
            let field = Expr::Field(id);
            given.tag = Some(if self.rng.chance(30) {
                Expr::Op(Box::new(field), "&", Box::new(Expr::Int(0x0f)))
            } else {
                field
            });
        }
        let generic = self.declaration.types[at].generic;
        let ty = if generic { Ty::FrameOf(at, Box::new(self.argument()?)) } else { Ty::Frame(at) };
        Some((ty, given))
    }

    /// Returns a type argument.
    pub(super) fn argument(&mut self) -> Option<Ty> {
        let frames = self.frames(|make, at| {
            !sizes::is_open(&make.declaration, at) && sizes::min(&make.declaration, &Ty::Frame(at)) > 0
        });
        if frames.is_empty() { None } else { Some(Ty::Frame(*self.rng.pick(&frames))) }
    }

    /// Returns the types that are frames on their own and meet a condition.
    pub(super) fn frames(&self, holds: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        self.types_where(|make, at| {
            let ty = &make.declaration.types[at];
            ty.is_frame() && !ty.generic && holds(make, at)
        })
    }

    pub(super) fn types_where(&self, holds: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        (0..self.declaration.types.len()).filter(|at| holds(self, *at)).collect()
    }

    /// Returns the numbers that an expression can name: earlier fields, and context values of the
    /// type.
    pub(super) fn named(&self, place: &Place, list: &[Field]) -> Vec<Named> {
        let fields =
            list.iter().filter(|field| matches!(field.presence, Presence::Always)).filter_map(|field| {
                let num = match &field.role {
                    Role::Value { ty: Ty::Num(num), .. }
                    | Role::Bits { of: BitsOf::Value(Ty::Num(num)), .. } => *num,
                    Role::Value { ty: Ty::Bool, .. } | Role::Bits { of: BitsOf::Value(Ty::Bool), .. } => {
                        Num::Bool
                    }
                    Role::Auto { num: Some(format), derived, .. }
                        if !matches!(derived, Derived::Checksum(..)) =>
                    {
                        format.num
                    }
                    _ => return None,
                };
                Some(Named { id: field.id, num })
            });
        let ctx = place.ctx.iter().map(|(id, num)| Named { id: *id, num: *num });
        fields.chain(ctx).filter(|named| !named.num.is_float()).collect()
    }

    /// Returns the earlier fields that have a length in Rust: bytes, text and lists.
    fn measured(&self, list: &[Field]) -> Vec<Id> {
        let always = list.iter().filter(|field| matches!(field.presence, Presence::Always));
        let long = |field: &&Field| {
            matches!(&field.role, Role::Value { ty: Ty::Bytes(_) | Ty::Text(_) | Ty::List(_), .. })
        };
        always.filter(long).map(|field| field.id).collect()
    }

    /// Returns an expression for a length or a count.
    pub(super) fn size(&mut self, place: &Place, list: &[Field]) -> Option<Expr> {
        let measured = self.measured(list);
        if !measured.is_empty() && self.rng.chance(25) {
            return Some(Expr::LenOf(*self.rng.pick(&measured)));
        }
        let named = self.named(place, list);
        let small: Vec<_> = named.iter().filter(|named| matches!(named.num, Num::U8 | Num::U16)).collect();
        if small.is_empty() {
            return None;
        }
        let field = Expr::Field(self.rng.pick(&small).id);
        Some(match self.rng.below(4) {
            0 => field,
            1 => Expr::Usize(Box::new(field)),
            2 => Expr::Op(Box::new(Expr::Usize(Box::new(field))), "+", Box::new(Expr::Int(1))),
            _ => Expr::Op(Box::new(Expr::Usize(Box::new(field))), "*", Box::new(Expr::Int(2))),
        })
    }

    /// Returns an expression for the presence of a value.
    pub(super) fn condition(&mut self, place: &Place, list: &[Field]) -> Option<Expr> {
        let options: Vec<_> = list.iter().filter(|field| field.is_option()).map(|field| field.id).collect();
        let measured = self.measured(list);
        let named = self.named(place, list);
        match self.rng.below(8) {
            0 if !options.is_empty() => return Some(Expr::IsSome(*self.rng.pick(&options))),
            1 if !measured.is_empty() => {
                let id = *self.rng.pick(&measured);
                return Some(Expr::Op(Box::new(Expr::LenOf(id)), ">", Box::new(Expr::Int(1))));
            }
            _ if named.is_empty() => return None,
            _ => {}
        }
        let Named { id, num } = *self.rng.pick(&named);
        let field = Expr::Field(id);
        if num == Num::Bool {
            return Some(if self.rng.chance(50) { field } else { Expr::Not(Box::new(field)) });
        }
        let field = Box::new(field);
        Some(match self.rng.below(4) {
            0 => {
                let bit = Expr::Op(field, "&", Box::new(Expr::Int(1)));
                Expr::Op(Box::new(bit), "!=", Box::new(Expr::Int(0)))
            }
            1 => Expr::Op(field, "==", Box::new(Expr::Int(2))),
            2 => Expr::Op(field, "<", Box::new(Expr::Int(5))),
            _ => Expr::Op(field, ">", Box::new(Expr::Int(1))),
        })
    }
}
