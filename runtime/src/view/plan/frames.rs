//! The frames of a module, each once. Two frames are equal if their schemas have the same text and
//! their constants have the same values. The values may depend on the parameters of a generic type.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::schema::frames::fields;
use crate::schema::text::Block;
use crate::schema::{
    Body, Chooser, Constant, Expr, Extent, Field, LengthRule, Node, Presence, Role, Schema, Type,
};

/// Frames, each with a unique name.
pub(super) struct Frames(Vec<(String, Schema, String)>);

impl Frames {
    /// Collects `root` and the frames in it, in the order of their first appearance.
    pub(super) fn of(root: &Schema) -> Self {
        let mut frames = Self(Vec::new());
        frames.add(root);
        frames
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.0.iter().map(|(name, schema, _)| (&**name, schema))
    }

    /// Returns the name of a collected frame.
    pub(super) fn name(&self, schema: &Schema) -> &str {
        let key = key(attempted(schema));
        self.0.iter().find(|(.., known)| *known == key).map_or(schema.name, |(name, ..)| name)
    }

    /// Adds a frame and the frames in it, unless they are present already.
    pub(super) fn add(&mut self, schema: &Schema) {
        let key = key(schema);
        if self.0.iter().any(|(.., known)| *known == key) {
            return;
        }
        let name = match self.0.iter().filter(|(_, other, _)| other.name == schema.name).count() {
            0 => schema.name.to_string(),
            others => format!("{}_{}", schema.name, others + 1),
        };
        self.0.push((name, *schema, key));
        inside(schema, &mut |inner| self.add(inner));
    }
}

/// Returns the frame in an `Attempt`. Any other schema is returned unchanged.
fn attempted(schema: &Schema) -> &Schema {
    schema.attempt_at.map_or(schema, |frame| frame())
}

/// Returns a key that is the same for equal frames.
fn key(schema: &Schema) -> String {
    let mut seen = Vec::new();
    collect(schema, &mut seen);
    seen.join("\n\n")
}

fn collect(schema: &Schema, seen: &mut Vec<String>) {
    let mut own = Block(schema).to_string();
    constants(schema, &mut |constant| own.push_str(&format!(" {:?}", constant.value())));
    if !seen.contains(&own) {
        seen.push(own);
        inside(schema, &mut |inner| collect(inner, seen));
    }
}

/// Calls `found` with each frame that is the type of a field.
fn inside(schema: &Schema, found: &mut dyn FnMut(&Schema)) {
    for field in fields(schema) {
        if let Some(prefix) = field.prefix() {
            of_type(&prefix.ty, found);
        }
        of_type(&field.ty, found);
    }
}

fn of_type(ty: &Type, found: &mut dyn FnMut(&Schema)) {
    match ty {
        Type::Frame(schema) => found(attempted(schema())),
        Type::Bits(bits) => bits.of.as_enum().into_iter().for_each(found),
        Type::Array(item, _) | Type::List(item) => of_type(item, found),
        Type::Tuple(items) => items.iter().for_each(|item| of_type(item, found)),
        _ => {}
    }
}

/// Calls `found` with each constant that a declaration names.
fn constants(schema: &Schema, found: &mut dyn FnMut(&Constant)) {
    let variants = if let Body::Enum(variants) = schema.body { variants } else { &[] };
    let checks = schema.checks.iter().chain(variants.iter().flat_map(|variant| variant.checks));
    checks.for_each(|check| of_node(&check.condition.tree, found));
    for field in fields(schema) {
        expressions(field).into_iter().for_each(|expr| of_node(&expr.tree, found));
        let rules = field.rule().into_iter().chain(field.prefix().map(|prefix| &prefix.rule));
        rules.filter_map(|rule: &LengthRule| rule.none.as_ref()).for_each(&mut *found);
        field.none.iter().for_each(&mut *found);
        if let Role::PresenceOf(_, some, none) = &field.role {
            some.iter().chain(none).for_each(&mut *found);
        }
    }
}

fn expressions(field: &Field) -> Vec<&'static Expr> {
    let mut expressions = Vec::new();
    if let Presence::When(condition) = field.presence {
        expressions.push(condition);
    }
    if let Extent::Len(expr) | Extent::Count(expr) | Extent::UntilItem(expr, _) = field.extent {
        expressions.push(expr);
    }
    if let Role::Calc(expr) = field.role {
        expressions.push(expr);
    }
    if let Some(Chooser::Expr(expr)) = field.given.tag {
        expressions.push(expr);
    }
    expressions.extend(field.ordered.map(|ordered| &ordered.order));
    expressions.extend(field.given.values);
    expressions
}

fn of_node(node: &Node, found: &mut dyn FnMut(&Constant)) {
    match node {
        Node::Constant(constant) => found(constant),
        Node::Cast(of, _) | Node::Not(of) | Node::Negative(of) | Node::Len(of) => of_node(of, found),
        Node::IsSome(of) | Node::Member(of, ..) => {
            of_node(of, found);
        }
        Node::Binary(_, left, right) => [left, right].into_iter().for_each(|node| of_node(node, found)),
        Node::If(condition, yes, no) => {
            [condition, yes, no].into_iter().for_each(|node| of_node(node, found));
        }
        Node::Number(..) | Node::Bool(_) | Node::Field(_) | Node::Tag(_) | Node::Context(_) => {}
        Node::Item(_) | Node::Opaque => {}
    }
}
