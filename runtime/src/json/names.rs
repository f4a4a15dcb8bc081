//! The values of names in expressions, looked up in a recorded frame.

use super::show::{Shown, find};
use crate::schema::eval::Values;
use crate::schema::known::Says;
use crate::schema::recorded::{Member, Node};
use crate::schema::{Body, Field, Node as Expr, Role, Schema, Type};

/// The fields of a recorded frame. An expression finds there what drafting knows: the values of
/// ordinary fields, and those of `#[calc]` fields, which are in the JSON. Only the fields that it
/// names are read, so frames that are nested deeply are not read once for each frame around them.
pub(super) struct Names<'a> {
    pub(super) shown: &'a Shown<'a>,
    pub(super) fields: &'static [Field],
    pub(super) node: &'a Node,
}

impl<'a> Names<'a> {
    fn at(&self, expr: &Expr) -> Option<&'a Member> {
        match expr {
            Expr::Field(operand) => find(self.node, in_json(self.fields.get(operand.index)?)?),
            Expr::Member(of, name, _) => {
                let (schema, node) = self.frame_at(of)?;
                let Body::Struct(fields) = schema.body else { return None };
                find(node, in_json(fields.iter().find(|field| field.name == *name)?)?)
            }
            _ => None,
        }
    }

    fn frame_at(&self, expr: &Expr) -> Option<(&'static Schema, &'a Node)> {
        let member = self.at(expr)?;
        let Type::Frame(schema) = member.field.ty else { return None };
        Some((schema(), &member.inside))
    }
}

impl Values for Names<'_> {
    fn bits(&self, expr: &Expr) -> Option<u128> {
        let says = match expr {
            Expr::Tag(_) => self.node.kept.as_deref().cloned(),
            _ => Says::number(&self.shown.value_of(self.at(expr)?)),
        };
        match says? {
            Says::Number(number) => Some(number),
            Says::Bytes(_) => None,
        }
    }

    fn is_variant(&self, expr: &Expr, name: &str) -> Option<bool> {
        let (schema, node) = self.frame_at(expr)?;
        let Body::Enum(variants) = schema.body else { return None };
        let chosen = variants.get(node.variant?)?;
        variants.iter().any(|variant| variant.name == name).then_some(chosen.name == name)
    }

    fn len(&self, expr: &Expr) -> Option<usize> {
        let member = self.at(expr)?;
        self.shown.value_of(member).len(&member.field.ty)
    }

    fn is_some(&self, expr: &Expr) -> Option<bool> {
        let Expr::Field(operand) = expr else { return None };
        let field = in_json(self.fields.get(operand.index)?)?;
        Some(find(self.node, field).is_some_and(|member| !self.shown.is_none(member)))
    }
}

/// Returns the field if its value is in the JSON.
fn in_json(field: &'static Field) -> Option<&'static Field> {
    Some(field).filter(|field| matches!(field.role, Role::Value | Role::Calc(_)))
}
