//! The sizes of types and fields, as far as the generator of declarations needs them.

use crate::model::{
    BytesTy, Declaration, Derived, Ending, Expr, Extent, Field, Fields, Form, Format, Head, Presence, Role,
    TagKind, TextTy, Ty, Wire,
};

/// Returns `true` if a type is open.
pub(crate) fn is_open(declaration: &Declaration, at: usize) -> bool {
    let ty = &declaration.types[at];
    !ty.is_bounded()
        && ty.all_fields().iter().any(|fields| {
            let ends_before_its_lead = |(index, field): (usize, &Field)| match &field.presence {
                Presence::Lead(lead) => {
                    let behind = &fields.list[index + 1..];
                    behind.iter().map(|field| field_min(declaration, field)).sum::<usize>() < lead.len()
                }
                _ => false,
            };
            fields.list.iter().enumerate().any(ends_before_its_lead)
                || fields.list.iter().any(|field| field_open(declaration, field))
        })
}

fn field_open(declaration: &Declaration, field: &Field) -> bool {
    if let Presence::Optional = field.presence {
        return true;
    }
    match &field.role {
        Role::Value { extent: Extent::Rest | Extent::UntilAny { ending: Ending::Between, .. }, .. } => true,
        Role::Value { ty: Ty::Frame(at) | Ty::FrameOf(at, _), extent: Extent::None, .. } => {
            is_open(declaration, *at)
        }
        _ => false,
    }
}

/// Returns the minimum size of a type in bytes.
pub(crate) fn min(declaration: &Declaration, ty: &Ty) -> usize {
    match ty {
        Ty::Frame(at) | Ty::FrameOf(at, _) => {
            let ty = &declaration.types[*at];
            let head: usize = ty.words.head.iter().map(head_min).sum();
            let fields = ty.all_fields().into_iter().map(|fields| fields_min(declaration, fields)).min();
            head + fields.unwrap_or(0)
        }
        Ty::Boxed(inner) => min(declaration, inner),
        Ty::Param => 1,
        Ty::Num(_) => 1,
        other => fixed_len(other, &Wire::PLAIN).unwrap_or(0),
    }
}

fn head_min(word: &Head) -> usize {
    match word {
        Head::MagicBytes(bytes) | Head::Until(bytes) => bytes.len(),
        Head::MagicNumber(_, num) => num.bytes(),
        Head::Tag(TagKind::Bits(_)) => 0,
        Head::Tag(TagKind::Bytes(len)) => *len,
        Head::Tag(TagKind::Number(format)) | Head::Len(format, _) => format_min(format),
    }
}

fn format_min(format: &Format) -> usize {
    format.fixed().unwrap_or(1)
}

fn fields_min(declaration: &Declaration, fields: &Fields) -> usize {
    let bits: usize = fields.list.iter().map(|field| usize::try_from(field.bit_width()).unwrap_or(0)).sum();
    bits / 8 + fields.list.iter().map(|field| field_min(declaration, field)).sum::<usize>()
}

/// Returns the minimum size of a field that is not a bit field, in bytes.
pub(crate) fn field_min(declaration: &Declaration, field: &Field) -> usize {
    if !matches!(field.presence, Presence::Always) {
        return 0;
    }
    match &field.role {
        Role::Value { ty, wire, extent, .. } => match extent {
            Extent::None => match ty {
                Ty::Text(_) => fixed_len(ty, wire).unwrap_or(0),
                Ty::Bytes(_) | Ty::List(_) => 0,
                // A number whose size is given by another field may have zero bytes.
                Ty::Num(_) if matches!(wire.form, Form::Bytes(_)) => 0,
                ty => fixed_len(ty, wire).unwrap_or_else(|| min(declaration, ty)),
            },
            Extent::LenPrefixed { number, .. } => number.as_ref().map_or(4, format_min),
            Extent::CountPrefixed { number, .. } => format_min(number),
            Extent::Until(bytes) => bytes.len(),
            Extent::UntilAny { any, ending: Ending::Consumed } => any.iter().map(Vec::len).min().unwrap_or(0),
            Extent::UntilAny { .. } | Extent::Stopped { .. } => 0,
            Extent::Items { within, .. } => match &**within {
                Extent::LenPrefixed { number: Some(number), .. } | Extent::CountPrefixed { number, .. } => {
                    format_min(number)
                }
                _ => 0,
            },
            Extent::UntilItem(_) | Extent::UntilGreater { .. } => 1,
            Extent::Fixed { len, .. } => *len,
            Extent::Len(_) | Extent::Count(_) | Extent::Rest | Extent::Bits(_) | Extent::In(_) => 0,
        },
        Role::Auto { num: Some(format), .. } => format_min(format),
        Role::Auto { .. } => field_fixed(declaration, field).unwrap_or(0),
        Role::Bits { .. } | Role::Kept(_) | Role::Skip(_) => 0,
    }
}

/// Returns the size of a field in bytes, or `None` if the field is variable-length.
pub(crate) fn field_fixed(declaration: &Declaration, field: &Field) -> Option<usize> {
    if !matches!(field.presence, Presence::Always) {
        return None;
    }
    let _ = declaration;
    match &field.role {
        Role::Value { ty, wire, extent: Extent::None, .. } => fixed_len(ty, wire),
        Role::Value { extent: Extent::Fixed { len, .. }, .. } => Some(*len),
        Role::Auto { num: Some(format), extent: Extent::None, .. } => format.fixed(),
        Role::Auto { derived: Derived::MagicBytes(bytes), .. } => Some(bytes.len()),
        Role::Auto { derived: Derived::Pad { len: Some(Expr::Int(len)), .. }, .. } => {
            usize::try_from(*len).ok()
        }
        _ => None,
    }
}

/// Returns `true` if any of the fields borrows.
pub(crate) fn borrows(fields: &Fields) -> bool {
    fields.list.iter().any(|field| match &field.role {
        Role::Value { ty, .. } => {
            matches!(ty, Ty::Bytes(BytesTy::Slice | BytesTy::Cow) | Ty::Text(TextTy::Str | TextTy::Cow))
        }
        _ => false,
    })
}

/// Returns the size of a type in bytes, or `None` if the type is variable-length.
pub(crate) fn fixed_len(ty: &Ty, wire: &Wire) -> Option<usize> {
    match ty {
        Ty::Num(num) | Ty::NonZero(num) => match wire.form {
            Form::Plain => Some(num.bytes()),
            Form::Odd(bytes) => Some(bytes),
            Form::Bcd { bytes, .. } => Some(bytes),
            _ => None,
        },
        Ty::Text(_) => match wire.form {
            Form::Bcd { bytes, .. } => Some(bytes),
            _ => None,
        },
        Ty::Bool => Some(1),
        Ty::Ipv4 | Ty::Millis => Some(4),
        Ty::Ipv6 => Some(16),
        Ty::Even => Some(2),
        Ty::Array(item, len) => Some(fixed_len(item, wire)? * len),
        Ty::Tuple(types) => types.iter().map(|ty| fixed_len(ty, wire)).sum(),
        Ty::Boxed(inner) => fixed_len(inner, wire),
        Ty::Bytes(_) | Ty::List(_) | Ty::Frame(_) | Ty::FrameOf(..) | Ty::Param => None,
    }
}

/// Returns `true` if the type is a list of items that do not have a fixed size.
pub(crate) fn is_varying(ty: &Ty, wire: &Wire) -> bool {
    matches!(ty, Ty::List(item) if fixed_len(item, wire).is_none())
}
