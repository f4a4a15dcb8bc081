//! Converts the user's expressions to trees for the schema.

use proc_macro2::{Ident, Span};
use syn::{BinOp, Block, Expr, Lit, Member, Pat, RangeLimits, Stmt, UnOp};

use crate::ast::Matches;
use crate::layout::{Op, Tree, Use};

/// Returns the tree of `expr`. Parts that the schema cannot represent are `Tree::Known` or
/// `Tree::Opaque`.
pub(super) fn tree(expr: &Expr, uses: &[Use<'_>]) -> Tree {
    match expr {
        Expr::Paren(inner) => tree(&inner.expr, uses),
        Expr::Group(inner) => tree(&inner.expr, uses),
        // A field that is not `Copy` is already a reference in expressions, so `&` changes nothing.
        Expr::Reference(inner) if inner.mutability.is_none() => tree(&inner.expr, uses),
        Expr::Unary(unary) => {
            let value = tree(&unary.expr, uses);
            match unary.op {
                UnOp::Not(_) => Tree::Not(Box::new(value)),
                UnOp::Neg(_) => Tree::Negative(Box::new(value)),
                UnOp::Deref(_) => value,
                _ => Tree::Opaque,
            }
        }
        Expr::Lit(literal) => number(&literal.lit),
        Expr::Binary(binary) => match op(&binary.op) {
            Some(op) => Tree::binary(op, tree(&binary.left, uses), tree(&binary.right, uses)),
            None => Tree::Opaque,
        },
        Expr::Cast(cast) => match int(&cast.ty) {
            Some(int) => Tree::Cast(Box::new(tree(&cast.expr, uses)), int),
            None => Tree::Opaque,
        },
        Expr::Path(path) => match uses.iter().position(|each| path.path.is_ident(&each.plain)) {
            Some(index) => Tree::Use(index),
            None => Tree::Constant(path.clone()),
        },
        Expr::Field(field) => {
            let name = match &field.member {
                Member::Named(name) => name.clone(),
                Member::Unnamed(index) => Ident::new(&format!("_{}", index.index), Span::call_site()),
            };
            match tree(&field.base, uses) {
                base @ (Tree::Use(_) | Tree::Member(..)) => Tree::Member(Box::new(base), name),
                Tree::Constant(_) | Tree::Known => Tree::Known,
                _ => Tree::Opaque,
            }
        }
        Expr::MethodCall(call)
            if call.args.is_empty() && matches!(&*call.method.to_string(), "is_some" | "is_none") =>
        {
            let there = match tree(&call.receiver, uses) {
                Tree::Use(index) if uses.get(index).is_some_and(is_option) => {
                    Tree::IsSome(Box::new(Tree::Use(index)))
                }
                Tree::Use(_) | Tree::Member(..) | Tree::Constant(_) | Tree::Known => return Tree::Known,
                _ => return Tree::Opaque,
            };
            if call.method == "is_some" { there } else { Tree::Not(Box::new(there)) }
        }
        Expr::MethodCall(call) if call.args.is_empty() => {
            let len = match tree(&call.receiver, uses) {
                of @ (Tree::Use(_) | Tree::Member(..)) => Tree::Len(Box::new(of)),
                Tree::Constant(_) | Tree::Known => Tree::Known,
                _ => return Tree::Opaque,
            };
            match call.method.to_string().as_str() {
                "len" => len,
                "is_empty" => Tree::binary(Op::Equal, len, Tree::Number(0, None)),
                _ => Tree::Opaque,
            }
        }
        Expr::Call(call) => match (from(&call.func), call.args.first(), call.args.len()) {
            (Some(int), Some(value), 1) => Tree::Cast(Box::new(tree(value, uses)), int),
            _ => Tree::Opaque,
        },
        Expr::If(choice) => match &choice.else_branch {
            // `if let` binds names, which look like constants in a tree.
            _ if has_let(&choice.cond) => Tree::Opaque,
            Some((_, no)) => Tree::If(
                Box::new(tree(&choice.cond, uses)),
                Box::new(block(&choice.then_branch, uses)),
                Box::new(tree(no, uses)),
            ),
            None => Tree::Opaque,
        },
        Expr::Block(inner) if inner.label.is_none() => block(&inner.block, uses),
        Expr::Match(choice) => chosen(choice, uses),
        Expr::Macro(call) if call.mac.path.is_ident("matches") => match call.mac.parse_body::<Matches>() {
            Ok(matches) => fits(&tree(&matches.value, uses), &matches.pattern, uses),
            Err(_) => Tree::Opaque,
        },
        _ => Tree::Opaque,
    }
}

/// Returns `true` if the declared type of the value is `Option<..>`.
fn is_option(value: &Use<'_>) -> bool {
    value.ty.is_some_and(|ty| crate::ast::option_item(ty).is_some())
}

/// Returns `true` if the condition is an `if let`, or a chain of conditions with one.
fn has_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(both) => has_let(&both.left) || has_let(&both.right),
        _ => false,
    }
}

/// Returns the tree of a block that consists of one expression.
fn block(block: &Block, uses: &[Use<'_>]) -> Tree {
    match block.stmts.as_slice() {
        [Stmt::Expr(value, None)] => tree(value, uses),
        _ => Tree::Opaque,
    }
}

/// Returns the tree of a `match` as a chain of conditions. The last arm is the final `else`.
fn chosen(choice: &syn::ExprMatch, uses: &[Use<'_>]) -> Tree {
    let value = tree(&choice.expr, uses);
    let mut arms = choice.arms.iter().rev();
    let Some(last) = arms.next() else { return Tree::Opaque };
    // A pattern that binds a name is not supported, because the name may hide a field.
    let bound = choice.arms.iter().any(|arm| !fits(&value, &arm.pat, uses).is_whole());
    if bound {
        return Tree::Opaque;
    }
    arms.fold(tree(&last.body, uses), |otherwise, arm| {
        let fits = fits(&value, &arm.pat, uses);
        Tree::If(Box::new(fits), Box::new(tree(&arm.body, uses)), Box::new(otherwise))
    })
}

/// Returns the condition that a value matches a pattern.
fn fits(value: &Tree, pattern: &Pat, uses: &[Use<'_>]) -> Tree {
    let compared = |op, bound: Tree| match bound {
        Tree::Opaque => Tree::Opaque,
        bound => Tree::binary(op, value.clone(), bound),
    };
    match pattern {
        Pat::Wild(_) => Tree::Bool(true),
        Pat::Paren(inner) => fits(value, &inner.pat, uses),
        Pat::Guard(guarded) => match fits(value, &guarded.pat, uses) {
            fits if fits.is_whole() => Tree::binary(Op::And, fits, tree(&guarded.guard, uses)),
            // The guard may use a name that the pattern binds.
            _ => Tree::Opaque,
        },
        Pat::Or(or) => any(or.cases.iter().map(|case| fits(value, case, uses))),
        Pat::Range(range) => {
            let first = range.start.as_ref().map(|first| compared(Op::GreaterOrEqual, tree(first, &[])));
            let op = match range.limits {
                RangeLimits::HalfOpen(_) => Op::Less,
                RangeLimits::Closed(_) => Op::LessOrEqual,
            };
            let last = range.end.as_ref().map(|last| compared(op, tree(last, &[])));
            match (first, last) {
                (Some(first), Some(last)) => Tree::binary(Op::And, first, last),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => Tree::Bool(true),
            }
        }
        Pat::Lit(literal) => compared(Op::Equal, tree(&Expr::Lit(literal.clone()), &[])),
        Pat::Path(path) => compared(Op::Equal, Tree::Constant(path.clone())),
        // An upper-case name is assumed to be a constant.
        Pat::Ident(name)
            if name.subpat.is_none()
                && name.by_ref.is_none()
                && name.ident.to_string().starts_with(char::is_uppercase) =>
        {
            let path = syn::ExprPath { attrs: Vec::new(), qself: None, path: name.ident.clone().into() };
            compared(Op::Equal, Tree::Constant(path))
        }
        _ => match syn::parse2::<Expr>(quote::ToTokens::to_token_stream(pattern)) {
            // The pattern is a negative number.
            Ok(Expr::Unary(unary)) => compared(Op::Equal, tree(&Expr::Unary(unary), &[])),
            _ => Tree::Opaque,
        },
    }
}

fn any(cases: impl Iterator<Item = Tree>) -> Tree {
    cases.reduce(|left, right| Tree::binary(Op::Or, left, right)).unwrap_or(Tree::Bool(false))
}

fn number(literal: &Lit) -> Tree {
    match literal {
        Lit::Int(int) => match int.base10_parse() {
            Ok(number) if int.suffix().is_empty() => Tree::Number(number, None),
            Ok(number) => named(int.suffix()).map_or(Tree::Opaque, |int| Tree::Number(number, Some(int))),
            Err(_) => Tree::Opaque,
        },
        Lit::Byte(byte) => Tree::Number(byte.value().into(), Some("U8")),
        Lit::Bool(value) => Tree::Bool(value.value),
        Lit::Str(_) | Lit::ByteStr(_) | Lit::Char(_) => Tree::Known,
        _ => Tree::Opaque,
    }
}

fn op(op: &BinOp) -> Option<Op> {
    Some(match op {
        BinOp::Or(_) => Op::Or,
        BinOp::And(_) => Op::And,
        BinOp::Eq(_) => Op::Equal,
        BinOp::Ne(_) => Op::NotEqual,
        BinOp::Lt(_) => Op::Less,
        BinOp::Le(_) => Op::LessOrEqual,
        BinOp::Gt(_) => Op::Greater,
        BinOp::Ge(_) => Op::GreaterOrEqual,
        BinOp::BitOr(_) => Op::BitOr,
        BinOp::BitXor(_) => Op::BitXor,
        BinOp::BitAnd(_) => Op::BitAnd,
        BinOp::Shl(_) => Op::ShiftLeft,
        BinOp::Shr(_) => Op::ShiftRight,
        BinOp::Add(_) => Op::Add,
        BinOp::Sub(_) => Op::Subtract,
        BinOp::Mul(_) => Op::Multiply,
        BinOp::Div(_) => Op::Divide,
        BinOp::Rem(_) => Op::Remainder,
        _ => return None,
    })
}

/// Returns the integer type `T` of `T::from`.
fn from(func: &Expr) -> Option<&'static str> {
    let Expr::Path(path) = func else { return None };
    let segments: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match segments.as_slice() {
        [ty, from] if from == "from" => named(ty),
        _ => None,
    }
}

fn int(ty: &syn::Type) -> Option<&'static str> {
    match crate::ast::ungroup(ty) {
        syn::Type::Path(path) if path.qself.is_none() => named(&path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// Returns the schema's name of an integer type.
fn named(ty: &str) -> Option<&'static str> {
    const INTS: [(&str, &str); 12] = [
        ("u8", "U8"),
        ("u16", "U16"),
        ("u32", "U32"),
        ("u64", "U64"),
        ("u128", "U128"),
        ("usize", "Usize"),
        ("i8", "I8"),
        ("i16", "I16"),
        ("i32", "I32"),
        ("i64", "I64"),
        ("i128", "I128"),
        ("isize", "Isize"),
    ];
    INTS.iter().find(|(name, _)| *name == ty).map(|(_, int)| *int)
}

pub(super) fn argument(closure: &syn::ExprClosure) -> Option<&Ident> {
    let mut pattern = closure.inputs.first().filter(|_| closure.inputs.len() == 1)?;
    while let Pat::Type(typed) = pattern {
        pattern = &typed.pat;
    }
    match pattern {
        Pat::Ident(name) if name.subpat.is_none() => Some(&name.ident),
        _ => None,
    }
}
