//! The comparison of two outlines, frame by frame and field by field.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::Verdict::{No, Partly, Yes};
use super::{Change, Compatibility, Verdict};
use crate::schema::outline::{
    BodyOutline as Body, CheckOutline as Check, ExtentOutline as Extent, FieldOutline as Field, FrameOutline,
    KindOutline as Kind, Outline, PrefixOutline as Prefix, PresenceOutline as Presence, RoleOutline as Role,
    TypeOutline as Type,
};

/// The maximum nesting depth that is compared.
const DEEP: usize = 128;

/// Compares two outlines of the type called `name`.
pub(crate) fn compared(name: &'static str, old: &Outline, new: &Outline) -> Compatibility {
    let changes = Vec::new();
    let (path, seen, renamed) = (Vec::new(), BTreeSet::new(), Vec::new());
    let mut compare = Compare { old, new, changes, path, seen, lenient: false, renamed };
    compare.frames(&old.root, &new.root);
    Compatibility { name, changes: compare.changes }
}

pub(super) struct Compare<'o> {
    old: &'o Outline,
    new: &'o Outline,
    changes: Vec<Change>,
    path: Vec<&'o str>,
    /// Pairs of frames that have been compared or are being compared.
    seen: BTreeSet<(&'o str, &'o str)>,
    /// Whether the extent of the current frame allows leftover bytes.
    pub(super) lenient: bool,
    /// Renamed fields of the current frame, as pairs of the old and the new name.
    renamed: Vec<(&'o str, &'o str)>,
}

impl<'o> Compare<'o> {
    pub(super) fn change(&mut self, what: impl fmt::Display, old_reads_new: Verdict, new_reads_old: Verdict) {
        let path = self.path.join(".");
        let what = if path.is_empty() { what.to_string() } else { format!("{path}: {what}") };
        self.changes.push(Change { what, old_reads_new, new_reads_old });
    }

    pub(super) fn inside(&mut self, name: &'o str, compare: impl FnOnce(&mut Self)) {
        self.path.push(name);
        compare(self);
        self.path.pop();
    }

    fn frames(&mut self, old: &'o str, new: &'o str) {
        if !self.seen.insert((old, new)) {
            return;
        }
        let (Some(old), Some(new)) = (self.old.frames.get(old), self.new.frames.get(new)) else {
            return self.change(format!("there is no frame {old} or no frame {new}"), No, No);
        };
        if self.path.len() > DEEP {
            return self.change("frames nest too deep to be compared", No, No);
        }
        let outside = self.lenient;
        self.lenient |= old.head.iter().any(|word| word.lenient);
        self.fields(&old.head, &new.head);
        match (&old.body, &new.body) {
            (Body::Struct(was, before), Body::Struct(is, now)) => {
                self.fields(was, is);
                self.checks(before, now);
            }
            (Body::Enum(old), Body::Enum(new)) => self.variants(old, new),
            (Body::Struct(..), Body::Enum(_)) => self.change("a struct has become an enum", No, No),
            (Body::Enum(_), Body::Struct(..)) => self.change("an enum has become a struct", No, No),
        }
        self.lenient = outside;
        if old.until != new.until {
            let what = format!("{} has become {}", delimiter(&old.until), delimiter(&new.until));
            let reads = |reader: &FrameOutline, writer: &FrameOutline| {
                match writer.until.first().is_some_and(|written| reader.until.contains(written)) {
                    // A writer that knows all delimiters of the reader puts none of them into the
                    // content. Otherwise a delimiter that only the reader knows might occur there.
                    true if reader.until.iter().all(|each| writer.until.contains(each)) => Yes,
                    true => Partly,
                    false => No,
                }
            };
            self.change(what, reads(old, new), reads(new, old));
        }
        self.limit(old.max, new.max);
    }

    /// Compares the limits of `max`. If the limit was raised, new programs may send frames that old
    /// programs refuse.
    fn limit(&mut self, old: Option<u64>, new: Option<u64>) {
        let text = |limit: Option<u64>| limit.map_or(String::from("no max"), |max| format!("max = {max}"));
        let what = format!("{} has become {}", text(old), text(new));
        let [old, new] = [old, new].map(|limit| limit.unwrap_or(u64::MAX));
        match old.cmp(&new) {
            core::cmp::Ordering::Less => self.change(what, Partly, Yes),
            core::cmp::Ordering::Greater => self.change(what, Yes, Partly),
            core::cmp::Ordering::Equal => {}
        }
    }

    pub(super) fn fields(&mut self, old: &'o [Field], new: &'o [Field]) {
        let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
        let renamed = |(was, is): &(&Field, &Field)| !has(new, &was.name) && !has(old, &is.name);
        self.renamed = match old.len() == new.len() {
            true => old.iter().zip(new).filter(renamed).map(|(was, is)| (&*was.name, &*is.name)).collect(),
            false => Vec::new(),
        };
        let (mut old, mut new) = (old, new);
        loop {
            match (old, new) {
                ([], []) => return,
                ([gone, old_rest @ ..], []) => {
                    self.removed(gone);
                    old = old_rest;
                }
                ([], [added, new_rest @ ..]) if self.lenient => {
                    self.change(format!("{} ({}) is new", added.name, added.words), Yes, No);
                    new = new_rest;
                }
                ([], [added, new_rest @ ..]) => {
                    self.added(added);
                    new = new_rest;
                }
                ([was, old_rest @ ..], [is, new_rest @ ..]) => {
                    let stays = was.name == is.name;
                    match (has(new, &was.name), has(old, &is.name)) {
                        (true, true) if !stays => {
                            return self.change(
                                format!("{} and {} have changed places", was.name, is.name),
                                No,
                                No,
                            );
                        }
                        (true, false) => {
                            self.added(is);
                            new = new_rest;
                        }
                        (false, true) => {
                            self.removed(was);
                            old = old_rest;
                        }
                        _ => {
                            self.inside(&is.name, |compare| compare.field(was, is));
                            (old, new) = (old_rest, new_rest);
                        }
                    }
                }
            }
        }
    }

    /// Compares the checks. Frames of old programs may fail a new check.
    pub(super) fn checks(&mut self, old: &[Check], new: &[Check]) {
        let text = |compare: &Self, check: &Check| (compare.now(&check.condition), check.field.clone());
        let was: Vec<_> = old.iter().map(|check| text(self, check)).collect();
        let is = |check: &Check| (check.condition.clone(), check.field.clone());
        for check in new.iter().filter(|check| !was.contains(&is(check))) {
            self.change(format!("{} is new", check.text), Yes, Partly);
        }
        for (check, was) in old.iter().zip(&was) {
            if !new.iter().any(|check| is(check) == *was) {
                self.change(format!("{} is gone", check.text), Partly, Yes);
            }
        }
    }

    fn added(&mut self, field: &Field) {
        let what = format!("{} ({}) is new", field.name, field.words);
        match field.presence {
            Presence::Optional => self.change(what, No, Yes),
            // Still readable: a new frame without this field, and an old frame that has other bytes
            // than the lead at this position.
            Presence::Lead(_) => self.change(what, Partly, Partly),
            _ => self.change(what, No, No),
        }
    }

    fn removed(&mut self, field: &Field) {
        let what = format!("{} ({}) is gone", field.name, field.words);
        match field.presence {
            Presence::Optional => self.change(what, Yes, No),
            Presence::Lead(_) => self.change(what, Partly, Partly),
            _ => self.change(what, No, No),
        }
    }

    fn field(&mut self, old: &'o Field, new: &'o Field) {
        self.presence(&old.presence, &new.presence);
        if self.role(old, new) {
            return;
        }
        // Without an extent (`Extent::Own`), no bytes can be left over.
        let outside = core::mem::replace(&mut self.lenient, old.lenient && old.extent != Extent::Own);
        self.types(&old.ty, &new.ty);
        let [was, is] = [old, new].map(|field| field.none.as_deref().unwrap_or("no none"));
        if was != is {
            self.change(format!("none = {was} has become none = {is}"), Partly, Partly);
        }
        self.lenient = outside;
        match (&old.extent, &new.extent) {
            (Extent::Len(was), Extent::Len(is)) | (Extent::Count(was), Extent::Count(is)) => {
                self.prefix(was, is);
            }
            _ => {
                let (old, new) = (self.now(&extent(&old.extent)), extent(&new.extent));
                if old != new {
                    self.change(format!("{old} has become {new}"), No, No);
                }
            }
        }
    }

    fn prefix(&mut self, old: &'o Prefix, new: &'o Prefix) {
        self.inside("prefix", |compare| {
            compare.types(&old.ty, &new.ty);
            if old.inclusive != new.inclusive {
                let what = if new.inclusive { "now counts itself" } else { "no longer counts itself" };
                compare.change(what, No, No);
            }
            let rule = |of: &'o Prefix| (of.scale, of.bias, &*of.none);
            let (was, is) = (rule(old), rule(new));
            if was != is {
                let text = |(scale, bias, none)| format!("scale = {scale}, bias = {bias}, none = {none:?}");
                compare.change(format!("{} has become {}", text(was), text(is)), No, No);
            }
        });
        self.limit(old.max, new.max);
    }

    fn presence(&mut self, old: &Presence, new: &Presence) {
        match (old, new) {
            (Presence::Always, Presence::Always) | (Presence::Optional, Presence::Optional) => {}
            (Presence::Lead(was), Presence::Lead(is)) if was == is => {}
            (Presence::When(was), Presence::When(is)) if self.now(was) == *is => {}
            (Presence::Always, Presence::Optional) => self.change("may now be absent", Partly, Yes),
            (Presence::Optional, Presence::Always) => self.change("must now be present", Yes, Partly),
            (old, Presence::Always | Presence::Optional) => {
                self.change(format!("is now always present, not only if {}", condition(old)), No, No);
            }
            (_, new) => self.change(format!("is now present only if {}", condition(new)), No, No),
        }
    }

    /// Compares the role of a field in both versions. Returns `true` if it has changed; the rest of
    /// the field is then not compared.
    fn role(&mut self, old: &Field, new: &Field) -> bool {
        if self.now(&old.purpose) == new.purpose {
            return false;
        }
        let what = format!("{} has become {}", old.words, new.words);
        let same_size = old.bits.is_some() && old.bits == new.bits;
        match (old.role, new.role) {
            // Padding is written as zeros, and ignored by the reader.
            (Role::Pad, _) if same_size && new.ty.kind.takes_zeros() => self.change(what, Yes, Yes),
            (Role::Pad, _) if same_size => self.change(what, Yes, Partly),
            (_, Role::Pad) if same_size => self.change(what, Partly, Yes),
            // Decoding now verifies the value, or no longer does.
            (Role::Value, Role::Checked) if same_size => self.change(what, Yes, Partly),
            (Role::Checked, Role::Value) if same_size => self.change(what, Partly, Yes),
            _ => self.change(what, No, No),
        }
        true
    }

    /// Replaces the old names of renamed fields with the new names, in the text of an old
    /// declaration.
    fn now(&self, text: &str) -> String {
        let is_name = |character: char| character.is_alphanumeric() || character == '_';
        let mut now = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = match is_name(first) {
                true => rest.find(|character| !is_name(character)).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            let (word, behind) = rest.split_at(end);
            let renamed = self.renamed.iter().find(|(was, _)| *was == word);
            now.push_str(renamed.map_or(word, |(_, is)| is));
            rest = behind;
        }
        now
    }

    fn types(&mut self, old: &'o Type, new: &'o Type) {
        let what = format!("{} has become {}", old.text, new.text);
        match (&old.kind, &new.kind) {
            (Kind::Frame(old), Kind::Frame(new)) => self.frames(old, new),
            (Kind::List(old), Kind::List(new)) => self.types(old, new),
            (Kind::Array(old, was), Kind::Array(new, is)) if was == is => self.types(old, new),
            (Kind::Bytes, Kind::Text | Kind::Encoded) => self.change(what, Yes, Partly),
            (Kind::Text | Kind::Encoded, Kind::Bytes) => self.change(what, Partly, Yes),
            // An integer has become a fieldless enum, which accepts only the numbers of its
            // variants.
            (Kind::Int(..), Kind::Frame(named)) if names(self.new, named, old) => {
                self.change(what, Yes, Partly);
            }
            (Kind::Frame(named), Kind::Int(..)) if names(self.old, named, new) => {
                self.change(what, Partly, Yes);
            }
            (Kind::Number { .. }, Kind::Number { .. }) => self.numbers(old, new),
            _ if old.text == new.text => {}
            // `u16` and `i16` read different numbers from the same bytes if the sign bit is set.
            (Kind::Int(bytes, order), Kind::Int(others, other)) if bytes == others && order == other => {
                self.change(what, Partly, Partly);
            }
            _ => self.change(what, No, No),
        }
    }

    /// Compares two number formats. If only their ranges differ, a reader refuses the numbers
    /// outside of its own range.
    fn numbers(&mut self, old: &Type, new: &Type) {
        let (
            Kind::Number { name, least, most, min_len, max_len },
            Kind::Number { name: named, least: lowest, most: highest, min_len: fewest, max_len: longest },
        ) = (&old.kind, &new.kind)
        else {
            return;
        };
        let size = |min: &u64, max: &Option<u64>| max.filter(|max| max == min);
        let reads = |is_within: bool| if is_within { Yes } else { Partly };
        if name != named || size(min_len, max_len) != size(fewest, longest) {
            self.change(format!("{} has become {}", old.text, new.text), No, No);
        } else if old.kind != new.kind {
            let what = format!(
                "{} from {least} to {most} has become {} from {lowest} to {highest}",
                old.text, new.text
            );
            let old_reads_new = reads(least <= lowest && highest <= most);
            self.change(what, old_reads_new, reads(lowest <= least && most <= highest));
        }
    }
}

/// Returns `true` if `named` is a fieldless enum whose tag has the type `number`.
fn names(outline: &Outline, named: &str, number: &Type) -> bool {
    outline.frames.get(named).and_then(|frame| frame.names.as_ref()).is_some_and(|of| *of == number.text)
}

fn extent(extent: &Extent) -> String {
    match extent {
        Extent::Own => "no extent".into(),
        Extent::Rest => "rest".into(),
        Extent::Len(Prefix { words, .. }) | Extent::Count(Prefix { words, .. }) | Extent::Other(words) => {
            words.clone()
        }
    }
}

/// Formats the delimiters of a frame.
fn delimiter(any: &[Vec<u8>]) -> String {
    let each: Vec<_> = any.iter().map(|each| format!("\"{}\"", each.escape_ascii())).collect();
    if each.is_empty() { "no delimiter".into() } else { format!("until({})", each.join(" | ")) }
}

/// Formats the condition for the presence of a field.
fn condition(presence: &Presence) -> String {
    match presence {
        Presence::Lead(lead) => format!("preceded by \"{}\"", lead.escape_ascii()),
        Presence::When(condition) => condition.clone(),
        Presence::Always | Presence::Optional => String::new(),
    }
}
