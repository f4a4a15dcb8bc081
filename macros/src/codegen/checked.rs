//! Rewrites arithmetic in the user's expressions so that it returns `None` on overflow instead of
//! panicking: `a + b` becomes `Operands(a, b).add()?`.
//!
//! For integers `add` is checked. For other types it calls their own `+`, so that the expression
//! means the same as in Rust.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, Pat, Type, UnOp};

use super::q;
use crate::ast::Matches;

/// Returns the expression with a `?` after each operator that can fail, or `None` if there is no
/// such operator. `ty` is the expected type, if known.
pub(super) fn rewrite(expr: &Expr, ty: Option<&Type>) -> Option<TokenStream> {
    let mut rewriter = Rewriter { fails: false };
    let hint = ty.map_or(Hint::None, |ty| Hint::Type(ty.to_token_stream()));
    let tokens = rewriter.expr(expr, &hint);
    rewriter.fails.then_some(tokens)
}

/// What determines the type of an integer literal without a suffix.
enum Hint {
    /// The literal has the type of this other operand.
    Like(TokenStream),
    Type(TokenStream),
    None,
}

struct Rewriter {
    fails: bool,
}

impl Rewriter {
    fn expr(&mut self, expr: &Expr, hint: &Hint) -> TokenStream {
        if is_constant(expr) {
            return expr.to_token_stream();
        }
        match expr {
            Expr::Paren(inner) => {
                let inner = self.expr(&inner.expr, hint);
                q!((#inner))
            }
            Expr::Group(inner) => self.expr(&inner.expr, hint),
            Expr::Unary(unary) => {
                let value = self.expr(&unary.expr, hint);
                let op = &unary.op;
                if let UnOp::Neg(minus) = op {
                    self.fails = true;
                    return quote_spanned!(op_span(minus.span())=> __fw::Operand(#value).negative()?);
                }
                q!(#op #value)
            }
            Expr::Reference(inner) => {
                let inner = self.expr(&inner.expr, hint);
                q!(&#inner)
            }
            Expr::Binary(binary) => self.binary(binary, hint),
            Expr::Cast(cast) => {
                let (value, ty) = (self.expr(&cast.expr, &Hint::None), &cast.ty);
                q!((#value as #ty))
            }
            Expr::Call(call) => {
                let func = &call.func;
                let arguments = call.args.iter().map(|argument| self.expr(argument, &Hint::None));
                q!(#func(#(#arguments),*))
            }
            Expr::If(choice) => {
                let condition = self.expr(&choice.cond, &Hint::None);
                let yes = self.block(&choice.then_branch, hint);
                let no = choice.else_branch.iter().map(|(_, no)| self.expr(no, hint));
                q!(if #condition { #yes } #(else { #no })*)
            }
            Expr::Block(inner) => {
                let inner = self.block(&inner.block, hint);
                q!({ #inner })
            }
            Expr::Match(choice) => {
                let value = self.expr(&choice.expr, &Hint::None);
                let arms = choice.arms.iter().map(|arm| {
                    let (pattern, body) = (self.pattern(&arm.pat), self.expr(&arm.body, hint));
                    q!(#pattern => #body,)
                });
                q!(match #value { #(#arms)* })
            }
            Expr::Macro(call) => match call.mac.parse_body::<Matches>() {
                Ok(Matches { value, pattern }) => {
                    let (value, pattern) = (self.expr(&value, &Hint::None), self.pattern(&pattern));
                    q!(match #value { #pattern => true, _ => false })
                }
                Err(_) => expr.to_token_stream(),
            },
            other => other.to_token_stream(),
        }
    }

    fn pattern(&mut self, pattern: &Pat) -> TokenStream {
        match pattern {
            Pat::Guard(guarded) => {
                let (pattern, guard) = (&guarded.pat, self.expr(&guarded.guard, &Hint::None));
                q!(#pattern if #guard)
            }
            other => other.to_token_stream(),
        }
    }

    fn block(&mut self, block: &syn::Block, hint: &Hint) -> TokenStream {
        match block.stmts.as_slice() {
            [syn::Stmt::Expr(value, None)] => self.expr(value, hint),
            _ => {
                let statements = &block.stmts;
                q!(#(#statements)*)
            }
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary, hint: &Hint) -> TokenStream {
        let (left, op, right) = (&*binary.left, &binary.op, &*binary.right);
        let method = match op {
            BinOp::Add(_) => q!(add),
            BinOp::Sub(_) => q!(subtract),
            BinOp::Mul(_) => q!(multiply),
            BinOp::Div(_) => q!(divide),
            BinOp::Rem(_) => q!(remainder),
            BinOp::Shl(_) | BinOp::Shr(_) => return self.shift(binary, hint),
            BinOp::And(_) | BinOp::Or(_) => {
                let (left, right) = (self.expr(left, &Hint::None), self.expr(right, &Hint::None));
                return q!((#left #op #right));
            }
            _ => {
                let compares = matches!(
                    op,
                    BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
                );
                let none = Hint::None;
                let hint = if compares { &none } else { hint };
                let (left, right) = self.sides(left, right, hint);
                return q!((#left #op #right));
            }
        };
        self.fails = true;
        let (left, right) = self.sides(left, right, hint);
        quote_spanned!(op_span(op.span())=> __fw::Operands(#left, #right).#method()?)
    }

    /// Returns the operands of an operator whose operands have the same type.
    fn sides(&mut self, left: &Expr, right: &Expr, hint: &Hint) -> (TokenStream, TokenStream) {
        let like = |other: &Expr| Hint::Like(other.to_token_stream());
        match (is_untyped(left), is_untyped(right)) {
            (true, false) => (self.expr(left, &like(right)), self.expr(right, hint)),
            (false, true) => (self.expr(left, hint), self.expr(right, &like(left))),
            _ => (self.expr(left, hint), self.expr(right, hint)),
        }
    }

    fn shift(&mut self, binary: &syn::ExprBinary, hint: &Hint) -> TokenStream {
        self.fails = true;
        let method = if matches!(binary.op, BinOp::Shl(_)) { q!(shift_left) } else { q!(shift_right) };
        let (left, right) = (self.expr(&binary.left, hint), self.expr(&binary.right, &Hint::None));
        // A method call needs a receiver of known type.
        let left = match (is_constant(&binary.left) && is_untyped(&binary.left), hint) {
            (false, _) => left,
            (true, Hint::Like(other)) => q!(__fw::like(|| #other, #left)),
            (true, Hint::Type(ty)) => q!(__fw::typed::<#ty>(#left)),
            (true, Hint::None) => q!(__fw::typed::<::core::primitive::i32>(#left)),
        };
        quote_spanned!(op_span(binary.op.span())=> __fw::Operands(#left, #right).#method()?)
    }
}

/// Returns the span for the compiler's error if the type has no such operator.
fn op_span(span: proc_macro2::Span) -> proc_macro2::Span {
    span.resolved_at(proc_macro2::Span::mixed_site())
}

/// Returns `true` if an expression consists of literals. The compiler checks such an expression for
/// overflow.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Paren(inner) => is_constant(&inner.expr),
        Expr::Group(inner) => is_constant(&inner.expr),
        Expr::Unary(unary) => is_constant(&unary.expr),
        Expr::Binary(binary) => is_constant(&binary.left) && is_constant(&binary.right),
        _ => false,
    }
}

/// Returns `true` if an expression consists of integer literals without suffixes, so that its type
/// is inferred.
fn is_untyped(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(literal) => matches!(&literal.lit, Lit::Int(int) if int.suffix().is_empty()),
        Expr::Paren(inner) => is_untyped(&inner.expr),
        Expr::Group(inner) => is_untyped(&inner.expr),
        Expr::Unary(unary) => is_untyped(&unary.expr),
        Expr::Binary(binary) if matches!(binary.op, BinOp::Shl(_) | BinOp::Shr(_)) => {
            is_untyped(&binary.left)
        }
        Expr::Binary(binary) => {
            let computes = matches!(
                binary.op,
                BinOp::Add(_)
                    | BinOp::Sub(_)
                    | BinOp::Mul(_)
                    | BinOp::Div(_)
                    | BinOp::Rem(_)
                    | BinOp::BitAnd(_)
                    | BinOp::BitOr(_)
                    | BinOp::BitXor(_)
            );
            computes && is_untyped(&binary.left) && is_untyped(&binary.right)
        }
        _ => false,
    }
}
