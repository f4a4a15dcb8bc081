//! Generation of a value, as JSON, from a schema and choices.

use std::format;
use std::string::{String, ToString};
use std::sync::Arc;
use std::vec::Vec;

use serde_json::{Map, Value as Json};

use crate::frame::{Decode, Encode};
use crate::json::members::{Form, form, values};
use crate::samples::REJECTIONS;
use crate::samples::asked::MOST;
use crate::samples::choices::Choices;
use crate::samples::delimited::{behind, without};
use crate::samples::ending::Last;
use crate::schema::known::{Entry, Known, Says, chosen};
use crate::schema::steps::Slot;
use crate::schema::{
    BitKind, Bits, Body, Delimiter, Ending, Extent, Field, LengthRule, NumberFormat, Presence, Role, Schema,
    Tags, TextFormat, Type, Variant,
};
use crate::wire::item_of_array;

/// Depth beyond which nested frames are made as small as possible.
pub(crate) const DEEP: usize = 4;

/// Generates values until the type accepts one. If it refuses too many, returns the last error.
pub(crate) fn value<T: Encode + for<'a> Decode<'a>>(
    turn: usize,
    choices: &mut dyn FnMut(usize) -> Choices,
) -> Result<T, String> {
    let mut refused = String::from("no value was generated");
    for attempt in 0..REJECTIONS {
        let mut maker = Maker { choices: Choices { turn, tame: attempt / 16, ..choices(attempt) }, depth: 0 };
        let json = maker.frame(T::SCHEMA, None, Vec::new());
        let made = crate::json::from_json::<T>(&json.to_string()).map_err(|error| error.to_string());
        match made.and_then(|bytes| T::decode(&bytes).map_err(|error| error.to_string())) {
            Ok(value) => return Ok(value),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

pub(crate) struct Maker {
    pub(crate) choices: Choices,
    depth: usize,
}

impl Maker {
    fn frame(&mut self, schema: &'static Schema, tag: Option<Says>, context: Vec<Option<u128>>) -> Json {
        self.depth += 1;
        let json = match schema.body {
            Body::Struct(fields) => self.fields(Known { context, ..Known::new(schema, 0) }, fields, "", None),
            Body::Enum(variants) => self.variant(schema, variants, tag, context),
        };
        self.depth -= 1;
        json
    }

    fn variant(
        &mut self,
        schema: &'static Schema,
        variants: &'static [Variant],
        tag: Option<Says>,
        context: Vec<Option<u128>>,
    ) -> Json {
        let by_tag = tag.as_ref().and_then(|tag| chosen(schema, tag));
        let turn = self.choices.turn;
        let index = match self.depth > DEEP {
            // Takes the variant with the fewest nested frames.
            true => (0..variants.len()).min_by_key(|index| variants.get(*index).map(nested)).unwrap_or(0),
            false => (self.choices.of(variants.len()) + turn) % variants.len().max(1),
        };
        let Some(variant) = by_tag.or_else(|| variants.get(index)) else { return Json::Null };
        let kept = match (variant.keeps, tag) {
            ("", _) => None,
            (_, Some(tag)) => Some(tag),
            _ => Some(self.tag(variants, variant)),
        };
        let known = Known { context, tag: kept.clone(), variant: Some(variant), ..Known::new(schema, 0) };
        match self.fields(known, variant.fields, variant.keeps, kept.as_ref()) {
            Json::Null => Json::String(variant.name.to_string()),
            inside => Json::Object(Map::from_iter([(variant.name.to_string(), inside)])),
        }
    }

    /// Chooses a tag of a variant.
    pub(crate) fn tag(&mut self, variants: &[Variant], variant: &Variant) -> Says {
        let index = self.choices.of(variant.tags.len());
        match variant.tags.get(index) {
            Some(Tags::Range(first, last)) => Says::of(self.choices.number(*first, *last)),
            Some(Tags::Bytes(bytes)) => Says::Bytes(bytes.to_vec()),
            Some(Tags::Any | Tags::Unknown) | None => {
                let is_taken = |number: i128| {
                    variants.iter().flat_map(|variant| variant.tags).any(
                        |set| matches!(set, Tags::Range(first, last) if *first <= number && number <= *last),
                    )
                };
                Says::of((0..=255).rev().find(|number| !is_taken(*number)).unwrap_or(0))
            }
        }
    }

    fn fields(
        &mut self,
        mut known: Known,
        fields: &'static [Field],
        keeps: &'static str,
        kept: Option<&Says>,
    ) -> Json {
        let mut members = Map::new();
        if let Some(kept) = kept {
            members.insert(keeps.to_string(), said(kept));
        }
        let (mut ended, mut left) = (false, None);
        for (index, field) in fields.iter().enumerate() {
            if !matches!(field.role, Role::Value) {
                continue;
            }
            let there = match field.presence {
                Presence::Always => true,
                Presence::When(condition) => {
                    condition.holds(&known).unwrap_or_else(|| self.choices.of(2) == 1)
                }
                Presence::Optional => !ended && self.depth <= DEEP && self.choices.of(2) == 1,
                Presence::Lead(_) | Presence::Flag(..) | Presence::Length(..) | Presence::Prefix(_) => {
                    self.depth <= DEEP && self.choices.of(2) == 1
                }
            };
            ended |= matches!(field.presence, Presence::Optional) && !there;
            if !there {
                members.insert(field.name.to_string(), Json::Null);
                known.entries.push(Entry { there: Some(false), ..Entry::new(Slot::Field(index), 0) });
                continue;
            }
            let json = self.field(field, index, fields, &known);
            let json = match left.take() {
                Some(delimiter) => behind(json, &field.ty, delimiter),
                None => json,
            };
            if let Extent::UntilAny(Delimiter { ending: Ending::Left, any: [written, ..], .. }) = field.extent
            {
                left = Some(*written);
            }
            known.entries.push(entry(index, field, &json));
            members.insert(field.name.to_string(), json);
        }
        let names = values(fields, keeps);
        let mut listed = names.iter().filter_map(|name| members.remove(*name));
        match form(&names) {
            Form::Named if names.is_empty() => Json::Null,
            Form::Named => Json::Object(names.iter().map(|name| name.to_string()).zip(listed).collect()),
            Form::Alone => listed.next().unwrap_or(Json::Null),
            Form::Listed => Json::Array(listed.collect()),
        }
    }

    fn field(&mut self, field: &Field, index: usize, fields: &[Field], known: &Known) -> Json {
        if let Some(number) = self.asked(field, index, fields, known) {
            return whole(number);
        }
        let (ty, size) =
            (&field.ty, |number: Option<i128>| number.and_then(|number| usize::try_from(number).ok()));
        let given = Handed { tag: known.tag_for(field), context: known.context_for(field) };
        if field.none.is_some() && self.choices.of(3) == 0 {
            return Json::Null;
        }
        if let Some(stop) = field.stop {
            let most = match field.extent {
                Extent::Fixed(len, _) => len,
                Extent::Len(len) => size(len.number(known)).unwrap_or(0),
                _ => 0,
            };
            let value = self.choices.size().min(most);
            let value = self.value(ty, Some(value), &given);
            return without(value, stop.delimiter.any);
        }
        match field.extent {
            Extent::UntilItem(condition, last) => match ty {
                Type::List(item) => {
                    self.until_item(item, last.map_or(Last::Kept(condition), Last::Dropped), &given)
                }
                Type::Bytes => self.until_byte(condition, &given),
                _ => self.value(ty, None, &given),
            },
            Extent::Own | Extent::Rest | Extent::LenOf(_) | Extent::CountOf(_) => {
                self.value(ty, None, &given)
            }
            Extent::LenPrefixed(prefix) => match ty {
                Type::Bytes | Type::Text => {
                    let len = self.scaled(&prefix.rule);
                    self.value(ty, Some(len), &given)
                }
                _ => self.value(ty, None, &given),
            },
            Extent::CountPrefixed(_) => self.value(ty, None, &given),
            Extent::Len(len) => {
                let bytes = size(len.number(known)).filter(|len| *len <= MOST);
                let items = match ty {
                    Type::List(item) => item.bits().zip(bytes).map(|(bits, bytes)| bytes * 8 / bits.max(1)),
                    Type::Number(format) if format.in_bytes.is_some() => {
                        return self.in_bytes(format, bytes.unwrap_or(0));
                    }
                    _ => bytes,
                };
                self.value(ty, items, &given)
            }
            Extent::Count(count) => {
                let count = size(count.number(known)).filter(|count| *count <= MOST);
                self.value(ty, count, &given)
            }
            Extent::UntilAny(delimiter) => without(self.value(ty, None, &given), delimiter.any),
            Extent::Until(delimiter) => without(self.value(ty, None, &given), &[delimiter]),
            Extent::Fixed(len, fill) => self.fixed(ty, len, fill, field.fills, &given),
            Extent::Align(_) => Json::Null,
        }
    }

    /// Returns a number that fits this many bytes.
    fn in_bytes(&mut self, format: &NumberFormat, bytes: usize) -> Json {
        let bits = u32::try_from(bytes * 8).unwrap_or(u32::MAX).min(126);
        let most = (1i128 << bits) - 1;
        whole(match format.ty.is_signed() {
            true => self.choices.number(-(most >> 1) - i128::from(bits > 0), most >> 1),
            false => self.choices.number(0, most),
        })
    }

    /// Returns a length that is a multiple of the rule's `scale` and within its `max`.
    fn scaled(&mut self, rule: &LengthRule) -> usize {
        let size = self.choices.size().saturating_mul(rule.scale);
        rule.max.map_or(size, |max| size.min(max))
    }

    fn fixed(&mut self, ty: &Type, len: usize, fill: u8, fills: bool, given: &Handed) -> Json {
        match ty {
            Type::Bytes => {
                let size = if self.choices.of(2) == 0 { self.choices.size().min(len) } else { len };
                let mut bytes = self.bytes(size);
                if let Some(last) = bytes.last_mut().filter(|last| **last == fill) {
                    *last = fill.wrapping_add(1);
                }
                hex(&bytes)
            }
            Type::Text => {
                let size = if self.choices.of(2) == 0 { self.choices.size().min(len) } else { len };
                self.value(ty, Some(size), given)
            }
            Type::List(item) => {
                let most = match item.bits() {
                    Some(bits) => len * 8 / bits.max(1),
                    None => len / 4,
                };
                let count = if fills { self.choices.of(most + 1) } else { most };
                self.value(ty, item.bits().or(fills.then_some(0)).map(|_| count), given)
            }
            _ => self.value(ty, Some(len), given),
        }
    }

    pub(crate) fn value(&mut self, ty: &Type, size: Option<usize>, given: &Handed) -> Json {
        match ty {
            Type::Unit => Json::Null,
            Type::Int { bytes, signed, .. } => {
                let bits = u32::try_from(bytes * 8).unwrap_or(64).min(126);
                let most = (1i128 << bits) - 1;
                whole(match signed {
                    true => self.choices.number(-(1i128 << (bits - 1)), most >> 1),
                    false => self.choices.number(0, most),
                })
            }
            Type::Float { .. } => {
                const FLOATS: [&str; 8] = ["0.0", "1.0", "-1.5", "0.25", "1e30", "-0.0", "1e-30", "65504.0"];
                let index = self.choices.of(FLOATS.len());
                serde_json::from_str(FLOATS.get(index).copied().unwrap_or("0.0")).unwrap_or(Json::Null)
            }
            Type::Bool => Json::Bool(self.choices.of(2) == 1),
            Type::Number(format) => {
                let most = i128::try_from(format.most).unwrap_or(i128::MAX);
                let tame = if self.choices.tame > 0 { 127 } else { most };
                whole(self.choices.number(format.least.max(-tame), most.min(tame)))
            }
            Type::Bits(bits) => {
                let most = (1i128 << bits.width.min(126)) - 1;
                let (least, most) =
                    if bits.of.is_signed() { (-(most >> 1) - 1, most >> 1) } else { (0, most) };
                match bits.of {
                    BitKind::Array { items, lsb, of } => {
                        let (_, width) = item_of_array(0, items, bits.width, lsb);
                        let each = Type::Bits(Bits { width, of: *of, ..*bits });
                        Json::Array((0..items).map(|_| self.value(&each, None, given)).collect())
                    }
                    BitKind::Bool => Json::Bool(self.choices.of(2) == 1),
                    BitKind::Signed | BitKind::Unsigned => whole(self.choices.number(least, most)),
                    BitKind::Enum { schema, .. } => {
                        let tags = (least.max(-128)..=most.min(255)).map(Says::of);
                        let tags: Vec<_> = tags.filter(|tag| chosen(schema(), tag).is_some()).collect();
                        let tag = tags.get(self.choices.of(tags.len())).cloned();
                        self.frame(schema(), tag, Vec::new())
                    }
                }
            }
            Type::Ipv4 => Json::String(format!("10.0.{}.{}", self.choices.of(256), self.choices.of(256))),
            Type::Ipv6 => Json::String(format!("fe80::{:x}", self.choices.of(0xffff))),
            Type::Bytes | Type::Custom => {
                let size = size.unwrap_or_else(|| self.choices.size());
                hex(&self.bytes(size))
            }
            Type::Text => {
                const LETTERS: [&str; 8] = ["a", "b", "7", " ", "Z", "é", "✓", "_"];
                let size = size.unwrap_or_else(|| self.choices.size());
                let mut text = String::new();
                while text.len() < size {
                    let letter = LETTERS.get(self.choices.of(LETTERS.len())).copied().unwrap_or("a");
                    text.push_str(if letter.len() > size - text.len() { "a" } else { letter });
                }
                Json::String(text)
            }
            Type::Encoded(format) => self.encoded(format, size),
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => hex(&self.bytes(*len)),
            Type::Array(item, len) => Json::Array((0..*len).map(|_| self.value(item, None, given)).collect()),
            Type::Tuple(items) => {
                Json::Array(items.iter().map(|item| self.value(item, None, given)).collect())
            }
            Type::List(item) => {
                let mut count = size.unwrap_or_else(|| self.few());
                if let (Type::Bits(_), None) = (item, size) {
                    // Eight bit fields fill whole bytes, whatever their width.
                    count -= count % 8;
                }
                Json::Array((0..count).map(|_| self.value(item, None, given)).collect())
            }
            Type::Frame(schema) => self.frame(schema(), given.tag.clone(), given.context.clone()),
        }
    }

    /// Generates text that takes at most `size` bytes. If the encoding has a fixed size and can
    /// only encode digits, the text fills that size.
    fn encoded(&mut self, format: &TextFormat, size: Option<usize>) -> Json {
        let size = format.size().or(size).unwrap_or_else(|| self.choices.size());
        let (mut text, mut kept) = (String::new(), String::new());
        loop {
            let mut bytes = Vec::new();
            let fits = format.write(&text, &mut bytes).is_ok() && bytes.len() <= size;
            let too_long = !fits && (format.size().is_none() || !kept.is_empty() || text.len() > 2 * size);
            if fits {
                kept.clone_from(&text);
            }
            let is_enough = fits && (bytes.len() == size && self.choices.of(4) == 0);
            if too_long || is_enough || text.len() > 4 * size {
                return Json::String(kept);
            }
            text.push_str(format.letters.get(self.choices.of(format.letters.len())).copied().unwrap_or("0"));
        }
    }

    /// Returns a number of items. Nested lists are shorter, because their sizes multiply.
    pub(crate) fn few(&mut self) -> usize {
        let most = 12 >> (2 * self.depth.saturating_sub(1)).min(31);
        self.choices.size().min(most)
    }

    fn bytes(&mut self, size: usize) -> Vec<u8> {
        (0..size).map(|_| u8::try_from(self.choices.number(0, 255)).unwrap_or(0)).collect()
    }
}

/// What a frame receives from its parent.
pub(crate) struct Handed {
    tag: Option<Says>,
    context: Vec<Option<u128>>,
}

/// Returns the number of fields of a variant that are frames and always present.
pub(crate) fn nested(variant: &Variant) -> usize {
    let is_frame =
        |field: &&Field| matches!(field.ty, Type::Frame(_)) && matches!(field.presence, Presence::Always);
    variant.fields.iter().filter(is_frame).count()
}

/// Returns what later fields may need to know about this field.
pub(crate) fn entry(index: usize, field: &Field, json: &Json) -> Entry {
    let variants = if let Type::Bits(bits) = field.ty { bits.of.as_enum() } else { None };
    let says = match json {
        _ if variants.is_some() => variants.and_then(|schema| number_of(schema, json)),
        Json::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
        Json::String(text) if matches!(field.ty, Type::Int { .. } | Type::Bits(_)) => text.parse().ok(),
        Json::Bool(value) => Some(i128::from(*value)),
        _ => None,
    };
    let len = match (json, field.ty) {
        (Json::String(text), Type::Text | Type::Encoded(_)) => Some(text.len()),
        (Json::String(text), Type::Bytes | Type::Array(..)) => Some(text.len().saturating_sub(2) / 2),
        (Json::Array(items), _) => Some(items.len()),
        _ => None,
    };
    let inside = match (field.ty, json) {
        (Type::Frame(schema), Json::String(name)) => inside(schema(), name),
        (Type::Frame(schema), Json::Object(members)) => {
            members.keys().next().and_then(|name| inside(schema(), name))
        }
        _ => None,
    };
    let says = says.map(Says::of);
    let none = field.none.and_then(|none| none.wide()).map(Says::Number);
    let there = !json.is_null() && (says.is_none() || says != none);
    Entry { says, len, inside, there: Some(there), ..Entry::new(Slot::Field(index), 0) }
}

/// Returns the tag of an enum value, if the variant has no fields or only keeps its tag.
pub(crate) fn number_of(schema: &Schema, json: &Json) -> Option<i128> {
    let Body::Enum(variants) = schema.body else { return None };
    match json {
        Json::Object(members) => members.values().next()?.as_i64().map(i128::from),
        Json::String(name) => match variants.iter().find(|variant| variant.name == name)?.tags.first()? {
            Tags::Range(first, _) => Some(*first),
            Tags::Bytes(_) | Tags::Any | Tags::Unknown => None,
        },
        _ => None,
    }
}

/// Returns what is known about an enum value if its variant has this name.
pub(crate) fn inside(schema: &'static Schema, name: &str) -> Option<Arc<Known>> {
    let Body::Enum(variants) = schema.body else { return None };
    let variant = variants.iter().find(|variant| variant.name == name)?;
    Some(Arc::new(Known { variant: Some(variant), ..Known::new(schema, 0) }))
}

pub(crate) fn said(says: &Says) -> Json {
    match says {
        Says::Bytes(bytes) => hex(bytes),
        other => whole(other.signed().unwrap_or(0)),
    }
}

pub(crate) fn whole(number: i128) -> Json {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => Json::from(number),
        (_, Ok(number)) => Json::from(number),
        _ => Json::String(number.to_string()),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> Json {
    Json::String(bytes.iter().fold(String::from("0x"), |text, byte| text + &format!("{byte:02x}")))
}
