//! Which changes of a declaration break whom.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::text::{Block, type_text, words};
use super::{
    Body, Check, Delimiter, Extent, Field, LengthRule, NumberFormat, Prefix, Presence, Role, Schema, Tags,
    Type, Variant,
};

impl Schema {
    /// What has changed on the wire since `old`, and who can still read whom.
    ///
    /// Names and doc comments are not on the wire and do not count.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// mod v1 {
    ///     #[derive(framewright::Frame)]
    ///     #[frame(be)]
    ///     pub struct Reading { pub sensor: u16, pub value: u16 }
    /// }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16, value: u32 }
    ///
    /// let report = Reading::SCHEMA.compatible_with(v1::Reading::SCHEMA);
    /// assert!(!report.is_compatible());
    /// assert_eq!(report.to_string(), "\
    /// Reading has changed on the wire:
    ///
    ///   change                               old reads new  new reads old
    ///   value: u16 be has become u32 be      no             no");
    /// ```
    #[must_use]
    pub fn compatible_with(&self, old: &Schema) -> Compatibility {
        let mut compare = Compare::default();
        compare.frames(old, self);
        Compatibility { name: self.name, changes: compare.changes }
    }
}

/// What has changed between two schemas, and who can still read whom; made
/// by [`Schema::compatible_with`].
///
/// Its text is a table for reviewers.
#[derive(Clone, Debug)]
pub struct Compatibility {
    name: &'static str,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    what: String,
    old_reads_new: Verdict,
    new_reads_old: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes,
    /// Only frames that keep to what both allow.
    Partly,
    No,
}

use Verdict::{No, Partly, Yes};

impl Compatibility {
    /// Whether everybody can read everything, as if nothing had changed.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.old_reads_new() && self.new_reads_old()
    }

    /// Whether programs with the old schema can read all that new ones write.
    #[must_use]
    pub fn old_reads_new(&self) -> bool {
        self.changes.iter().all(|change| change.old_reads_new == Yes)
    }

    /// Whether programs with the new schema can read all that old ones write.
    #[must_use]
    pub fn new_reads_old(&self) -> bool {
        self.changes.iter().all(|change| change.new_reads_old == Yes)
    }
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return write!(f, "{} is the same on the wire", self.name);
        }
        writeln!(f, "{} has changed on the wire:\n", self.name)?;
        let width = self.changes.iter().map(|change| change.what.chars().count()).fold(35, usize::max);
        write!(f, "  {:width$}  old reads new  new reads old", "change")?;
        self.changes.iter().try_for_each(|change| {
            write!(
                f,
                "\n  {:width$}  {:13}  {}",
                change.what,
                change.old_reads_new.text(),
                change.new_reads_old.text()
            )
        })
    }
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "not all",
            Self::No => "no",
        }
    }
}

#[derive(Default)]
struct Compare {
    changes: Vec<Change>,
    path: Vec<&'static str>,
    /// Pairs of frames that are being compared or have been.
    seen: Vec<(String, String)>,
    /// Whether what encloses the frame at hand lets it leave bytes unread.
    lenient: bool,
    /// Fields of the frame at hand that only have another name now.
    renamed: Vec<(&'static str, &'static str)>,
}

impl Compare {
    fn change(&mut self, what: impl fmt::Display, old_reads_new: Verdict, new_reads_old: Verdict) {
        let path = self.path.join(".");
        let what = if path.is_empty() { what.to_string() } else { format!("{path}: {what}") };
        self.changes.push(Change { what, old_reads_new, new_reads_old });
    }

    fn inside(&mut self, name: &'static str, compare: impl FnOnce(&mut Self)) {
        self.path.push(name);
        compare(self);
        self.path.pop();
    }

    fn frames(&mut self, old: &Schema, new: &Schema) {
        let pair = (Block(old).to_string(), Block(new).to_string());
        if self.seen.contains(&pair) {
            return;
        }
        self.seen.push(pair);
        let outside = self.lenient;
        self.lenient |= old.head.iter().any(|word| word.lenient);
        self.fields(old.head, new.head);
        match (old.body, new.body) {
            (Body::Struct(was), Body::Struct(is)) => {
                self.fields(was, is);
                self.checks(old.checks, new.checks);
            }
            (Body::Enum(old), Body::Enum(new)) => self.variants(old, new),
            (Body::Struct(_), Body::Enum(_)) => self.change("a struct has become an enum", No, No),
            (Body::Enum(_), Body::Struct(_)) => self.change("an enum has become a struct", No, No),
        }
        self.lenient = outside;
        if old.until_any != new.until_any {
            let text = |any: &'static [&'static [u8]]| match any {
                [] => String::from("no delimiter"),
                any => format!("until({})", Delimiter::of_frame(any)),
            };
            let what = format!("{} has become {}", text(old.until_any), text(new.until_any));
            let reads = |reader: &Schema, writer: &Schema| match reader.until_any.contains(&writer.until) {
                // What the writer has not of the reader's it could not have between.
                true if reader.until_any.iter().all(|each| writer.until_any.contains(each)) => Yes,
                true => Partly,
                false => No,
            };
            self.change(what, reads(old, new), reads(new, old));
        }
        self.limit(old.max, new.max);
    }

    /// A limit that is raised lets new writers say what old readers refuse.
    fn limit(&mut self, old: Option<usize>, new: Option<usize>) {
        let text = |limit: Option<usize>| limit.map_or(String::from("no max"), |max| format!("max = {max}"));
        let what = format!("{} has become {}", text(old), text(new));
        let [old, new] = [old, new].map(|limit| limit.unwrap_or(usize::MAX));
        match old.cmp(&new) {
            core::cmp::Ordering::Less => self.change(what, Partly, Yes),
            core::cmp::Ordering::Greater => self.change(what, Yes, Partly),
            core::cmp::Ordering::Equal => {}
        }
    }

    fn fields(&mut self, old: &[Field], new: &[Field]) {
        let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
        let renamed = |(was, is): &(&Field, &Field)| !has(new, was.name) && !has(old, is.name);
        self.renamed = match old.len() == new.len() {
            true => old.iter().zip(new).filter(renamed).map(|(was, is)| (was.name, is.name)).collect(),
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
                    self.change(format!("{} ({}) is new", added.name, words(added)), Yes, No);
                    new = new_rest;
                }
                ([], [added, new_rest @ ..]) => {
                    self.added(added);
                    new = new_rest;
                }
                ([was, old_rest @ ..], [is, new_rest @ ..]) => {
                    let stays = was.name == is.name;
                    match (has(new, was.name), has(old, is.name)) {
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
                            self.inside(is.name, |compare| compare.field(was, is));
                            (old, new) = (old_rest, new_rest);
                        }
                    }
                }
            }
        }
    }

    /// What is newly asked for old writers may not keep to.
    fn checks(&mut self, old: &[Check], new: &[Check]) {
        let text = |compare: &Self, check: &Check| (compare.now(check.condition.text), check.field);
        let was: Vec<_> = old.iter().map(|check| text(self, check)).collect();
        let is = |check: &Check| (String::from(check.condition.text), check.field);
        for check in new.iter().filter(|check| !was.contains(&is(check))) {
            self.change(format!("{check} is new"), Yes, Partly);
        }
        for (check, was) in old.iter().zip(&was) {
            if !new.iter().any(|check| is(check) == *was) {
                self.change(format!("{check} is gone"), Partly, Yes);
            }
        }
    }

    fn added(&mut self, field: &Field) {
        let what = format!("{} ({}) is new", field.name, words(field));
        match field.presence {
            Presence::Optional => self.change(what, No, Yes),
            // What was written without it does not have it.
            Presence::Lead(_) => self.change(what, Partly, Partly),
            _ => self.change(what, No, No),
        }
    }

    fn removed(&mut self, field: &Field) {
        let what = format!("{} ({}) is gone", field.name, words(field));
        match field.presence {
            Presence::Optional => self.change(what, Yes, No),
            Presence::Lead(_) => self.change(what, Partly, Partly),
            _ => self.change(what, No, No),
        }
    }

    fn field(&mut self, old: &Field, new: &Field) {
        self.presence(old.presence, new.presence);
        if self.role(old, new) {
            return;
        }
        // Only what bounds a frame lets it leave bytes unread.
        let outside =
            core::mem::replace(&mut self.lenient, old.lenient && !matches!(old.extent, Extent::Own));
        self.types(&old.ty, &new.ty);
        let [was, is] = [old, new].map(|field| field.none.map_or("no none", |none| none.text));
        if was != is {
            self.change(format!("none = {was} has become none = {is}"), Partly, Partly);
        }
        self.lenient = outside;
        match (old.extent, new.extent) {
            (Extent::LenPrefixed(was), Extent::LenPrefixed(is))
            | (Extent::CountPrefixed(was), Extent::CountPrefixed(is)) => self.prefix(&was, &is),
            _ => {
                let (old, new) = (self.now(&extent(old.extent)), extent(new.extent));
                if old != new {
                    self.change(format!("{old} has become {new}"), No, No);
                }
            }
        }
    }

    fn prefix(&mut self, old: &Prefix, new: &Prefix) {
        self.inside("prefix", |compare| {
            compare.types(&old.ty, &new.ty);
            if old.rule.inclusive != new.rule.inclusive {
                let what = if new.rule.inclusive { "now counts itself" } else { "no longer counts itself" };
                compare.change(what, No, No);
            }
            let rule = |rule: &LengthRule| (rule.scale, rule.bias, rule.none.map_or("", |none| none.text));
            let (was, is) = (rule(&old.rule), rule(&new.rule));
            if was != is {
                let text = |(scale, bias, none)| format!("scale = {scale}, bias = {bias}, none = {none:?}");
                compare.change(format!("{} has become {}", text(was), text(is)), No, No);
            }
        });
        self.limit(old.rule.max, new.rule.max);
    }

    fn presence(&mut self, old: Presence, new: Presence) {
        match (old, new) {
            (Presence::Always, Presence::Always) | (Presence::Optional, Presence::Optional) => {}
            (Presence::Lead(was), Presence::Lead(is)) if was == is => {}
            (old, new) if !old.text().is_empty() && self.now(old.text()) == new.text() => {}
            (Presence::Always, Presence::Optional) => self.change("may now be absent", Partly, Yes),
            (Presence::Optional, Presence::Always) => self.change("must now be there", Yes, Partly),
            (old, Presence::Always | Presence::Optional) => {
                self.change(format!("is there no longer only when {}", condition(&old)), No, No);
            }
            (_, new) => self.change(format!("is there when {}, which is new", condition(&new)), No, No),
        }
    }

    /// What a field is for; says whether that is all there is to say.
    fn role(&mut self, old: &Field, new: &Field) -> bool {
        if self.now(&role(old)) == role(new) {
            return false;
        }
        let what = format!("{} has become {}", words(old), words(new));
        let same_size = old.bits().is_some() && old.bits() == new.bits();
        match (old.role, new.role) {
            // Reserved bytes are written as zeros and not looked at.
            (Role::Pad, _) if same_size && takes_zeros(&new.ty) => self.change(what, Yes, Yes),
            (Role::Pad, _) if same_size => self.change(what, Yes, Partly),
            (_, Role::Pad) if same_size => self.change(what, Partly, Yes),
            // What was free is now checked, or the other way round.
            (Role::Value, Role::Checksum(..) | Role::Magic(_)) if same_size => self.change(what, Yes, Partly),
            (Role::Checksum(..) | Role::Magic(_), Role::Value) if same_size => self.change(what, Partly, Yes),
            _ => self.change(what, No, No),
        }
        true
    }

    /// The words of an old declaration with the names of today.
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

    fn types(&mut self, old: &Type, new: &Type) {
        let (was, is) = (type_text(old), type_text(new));
        let what = format!("{was} has become {is}");
        match (old, new) {
            (Type::Frame(old), Type::Frame(new)) => self.frames(old(), new()),
            (Type::List(old), Type::List(new)) => self.types(old, new),
            (Type::Array(old, was), Type::Array(new, is)) if was == is => self.types(old, new),
            (Type::Bytes, Type::Text) => self.change(what, Yes, Partly),
            (Type::Text, Type::Bytes) => self.change(what, Partly, Yes),
            (Type::Bytes, Type::Encoded(format)) if format.size().is_none() => self.change(what, Yes, Partly),
            (Type::Encoded(format), Type::Bytes) if format.size().is_none() => self.change(what, Partly, Yes),
            // Some numbers have names now, and the others are refused.
            (Type::Int { .. }, Type::Frame(named)) if names(named(), old) => self.change(what, Yes, Partly),
            (Type::Frame(named), Type::Int { .. }) if names(named(), new) => self.change(what, Partly, Yes),
            (Type::Number(old), Type::Number(new)) => self.numbers(old, new),
            _ if was == is => {}
            // The same bytes mean another number if the sign is set.
            (Type::Int { bytes, order, .. }, Type::Int { bytes: others, order: other, .. })
                if bytes == others && order == other =>
            {
                self.change(what, Partly, Partly);
            }
            _ => self.change(what, No, No),
        }
    }

    /// A format is the same whatever type its numbers have, but then some may not fit.
    fn numbers(&mut self, old: &NumberFormat, new: &NumberFormat) {
        let range = |format: &NumberFormat| format!("{format} from {} to {}", format.least, format.most);
        let reads = |reader: &NumberFormat, writer: &NumberFormat| match reader.least <= writer.least
            && writer.most <= reader.most
        {
            true => Yes,
            false => Partly,
        };
        if old.name != new.name || old.size() != new.size() {
            self.change(format!("{old} has become {new}"), No, No);
        } else if old != new {
            let what = format!("{} has become {}", range(old), range(new));
            self.change(what, reads(old, new), reads(new, old));
        }
    }

    fn variants(&mut self, old: &[Variant], new: &[Variant]) {
        let lenient = self.lenient;
        let caught = |variants: &[Variant], one: &Variant| {
            let all = variants.iter().find(|variant| variant.tags.contains(&Tags::Any));
            match all {
                Some(all) if takes(all, one, lenient) => Yes,
                Some(_) => Partly,
                None => No,
            }
        };
        // Who caught all may have written any tag, with another body.
        let wrote = |variants: &[Variant], one: &Variant| {
            let all = variants.iter().find(|variant| variant.tags.contains(&Tags::Any));
            if all.is_none_or(|all| same(all.fields, one.fields)) { Yes } else { Partly }
        };
        let found = |variants: &[Variant], wanted: &Variant| {
            let same = |variant: &&Variant| variant.tag == wanted.tag || overlap(variant, wanted);
            variants.iter().find(same).copied()
        };
        for variant in new {
            match found(old, variant) {
                Some(was) => self.inside(variant.name, |compare| {
                    if was.tag != variant.tag {
                        compare.change(
                            format!("tag {} has become {}", was.shown_tag(), variant.shown_tag()),
                            Partly,
                            Partly,
                        );
                    }
                    compare.fields(was.fields, variant.fields);
                    compare.checks(was.checks, variant.checks);
                }),
                None => {
                    let what = format!("variant {} (tag {}) is new", variant.name, variant.shown_tag());
                    let verdict = caught(old, variant);
                    self.change(what, verdict, wrote(old, variant));
                }
            }
        }
        for variant in old.iter().filter(|variant| found(new, variant).is_none()) {
            let what = format!("variant {} (tag {}) is gone", variant.name, variant.shown_tag());
            let verdict = caught(new, variant);
            self.change(what, wrote(new, variant), verdict);
        }
    }
}

/// Whether bytes of zeros are a value of this type.
fn takes_zeros(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int { .. } | Type::Float { .. } | Type::Bits(_) | Type::Bool | Type::Bytes | Type::Array(..)
    )
}

/// Whether a variant that catches all takes every body of another one.
fn takes(all: &Variant, one: &Variant, lenient: bool) -> bool {
    match all.fields {
        [Field { ty: Type::Bytes, extent: Extent::Rest, presence: Presence::Always, .. }] => true,
        [] if lenient => true,
        fields => same(fields, one.fields),
    }
}

/// Whether fields look the same on the wire.
fn same(old: &[Field], new: &[Field]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| words(old) == words(new))
}

/// Whether two variants share a tag.
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

/// Whether an enum is no more than names for numbers of this type.
fn names(schema: &Schema, number: &Type) -> bool {
    let [Field { ty, .. }] = schema.head else { return false };
    schema.is_plain_enum() && ty.bits() == number.bits() && ty.to_string() == number.to_string()
}

fn extent(extent: Extent) -> String {
    let said = words(&Field { extent, ..Field::new("", Type::Unit) });
    said.strip_prefix("nothing, ").map_or(String::from("no extent"), String::from)
}

/// What a field is for, with the rule of a length.
fn role(field: &Field) -> String {
    words(&Field { ty: Type::Unit, extent: Extent::Own, presence: Presence::Always, ..*field })
}

/// When a field is there, for people.
fn condition(presence: &Presence) -> String {
    match presence {
        Presence::Lead(lead) => format!("\"{}\" stands in front", lead.escape_ascii()),
        other => String::from(other.text()),
    }
}
