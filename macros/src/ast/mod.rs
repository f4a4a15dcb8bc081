//! The annotated type: the tree of syn with its attributes parsed and its field types classified.

mod each;
mod matches;
mod variables;

pub(crate) use each::expressions;
pub(crate) use matches::Matches;
pub(crate) use variables::{Kind, Variable, closure_variables, mentions, needs, parameters, variables};

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, GenericArgument, Generics, Member, Pat, PathArguments, Type};

use crate::attr::{FieldAttrs, TypeAttrs, VariantAttrs};
use crate::ctxt::Ctxt;

/// A type that derives `Frame`, or the hidden struct of a list's items (see [`each`]).
pub(crate) struct Item {
    pub(crate) ident: Ident,
    /// Name of the type in errors and schemas.
    pub(crate) name: String,
    pub(crate) generics: Generics,
    pub(crate) attrs: TypeAttrs,
    pub(crate) data: Data,
    /// Whether this is the hidden struct of a list's items.
    pub(crate) is_item: bool,
    /// For a hidden struct, the values that the surrounding frame passes as context.
    pub(crate) handed: Vec<Expr>,
    /// The index in `handed` of the list of `each(size in sizes, ..)`. Each item receives only the
    /// element of that list with the item's index.
    pub(crate) element: Option<usize>,
}

pub(crate) enum Data {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
}

pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) attrs: VariantAttrs,
    pub(crate) fields: Vec<Field>,
    pub(crate) discriminant: Option<Expr>,
    pub(crate) is_unit: bool,
}

pub(crate) struct Field {
    pub(crate) index: usize,
    pub(crate) member: Member,
    /// Name of the field in errors and schemas: `0` in tuples.
    pub(crate) name: String,
    /// Name of the field in the user's expressions: `_0` in tuples.
    pub(crate) plain: Ident,
    /// Variable that holds the field in generated code.
    pub(crate) local: Ident,
    pub(crate) ty: Type,
    pub(crate) attrs: FieldAttrs,
    pub(crate) span: Span,
    /// The hidden struct for the items of this list, if the list has `each` or `separated`.
    pub(crate) each: Option<Box<Item>>,
}

impl Variant {
    /// Returns `true` if the variant has `#[tag(_)]`.
    pub(crate) fn is_catch_all(&self) -> bool {
        self.attrs.tag.as_ref().is_some_and(|tag| matches!(tag.value, Pat::Wild(_)))
    }

    /// Returns `true` if the tag of the variant is its Rust discriminant: `Read = 1`, or `Read` in
    /// a fieldless enum whose variants have no `#[tag(..)]` (a catch-all does not count).
    pub(crate) fn has_discriminant(&self, all: &[Self]) -> bool {
        let plain = |other: &Self| other.is_catch_all() || (other.is_unit && other.attrs.tag.is_none());
        self.attrs.tag.is_none() && (self.discriminant.is_some() || (self.is_unit && all.iter().all(plain)))
    }
}

impl Item {
    /// Reads the item and its attributes, and reports errors to `cx`.
    pub(crate) fn parse(cx: &Ctxt, input: &DeriveInput) -> Option<Self> {
        let attrs = TypeAttrs::parse(cx, &input.attrs);
        let name = input.ident.unraw().to_string();
        let around = |place: &str| each::Around {
            attrs: &attrs,
            generics: &input.generics,
            name: name.clone(),
            place: place.to_string(),
        };
        let mut data = match &input.data {
            syn::Data::Struct(data) => Data::Struct(fields(cx, &data.fields)),
            syn::Data::Enum(data) => Data::Enum(data.variants.iter().map(|v| variant(cx, v)).collect()),
            syn::Data::Union(data) => {
                cx.error(data.union_token.span, "a union has no single layout: use a struct or an enum");
                return None;
            }
        };
        match &mut data {
            Data::Struct(fields) => each::make(cx, fields, &around("")),
            Data::Enum(variants) => {
                for (index, variant) in variants.iter_mut().enumerate() {
                    each::make(cx, &mut variant.fields, &around(&format!("{index}_")));
                }
            }
        }
        let (ident, generics) = (input.ident.clone(), input.generics.clone());
        Some(Self { ident, name, generics, attrs, data, is_item: false, handed: Vec::new(), element: None })
    }

    /// Returns the hidden structs of all lists, followed by this type.
    pub(crate) fn with_items(&self) -> Vec<&Self> {
        let items = self.fields().filter_map(|field| field.each.as_deref());
        items.flat_map(Self::with_items).chain([self]).collect()
    }

    /// Returns all fields of all variants.
    pub(crate) fn fields(&self) -> Box<dyn Iterator<Item = &Field> + '_> {
        match &self.data {
            Data::Struct(fields) => Box::new(fields.iter()),
            Data::Enum(variants) => Box::new(variants.iter().flat_map(|variant| &variant.fields)),
        }
    }
}

fn variant(cx: &Ctxt, variant: &syn::Variant) -> Variant {
    Variant {
        ident: variant.ident.clone(),
        attrs: VariantAttrs::parse(cx, &variant.attrs),
        fields: fields(cx, &variant.fields),
        discriminant: variant.discriminant.as_ref().map(|(_, expr)| expr.clone()),
        is_unit: matches!(variant.fields, syn::Fields::Unit),
    }
}

fn fields(cx: &Ctxt, fields: &syn::Fields) -> Vec<Field> {
    let one = |(index, field): (usize, &syn::Field)| {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::from(index),
        };
        let name = match &field.ident {
            Some(ident) => ident.unraw().to_string(),
            None => index.to_string(),
        };
        let plain = match &field.ident {
            Some(ident) => ident.clone(),
            None => Ident::new(&format!("_{index}"), Span::call_site()),
        };
        Field {
            index,
            member,
            name,
            plain,
            local: format_ident!("f{index}", span = Span::mixed_site()),
            ty: ungroup(&field.ty).clone(),
            attrs: FieldAttrs::parse(cx, &field.attrs),
            span: field.ident.as_ref().map_or_else(|| field.ty.span(), Spanned::span),
            each: None,
        }
    };
    fields.iter().enumerate().map(one).collect()
}

/// Removes the invisible groups and the parentheses around a type.
pub(crate) fn ungroup(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungroup(&group.elem),
        Type::Paren(paren) => ungroup(&paren.elem),
        other => other,
    }
}

/// Returns the last segment of a path type and its first type argument: `Vec` and `u8` for
/// `std::vec::Vec<u8>`.
pub(crate) fn named(ty: &Type) -> Option<(&Ident, Option<&Type>)> {
    let Type::Path(path) = ungroup(ty) else { return None };
    if path.qself.is_some() {
        return None;
    }
    let last = path.path.segments.last()?;
    let argument = match &last.arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ungroup(ty)),
            _ => None,
        }),
        _ => None,
    };
    Some((&last.ident, argument))
}

/// Returns `T` if `ty` is `name<T>`.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    named(ty).filter(|(ident, _)| *ident == name).and_then(|(_, argument)| argument)
}

/// Returns `T` if `ty` is `Option<T>`.
pub(crate) fn option_item(ty: &Type) -> Option<&Type> {
    argument_of(ty, "Option")
}

/// Returns `T` if `ty` is `Vec<T>`, `VecDeque<T>`, `Box<[T]>` or `Arc<[T]>`.
pub(crate) fn list_item(ty: &Type) -> Option<&Type> {
    match named(ty)? {
        (name, Some(Type::Slice(slice))) if name == "Box" || name == "Arc" => Some(ungroup(&slice.elem)),
        (name, Some(held)) if name == "Box" => list_item(held),
        (name, item) if name == "Vec" || name == "VecDeque" => item,
        _ => None,
    }
}

/// Returns the list to suggest instead of a map or set: `Vec<(K, V)>` for `HashMap<K, V>`.
pub(crate) fn in_order(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ungroup(ty) else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(list) = &last.arguments else { return None };
    let mut items = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let item = items.next()?;
    match last.ident.to_string().as_str() {
        "HashMap" | "BTreeMap" => {
            let value = items.next()?;
            Some(syn::parse_quote!(Vec<(#item, #value)>))
        }
        "HashSet" | "BTreeSet" => Some(syn::parse_quote!(Vec<#item>)),
        _ => None,
    }
}

/// Returns `Some(Some(T))` for `Auto<T>`, `Some(None)` for `Auto` alone, and `None` for other
/// types.
pub(crate) fn auto_item(ty: &Type) -> Option<Option<&Type>> {
    named(ty).filter(|(ident, _)| *ident == "Auto").map(|(_, argument)| argument)
}

/// Returns `true` if a field of this type must say where it ends, such as `Vec<T>` or `String`.
pub(crate) fn needs_extent(ty: &Type) -> bool {
    match ungroup(ty) {
        Type::Reference(_) | Type::Slice(_) => true,
        other => match named(other) {
            Some((name, Some(held))) if name == "Box" => needs_extent(held),
            Some((name, Some(held))) if name == "Arc" => {
                matches!(held, Type::Slice(_))
                    || matches!(held, Type::Path(path) if path.path.is_ident("str"))
            }
            Some((name, _)) => {
                ["Vec", "VecDeque", "String", "Bytes", "Cow", "str"].iter().any(|each| name == each)
            }
            None => false,
        },
    }
}

/// Returns `true` if the encoded size is known without encoding, as for bytes and text.
pub(crate) fn size_is_cheap(ty: &Type) -> bool {
    match list_item(ty) {
        Some(item) => matches!(scalar(item), Some(1)),
        None => needs_extent(ty),
    }
}

/// Returns the size in bytes of a Rust integer, float or `bool`.
pub(crate) fn scalar(ty: &Type) -> Option<usize> {
    let Type::Path(path) = ungroup(ty) else { return None };
    let size = match path.path.get_ident()?.to_string().as_str() {
        "u8" | "i8" | "bool" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" | "f32" => 4,
        "u64" | "i64" | "f64" => 8,
        "u128" | "i128" => 16,
        _ => return None,
    };
    Some(size)
}

/// Returns the size in bytes of a Rust integer, float or `bool`, or of an array of them whose length
/// is a literal.
pub(crate) fn size(ty: &Type) -> Option<usize> {
    let Type::Array(array) = ungroup(ty) else { return scalar(ty) };
    let len = usize::try_from(number(&array.len)?).ok()?;
    size(&array.elem)?.checked_mul(len)
}

/// Returns `true` if `ty` is a Rust integer or float, for which all bytes are valid.
pub(crate) fn is_plain(ty: &Type) -> bool {
    scalar(ty).is_some() && named(ty).is_none_or(|(ident, _)| ident != "bool")
}

pub(crate) fn is_integer(ty: &Type) -> bool {
    named(ty).is_some_and(|(ident, _)| is_integer_name(ident) && ident != "usize" && ident != "isize")
}

/// Returns `true` for the name of a Rust integer, such as `u8` or `usize`.
pub(crate) fn is_integer_name(ident: &Ident) -> bool {
    matches!(ident.to_string().split_at_checked(1), Some(("u" | "i", bits))
        if matches!(bits, "8" | "16" | "32" | "64" | "128" | "size"))
}

/// Evaluates an expression of integer and byte literals, such as `4 * 16` or `b'a'`.
pub(crate) fn number(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(literal) => literal_number(&literal.lit),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => number(expr)?.checked_neg(),
        Expr::Group(group) => number(&group.expr),
        Expr::Paren(paren) => number(&paren.expr),
        Expr::Binary(binary) => {
            let (left, right) = (number(&binary.left)?, number(&binary.right)?);
            match binary.op {
                syn::BinOp::Add(_) => left.checked_add(right),
                syn::BinOp::Sub(_) => left.checked_sub(right),
                syn::BinOp::Mul(_) => left.checked_mul(right),
                syn::BinOp::Shl(_) => left.checked_mul(1i128.checked_shl(u32::try_from(right).ok()?)?),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(crate) fn literal_number(literal: &syn::Lit) -> Option<i128> {
    match literal {
        syn::Lit::Int(int) => int.base10_parse().ok(),
        syn::Lit::Byte(byte) => Some(i128::from(byte.value())),
        _ => None,
    }
}

/// Returns the largest value of an 8-bit or 16-bit integer type. Larger types return `None`,
/// because their largest value is too large to be a useful limit for a length.
pub(crate) fn small_limit(ty: &Type) -> Option<usize> {
    match named(ty)?.0.to_string().as_str() {
        "u8" => Some(0xff),
        "i8" => Some(0x7f),
        "u16" => Some(0xffff),
        "i16" => Some(0x7fff),
        _ => None,
    }
}
