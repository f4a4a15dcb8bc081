//! Checks that a delimiter does not occur in the constant bytes before it.

use crate::model::{
    Declaration, Derived, Encoding, Extent, Field, Fields, Form, Head, Presence, Role, Ty, Type,
};

/// Returns `true` if none of the constant bytes in `magic` and in the fields contains `until`, or
/// ends with the beginning of `until`.
pub(super) fn apart(declaration: &Declaration, fields: &[&Fields], magic: &[Vec<u8>], until: &[u8]) -> bool {
    let mut all = magic.to_vec();
    fields.iter().for_each(|fields| of_fields(declaration, fields, &mut all));
    none_begins(&all, until)
}

/// Like [`apart`], for the constant bytes of `ty` and of all types in it.
pub(super) fn type_apart(declaration: &Declaration, ty: &Ty, until: &[u8]) -> bool {
    let mut all = Vec::new();
    of_type(declaration, ty, &mut all);
    none_begins(&all, until)
}

fn none_begins(all: &[Vec<u8>], until: &[u8]) -> bool {
    all.iter().all(|written| {
        let whole = [written, until].concat();
        (0..written.len()).all(|at| !whole[at..].starts_with(until))
    })
}

fn of_type(declaration: &Declaration, ty: &Ty, all: &mut Vec<Vec<u8>>) {
    match ty {
        Ty::Frame(at) => of_frame(declaration, &declaration.types[*at], all),
        Ty::FrameOf(at, argument) => {
            of_frame(declaration, &declaration.types[*at], all);
            of_type(declaration, argument, all);
        }
        Ty::Boxed(inner) | Ty::List(inner) | Ty::Array(inner, _) => of_type(declaration, inner, all),
        _ => {}
    }
}

fn of_frame(declaration: &Declaration, ty: &Type, all: &mut Vec<Vec<u8>>) {
    for word in &ty.words.head {
        if let Head::Until(bytes) | Head::MagicBytes(bytes) = word {
            all.push(bytes.clone());
        }
    }
    ty.all_fields().into_iter().for_each(|fields| of_fields(declaration, fields, all));
}

fn of_fields(declaration: &Declaration, fields: &Fields, all: &mut Vec<Vec<u8>>) {
    fields.list.iter().for_each(|field| of_field(declaration, field, all));
}

fn of_field(declaration: &Declaration, field: &Field, all: &mut Vec<Vec<u8>>) {
    if let Presence::Lead(lead) = &field.presence {
        all.push(lead.clone());
    }
    match &field.role {
        Role::Value { ty, wire, extent, .. } => {
            of_type(declaration, ty, all);
            let mut own = Vec::new();
            of_extent(extent, &mut own);
            // In UTF-16, constant bytes are encoded as code units, in either byte order.
            if let Form::Text(Encoding::Utf16(_)) = wire.form {
                let big = |bytes: &Vec<u8>| bytes.iter().flat_map(|byte| [0, *byte]).collect();
                let little = |bytes: &Vec<u8>| bytes.iter().flat_map(|byte| [*byte, 0]).collect();
                own = own.iter().flat_map(|bytes| [big(bytes), little(bytes)]).collect();
            }
            all.extend(own);
        }
        Role::Auto { extent, derived, .. } => {
            of_extent(extent, all);
            if let Derived::MagicBytes(bytes) = derived {
                all.push(bytes.clone());
            }
        }
        Role::Bits { .. } | Role::Kept(_) | Role::Skip(_) => {}
    }
}

fn of_extent(extent: &Extent, all: &mut Vec<Vec<u8>>) {
    match extent {
        Extent::Until(bytes) => all.push(bytes.clone()),
        Extent::UntilAny { any, .. } => all.extend(any.first().cloned()),
        Extent::Items { within, each, separator } => {
            of_extent(within, all);
            of_extent(each, all);
            all.extend(separator.clone());
        }
        _ => {}
    }
}
