//! Lowers lists with a count, and lists that end with a special item.

use syn::Type;

use super::expr::item_on_wire;
use super::{Lower, Reach};
use crate::ast::{Field, list_item};
use crate::layout::{Content, Count, End, Format, Given, Items, List, Place, Step};

impl<'a> Lower<'a> {
    /// Refuses `separated` on a list that ends with a count or an item.
    fn not_separated(&self, field: &'a Field) {
        if let Some(word) = &field.attrs.separated {
            self.cx.error(
                word.span,
                "a list whose items are separated ends by its bytes: give it a length or a delimiter, as in \
                 `#[until(b\"\\r\\n\")]`",
            );
        }
    }

    pub(super) fn items(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        end: End<'a>,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let Some(item) = list_item(content.ty) else {
            self.cx.error_at(
                &field.ty,
                "only a `Vec` ends with an item: write `Vec<T>` itself and no alias of it, or end bytes and text with \
                 `#[until(b\"..\")]`",
            );
            return Vec::new();
        };
        if let (End::Dropped(value), true) = (&end, content.is_list_with()) {
            self.cx.error_at(
                value,
                "the item that ends this list would need context: end the list with `#[until(|item| ..)]`",
            );
            return Vec::new();
        }
        let told_alone = matches!(content.given, Given::Nothing);
        self.not_separated(field);
        let any = self.any_lifetime(item, &content.format, &end, told_alone);
        let marks = self.content_marks(field, reach);
        let on_wire = item_on_wire(field);
        vec![Step::Items(Items { place, item, any, content, on_wire, end, marks })]
    }

    /// Returns the item type with its lifetimes replaced by `'_`. Returns `None` if the bytes of an
    /// item are not enough to recognise the last item, for example because the item needs context.
    fn any_lifetime(&self, item: &Type, format: &Format, end: &End<'_>, is_told_alone: bool) -> Option<Type> {
        use syn::visit_mut::VisitMut;

        struct Lifetimes(usize);
        impl VisitMut for Lifetimes {
            fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
                if lifetime.ident != "static" {
                    self.0 += 1;
                    lifetime.ident = syn::Ident::new("_", lifetime.ident.span());
                }
            }
        }
        let parameter = match format {
            // The context of an item is known only while the frame is read.
            Format::Item { .. } if !is_told_alone => true,
            Format::Either { .. } => true,
            Format::As { .. } | Format::Each(_) => {
                super::number::converted(format).is_some_and(|ty| self.names_a_parameter(ty))
            }
            _ => false,
        };
        if parameter || self.names_a_parameter(item) {
            return None;
        }
        let mut lifetimes = Lifetimes(0);
        match end {
            End::Kept(closure) => lifetimes.visit_expr_closure_mut(&mut (*closure).clone()),
            End::Dropped(value) => lifetimes.visit_expr_mut(&mut (*value).clone()),
        }
        // A lifetime in the user's closure is a lifetime of the frame, so it cannot be replaced.
        if lifetimes.0 > 0 {
            return None;
        }
        let mut item = item.clone();
        lifetimes.visit_type_mut(&mut item);
        Some(item)
    }

    pub(super) fn list(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        count: Count<'a>,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let Some(item) = list_item(content.ty) else {
            self.cx.error_at(
                &field.ty,
                "only a `Vec` has a count of items: write `Vec<T>` itself and no alias of it, or use a length in bytes",
            );
            return Vec::new();
        };
        self.not_separated(field);
        let marks = self.content_marks(field, reach);
        vec![Step::List(List { place, item, content, count, marks })]
    }
}
