//! Numbers that a declaration mentions.

use crate::model::{Body, Declaration, Expr, Head, Pattern, Presence};

/// Returns the numbers that a declaration mentions, which are likely edge cases.
pub(crate) fn interesting(declaration: &Declaration) -> Vec<i128> {
    let mut all = Vec::new();
    for ty in &declaration.types {
        if let Body::Enum(variants) = &ty.body {
            for variant in variants {
                match &variant.tag {
                    Pattern::Numbers(numbers) => all.extend(numbers),
                    Pattern::Range(from, to) => all.extend([*from, *to]),
                    Pattern::Plain(value, _) => all.push(*value),
                    Pattern::Bytes(_) | Pattern::Any => {}
                }
            }
        }
        for word in &ty.words.head {
            if let Head::Len(_, rule) = word {
                all.extend(rule.max.and_then(|max| i128::try_from(max).ok()));
            }
        }
        for field in ty.all_fields().iter().flat_map(|fields| &fields.list) {
            let expressions = [
                &field.check,
                &match &field.presence {
                    Presence::When(expr) => Some(expr.clone()),
                    _ => None,
                },
            ];
            expressions.into_iter().flatten().for_each(|expr| numbers(expr, &mut all));
        }
    }
    all
}

fn numbers(expr: &Expr, all: &mut Vec<i128>) {
    match expr {
        Expr::Int(number) => all.extend([*number, *number + 1]),
        Expr::Op(a, _, b) | Expr::Wrapping(a, b) => {
            numbers(a, all);
            numbers(b, all);
        }
        Expr::Usize(inner) | Expr::Byte(inner) | Expr::NotByte(inner) | Expr::Not(inner) => {
            numbers(inner, all)
        }
        Expr::Field(_) | Expr::LenOf(_) | Expr::IsSome(_) => {}
    }
}
