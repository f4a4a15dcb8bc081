//! Every frame a schema is made of, each once.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::text::Block;
use crate::schema::{Body, Field, Schema, Type};

/// `root` and the frames in it, in the order in which they first appear.
///
/// Frames that look the same are one: the schema of a type may have more than
/// one address.
pub(super) fn frames(root: &Schema) -> Vec<Schema> {
    let mut found = Vec::new();
    add(root, &mut found);
    found.into_iter().map(|(schema, _)| schema).collect()
}

fn add(schema: &Schema, found: &mut Vec<(Schema, String)>) {
    let block = Block(schema).to_string();
    if found.iter().any(|(_, other)| *other == block) {
        return;
    }
    found.push((*schema, block));
    fields(schema).for_each(|field| add_type(&field.ty, found));
}

fn add_type(ty: &Type, found: &mut Vec<(Schema, String)>) {
    match ty {
        Type::Frame(schema) => add(schema(), found),
        Type::Array(item, _) | Type::List(item) => add_type(item, found),
        Type::Tuple(items) => items.iter().for_each(|item| add_type(item, found)),
        _ => {}
    }
}

/// All fields of a frame, whichever variant they belong to.
pub(super) fn fields(schema: &Schema) -> impl Iterator<Item = &'static Field> {
    let (fields, variants) = match schema.body {
        Body::Struct(fields) => (fields, &[][..]),
        Body::Enum(variants) => (&[][..], variants),
    };
    schema.head.iter().chain(fields).chain(variants.iter().flat_map(|variant| variant.fields))
}
