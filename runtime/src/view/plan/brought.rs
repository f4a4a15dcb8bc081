//! Functions and objects that a caller provides for the parts of a declaration that only Rust code
//! defines.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::code::Code;
use super::expr::Names;
use super::facts::{Items, named_in};
use super::write;
use super::{Plan, Result, Unsayable};
use crate::schema::frames::fields;
use crate::schema::{Body, Chooser, Expr, Extent, Field, Presence, Schema, Type};

/// Returns the expressions of a field that a provided function may compute. Each has the word that
/// the name of the function ends with, such as `len` in `body.len`.
fn places(field: &Field) -> Vec<(String, &Expr)> {
    let mut places = Vec::new();
    let mut add = |word: &str, expr| places.push((word.to_string(), expr));
    if let Presence::When(expr) = field.presence {
        add("when", expr);
    }
    match field.extent {
        Extent::Len(expr) => add("len", expr),
        Extent::Count(expr) => add("count", expr),
        _ => {}
    }
    if let Some(Chooser::Expr(expr)) = field.given.tag {
        add("tag", expr);
    }
    if let Some(ordered) = &field.ordered {
        add("order", &ordered.order);
    }
    match field.given.values {
        [value] => add("ctx", value),
        values => values.iter().enumerate().for_each(|(index, value)| add(&format!("ctx{index}"), value)),
    }
    places
}

/// Returns the indices of the fields that an expression names, each once.
fn mentioned(expr: &Expr) -> Vec<usize> {
    let mut named = Vec::new();
    if expr.names.is_empty() {
        named_in(&expr.tree, &mut named);
    }
    named.extend(expr.names.iter().map(|field| field.index));
    let mut seen = Vec::new();
    named.retain(|field| {
        !seen.contains(field) && {
            seen.push(*field);
            true
        }
    });
    named
}

impl Plan {
    /// Returns the call of the function that a caller provides for an expression. The fields that
    /// the expression names are its arguments.
    ///
    /// Returns `None` if no function can be provided for the expression. If one can be provided but
    /// is not, returns an error with its name.
    pub(super) fn in_place_of(&self, expr: &Expr, names: &dyn Names) -> Option<Result<Code>> {
        let mut asked = None;
        for (_, schema) in self.frames.iter() {
            for (place, plain) in named(schema, expr) {
                let function = self.brought(schema, &place).or_else(|| self.brought(schema, &plain));
                let Some(function) = function else {
                    asked.get_or_insert(if plain.is_empty() { place } else { plain });
                    continue;
                };
                let arguments: Result<Vec<_>> =
                    mentioned(expr).into_iter().map(|field| names.field(field)).collect();
                return Some(arguments.and_then(|arguments| self.call_brought(function, schema, arguments)));
            }
        }
        let reason = format!("only Rust can compute `{}`", expr.text);
        Some(Err(Unsayable::new(reason).or_bring(&asked?)))
    }

    /// Returns the index of the object that a caller provides for a field, under the name `field`
    /// or `Type.field`.
    pub(super) fn brought(&self, schema: &Schema, field: &str) -> Option<usize> {
        let whole = format!("{}.{field}", self.name(schema));
        let named = |name: &str| self.with.iter().position(|(known, _)| known == name);
        named(&whole).or_else(|| named(field))
    }

    /// Returns the call of a provided function. The context of the frame is passed after the other
    /// arguments.
    pub(super) fn call_brought(
        &self,
        function: usize,
        schema: &Schema,
        of: impl Into<Vec<Code>>,
    ) -> Result<Code> {
        let mut arguments = of.into();
        let context = self.params(schema)?.into_iter().filter(|(name, _)| name != "tag");
        arguments.extend(context.map(|(name, _)| Code::var(name)));
        Ok(Code::CallBrought(function, arguments))
    }

    /// Returns `said` unless it is an error. Otherwise returns the call of the function that is
    /// provided for `field`, or for the type if `field` is `None`, with the argument `of`. If no
    /// function is provided, returns the error.
    pub(super) fn or_brought(
        &self,
        said: Result<Code>,
        schema: &Schema,
        field: Option<&str>,
        of: Code,
    ) -> Result<Code> {
        let brought = match field {
            Some(field) => self.brought(schema, field),
            None => self.with.iter().position(|(known, _)| *known == self.name(schema)),
        };
        match (said, brought) {
            (Err(_), Some(function)) => self.call_brought(function, schema, [of]),
            (said, _) => said.map_err(|error| error.or_bring(field.unwrap_or(schema.name))),
        }
    }

    /// Returns the function that tests whether `end` is true for an item of a list.
    pub(super) fn ends_list(&self, schema: &Schema, field: &Field, end: &Expr, item: &Type) -> Result<Code> {
        let ends = self.truth(end, &Items(item));
        let ends = self.or_brought(ends, schema, Some(field.name), Code::var("item"))?;
        Ok(Code::Item(Box::new(ends)))
    }

    /// Returns the code for a checksum of `bytes`. The algorithm is known, or a function is
    /// provided for it.
    pub(super) fn sum(
        &self,
        schema: &Schema,
        field: &Field,
        algorithm: &str,
        bytes: Code,
        value: Code,
    ) -> Result<Code> {
        let known = match field.given.values.is_empty() {
            true => write::auto::checksum(algorithm, bytes.clone())
                .ok_or_else(|| format!("the checksum `{algorithm}` is not one of `framewright::checksum`")),
            false => Err(String::from("a checksum with a seed can only be computed in Rust")),
        };
        match (known, self.brought(schema, field.name)) {
            (Ok(sum), _) => Ok(sum),
            (Err(_), Some(function)) => self.call_brought(function, schema, [bytes, value]),
            (Err(reason), None) => Err(Unsayable::new(reason).or_bring(field.name)),
        }
    }
}

/// Returns the names under which a function for an expression of a frame may be provided:
/// `body.len`, and for a check also `body` alone.
fn named(schema: &Schema, expr: &Expr) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in fields(schema) {
        for (word, other) in places(field) {
            if core::ptr::eq(expr, other) {
                found.push((format!("{}.{word}", field.name), String::new()));
            }
        }
    }
    let variants = if let Body::Enum(variants) = schema.body { variants } else { &[] };
    let checks = schema.checks.iter().chain(variants.iter().flat_map(|variant| variant.checks));
    for check in checks.filter(|check| core::ptr::eq(expr, &check.condition)) {
        let name = check.field.map(|field| (format!("{field}.check"), field.to_string()));
        found.extend(name);
    }
    found
}
