//! Search for smaller declarations that have the same fault.
//!
//! A step identifies the part that it changes by id or by name, so that steps can be combined.

use crate::model::{
    BitsOf, Body, Declaration, Derived, Extent, Field, Fields, Form, Format, Head, Id, Num, Order, Presence,
    Role, Rule, Style, Ty, Type, Wire,
};

/// A change that simplifies a declaration.
#[derive(Clone)]
pub(crate) enum Step {
    DropType(String),
    DropVariant(String, String),
    DropField(Id),
    Simplify(Id, usize),
    /// Removes a word of a type, by its index.
    Word(String, usize),
    Named(String),
}

/// Returns all possible steps.
pub(crate) fn steps(declaration: &Declaration) -> Vec<Step> {
    let mut steps = Vec::new();
    for ty in &declaration.types {
        steps.push(Step::DropType(ty.name.clone()));
        if let Body::Enum(variants) = &ty.body {
            steps.extend(
                variants.iter().map(|variant| Step::DropVariant(ty.name.clone(), variant.name.clone())),
            );
        }
        for field in ty.all_fields().iter().flat_map(|fields| &fields.list) {
            steps.push(Step::DropField(field.id));
            steps.extend((0..SIMPLER.len()).map(|step| Step::Simplify(field.id, step)));
        }
        steps
            .extend((0..ty.words.head.len() * 2 + WORDS.len()).map(|word| Step::Word(ty.name.clone(), word)));
        steps.push(Step::Named(ty.name.clone()));
    }
    steps.retain(|step| apply(declaration, std::slice::from_ref(step)).is_some());
    steps
}

/// Returns the declaration after all of these steps, or `None` if they change nothing.
pub(crate) fn apply(declaration: &Declaration, steps: &[Step]) -> Option<Declaration> {
    let mut copy = declaration.clone();
    // Words are counted from the start, so the last one is removed first.
    let changes = steps.iter().rev().filter(|step| take(&mut copy, step)).count();
    (changes > 0).then_some(copy)
}

fn take(declaration: &mut Declaration, step: &Step) -> bool {
    match step {
        Step::DropType(name) => drop_type(declaration, name),
        Step::DropVariant(name, variant) => {
            declaration.types.iter_mut().filter(|ty| ty.name == *name).any(|ty| {
                let Body::Enum(variants) = &mut ty.body else { return false };
                let before = variants.len();
                variants.retain(|other| before == 1 || other.name != *variant);
                variants.len() < before
            })
        }
        Step::DropField(id) => all_fields(declaration).any(|fields| {
            let before = fields.list.len();
            fields.list.retain(|field| field.id != *id);
            if fields.list.is_empty() {
                fields.style = Style::Unit;
            }
            fields.list.len() < before
        }),
        Step::Simplify(id, step) => all_fields(declaration)
            .flat_map(|fields| &mut fields.list)
            .any(|field| field.id == *id && SIMPLER[*step](field)),
        Step::Word(name, word) => {
            declaration.types.iter_mut().any(|ty| ty.name == *name && simpler_word(ty, *word))
        }
        Step::Named(name) => {
            let of_type = declaration.types.iter_mut().filter(|ty| ty.name == *name);
            let mut changed = false;
            for fields in of_type.flat_map(Type::all_fields_mut).filter(|fields| fields.style == Style::Tuple)
            {
                fields.style = Style::Named;
                changed = true;
            }
            changed
        }
    }
}

fn all_fields(declaration: &mut Declaration) -> impl Iterator<Item = &mut Fields> {
    declaration.types.iter_mut().flat_map(Type::all_fields_mut)
}

const WORDS: [fn(&mut Type) -> bool; 4] = [
    |ty| ty.words.max.take().is_some(),
    |ty| ty.words.check.take().is_some(),
    |ty| std::mem::take(&mut ty.words.lsb),
    |ty| {
        let little = ty.words.order == Some(Order::Little);
        ty.words.order = if little { Some(Order::Big) } else { ty.words.order };
        little
    },
];

fn simpler_word(ty: &mut Type, word: usize) -> bool {
    if let Some(change) = WORDS.get(word) {
        return change(ty);
    }
    let (at, whole) = ((word - WORDS.len()) / 2, (word - WORDS.len()) % 2 == 0);
    match ty.words.head.get_mut(at) {
        Some(_) if whole => {
            ty.words.head.remove(at);
            true
        }
        Some(Head::Len(_, rule)) => plain_rule(rule),
        _ => false,
    }
}

/// Functions that simplify a field. Each returns `true` if it changed something.
const SIMPLER: [fn(&mut Field) -> bool; 8] = [
    |field| field.check.take().is_some(),
    |field| {
        let conditional = matches!(field.presence, Presence::When(_) | Presence::Optional);
        if conditional {
            field.presence = Presence::Always;
        }
        conditional
    },
    |field| match &mut field.role {
        Role::Value { wire, .. } | Role::Auto { num: Some(Format { wire, .. }), .. } => {
            let needed = matches!(wire.form, Form::As(_) | Form::Dec | Form::Hex { .. });
            let changed = *wire != Wire::PLAIN && !needed;
            if changed {
                *wire = Wire::PLAIN;
            }
            changed
        }
        _ => false,
    },
    |field| match &mut field.role {
        Role::Value { extent: Extent::LenPrefixed { rule, .. }, .. } => plain_rule(rule),
        Role::Auto { derived: Derived::LenOf(_, rule), .. } => plain_rule(rule),
        _ => false,
    },
    |field| match &mut field.role {
        Role::Value { ty, extent: Extent::None, wire, .. }
            if *ty != Ty::Num(Num::U8) && !matches!(ty, Ty::Bytes(_) | Ty::Text(_) | Ty::List(_)) =>
        {
            (*ty, *wire) = (Ty::Num(Num::U8), Wire::PLAIN);
            true
        }
        _ => false,
    },
    |field| match &mut field.role {
        Role::Value { ty: Ty::List(item), wire, .. } if **item != Ty::Num(Num::U8) => {
            (**item, *wire) = (Ty::Num(Num::U8), Wire::PLAIN);
            true
        }
        Role::Value { ty: Ty::Boxed(inner), .. } => {
            let inner = (**inner).clone();
            if let Role::Value { ty, .. } = &mut field.role {
                *ty = inner;
            }
            true
        }
        _ => false,
    },
    |field| match &mut field.role {
        Role::Value {
            extent: extent @ Extent::LenPrefixed { rule: Rule { none: None, .. }, .. }, ..
        } => {
            let simple = matches!(extent, Extent::LenPrefixed { number: Some(number), .. } if *number == Format::plain(Num::U8));
            *extent = Extent::LenPrefixed {
                number: Some(Format::plain(Num::U8)),
                rule: Rule { scale: 1, ..Rule::default() },
            };
            !simple
        }
        _ => false,
    },
    |field| match &mut field.role {
        Role::Bits { begins, .. } if begins.is_some() => {
            *begins = None;
            true
        }
        Role::Bits { of: of @ BitsOf::Auto(None, _), .. } => {
            *of = BitsOf::Value(Ty::Num(Num::U64));
            true
        }
        _ => false,
    },
];

fn plain_rule(rule: &mut Rule) -> bool {
    let changed = rule.inclusive || rule.scale > 1 || rule.bias != 0 || rule.max.is_some();
    *rule = Rule { scale: 1, none: rule.none, lenient: rule.lenient, ..Rule::default() };
    changed
}

/// Removes a type if no other type names it.
fn drop_type(declaration: &mut Declaration, name: &str) -> bool {
    let Some(at) = declaration.types.iter().position(|ty| ty.name == name) else { return false };
    if at + 1 == declaration.types.len() {
        return false;
    }
    let types = |field: &mut Field, change: &mut dyn FnMut(&mut Ty)| {
        if let Role::Value { ty, .. } | Role::Bits { of: BitsOf::Value(ty), .. } = &mut field.role {
            change(ty);
        }
    };
    let mut used = false;
    all_fields(declaration)
        .flat_map(|fields| &mut fields.list)
        .for_each(|field| types(field, &mut |ty| used |= names(ty, at)));
    if used {
        return false;
    }
    declaration.types.remove(at);
    all_fields(declaration)
        .flat_map(|fields| &mut fields.list)
        .for_each(|field| types(field, &mut |ty| renumber(ty, at)));
    true
}

fn names(ty: &Ty, at: usize) -> bool {
    match ty {
        Ty::Frame(other) => *other == at,
        Ty::FrameOf(other, argument) => *other == at || names(argument, at),
        Ty::Array(inner, _) | Ty::Boxed(inner) | Ty::List(inner) => names(inner, at),
        Ty::Tuple(items) => items.iter().any(|item| names(item, at)),
        _ => false,
    }
}

fn renumber(ty: &mut Ty, removed: usize) {
    match ty {
        Ty::Frame(other) => *other -= usize::from(*other > removed),
        Ty::FrameOf(other, argument) => {
            *other -= usize::from(*other > removed);
            renumber(argument, removed);
        }
        Ty::Array(inner, _) | Ty::Boxed(inner) | Ty::List(inner) => renumber(inner, removed),
        Ty::Tuple(items) => items.iter_mut().for_each(|item| renumber(item, removed)),
        _ => {}
    }
}
