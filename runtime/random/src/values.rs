//! Generation of values of a declaration: edge cases first, and then random ones.

use crate::edges::interesting;
use crate::encode::{Context, Refused, Values, chosen, context, encode, values_of};
use crate::model::{
    BitsOf, Body, Declaration, Encoding, Expr, Extent, Field, Fields, Form, HANDED, Id, Num, Pattern,
    Presence, Role, TagKind, Ty, Wire, limits,
};
use crate::rng::Rng;
use crate::sizes::{fixed_len, is_varying};

/// A value of any type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A number, the bits of a float, a `bool` or an address.
    Int(i128),
    /// Bytes or text.
    Bytes(Vec<u8>),
    /// A list, array or tuple.
    List(Vec<Value>),
    /// A struct, or a variant of an enum, with its fields.
    Frame(usize, Vec<Value>),
    /// The absent value `None`.
    None,
    /// The value of an `Auto` and of a skipped field.
    Nothing,
}

impl Value {
    pub(crate) fn number(&self) -> Option<i128> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number of bytes or items.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::List(items) => items.len(),
            Self::Frame(..) | Self::Int(_) => 1,
            Self::None | Self::Nothing => 0,
        }
    }
}

/// A value and its encoding according to the model.
pub(crate) struct Sample {
    pub(crate) value: Value,
    pub(crate) encoded: Result<Vec<u8>, Refused>,
}

const ACCEPTED: usize = 10;
const REFUSED: usize = 4;
const ATTEMPTS: usize = 200;

/// Returns some values that can be encoded, and some that cannot.
pub(crate) fn samples(declaration: &Declaration, rng: &mut Rng) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let interesting = interesting(declaration);
    let root = declaration.types.len() - 1;
    for attempt in 0..ATTEMPTS {
        let mode = match attempt {
            0 => Mode::Least,
            1 | 2 => Mode::Most,
            _ => *rng.pick(&[Mode::Least, Mode::Most, Mode::Any, Mode::Any, Mode::Any]),
        };
        let mut maker = Maker { declaration, rng, mode, interesting: &interesting };
        let value =
            maker.frame(root, &Ty::Num(Num::U8), Handed { variant: Some(attempt), ..Handed::default() });
        let encoded = encode(declaration, &value);
        let same = |other: &&Sample| other.encoded.is_ok() == encoded.is_ok();
        let enough = match &encoded {
            Ok(_) => samples.iter().filter(same).count() >= ACCEPTED,
            Err(why) => {
                samples.iter().filter(same).count() >= REFUSED
                    || samples.iter().any(|other| other.encoded.as_ref().err() == Some(why))
            }
        };
        if !enough && !samples.iter().any(|other| other.value == value) {
            samples.push(Sample { value, encoded });
        }
    }
    samples
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Least,
    Most,
    Any,
}

/// The context that determines a nested value.
#[derive(Clone, Copy, Default)]
struct Handed {
    tag: Option<i128>,
    ctx: [Option<i128>; HANDED],
    /// The variant, modulo the number of variants, if no tag determines it.
    variant: Option<usize>,
}

struct Maker<'a> {
    declaration: &'a Declaration,
    rng: &'a mut Rng,
    mode: Mode,
    interesting: &'a [i128],
}

impl<'a> Maker<'a> {
    fn frame(&mut self, at: usize, argument: &Ty, handed: Handed) -> Value {
        let declaration = self.declaration;
        let ty = &declaration.types[at];
        let ctx = context(ty, handed.ctx);
        match &ty.body {
            Body::Struct(fields) => Value::Frame(0, self.fields(fields, argument, ctx, None)),
            Body::Enum(variants) => {
                let by_tag = handed.tag.and_then(|tag| chosen(ty, tag));
                let any = handed.variant.unwrap_or_else(|| self.rng.below(variants.len()));
                let variant = by_tag.unwrap_or(any % variants.len());
                let kept = self.kept(ty, &variants[variant].tag, handed.tag);
                Value::Frame(variant, self.fields(&variants[variant].fields, argument, ctx, Some(kept)))
            }
        }
    }

    /// Returns the tag that a variant keeps.
    fn kept(&mut self, ty: &crate::model::Type, pattern: &Pattern, tag: Option<i128>) -> Value {
        match (pattern, tag) {
            (_, Some(tag)) => Value::Int(tag),
            (Pattern::Numbers(numbers), None) => Value::Int(*self.rng.pick(numbers)),
            (Pattern::Range(from, to), None) => Value::Int(*self.rng.pick(&[*from, *to])),
            (Pattern::Plain(value, _), None) => Value::Int(*value),
            (Pattern::Bytes(_) | Pattern::Any, None) => match ty.own_tag() {
                Some(TagKind::Bytes(len)) => {
                    Value::List((0..*len).map(|_| Value::Int(i128::from(self.rng.byte()))).collect())
                }
                Some(TagKind::Bits(bits)) => {
                    Value::Int(self.int(limits(usize::try_from(*bits).unwrap_or(8), false)))
                }
                Some(TagKind::Number(format)) => {
                    let limits =
                        format.fixed().map_or((0, 200), |bytes| limits(8 * bytes, format.num.signed()));
                    Value::Int(self.int(limits))
                }
                None => Value::Int(self.int((0, 255))),
            },
        }
    }

    fn fields(&mut self, fields: &Fields, argument: &Ty, ctx: Context, kept: Option<Value>) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::new();
        let mut ended = false;
        for field in &fields.list {
            let scope = Values { fields, values: &values, autos: &[], ctx };
            let present = self.is_present(field, scope, &mut ended);
            let value = match &field.role {
                _ if !present => Value::None,
                Role::Skip(_) | Role::Auto { .. } | Role::Bits { of: BitsOf::Auto(..), .. } => Value::Nothing,
                Role::Kept(_) => kept.clone().unwrap_or(Value::Nothing),
                Role::Bits { width, of: BitsOf::Value(ty), .. } => match ty {
                    Ty::Array(item, len) => {
                        let Ty::Num(num) = **item else { return values };
                        let bits = usize::try_from(*width).unwrap_or(8);
                        let item = |_| Value::Int(self.int(limits(bits, num.signed())));
                        Value::List((0..*len).map(item).collect())
                    }
                    Ty::Even | Ty::Millis => {
                        let step = if *ty == Ty::Even { 2 } else { 1 };
                        let most = limits(usize::try_from(*width).unwrap_or(8), false).1;
                        Value::Int(self.int((0, most / step)) * step + i128::from(self.rng.chance(3)))
                    }
                    Ty::Num(num) => {
                        let bits = usize::try_from(*width).unwrap_or(8);
                        let most = if self.rng.chance(5) { 8 * num.bytes() } else { bits };
                        Value::Int(self.int(limits(most, num.signed())))
                    }
                    ty => self.value(ty, &Wire::PLAIN, argument, Handed::default()),
                },
                Role::Value { ty, wire, extent, given } => {
                    let handed = Handed {
                        tag: given.tag.as_ref().and_then(|expr| scope.eval(expr)),
                        ctx: values_of(&given.ctx, scope),
                        variant: None,
                    };
                    if fields.list.iter().any(|other| width_in(other) == Some(field.id)) {
                        values.push(Value::Int(self.int((0, 9))));
                        continue;
                    }
                    if let (Form::Bytes(id), Ty::Num(num)) = (&wire.form, ty) {
                        let bytes =
                            scope.eval(&Expr::Field(*id)).and_then(|bytes| usize::try_from(bytes).ok());
                        let bytes = bytes.unwrap_or(0).min(num.bytes());
                        let limits = if bytes == 0 { (0, 0) } else { limits(8 * bytes, num.signed()) };
                        values.push(Value::Int(self.int(limits)));
                        continue;
                    }
                    if let Extent::In(id) = extent {
                        let sizes = fields.get(*id).and_then(|(index, _)| values.get(index));
                        let Some(Value::List(sizes)) = sizes.cloned() else { return values };
                        let mut item = |size: &Value| {
                            let len = size.number().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
                            Value::Bytes((0..len).map(|_| self.any_byte()).collect())
                        };
                        values.push(Value::List(sizes.iter().map(&mut item).collect()));
                        continue;
                    }
                    let size = match extent {
                        Extent::Len(expr) | Extent::Count(expr) | Extent::Stopped { size: expr, .. } => {
                            scope.eval(expr)
                        }
                        _ => None,
                    };
                    self.sized(ty, wire, extent, size, (argument, handed))
                }
            };
            values.push(value);
        }
        values
    }

    fn is_present(&mut self, field: &Field, scope: Values<'_>, ended: &mut bool) -> bool {
        if !field.is_option() {
            return true;
        }
        let any = match self.mode {
            Mode::Least => false,
            Mode::Most => true,
            Mode::Any => self.rng.chance(50),
        };
        match &field.presence {
            Presence::When(expr) => match scope.eval(expr) {
                Some(holds) if self.rng.chance(96) => holds == 1,
                _ => any,
            },
            Presence::Optional => {
                let here = any && (!*ended || self.rng.chance(5));
                *ended |= !here;
                here
            }
            Presence::Always | Presence::Elsewhere | Presence::Number(_) | Presence::Lead(_) => any,
        }
    }

    /// Returns a value that usually has the size of its extent.
    fn sized(
        &mut self,
        ty: &Ty,
        wire: &Wire,
        extent: &Extent,
        size: Option<i128>,
        (argument, handed): (&Ty, Handed),
    ) -> Value {
        let size = size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size <= 600);
        let len = match (extent, size) {
            (Extent::Len(_) | Extent::Count(_), Some(size)) if self.rng.chance(96) => size,
            (Extent::Stopped { .. }, Some(size)) => {
                let least = if self.mode == Mode::Most { size } else { 0 };
                self.rng.between(least, size)
            }
            (Extent::Fixed { len, .. }, _) if !matches!(ty, Ty::List(_)) => {
                let least = if self.mode == Mode::Most { *len } else { 0 };
                self.rng.between(least, *len)
            }
            // Variable-length items mostly have at least one byte.
            (Extent::Fixed { len, fill: Some(_), .. }, _) if is_varying(ty, wire) => {
                self.rng.between(0, *len / 3)
            }
            (Extent::Fixed { len, fill: Some(_), .. }, _) if self.mode != Mode::Most => {
                self.rng.between(0, *len)
            }
            (Extent::Fixed { len, .. }, _) => *len,
            _ => self.len(),
        };
        match (ty, extent) {
            (Ty::Text(_), _) if !matches!(wire.form, Form::Plain) => {
                Value::Bytes(self.encoded_text(&wire.form, len))
            }
            (Ty::List(item), Extent::Items { each, .. }) if matches!(**each, Extent::Bits(_)) => {
                let (Extent::Bits(width), Ty::Num(num)) = (&**each, &**item) else {
                    return Value::List(Vec::new());
                };
                let limits = limits(usize::try_from(*width).unwrap_or(8), num.signed());
                // In many cases, the bits fill whole bytes.
                let len = if self.rng.chance(60) { len.next_multiple_of(8) } else { len };
                Value::List((0..len).map(|_| Value::Int(self.int(limits))).collect())
            }
            (Ty::List(item), Extent::Len(_) | Extent::Fixed { .. }) => {
                let item_len = fixed_len(item, wire).unwrap_or(1).max(1);
                let items = (0..len / item_len).map(|_| self.value(item, wire, argument, handed)).collect();
                Value::List(items)
            }
            (Ty::List(item), Extent::UntilGreater { bound, plus }) => {
                let Ty::Num(num) = **item else { return Value::List(Vec::new()) };
                let (least, most) = num.limits();
                let most = if self.rng.chance(10) { most } else { most - plus };
                let mut items: Vec<_> = (0..len).map(|_| Value::Int(self.int((least, *bound)))).collect();
                items.push(Value::Int(self.int((*bound + 1, most))));
                Value::List(items)
            }
            (Ty::List(item), _) => {
                Value::List((0..len).map(|_| self.value(item, wire, argument, handed)).collect())
            }
            (Ty::Bytes(_), _) => Value::Bytes((0..len).map(|_| self.any_byte()).collect()),
            (Ty::Text(_), _) => Value::Bytes(self.text(len)),
            (Ty::Num(num), Extent::Fixed { len, .. })
                if matches!(wire.form, Form::Dec | Form::Hex { .. }) =>
            {
                let most = 10i128.pow(u32::try_from(*len).unwrap_or(1).min(18)) - 1;
                let (least, limit) = num.limits();
                Value::Int(self.int((least.max(-most / 10), limit.min(most))))
            }
            (Ty::Boxed(inner), _) => self.sized(inner, wire, extent, None, (argument, handed)),
            _ => self.value(ty, wire, argument, handed),
        }
    }

    fn value(&mut self, ty: &Ty, wire: &Wire, argument: &Ty, handed: Handed) -> Value {
        match ty {
            Ty::Num(num) if num.is_float() => {
                let some = [0, 1.0f32.to_bits(), (-2.5f32).to_bits(), f32::MAX.to_bits()];
                let wide = [0, 1.0f64.to_bits(), (-2.5f64).to_bits(), f64::MIN_POSITIVE.to_bits()];
                let at = self.rng.below(4);
                Value::Int(if *num == Num::F32 { some[at].into() } else { wide[at].into() })
            }
            Ty::Num(num) => {
                let limits = match wire.form {
                    Form::Odd(bytes) if self.rng.chance(95) => limits(8 * bytes, num.signed()),
                    Form::Bcd { bytes, .. } if self.rng.chance(95) => {
                        let most = 10i128.pow(u32::try_from(2 * bytes).unwrap_or(1)) - 1;
                        (0, most.min(num.limits().1))
                    }
                    Form::Quic if self.rng.chance(95) => limits(62.min(8 * num.bytes()), false),
                    Form::Mqtt if self.rng.chance(95) => (0, limits(28, false).1.min(num.limits().1)),
                    Form::Varint(Some(max)) if self.rng.chance(95) => {
                        (0, limits(7 * max, false).1.min(num.limits().1))
                    }
                    _ => num.limits(),
                };
                Value::Int(self.int(limits))
            }
            Ty::NonZero(num) => match self.int(num.limits()) {
                0 => Value::Int(1),
                number => Value::Int(number),
            },
            Ty::Bool => Value::Int(self.int((0, 1))),
            Ty::Ipv4 => Value::Int(self.int(limits(32, false))),
            Ty::Ipv6 => Value::Int(self.int(limits(127, false))),
            Ty::Millis => Value::Int(self.int(limits(32, false))),
            Ty::Even => Value::Int(self.int(limits(15, false)) * 2 + i128::from(self.rng.chance(3))),
            Ty::Bytes(_) => {
                let len = self.len();
                Value::Bytes((0..len).map(|_| self.any_byte()).collect())
            }
            Ty::Text(_) => {
                let len = self.len();
                Value::Bytes(self.text(len))
            }
            Ty::Array(item, len) => {
                Value::List((0..*len).map(|_| self.value(item, wire, argument, handed)).collect())
            }
            Ty::List(item) => {
                let len = self.len();
                Value::List((0..len).map(|_| self.value(item, wire, argument, handed)).collect())
            }
            Ty::Tuple(types) => {
                Value::List(types.iter().map(|ty| self.value(ty, wire, argument, handed)).collect())
            }
            Ty::Boxed(inner) => self.value(inner, wire, argument, handed),
            Ty::Param => self.value(&argument.clone(), wire, argument, handed),
            Ty::Frame(at) => self.frame(*at, argument, handed),
            Ty::FrameOf(at, argument) => self.frame(*at, argument, handed),
        }
    }

    /// Returns a number within limits.
    fn int(&mut self, (least, most): (i128, i128)) -> i128 {
        let number = match (self.mode, self.rng.below(10)) {
            (Mode::Least, 0..=6) => 0,
            (Mode::Most, 0..=4) => most,
            (_, 0) => least,
            (_, 1) => most,
            (_, 2..=5) => i128::try_from(self.rng.below(8)).unwrap_or(0),
            (_, 6 | 7) if !self.interesting.is_empty() => *self.rng.pick(self.interesting),
            _ => {
                let wide = i128::from(self.rng.next()) << 62 ^ i128::from(self.rng.next());
                let shift = self.rng.below(120);
                wide >> shift
            }
        };
        if (least..=most).contains(&number) {
            return number;
        }
        match most.checked_sub(least).and_then(|span| span.checked_add(1)) {
            Some(span) => least + number.rem_euclid(span),
            None => number,
        }
    }

    fn len(&mut self) -> usize {
        match (self.mode, self.rng.below(30)) {
            (Mode::Least, 0..=24) => 0,
            (Mode::Most, 0) => 256,
            (Mode::Most, 1) => 255,
            (Mode::Most, 2) => 130,
            (Mode::Most, _) => self.rng.between(2, 12),
            (_, 0..=9) => self.rng.below(3),
            _ => self.rng.below(9),
        }
    }

    fn any_byte(&mut self) -> u8 {
        match self.rng.below(3) {
            0 => *self.rng.pick(b"\0\x01\r\n,;a \xff"),
            1 => b'a' + u8::try_from(self.rng.below(20)).unwrap_or(0),
            _ => self.rng.byte(),
        }
    }

    /// Returns text that mostly fits its encoding, or as many digits as fit.
    fn encoded_text(&mut self, form: &Form, len: usize) -> Vec<u8> {
        let wrong = self.rng.chance(4);
        let text = String::from_utf8(self.text(len)).unwrap_or_default();
        let keeps =
            |most: u32| text.chars().filter(|char| wrong || u32::from(*char) <= most).collect::<String>();
        match form {
            Form::Text(Encoding::Ascii) => keeps(0x7f).into_bytes(),
            Form::Text(Encoding::Latin1) => keeps(0xff).into_bytes(),
            Form::Bcd { bytes, fill, .. } if !wrong => {
                let digits = if *fill { self.rng.between(0, 2 * bytes) } else { 2 * bytes };
                (0..digits).map(|_| b'0' + u8::try_from(self.rng.below(10)).unwrap_or(0)).collect()
            }
            _ => text.into_bytes(),
        }
    }

    /// Returns text of `len` bytes.
    fn text(&mut self, len: usize) -> Vec<u8> {
        let mut text = Vec::new();
        while text.len() < len {
            match self.rng.below(12) {
                0 if text.len() + 2 <= len => text.extend("é".as_bytes()),
                1 if text.len() + 4 <= len => text.extend("𝄞".as_bytes()),
                2 => text.push(*self.rng.pick(b"\r\n,; \0")),
                _ => text.push(b'a' + u8::try_from(self.rng.below(26)).unwrap_or(0)),
            }
        }
        text
    }
}

/// Returns the id of the field that gives the size of this field, or `None` if no other field gives
/// it.
fn width_in(field: &Field) -> Option<Id> {
    match &field.role {
        Role::Value { wire: Wire { form: Form::Bytes(id), .. }, .. } => Some(*id),
        _ => None,
    }
}
