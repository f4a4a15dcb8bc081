//! Generation of `Auto` fields that describe other fields.

use super::{Make, Place};
use crate::model::{
    BitsOf, BytesTy, Derived, Ending, Expr, Extent, Field, Form, Format, Given, Id, Num, Presence, Range,
    Role, Rule, Sum, Ty, Wire,
};
use crate::sizes;

/// The percentage of described fields that are described by two `Auto` fields.
const SEVERAL: usize = 25;

impl Make<'_> {
    /// Adds a field, and at random positions before it the `Auto` fields that describe it.
    pub(super) fn described(&mut self, place: &Place, list: &mut Vec<Field>, fixed: usize) {
        let Some((field, derived)) = self.target(place, list) else { return };
        list.push(field);
        let mut all = vec![derived];
        let field = &list[list.len() - 1];
        if !field.is_option() && self.rng.chance(15) {
            all.push(Derived::OffsetOf(field.id, *self.rng.pick(&[0, 0, 1, -1])));
        }
        if self.rng.chance(SEVERAL) {
            all.extend(self.beside(&all[0], &list[list.len() - 1]));
        }
        for derived in all {
            let target = list.len() - 1;
            let at = self.boundary(list, fixed, target);
            // Bit fields on either side would form one run with the bits of the `Auto`.
            let beside_bits = (at > 0 && list[at - 1].is_bits()) || list.get(at).is_some_and(Field::is_bits);
            for mut field in self.auto(place, derived, beside_bits).into_iter().rev() {
                if self.rng.chance(15) {
                    self.turn(&mut field, place, &list[..at]);
                }
                list.insert(at, field);
            }
        }
    }

    /// Returns a second description of a field: the first one again, or another one that is
    /// possible for the field.
    fn beside(&mut self, derived: &Derived, field: &Field) -> Option<Derived> {
        let list = matches!(&field.role, Role::Value { ty: Ty::List(_), .. });
        let same = derived.clone();
        let other = match derived {
            // Two tags must have the same type.
            Derived::TagOf(_) => return None,
            Derived::LenOf(Range::Content(id), _) | Derived::CountOf(id, _)
                if field.is_option() && self.rng.chance(50) =>
            {
                Derived::PresenceOf(*id, None, None)
            }
            Derived::LenOf(Range::Content(id), Rule { none: None, .. }) if list => {
                Derived::CountOf(*id, None)
            }
            Derived::CountOf(id, None) => Derived::LenOf(
                Range::Content(*id),
                Rule { inclusive: false, ..self.rule(&Format::plain(Num::U8)) },
            ),
            _ => return Some(same),
        };
        Some(if self.rng.chance(50) { other } else { same })
    }

    /// Returns a position up to `last` where a field can be inserted: not within a run of bits, and
    /// not between a field that leaves its delimiter and the next field.
    fn boundary(&mut self, list: &[Field], first: usize, last: usize) -> usize {
        let within = |at: usize| {
            let both_bits = |at: usize| list[at - 1].is_bits() && list[at].is_bits();
            at > 0 && at < list.len() && (both_bits(at) || leaves_delimiter(&list[at - 1]))
        };
        let places: Vec<_> = (first..=last).filter(|at| !within(*at)).collect();
        if places.is_empty() { last } else { *self.rng.pick(&places) }
    }

    fn target(&mut self, place: &Place, list: &[Field]) -> Option<(Field, Derived)> {
        match self.rng.below(8) {
            0..=2 => {
                let ty = match self.rng.below(4) {
                    0 => Ty::List(Box::new(self.item(place).0)),
                    _ => self.bytes_or_text(place),
                };
                let wire = match &ty {
                    Ty::List(item) => item_wire(item),
                    _ => Wire::PLAIN,
                };
                let wire =
                    if wire == Wire::PLAIN { self.encoding(place, &ty, &mut Extent::None) } else { wire };
                let mut field = self.value(ty, wire, Extent::None);
                let mut rule = self.rule(&Format::plain(Num::U8));
                if self.rng.chance(10) {
                    field.presence = Presence::Elsewhere;
                    rule.none = Some(0xff);
                    rule.inclusive = false;
                }
                let id = field.id;
                Some((field, Derived::LenOf(Range::Content(id), rule)))
            }
            3 | 4 => {
                let (item, wire) = self.item(place);
                let mut field = self.value(Ty::List(Box::new(item)), wire, Extent::None);
                let none = self.rng.chance(10).then_some(0xff);
                if none.is_some() {
                    field.presence = Presence::Elsewhere;
                }
                let id = field.id;
                Some((field, Derived::CountOf(id, none)))
            }
            5 => {
                let mut field = match self.rng.below(3) {
                    0 => self.number(place),
                    1 => {
                        let ty = self.bytes_or_text(place);
                        let extent = self.extent(place, list, &ty);
                        self.value(ty, Wire::PLAIN, extent)
                    }
                    _ => self.nested(place, list, false)?,
                };
                field.presence = Presence::Elsewhere;
                let id = field.id;
                let (some, none) = *self.rng.pick(&[
                    (None, None),
                    (None, None),
                    (Some(1), Some(0)),
                    (Some(7), None),
                    (Some(0), None),
                    (None, Some(9)),
                ]);
                Some((field, Derived::PresenceOf(id, some, none)))
            }
            6 => self.chosen(place, list),
            _ => self.framed(place, list),
        }
    }

    /// Returns a field with an enum, and the description of the `Auto` field for its tag.
    fn chosen(&mut self, place: &Place, list: &[Field]) -> Option<(Field, Derived)> {
        let enums = self.types_where(|make, at| {
            make.declaration.types[at].wants_tag() && make.declaration.types[at].words.ctx.is_empty()
        });
        if enums.is_empty() {
            return None;
        }
        let at = *self.rng.pick(&enums);
        let open = sizes::is_open(&self.declaration, at);
        let extent =
            if open || self.rng.chance(20) { self.extent(place, list, &Ty::Frame(at)) } else { Extent::None };
        let field =
            self.field(Role::Value { ty: Ty::Frame(at), wire: Wire::PLAIN, extent, given: Given::default() });
        let id = field.id;
        Some((field, Derived::TagOf(id)))
    }

    /// Returns a field with a frame, and the description of the `Auto` field for its length.
    fn framed(&mut self, place: &Place, list: &[Field]) -> Option<(Field, Derived)> {
        let mut field = self.nested(place, list, true)?;
        if let Role::Value { extent, .. } = &mut field.role {
            *extent = Extent::None;
        }
        let rule = self.rule(&Format::plain(Num::U8));
        let id = field.id;
        Some((field, Derived::LenOf(Range::Content(id), rule)))
    }

    /// Returns an `Auto` field as a number, as digits, or as a bit field. A bit field comes with
    /// another bit field, so that they fill a byte together.
    fn auto(&mut self, place: &Place, derived: Derived, beside_bits: bool) -> Vec<Field> {
        let presence = matches!(&derived, Derived::PresenceOf(_, None, None));
        let says_none =
            matches!(&derived, Derived::LenOf(_, Rule { none: Some(_), .. }) | Derived::CountOf(_, Some(_)));
        let inclusive = matches!(&derived, Derived::LenOf(_, rule) if rule.inclusive);
        if let Derived::OffsetOf(..) = derived {
            let format = self.prefix_of_fixed_size(place);
            return vec![self.field(Role::Auto { num: Some(format), extent: Extent::None, derived })];
        }
        if self.rng.chance(15) && !says_none && !inclusive && (!beside_bits || place.continuous) {
            let width = if presence { 1 } else { 6 };
            let num = if presence && self.rng.chance(70) { Num::Bool } else { Num::U8 };
            let mut fields =
                vec![self.field(Role::Bits { width, begins: None, of: BitsOf::Auto(Some(num), derived) })];
            let rest = self.field(Role::Bits {
                width: 8 - width,
                begins: None,
                of: BitsOf::Value(Ty::Num(Num::U8)),
            });
            fields.insert(self.rng.below(2), rest);
            return fields;
        }
        let mut extent = Extent::None;
        let mut format = match &derived {
            Derived::PresenceOf(_, None, None) => {
                Format::plain(*self.rng.pick(&[Num::Bool, Num::Bool, Num::U8]))
            }
            Derived::PresenceOf(..) => {
                Format::plain(if place.small { Num::U8 } else { *self.rng.pick(&[Num::U8, Num::U16]) })
            }
            Derived::LenOf(_, Rule { none: Some(_), .. }) | Derived::CountOf(_, Some(_)) => {
                Format::plain(Num::U8)
            }
            _ => self.prefix(place),
        };
        if format.num != Num::Bool
            && !matches!(&derived, Derived::PresenceOf(..) | Derived::TagOf(_))
            && !inclusive
            && self.rng.chance(8)
        {
            format.wire = Wire { form: Form::Dec, order: None };
            extent = if self.rng.chance(50) {
                Extent::Until(b":".to_vec())
            } else {
                Extent::Fixed { len: 3, fill: None, lenient: false }
            };
        }
        if inclusive && format.fixed().is_none() {
            format = Format::plain(Num::U8);
        }
        vec![self.field(Role::Auto { num: Some(format), extent, derived })]
    }

    /// Inserts a number that is computed from other fields, which may come later.
    pub(super) fn calc(&mut self, list: &mut Vec<Field>, fixed: usize) {
        let values: Vec<_> = list
            .iter()
            .filter(|field| matches!(field.presence, Presence::Always))
            .filter(|field| matches!(&field.role, Role::Value { ty: Ty::Num(Num::U8), .. }))
            .map(|field| field.id)
            .collect();
        let options: Vec<_> = list.iter().filter(|field| field.is_option()).map(|field| field.id).collect();
        let expr = match self.rng.below(4) {
            0 if !options.is_empty() => Expr::Byte(Box::new(Expr::IsSome(*self.rng.pick(&options)))),
            _ if values.is_empty() => return,
            1 => Expr::Wrapping(Box::new(Expr::Field(*self.rng.pick(&values))), Box::new(Expr::Int(3))),
            2 => Expr::NotByte(Box::new(Expr::Field(*self.rng.pick(&values)))),
            _ => Expr::Op(Box::new(Expr::Field(*self.rng.pick(&values))), "^", Box::new(Expr::Int(0x55))),
        };
        let derived = Derived::Calc(expr, self.rng.chance(60));
        let field =
            self.field(Role::Auto { num: Some(Format::plain(Num::U8)), extent: Extent::None, derived });
        let at = self.boundary(list, fixed, list.len());
        list.insert(at, field);
    }

    /// Inserts lengths of several fields, and checksums over some fields.
    pub(super) fn ranges(&mut self, place: &Place, list: &mut Vec<Field>, fixed: usize, middle: usize) {
        let mut inserted = 0;
        for _ in 0..*self.rng.pick(&[0, 0, 0, 0, 1, 1, 2]) {
            let at = self.boundary(list, fixed, middle + inserted);
            let range = self.range(list, at).filter(|range| !ends_before_delimiter(list, *range));
            if let Some(range) = range {
                let format = if range_begins_before(list, range, at) {
                    self.prefix_of_fixed_size(place)
                } else {
                    self.prefix(place)
                };
                let rule = self.rule(&format);
                let rule = Rule { scale: 1, inclusive: false, ..rule };
                let derived = Derived::LenOf(range, rule);
                let field = self.field(Role::Auto { num: Some(format), extent: Extent::None, derived });
                list.insert(at, field);
                inserted += 1;
            }
        }
        if self.rng.chance(15) {
            self.checksum(place, list, fixed, middle + inserted);
        }
    }

    fn prefix_of_fixed_size(&mut self, place: &Place) -> Format {
        loop {
            let format = self.prefix(place);
            if format.fixed().is_some() {
                return format;
            }
        }
    }

    /// Returns a range of fields that a length at `at` may count.
    fn range(&mut self, list: &[Field], at: usize) -> Option<Range> {
        let ends: Vec<_> = (0..list.len())
            .filter(|index| !list[*index].is_bits() && !matches!(list[*index].role, Role::Skip(_)))
            .collect();
        let later: Vec<_> = ends.iter().copied().filter(|index| *index >= at).collect();
        if ends.is_empty() || self.rng.chance(20) {
            return Some(Range::Closed(None, None));
        }
        let from = *self.rng.pick(&ends);
        if self.rng.chance(30) {
            return (from >= at || self.rng.chance(50)).then(|| Range::Closed(Some(list[from].id), None));
        }
        let to = if later.is_empty() { return None } else { *self.rng.pick(&later) };
        match self.rng.below(3) {
            0 => Some(Range::Closed(None, Some(list[to].id))),
            1 if from < to && to > at => Some(Range::HalfOpen(list[from].id, list[to].id)),
            _ if from <= to => Some(Range::Closed(Some(list[from].id), Some(list[to].id))),
            _ => None,
        }
    }

    fn checksum(&mut self, place: &Place, list: &mut Vec<Field>, fixed: usize, last: usize) {
        let sums: &[Sum] = if place.small {
            &[Sum::Sum8, Sum::Xor8, Sum::Crc8Smbus]
        } else {
            &[Sum::Sum8, Sum::Xor8, Sum::Crc8Smbus, Sum::Internet, Sum::Crc16Modbus, Sum::Adler32, Sum::Crc32]
        };
        let sum = *self.rng.pick(sums);
        let num = match sum {
            Sum::Sum8 | Sum::Xor8 | Sum::Crc8Smbus => Num::U8,
            Sum::Internet | Sum::Crc16Modbus => Num::U16,
            Sum::Adler32 | Sum::Crc32 => Num::U32,
        };
        let ends: Vec<_> = list
            .iter()
            .filter(|field| !field.is_bits() && !matches!(field.role, Role::Skip(_)))
            .map(|field| field.id)
            .collect();
        let long = list.iter().filter(|field| {
            matches!(&field.role, Role::Value { ty: Ty::Bytes(BytesTy::Vec) | Ty::Text(_), .. })
        });
        let long: Vec<_> = long.filter(|field| !field.is_option()).map(|field| field.id).collect();
        let range = match self.rng.below(4) {
            0 if !long.is_empty() => Range::Content(*self.rng.pick(&long)),
            1 if !ends.is_empty() => {
                let (a, b) = (self.rng.below(ends.len()), self.rng.below(ends.len()));
                Range::Closed(Some(ends[a.min(b)]), Some(ends[a.max(b)]))
            }
            2 if !ends.is_empty() => Range::Closed(None, Some(*self.rng.pick(&ends))),
            _ => Range::Closed(None, None),
        };
        let (wire, extent) = if num == Num::U8 && self.rng.chance(25) {
            let lower = self.rng.chance(50);
            (
                Wire { form: Form::Hex { lower }, order: None },
                Extent::Fixed { len: 2, fill: None, lenient: false },
            )
        } else {
            (Wire::PLAIN, Extent::None)
        };
        let seed = self.rng.chance(20).then(|| self.rng.byte());
        let derived = Derived::Checksum(sum, range, seed);
        let field = self.field(Role::Auto { num: Some(Format { num, wire }), extent, derived });
        let at = self.boundary(list, fixed, last);
        list.insert(at, field);
    }
}

/// Returns `true` if the range includes its length field, which is inserted at `at`.
fn range_begins_before(list: &[Field], range: Range, at: usize) -> bool {
    match range {
        Range::Content(id) | Range::Closed(Some(id), _) | Range::HalfOpen(id, _) => {
            list.iter().position(|field| field.id == id).is_some_and(|from| from < at)
        }
        Range::Closed(None, _) => true,
    }
}

/// Returns `true` if a field leaves its delimiter for the next field.
fn leaves_delimiter(field: &Field) -> bool {
    matches!(&field.role, Role::Value { extent: Extent::UntilAny { ending: Ending::Left, .. }, .. })
}

/// Returns `true` if the last field of a range leaves its delimiter behind the range. Such a length
/// does not compile.
fn ends_before_delimiter(list: &[Field], range: Range) -> bool {
    let at = |id: Id| list.iter().position(|field| field.id == id);
    let last = match range {
        Range::Content(_) | Range::Closed(_, None) => None,
        Range::Closed(_, Some(to)) => at(to),
        Range::HalfOpen(_, to) => at(to).and_then(|to| to.checked_sub(1)),
    };
    last.is_some_and(|last| leaves_delimiter(&list[last]))
}

/// Returns the wire format of a list's items. Only user-defined types need another format than the
/// plain one.
fn item_wire(item: &Ty) -> Wire {
    let form = match item {
        Ty::Millis => Form::As(Num::U32),
        Ty::Even => Form::As(Num::U16),
        _ => Form::Plain,
    };
    Wire { form, order: None }
}
