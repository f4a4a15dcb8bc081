//! The comparison of enums, variant by variant.

use alloc::format;

use super::Verdict::{No, Partly, Yes};
use super::compare::Compare;
use crate::schema::outline::{
    ExtentOutline as Extent, FieldOutline as Field, KindOutline as Kind, PresenceOutline as Presence,
    TagsOutline as Tags, VariantOutline as Variant,
};

impl<'o> Compare<'o> {
    pub(super) fn variants(&mut self, old: &'o [Variant], new: &'o [Variant]) {
        let lenient = self.lenient;
        let caught = |variants: &[Variant], one: &Variant| {
            let all = variants.iter().find(|variant| variant.tags.contains(&Tags::Any));
            match all {
                Some(all) if takes(all, one, lenient) => Yes,
                Some(_) => Partly,
                None => No,
            }
        };
        // A program without this variant may have written its tag with the catch-all variant, and
        // with another body.
        let wrote = |variants: &[Variant], one: &Variant| {
            let all = variants.iter().find(|variant| variant.tags.contains(&Tags::Any));
            if all.is_none_or(|all| same(&all.fields, &one.fields)) { Yes } else { Partly }
        };
        let found = |variants: &'o [Variant], wanted: &Variant| {
            variants.iter().find(|variant| variant.tag == wanted.tag || overlap(variant, wanted))
        };
        for variant in new {
            match found(old, variant) {
                Some(was) => self.inside(&variant.name, |compare| {
                    if was.tag != variant.tag {
                        compare.change(
                            format!("tag {} has become {}", was.shown, variant.shown),
                            Partly,
                            Partly,
                        );
                    }
                    compare.fields(&was.fields, &variant.fields);
                    compare.checks(&was.checks, &variant.checks);
                }),
                None => {
                    let what = format!("variant {} (tag {}) is new", variant.name, variant.shown);
                    let verdict = caught(old, variant);
                    self.change(what, verdict, wrote(old, variant));
                }
            }
        }
        for variant in old.iter().filter(|variant| found(new, variant).is_none()) {
            let what = format!("variant {} (tag {}) is gone", variant.name, variant.shown);
            let verdict = caught(new, variant);
            self.change(what, wrote(new, variant), verdict);
        }
    }
}

/// Returns `true` if the catch-all variant `all` accepts every body of the variant `one`.
fn takes(all: &Variant, one: &Variant, lenient: bool) -> bool {
    match &all.fields[..] {
        [field]
            if field.ty.kind == Kind::Bytes
                && field.extent == Extent::Rest
                && field.presence == Presence::Always =>
        {
            true
        }
        [] if lenient => true,
        fields => same(fields, &one.fields),
    }
}

/// Returns `true` if two lists of fields are the same on the wire.
fn same(old: &[Field], new: &[Field]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.words == new.words)
}

/// Returns `true` if two variants share a tag.
fn overlap(a: &Variant, b: &Variant) -> bool {
    a.tags.iter().any(|a| {
        b.tags.iter().any(|b| match (a, b) {
            (Tags::Range(first, last), Tags::Range(other_first, other_last)) => {
                first <= other_last && other_first <= last
            }
            (Tags::Unknown, _) => false,
            (a, b) => a == b,
        })
    })
}
