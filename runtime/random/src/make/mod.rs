//! Generation of random declarations that the language reference allows.

mod autos;
mod bits;
mod choices;
mod endings;
mod exprs;
mod lists;
mod nested;
mod types;
mod wild;

pub(crate) use wild::wild;

use crate::model::{
    BytesTy, Declaration, Derived, Ending, Expr, Extent, Field, Fields, Format, Given, Id, Num, Presence,
    Role, Style, Turn, Ty, Wire,
};
use crate::rng::Rng;
use crate::sizes;

/// Returns a random declaration.
pub(crate) fn declaration(rng: &mut Rng) -> Declaration {
    let scaled = rng.chance(40);
    let constants = rng.chance(20);
    let declaration = Declaration { types: Vec::new(), constants };
    let mut make = Make { rng, declaration, next: 0, scaled };
    make.types();
    make.declaration
}

struct Make<'a> {
    rng: &'a mut Rng,
    declaration: Declaration,
    next: Id,
    /// Whether lengths may count units of several bytes. If they may, all delimiters have the same
    /// size, because an alternative delimiter, or a missing one, would change the size by less than
    /// a unit.
    scaled: bool,
}

/// The properties of the type whose fields are being generated.
#[derive(Clone)]
struct Place {
    /// Set if numbers have one byte, because the type has no byte order.
    small: bool,
    borrows: bool,
    generic: bool,
    /// Set if a run of bit fields may have any number of bytes.
    continuous: bool,
    ctx: Vec<(Id, Num)>,
    /// The number of bits that a tag takes in the run of the first field.
    lead: u32,
    kept: Option<Ty>,
    may_be_open: bool,
}

/// A number that an expression may name.
#[derive(Clone, Copy)]
struct Named {
    id: Id,
    num: Num,
}

impl Make<'_> {
    fn id(&mut self) -> Id {
        self.next += 1;
        self.next
    }

    fn field(&mut self, role: Role) -> Field {
        Field { id: self.id(), role, presence: Presence::Always, check: None }
    }

    fn value(&mut self, ty: Ty, wire: Wire, extent: Extent) -> Field {
        self.field(Role::Value { ty, wire, extent, given: Given::default() })
    }

    /// Returns the fields of a struct or of a variant.
    fn fields(&mut self, place: &Place) -> Fields {
        let mut list = Vec::new();
        if place.lead > 0 {
            list.extend(self.bits(place, 8 - place.lead, false));
        }
        let fixed = list.len();
        for _ in 0..*self.rng.pick(&[0, 1, 1, 1, 2, 2, 2, 3, 3, 4]) {
            self.group(place, &mut list, fixed);
        }
        let middle = list.len();
        if place.may_be_open && self.rng.chance(30) {
            self.end(place, &mut list);
        }
        self.ranges(place, &mut list, fixed, middle);
        if let Some(kept) = &place.kept {
            let field = self.field(Role::Kept(kept.clone()));
            let at = if place.lead == 0 && self.rng.chance(80) { 0 } else { list.len() };
            list.insert(at, field);
        }
        let style = match (list.len(), self.rng.below(10)) {
            (0, _) => Style::Unit,
            (_, 0 | 1) => Style::Tuple,
            _ => Style::Named,
        };
        Fields { style, list }
    }

    /// Adds a field, or several fields that belong together.
    fn group(&mut self, place: &Place, list: &mut Vec<Field>, fixed: usize) {
        match self.rng.weighted(&[20, 6, 16, 14, 14, 18, 8, 6, 7, 3]) {
            0 => {
                let field = match self.rng.below(12) {
                    0 => self.digits(),
                    1 | 2 => match self.of_said_bytes(place, list) {
                        Some(field) => field,
                        None => self.number(place),
                    },
                    _ => self.number(place),
                };
                list.push(field);
            }
            1 => {
                let ty = self.plain_type(place);
                let field = self.value(ty, Wire::PLAIN, Extent::None);
                list.push(field);
            }
            2 => {
                let ty = self.bytes_or_text(place);
                let mut extent = self.extent(place, list, &ty);
                if let (Extent::UntilAny { ending, .. }, true) = (&mut extent, self.rng.chance(40)) {
                    *ending = Ending::Left;
                }
                let vec = ty == Ty::Bytes(BytesTy::Vec);
                let (xor, may_be_masked) = (vec && self.rng.chance(10), vec && self.rng.chance(10));
                let stands_alone =
                    matches!(extent, Extent::LenPrefixed { .. } | Extent::Until(_) | Extent::Len(_));
                let since =
                    vec && !xor && stands_alone && !matches!(extent, Extent::Until(_)) && self.rng.chance(10);
                let masked = !xor && !since && may_be_masked && stands_alone;
                let given = Given { xor, since, masked, ..Given::default() };
                let left = match &extent {
                    Extent::UntilAny { any, ending: Ending::Left } => Some(any[0].clone()),
                    _ => None,
                };
                let wire = if left.is_some() { Wire::PLAIN } else { self.encoding(place, &ty, &mut extent) };
                let field = self.field(Role::Value { ty, wire, extent, given });
                list.push(field);
                // The delimiter is not consumed by this field. The next field is a constant that
                // consumes it.
                if let Some(bytes) = left {
                    let derived = Derived::MagicBytes(bytes);
                    let field = self.field(Role::Auto { num: None, extent: Extent::None, derived });
                    return list.push(field);
                }
            }
            3 => {
                let field = self.list(place, list);
                list.push(field);
            }
            4 => {
                if let Some(field) = self.nested(place, list, false) {
                    list.push(field);
                }
            }
            5 => return self.described(place, list, fixed),
            6 => {
                let total = self.bit_total(place);
                let begins = list.last().is_some_and(Field::is_bits);
                let fields = self.bits(place, total, begins);
                return list.extend(fields);
            }
            7 => return self.calc(list, fixed),
            8 => {
                let mut field = self.constant(place, list);
                self.turn(&mut field, place, list);
                return list.push(field);
            }
            _ => {
                let ty = self.rng.pick(&[Ty::Num(Num::U16), Ty::Bytes(BytesTy::Vec)]).clone();
                let field = self.field(Role::Skip(ty));
                return list.push(field);
            }
        }
        self.adorn(place, list);
    }

    /// Sometimes makes the last field conditional, or adds a check to it.
    fn adorn(&mut self, place: &Place, list: &mut [Field]) {
        let chance = self.rng.below(100);
        let Some((last, before)) = list.split_last_mut() else { return };
        if !matches!(last.presence, Presence::Always) || last.is_bits() {
            return;
        }
        if let 33..=44 = chance {
            return self.turn(last, place, before);
        }
        let Role::Value { ty, wire, extent, .. } = &mut last.role else { return };
        match chance {
            0..=11 => {
                if let Some(condition) = self.condition(place, before) {
                    last.presence = Presence::When(condition);
                }
            }
            12..=17 => {
                let none = |number: &Format| match (number.num.signed(), number.fixed()) {
                    (true, Some(_)) => -1,
                    (false, Some(1)) => 255,
                    _ => 0,
                };
                match extent {
                    Extent::LenPrefixed { number, rule } => {
                        rule.none = Some(number.as_ref().map_or(-1, none))
                            .filter(|none| number.is_some() || *none >= 0);
                        if rule.none.is_none() {
                            rule.none = Some(0xffff);
                        }
                        last.presence = Presence::Elsewhere;
                    }
                    Extent::CountPrefixed { number, none: absent, .. } => {
                        *absent = Some(none(number));
                        last.presence = Presence::Elsewhere;
                    }
                    _ => {}
                }
            }
            28..=32 => {
                last.presence = Presence::Lead(self.rng.pick(&[&b":"[..], b"\x01", b"ab", b"\0\0"]).to_vec());
            }
            18..=21 => {
                let Ty::Num(num) = ty else { return };
                let has_one_size = Format { num: *num, wire: wire.clone() }.fixed().is_some();
                if let (Extent::None, true) = (extent, has_one_size) {
                    if !num.is_float() {
                        last.presence = Presence::Number(*self.rng.pick(&[0, 7, 100]));
                    }
                }
            }
            22..=27 => {
                if let Ty::Num(num) = ty {
                    if !num.is_float() {
                        let field = Box::new(Expr::Field(last.id));
                        last.check = Some(Expr::Op(field, "!=", Box::new(Expr::Int(77))));
                    }
                }
            }
            _ => {}
        }
    }

    /// Lets an earlier number determine the byte order of a number or of a prefix.
    fn turn(&mut self, field: &mut Field, place: &Place, before: &[Field]) {
        let named = self.named(place, before);
        let named: Vec<_> = named.iter().filter(|named| named.num == Num::U8).collect();
        if named.is_empty() {
            return;
        }
        let by = Some(Turn::By(self.rng.pick(&named).id));
        let number = match &mut field.role {
            Role::Auto { num: Some(number), extent: Extent::None, .. } => number,
            Role::Value { ty, wire, extent, .. } => {
                let is_list_with = matches!(extent, Extent::Items { .. });
                match prefix_of(extent) {
                    Some(number) => number,
                    None if !is_list_with && item_of(ty).is_some_and(|num| wire.may_turn(num)) => {
                        wire.order = by;
                        return;
                    }
                    None => return,
                }
            }
            _ => return,
        };
        if number.wire.may_turn(number.num) {
            number.wire.order = by;
        }
    }

    /// Adds the fields that make a type open: optional fields, and fields that extend to the end.
    fn end(&mut self, place: &Place, list: &mut Vec<Field>) {
        let optionals = *self.rng.pick(&[0, 0, 1, 1, 2]);
        for _ in 0..optionals {
            let mut field = self.number(place);
            if self.rng.chance(40) {
                let ty = self.bytes_or_text(place);
                let extent = self.extent(place, &[], &ty);
                field = self.value(ty, Wire::PLAIN, extent);
            }
            if sizes::field_min(&self.declaration, &field) > 0 {
                field.presence = Presence::Optional;
                list.push(field);
            }
        }
        if optionals > 0 && self.rng.chance(60) {
            return;
        }
        if optionals == 0 && self.rng.chance(15) {
            return self.between(place, list);
        }
        let field = match self.rng.below(5) {
            4 => {
                let ty = self.bytes_or_text(place);
                let any = vec![b"\r\n".to_vec(), b"\n".to_vec()];
                let ending = if self.scaled { Ending::Consumed } else { Ending::Optional };
                let any = if self.scaled { vec![b"\n".to_vec()] } else { any };
                self.value(ty, Wire::PLAIN, Extent::UntilAny { any, ending })
            }
            0 => {
                let (item, wire) = self.item(place);
                self.value(Ty::List(Box::new(item)), wire, Extent::Rest)
            }
            1 if optionals == 0 => match self.nested(place, list, true) {
                Some(field) => field,
                None => self.value(Ty::Num(Num::U8), Wire::PLAIN, Extent::None),
            },
            _ => {
                let ty = self.bytes_or_text(place);
                let mut extent = Extent::Rest;
                let wire = self.encoding(place, &ty, &mut extent);
                self.value(ty, wire, extent)
            }
        };
        let is_rest = matches!(field.role, Role::Value { extent: Extent::Rest, .. });
        list.push(field);
        if is_rest && optionals == 0 {
            for _ in 0..self.rng.below(3) {
                let field = match self.rng.below(3) {
                    0 => self.number(place),
                    1 => {
                        let total = self.bit_total(place);
                        let fields = self.bits(place, total, list.last().is_some_and(Field::is_bits));
                        list.extend(fields);
                        continue;
                    }
                    _ => self.constant(place, list),
                };
                if sizes::field_fixed(&self.declaration, &field).is_some() {
                    list.push(field);
                }
            }
        }
    }

    /// Adds bytes or text with a delimiter that is written only if something follows, and a field
    /// that may be absent or empty.
    fn between(&mut self, place: &Place, list: &mut Vec<Field>) {
        let ty = self.bytes_or_text(place);
        let any = vec![self.rng.pick(&[&b" "[..], b", ", b"\0"]).to_vec()];
        let first = self.value(ty, Wire::PLAIN, Extent::UntilAny { any, ending: Ending::Between });
        let ty = self.bytes_or_text(place);
        let mut behind = self.value(ty, Wire::PLAIN, Extent::Rest);
        match self.rng.below(3) {
            0 => behind.presence = Presence::Optional,
            1 => behind.presence = Presence::Lead(b":".to_vec()),
            _ => {}
        }
        list.extend([first, behind]);
    }

    /// Returns a constant or padding.
    fn constant(&mut self, place: &Place, list: &[Field]) -> Field {
        let strict = self.rng.chance(50);
        let fill = self.rng.chance(25).then(|| self.rng.byte());
        let auto = |num, derived| Role::Auto { num, extent: Extent::None, derived };
        let role = match self.rng.below(6) {
            0 => {
                let num = self.num(place);
                let num = if num.is_float() { Num::U8 } else { num };
                let value = i128::try_from(self.rng.below(100)).unwrap_or(0);
                auto(Some(Format::plain(num)), Derived::MagicNumber(value))
            }
            1 => auto(
                None,
                Derived::MagicBytes(self.rng.pick(&[&b"\r\n"[..], b"MAGIC", b"\0", b"\xff\x01"]).to_vec()),
            ),
            2 | 3 => auto(None, Derived::Align { to: *self.rng.pick(&[2, 4, 4, 8, 3]), strict, fill }),
            4 => {
                let named = self.named(place, list);
                let few: Vec<_> = named.iter().filter(|named| named.num == Num::U8).collect();
                if few.is_empty() {
                    auto(None, Derived::Pad { len: Some(Expr::Int(3)), strict, fill })
                } else {
                    let id = self.rng.pick(&few).id;
                    let len = Expr::Op(Box::new(Expr::Field(id)), "&", Box::new(Expr::Int(3)));
                    auto(None, Derived::Pad { len: Some(Expr::Usize(Box::new(len))), strict, fill })
                }
            }
            _ => auto(
                None,
                Derived::Pad {
                    len: Some(Expr::Int(i128::try_from(self.rng.between(1, 5)).unwrap_or(1))),
                    strict,
                    fill,
                },
            ),
        };
        self.field(role)
    }
}

/// Returns the number type of a number, or of the items of an array or a list.
fn item_of(ty: &Ty) -> Option<Num> {
    match ty {
        Ty::Num(num) => Some(*num),
        Ty::Array(item, _) | Ty::List(item) => item_of(item),
        _ => None,
    }
}

/// Returns the format of the prefix, or `None` if the extent has no prefix.
fn prefix_of(extent: &mut Extent) -> Option<&mut Format> {
    match extent {
        Extent::LenPrefixed { number, .. } => number.as_mut(),
        Extent::CountPrefixed { number, .. } => Some(number),
        Extent::Items { within, .. } => prefix_of(within),
        _ => None,
    }
}
