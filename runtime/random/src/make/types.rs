//! Generation of structs, enums and the words of a type.

use super::{Make, Place, endings};
use crate::model::{
    Body, Expr, Fields, Form, Format, Head, Num, Order, Pattern, Role, Style, TagKind, Turn, Ty, Type,
    Variant, Wire, Words,
};
use crate::sizes;

impl Make<'_> {
    /// Makes the nested types, and then the tested type.
    pub(super) fn types(&mut self) {
        for _ in 0..*self.rng.pick(&[0, 0, 1, 1, 1, 2]) {
            let ty = match self.rng.below(10) {
                0..=3 => self.structure(false, false),
                4 => self.structure(false, true),
                5 | 6 => self.enumeration(false, true),
                7 | 8 => self.enumeration(false, false),
                _ => self.plain_values(),
            };
            self.add(ty);
        }
        let ty = if self.rng.chance(70) { self.structure(true, false) } else { self.enumeration(true, true) };
        self.add(ty);
    }

    /// Adds a type. A limit below its minimum size is removed, because the derive would refuse it.
    fn add(&mut self, mut ty: Type) {
        let (at, max) = (self.declaration.types.len(), ty.words.max.take());
        self.declaration.types.push(ty);
        let least = sizes::min(&self.declaration, &Ty::Frame(at));
        self.declaration.types[at].words.max = max.filter(|max| *max >= least);
    }

    fn name(&self, root: bool) -> String {
        if root { "Root".into() } else { format!("Part{}", self.declaration.types.len()) }
    }

    fn place(&mut self, root: bool, generic: bool) -> (Place, Words) {
        let order = match self.rng.below(12) {
            0 => None,
            1..=6 => Some(Order::Big),
            _ => Some(Order::Little),
        };
        let lsb = self.rng.chance(30);
        let mut ctx = Vec::new();
        if !root && self.rng.chance(25) {
            ctx.push((self.id(), Num::U8));
            if self.rng.chance(35) {
                ctx.push((self.id(), *self.rng.pick(&[Num::U8, Num::U16, Num::Bool])));
            }
        }
        let order_by_ctx = !ctx.is_empty() && self.rng.chance(35);
        let order = order.filter(|_| !order_by_ctx);
        let place = Place {
            small: order.is_none() && !order_by_ctx,
            borrows: root && self.rng.chance(12),
            generic,
            continuous: !order_by_ctx && (order.is_none() || lsb == (order == Some(Order::Little))),
            ctx: ctx.clone(),
            lead: 0,
            kept: None,
            may_be_open: true,
        };
        (place, Words { order, order_by_ctx, lsb, ctx, ..Words::default() })
    }

    fn structure(&mut self, root: bool, generic: bool) -> Type {
        let generic = generic && self.argument().is_some();
        let (place, mut words) = self.place(root, generic);
        self.head(&mut words, &place, None);
        let mut fields = self.fields(&place);
        if generic && !uses_parameter(&fields) {
            let field = self.value(Ty::Param, Wire::PLAIN, crate::model::Extent::None);
            fields.list.insert(0, field);
            fields.style = Style::Named;
        }
        if self.rng.chance(6) {
            words.check = self.check(&place, &fields);
        }
        self.end_apart(&mut words, &[&fields]);
        let lifetime = place.borrows && sizes::borrows(&fields);
        let bound = generic && self.rng.chance(30);
        Type { name: self.name(root), generic, bound, lifetime, words, body: Body::Struct(fields) }
    }

    fn check(&mut self, place: &Place, fields: &Fields) -> Option<Expr> {
        let place = Place { ctx: Vec::new(), ..place.clone() };
        let named: Vec<_> =
            self.named(&place, &fields.list).into_iter().filter(|named| named.num != Num::Bool).collect();
        if named.is_empty() {
            return None;
        }
        let id = self.rng.pick(&named).id;
        Some(Expr::Op(Box::new(Expr::Field(id)), "!=", Box::new(Expr::Int(5))))
    }

    /// Chooses the parts that the type writes before its fields.
    fn head(&mut self, words: &mut Words, place: &Place, tag: Option<TagKind>) {
        if self.rng.chance(10) {
            words.head.push(match self.rng.below(2) {
                0 => Head::MagicBytes(self.rng.pick(&[&b"\x89PNG"[..], b"M", b"\0\xff"]).to_vec()),
                _ if place.small => Head::MagicNumber(0x7f, Num::U8),
                _ => Head::MagicNumber(0x1234, *self.rng.pick(&[Num::U16, Num::U32, Num::I64])),
            });
        }
        if self.rng.chance(15) {
            let mut number = self.prefix(place);
            let rule = self.rule(&number);
            if let (Some((id, Num::U8)), true) = (place.ctx.first(), number.wire.may_turn(number.num)) {
                number.wire.order = self.rng.chance(40).then_some(Turn::By(*id));
            }
            words.head.push(Head::Len(number, rule));
        }
        if self.rng.chance(6) {
            words.head.push(Head::Until(self.rng.pick(&[&b"\r\n"[..], b"\n", b"\0", b"end"]).to_vec()));
        }
        let last = matches!(tag, Some(TagKind::Bits(_)));
        words.head.extend(tag.map(Head::Tag));
        let movable = words.head.len() - usize::from(last);
        for index in (1..movable).rev() {
            let other = self.rng.below(index + 1);
            words.head.swap(index, other);
        }
        if self.rng.chance(5) {
            words.max = Some(self.rng.between(20, 60));
        }
    }

    /// Removes the delimiter of the type if some constant bytes within the type contain the
    /// delimiter, or end with the beginning of the delimiter.
    fn end_apart(&self, words: &mut Words, fields: &[&Fields]) {
        let magic = words.head.iter().filter_map(|word| match word {
            Head::MagicBytes(bytes) => Some(bytes.clone()),
            _ => None,
        });
        let magic: Vec<_> = magic.collect();
        words.head.retain(|word| match word {
            Head::Until(until) => endings::apart(&self.declaration, fields, &magic, until),
            _ => true,
        });
    }

    fn enumeration(&mut self, root: bool, own_tag: bool) -> Type {
        let (place, mut words) = self.place(root, false);
        let tag = own_tag.then(|| match self.rng.below(10) {
            0 | 1 => TagKind::Bits(u32::try_from(self.rng.between(3, 7)).unwrap_or(4)),
            2 | 3 => TagKind::Bytes(self.rng.between(1, 3)),
            4..=6 => TagKind::Number(Format::plain(Num::U8)),
            // The tag has the byte order of its type.
            _ => {
                let format = self.prefix(&place);
                TagKind::Number(Format { wire: Wire { order: None, ..format.wire }, ..format })
            }
        });
        self.head(&mut words, &place, tag.clone());
        let variants = self.variants(&place, tag.as_ref());
        let fields: Vec<_> = variants.iter().map(|variant| &variant.fields).collect();
        self.end_apart(&mut words, &fields);
        let lifetime = place.borrows && variants.iter().any(|variant| sizes::borrows(&variant.fields));
        Type {
            name: self.name(root),
            generic: false,
            bound: false,
            lifetime,
            words,
            body: Body::Enum(variants),
        }
    }

    fn variants(&mut self, place: &Place, tag: Option<&TagKind>) -> Vec<Variant> {
        let count = *self.rng.pick(&[1, 2, 2, 2, 3]);
        let mut next = i128::try_from(self.rng.below(3)).unwrap_or(0);
        let mut variants = Vec::new();
        for index in 0..count {
            let pattern = match tag {
                Some(TagKind::Bytes(len)) => {
                    let first = b'A' + u8::try_from(index).unwrap_or(0);
                    Pattern::Bytes(std::iter::once(first).chain(std::iter::repeat(b'x')).take(*len).collect())
                }
                _ => self.pattern(&mut next, tag),
            };
            let last = index + 1 == count;
            let pattern = if last && count > 1 && self.rng.chance(35) { Pattern::Any } else { pattern };
            variants.push(self.variant(place, tag, index, pattern));
        }
        variants
    }

    /// Returns a pattern with numbers that no other variant has.
    fn pattern(&mut self, next: &mut i128, tag: Option<&TagKind>) -> Pattern {
        let first = *next;
        let room = if matches!(tag, Some(TagKind::Bits(_))) { 1 } else { 40 };
        let step = i128::try_from(self.rng.between(1, room)).unwrap_or(1);
        match self.rng.below(6) {
            0 if room > 1 => {
                *next = first + step + 1;
                Pattern::Range(first, first + step)
            }
            1 if room > 1 => {
                *next = first + step + 1;
                Pattern::Numbers(vec![first + step, first])
            }
            _ => {
                *next = first + step;
                Pattern::Numbers(vec![first])
            }
        }
    }

    fn variant(
        &mut self,
        place: &Place,
        tag: Option<&TagKind>,
        index: usize,
        tag_pattern: Pattern,
    ) -> Variant {
        let several = match &tag_pattern {
            Pattern::Range(..) | Pattern::Any => true,
            Pattern::Numbers(numbers) => numbers.len() > 1 && self.rng.chance(40),
            Pattern::Bytes(_) | Pattern::Plain(..) => false,
        };
        let kept = several.then(|| match tag {
            Some(TagKind::Bytes(len)) => Ty::Array(Box::new(Ty::Num(Num::U8)), *len),
            Some(TagKind::Number(format)) => Ty::Num(format.num),
            Some(TagKind::Bits(_)) | None => Ty::Num(Num::U8),
        });
        let lead = match tag {
            Some(TagKind::Bits(bits)) => *bits,
            _ => 0,
        };
        let fields = self.fields(&Place { kept, lead, ..place.clone() });
        let check = if self.rng.chance(4) { self.check(place, &fields) } else { None };
        Variant { name: format!("V{index}"), tag: tag_pattern, fields, check }
    }

    /// Returns a fieldless enum, with its own tag or for a bit field.
    fn plain_values(&mut self) -> Type {
        let own = self.rng.chance(60);
        let mut words =
            Words { order: Some(*self.rng.pick(&[Order::Big, Order::Little])), ..Words::default() };
        let mut next = 0;
        let count = self.rng.between(1, 4);
        let mut variants = Vec::new();
        for index in 0..count {
            let said = self.rng.chance(50);
            if said {
                next += i128::try_from(self.rng.below(9)).unwrap_or(0);
            }
            let fields = Fields { style: Style::Unit, list: Vec::new() };
            variants.push(Variant {
                name: format!("V{index}"),
                tag: Pattern::Plain(next, said),
                fields,
                check: None,
            });
            next += 1;
        }
        if own {
            let num = *self.rng.pick(&[Num::U8, Num::U16, Num::I16, Num::U32]);
            let form = if num == Num::U32 && self.rng.chance(50) { Form::Odd(3) } else { Form::Plain };
            words.head.push(Head::Tag(TagKind::Number(Format { num, wire: Wire { form, order: None } })));
            if self.rng.chance(30) {
                let kept = self.field(Role::Kept(Ty::Num(num)));
                let fields = Fields { style: Style::Tuple, list: vec![kept] };
                variants.push(Variant { name: "Other".into(), tag: Pattern::Any, fields, check: None });
            }
        }
        let (name, body) = (self.name(false), Body::Enum(variants));
        Type { name, generic: false, bound: false, lifetime: false, words, body }
    }

    /// Returns `true` if a byte can select each variant of an enum.
    pub(super) fn tags_fit(&self, at: usize) -> bool {
        let ty = &self.declaration.types[at];
        let Body::Enum(variants) = &ty.body else { return false };
        ty.wants_tag()
            && variants.iter().all(|variant| match &variant.tag {
                Pattern::Numbers(numbers) => numbers.iter().all(|number| *number < 256),
                Pattern::Range(_, to) => *to < 256,
                Pattern::Plain(value, _) => *value < 256,
                Pattern::Any => true,
                Pattern::Bytes(_) => false,
            })
    }
}

fn uses_parameter(fields: &Fields) -> bool {
    fields.list.iter().any(|field| match &field.role {
        Role::Value { ty: Ty::Param, .. } => true,
        Role::Value { ty: Ty::List(item), .. } => **item == Ty::Param,
        _ => false,
    })
}
