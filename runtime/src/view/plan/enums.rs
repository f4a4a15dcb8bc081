//! Enums, and the tag and context that parents pass to frames.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::code::{Code, Stmt};
use super::expr::Names;
use super::types::{Ty, is_open, is_plain};
use super::{Case, Item, Name, Plan, Result, Shape, Unsayable};
use crate::schema::frames::fields;
use crate::schema::{Body, Chooser, Field, Op, Role, Schema, TagOf, Tags, Type, Variant};

/// Returns the condition that `tag` selects `variant`.
///
/// If `is_wide` is set, the tag is compared as a number of arbitrary size.
pub(super) fn fits(tag: &Code, variant: &Variant, all: &[Variant], is_wide: bool) -> Result<Code> {
    let number = |number: i128| if is_wide { Code::Num(number) } else { Code::Int(number) };
    let value = || if is_wide { Code::Big(Box::new(tag.clone())) } else { tag.clone() };
    let mut cases = Vec::new();
    for set in variant.tags {
        match set {
            Tags::Any => {
                let others = all.iter().filter(|other| !core::ptr::eq(*other, variant));
                let mut taken = Vec::new();
                for other in others.filter(|other| !takes_others(other)) {
                    taken.push(fits(tag, other, all, is_wide)?.negated());
                }
                cases.push(match taken.len() {
                    0 => Code::Bool(true),
                    1 => taken.remove(0),
                    _ => Code::And(taken),
                });
            }
            Tags::Range(first, last) if first == last => {
                cases.push(Code::binary(Op::Equal, value(), number(*first)));
            }
            Tags::Range(first, last) => cases.push(Code::And(Vec::from([
                Code::binary(Op::LessOrEqual, number(*first), value()),
                Code::binary(Op::LessOrEqual, value(), number(*last)),
            ]))),
            Tags::Bytes(bytes) => {
                cases.push(Code::Call("same_bytes", [tag.clone(), Code::Bytes(bytes.to_vec())].into()));
            }
            Tags::Unknown => return Err(opaque(variant)),
        }
    }
    Ok(if cases.len() == 1 { cases.remove(0) } else { Code::Or(cases) })
}

fn opaque(variant: &Variant) -> Unsayable {
    Unsayable::new(format!("the tag `{}` can only be computed in Rust", variant.tag)).within(variant.name)
}

/// Checks that all tags of an enum are in the schema, which has only the text of a tuple.
fn has_tags(variants: &[Variant]) -> Result<()> {
    let unknown = variants.iter().find(|each| each.tags.is_empty() || each.tags.contains(&Tags::Unknown));
    unknown.map_or(Ok(()), |variant| Err(opaque(variant)))
}

/// Returns `true` for a catch-all variant, which takes all tags that no other variant has.
pub(super) fn takes_others(variant: &Variant) -> bool {
    variant.tags.contains(&Tags::Any)
}

/// Returns `true` if an enum has a tag of its own.
pub(super) fn has_tag(schema: &Schema) -> bool {
    schema.head.iter().any(|field| matches!(field.role, Role::TagOf(TagOf::Own)))
}

/// Returns `true` if the tags of an enum have more than 48 bits, so that a small number cannot hold
/// them.
pub(super) fn is_wide(schema: &Schema) -> bool {
    let Body::Enum(variants) = schema.body else { return false };
    !is_plain(schema) && matches!(tag_type(schema, variants), Ty::Int(49.., _))
}

/// Returns the type of the tags of an enum.
fn tag_type(schema: &Schema, variants: &[Variant]) -> Ty {
    let own = schema.head.iter().find(|field| matches!(field.role, Role::TagOf(TagOf::Own)));
    let bytes = variants.iter().flat_map(|variant| variant.tags).any(|set| matches!(set, Tags::Bytes(_)));
    match own.map(|field| field.ty) {
        _ if bytes => Ty::Bytes,
        Some(Type::Int { bytes, signed, .. }) => Ty::Int(u32::try_from(bytes * 8).unwrap_or(128), signed),
        _ => Ty::Int(32, true),
    }
}

/// Returns the first tag of a variant.
fn first(variant: &Variant) -> Option<Code> {
    match variant.tags.first()? {
        Tags::Range(first, _) => Some(Code::Int(*first)),
        Tags::Bytes(bytes) => Some(Code::Bytes(bytes.to_vec())),
        Tags::Any | Tags::Unknown => None,
    }
}

impl Plan {
    pub(super) fn enumeration(
        &self,
        name: &str,
        schema: &Schema,
        variants: &'static [Variant],
        params: Vec<(String, Ty)>,
    ) -> Result<Item> {
        has_tags(variants)?;
        let tag_ty = tag_type(schema, variants);
        if is_plain(schema) && is_open(schema) && matches!(tag_ty, Ty::Int(49.., _)) {
            return Err(Unsayable::new(
                "a fieldless enum with more than 48 bits that keeps its tag cannot be translated",
            ));
        }
        let shape = if is_plain(schema) {
            let names = variants.iter().filter(|variant| variant.keeps.is_empty());
            let names = names.filter_map(|variant| match variant.tags.first() {
                Some(Tags::Range(number, _)) => {
                    Some(Name { name: variant.name, doc: variant.doc, number: *number })
                }
                _ => None,
            });
            Shape::Plain { names: names.collect(), open: is_open(schema) }
        } else {
            let mut cases = Vec::new();
            for variant in variants {
                let members = self.members(variant.fields, variant.keeps, Some(&tag_ty));
                let members = members.map_err(|error| error.within(variant.name))?;
                cases.push(Case { name: variant.name, doc: variant.doc, members });
            }
            Shape::Union(cases)
        };
        let (read, write) = (self.read_frame(name, schema)?, self.write_frame(schema)?);
        let tag = Some((tag_ty, tag_of(name, schema, variants)?));
        let of_tag = of_tag(name, schema, variants)?;
        let (name, doc) = (name.to_string(), schema.doc);
        let (quick_read, quick_write) = (None, None);
        Ok(Item { name, doc, shape, params, read, write, tag, of_tag, quick_read, quick_write })
    }

    /// Returns the parameters of a frame: its tag, and then its context values.
    pub(super) fn params(&self, schema: &Schema) -> Result<Vec<(String, Ty)>> {
        let mut params = Vec::new();
        if let (Body::Enum(variants), false) = (schema.body, has_tag(schema)) {
            params.push((String::from("tag"), tag_type(schema, variants)));
        }
        let name = self.name(schema);
        let mut called = self.frames.iter().flat_map(|(_, outer)| fields(outer)).filter(|field| {
            let mut ty = &field.ty;
            while let Type::List(item) | Type::Array(item, _) = ty {
                ty = item;
            }
            matches!(ty, Type::Frame(inner) if self.name(inner()) == name)
        });
        let values =
            called.find(|field| !field.given.values.is_empty()).map_or(&[][..], |field| field.given.values);
        for (index, value) in values.iter().enumerate() {
            let ty = match value.tree.ty() {
                Some(crate::schema::Ty::Int(int)) => Ty::Int(int.bits(), int.is_signed()),
                // A byte order is passed as a `bool`, which is true for little-endian.
                Some(crate::schema::Ty::Bool | crate::schema::Ty::Order) => Ty::Bool,
                _ => Ty::Any,
            };
            params.push((format!("ctx{index}"), ty));
        }
        Ok(params)
    }

    /// Returns the arguments that a field passes to its frame.
    pub(super) fn given(&self, schema: &Schema, field: &Field, names: &dyn Names) -> Result<Vec<Code>> {
        let mut given = Vec::new();
        if let (Body::Enum(variants), false) = (schema.body, has_tag(schema)) {
            // A function could provide the tag, but not choose the variant.
            has_tags(variants).map_err(|error| error.within(&self.name(schema)))?;
            given.push(match field.given.tag {
                Some(Chooser::Field(tag)) => names.field(tag.index)?,
                Some(Chooser::Expr(expr)) => match self.handed(expr, names)? {
                    (code @ (Code::Local(_) | Code::Member(..)), _) => code,
                    (code, _) => Code::Small(Box::new(code)),
                },
                None => {
                    return Err(Unsayable::new(
                        "the enum has no tag of its own, and no `#[tag(..)]` on the field selects the variant",
                    ));
                }
            });
        }
        given.extend(self.values(field, names)?);
        Ok(given)
    }

    /// Returns the arguments that are passed to a field's type or to its hand-written code.
    pub(super) fn values(&self, field: &Field, names: &dyn Names) -> Result<Vec<Code>> {
        let value = |value| {
            Ok(match self.handed(value, names)? {
                (code @ (Code::Local(_) | Code::Member(..)), _) => code,
                (code, Some(crate::schema::Ty::Int(int))) if int.bits() <= 32 => Code::Small(Box::new(code)),
                (code, _) => code,
            })
        };
        field.given.values.iter().map(value).collect()
    }
}

/// Returns the statements that convert `tag` to a value of a fieldless enum.
fn of_tag(name: &str, schema: &Schema, variants: &'static [Variant]) -> Result<Vec<Stmt>> {
    if !is_plain(schema) {
        return Ok(Vec::new());
    }
    let tag = Code::var("tag");
    let mut stmts = Vec::new();
    let value = |variant: &Variant| match variant.keeps {
        "" => Code::Name(name.to_string(), variant.name.to_string()),
        _ => tag.clone(),
    };
    for variant in variants.iter().filter(|variant| !takes_others(variant)) {
        let fits = fits(&tag, variant, variants, is_wide(schema))?;
        stmts.push(Stmt::If(fits, Vec::from([Stmt::Return(value(variant))]), Vec::new()));
    }
    if let Some(variant) = variants.iter().find(|variant| takes_others(variant)) {
        stmts.push(Stmt::Return(value(variant)));
        return Ok(stmts);
    }
    let unknown = Code::var("r").on("unknown", [Code::text(schema.name), tag, Code::var("at")]);
    stmts.push(Stmt::Do(unknown));
    Ok(stmts)
}

/// Returns the statements that compute and return the tag of the value `v`.
fn tag_of(name: &str, schema: &Schema, variants: &'static [Variant]) -> Result<Vec<Stmt>> {
    let plain = is_plain(schema);
    let value = Code::var("v");
    let mut stmts = Vec::new();
    for variant in variants {
        let names = [schema.name, variant.name, variant.keeps];
        let wrong = Code::Call("wrong_tag", names.map(Code::text).into());
        let (is, tag) = if plain {
            let tag = if variant.keeps.is_empty() { first(variant) } else { Some(value.clone()) };
            (fits(&value, variant, variants, is_wide(schema))?, tag)
        } else {
            let is = Code::Is(Box::new(value.clone()), name.to_string(), variant.name.to_string());
            let kept = (!variant.keeps.is_empty()).then(|| value.clone().member(variant.keeps));
            let first = first(variant).map(|first| match first {
                Code::Int(number) if is_wide(schema) => Code::Num(number),
                first => first,
            });
            (is, kept.or(first))
        };
        let mut arm = Vec::new();
        match tag {
            None => arm.push(Stmt::Do(wrong)),
            Some(tag) => {
                if !plain && !variant.keeps.is_empty() {
                    let fits = fits(&tag, variant, variants, is_wide(schema))?;
                    arm.push(Stmt::If(fits.negated(), Vec::from([Stmt::Do(wrong)]), Vec::new()));
                }
                arm.push(Stmt::Return(tag));
            }
        }
        stmts.push(Stmt::If(is, arm, Vec::new()));
    }
    stmts.push(Stmt::Do(Code::Call("wrong_tag", [schema.name, "", ""].map(Code::text).into())));
    Ok(stmts)
}
