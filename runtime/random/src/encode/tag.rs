//! Finds the tag of a variant, and the variant of a tag.

use super::{Encoder, Frame, Refused, fits, usize_of};
use crate::model::{Body, Pattern, Role, TagKind, Type, limits};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// Adds the tag of the variant to the frame.
    pub(super) fn take_tag(
        &self,
        frame: &mut Frame<'a>,
        variant: usize,
        from_outside: Option<i128>,
    ) -> Result<(), Refused> {
        if let Some(TagKind::Bytes(_)) = frame.ty.own_tag() {
            frame.tag = byte_tag(frame.ty, variant, frame.values)?;
            return Ok(());
        }
        let tag = match (self.strict, number_tag(frame.ty, variant, frame.values, from_outside)) {
            (_, Ok(tag)) => tag,
            (true, Err(refused)) => return Err(refused),
            (false, Err(_)) => 0,
        };
        match frame.ty.own_tag() {
            Some(TagKind::Number(format)) => frame.tag = self.number(tag, format, frame.order)?,
            Some(TagKind::Bits(width)) => {
                if self.strict && !fits(tag, limits(usize_of(*width), false)) {
                    return Err("a tag beyond its bits");
                }
                frame.tag_bits = Some((*width, tag));
            }
            Some(TagKind::Bytes(_)) | None => {}
        }
        Ok(())
    }
}

/// Returns the number that is the tag of a variant.
pub(super) fn number_tag(
    ty: &Type,
    variant: usize,
    values: &[Value],
    from_outside: Option<i128>,
) -> Result<i128, Refused> {
    let Body::Enum(variants) = &ty.body else { return Err("no enum") };
    let fields = &variants[variant].fields.list;
    let kept = fields.iter().zip(values).find_map(|(field, value)| match &field.role {
        Role::Kept(_) => value.number(),
        _ => None,
    });
    let own = match &variants[variant].tag {
        Pattern::Numbers(numbers) => Some(numbers[0]),
        Pattern::Plain(value, _) => Some(*value),
        Pattern::Range(..) | Pattern::Any | Pattern::Bytes(_) => None,
    };
    if let (Some(kept), Some(outside)) = (kept, from_outside) {
        if kept != outside {
            return Err("another tag than the one outside");
        }
    }
    let tag = from_outside.or(kept).or(own).ok_or("no tag")?;
    match chosen(ty, tag) {
        Some(found) if found == variant => Ok(tag),
        _ => Err("a tag of another variant"),
    }
}

/// Returns the variant that a tag selects.
pub(crate) fn chosen(ty: &Type, tag: i128) -> Option<usize> {
    let Body::Enum(variants) = &ty.body else { return None };
    variants.iter().position(|variant| match &variant.tag {
        Pattern::Numbers(numbers) => numbers.contains(&tag),
        Pattern::Range(from, to) => (from..=to).contains(&&tag),
        Pattern::Plain(value, _) => *value == tag,
        Pattern::Any => true,
        Pattern::Bytes(_) => false,
    })
}

/// Returns the bytes that are the tag of a variant.
fn byte_tag(ty: &Type, variant: usize, values: &[Value]) -> Result<Vec<u8>, Refused> {
    let Body::Enum(variants) = &ty.body else { return Err("no enum") };
    if let Pattern::Bytes(bytes) = &variants[variant].tag {
        return Ok(bytes.clone());
    }
    let fields = variants[variant].fields.list.iter().zip(values);
    let kept = fields.into_iter().find_map(|(field, value)| match (&field.role, value) {
        (Role::Kept(_), Value::List(bytes)) => {
            Some(bytes.iter().filter_map(|byte| u8::try_from(byte.number()?).ok()).collect())
        }
        _ => None,
    });
    let kept: Vec<u8> = kept.ok_or("no tag")?;
    let other = variants.iter().any(|other| matches!(&other.tag, Pattern::Bytes(bytes) if *bytes == kept));
    if other { Err("a tag of another variant") } else { Ok(kept) }
}
