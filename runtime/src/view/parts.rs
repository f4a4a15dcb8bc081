//! Frames as lists of parts, outermost first, so that a page can show fields beside their bytes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::lines::describe;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Decode, Encode};
use crate::schema::dissect::dissect;
use crate::schema::recorded::{Member, Node, Row, frame_in, record};
use crate::schema::{Bits, Body, Covered, Field, Order, Part, Role, Schema, TagOf, Target, Type};

/// Maximum number of parts that are listed for one frame.
const PARTS: usize = 20_000;

/// A frame as a list of its parts.
pub(crate) struct Parts {
    /// Parts, outermost first. Each part is followed by its inner parts.
    pub(crate) list: Vec<Shown>,
    /// Number of parts that are not listed.
    pub(crate) left_out: usize,
    /// The error in malformed bytes, and the index of the part that contains it.
    pub(crate) fault: Option<(DecodeError, usize)>,
}

/// A part of a frame.
pub(crate) struct Shown {
    /// Nesting depth of the part.
    pub(crate) depth: usize,
    /// Name within the parent, such as `body.len` or `[2]`.
    pub(crate) label: String,
    /// Path in the outermost frame, such as `items[2].name`.
    pub(crate) path: String,
    pub(crate) ty: String,
    pub(crate) value: String,
    pub(crate) doc: &'static str,
    pub(crate) range: Range<usize>,
    /// For a bit field: each byte with some of its bits, and a mask of these bits.
    pub(crate) bits: Vec<(usize, u8)>,
    /// Bytes that the part is computed from, or that it describes.
    pub(crate) of: Option<Range<usize>>,
    /// Whether the codec computes the part.
    pub(crate) is_derived: bool,
}

/// Returns the parts of bytes. If the bytes are malformed, only the parts before the error are
/// returned.
pub(crate) fn parts<T: Encode + for<'a> Decode<'a>>(bytes: &[u8]) -> Parts {
    match T::decode(bytes) {
        Ok(value) => match record(&value) {
            // Decoding ignores some bytes, such as padding. They are shown as they were, in the
            // parts of the value that was encoded again.
            Ok((again, root)) if again.len() == bytes.len() => listed(T::SCHEMA, &root, bytes, bytes.len()),
            _ => listed(T::SCHEMA, &dissect(T::SCHEMA, bytes), bytes, bytes.len()),
        },
        Err(error) => parts_of_fault(T::SCHEMA, bytes, &error),
    }
}

/// Returns the parts of malformed bytes before the error.
pub(crate) fn parts_of_fault(schema: &'static Schema, bytes: &[u8], error: &DecodeError) -> Parts {
    let end = match error.kind() {
        // A missing delimiter is an error of the whole value, not of its first byte.
        DecodeErrorKind::Delimiter { .. } => bytes.len(),
        _ => error.offset(),
    };
    let mut parts = listed(schema, &dissect(schema, bytes), bytes, end);
    let place = parts.place(schema.name, bytes.len(), error);
    parts.fault = Some((error.clone(), place));
    parts
}

/// Returns bytes as a single part, for bytes that are not decoded.
pub(crate) fn without_parts(bytes: &[u8]) -> Parts {
    Parts { list: Vec::from([whole("", "", bytes)]), left_out: 0, fault: None }
}

/// Returns the parts that begin before the byte at `end`.
fn listed(schema: &'static Schema, root: &Node, bytes: &[u8], end: usize) -> Parts {
    let mut lister = Lister { bytes, end, list: Vec::new(), left_out: 0 };
    lister.push(Shown { value: summed_up(schema, root), ..whole(schema.name, schema.doc, bytes) });
    lister.frame(schema, root, &(0..bytes.len()), "", 1);
    Parts { list: lister.list, left_out: lister.left_out, fault: None }
}

fn whole(name: &str, doc: &'static str, bytes: &[u8]) -> Shown {
    Shown {
        depth: 0,
        label: String::from(name),
        path: String::new(),
        ty: sized(bytes.len()),
        value: String::new(),
        doc: doc.trim(),
        range: 0..bytes.len(),
        bits: Vec::new(),
        of: None,
        is_derived: false,
    }
}

impl Parts {
    /// Returns the index of the part with the error. If the field is incomplete and has no part,
    /// adds a part with the remaining bytes.
    fn place(&mut self, root: &str, len: usize, error: &DecodeError) -> usize {
        let path = error.path();
        let path = path.strip_prefix(root).unwrap_or_default().trim_start_matches('.');
        let mut known = path;
        let around = loop {
            match self.list.iter().position(|part| part.path == known) {
                Some(around) => break around,
                None => known = known.rfind(['.', '[']).and_then(|end| known.get(..end)).unwrap_or_default(),
            }
        };
        if known == path || self.list.len() >= PARTS {
            return around;
        }
        let depth = self.list.get(around).map_or(0, |part| part.depth);
        let inside = self.list.iter().skip(around + 1).take_while(|part| part.depth > depth).count();
        let start = error.offset().min(len);
        let place = around + 1 + inside;
        self.list.insert(
            place,
            Shown {
                depth: depth + 1,
                label: String::from(path.get(known.len()..).unwrap_or_default().trim_start_matches('.')),
                path: String::from(path),
                range: start..len,
                ..whole("", "", &[])
            },
        );
        if let Some(part) = self.list.get_mut(place) {
            part.ty = sized(len - start);
        }
        place
    }
}

struct Lister<'a> {
    bytes: &'a [u8],
    /// Position of the error. Parts that begin after it are not listed.
    end: usize,
    list: Vec<Shown>,
    left_out: usize,
}

/// A frame that is being listed.
struct Around<'n> {
    schema: &'static Schema,
    node: &'n Node,
    range: &'n Range<usize>,
}

impl Lister<'_> {
    fn push(&mut self, part: Shown) {
        if self.list.len() < PARTS {
            self.list.push(part);
        } else {
            self.left_out += 1;
        }
    }

    fn frame(
        &mut self,
        schema: &'static Schema,
        node: &Node,
        range: &Range<usize>,
        path: &str,
        depth: usize,
    ) {
        let around = Around { schema, node, range };
        let mut members: Vec<&Member> = node.members.iter().collect();
        members.sort_by_key(|member| member.range.start);
        let end = self.end;
        for member in members.into_iter().filter(|member| member.range.start <= end) {
            self.member(&around, member, path, depth);
        }
    }

    fn member(&mut self, around: &Around<'_>, member: &Member, path: &str, depth: usize) {
        let Member { field, part, range, inside } = member;
        // An item with `each` is the only field of a hidden frame. The part has the index of the
        // item as its name.
        let own = match path {
            "" => String::from(field.name),
            path if field.is_item => String::from(path),
            path => format!("{path}.{}", field.name),
        };
        let name = match field.is_item {
            true => path.rfind('[').and_then(|start| path.get(start..)).unwrap_or_default(),
            false => field.name,
        };
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        let row = Row {
            path: own.clone() + part.suffix(),
            depth,
            frame: around.schema,
            field,
            part: *part,
            range: range.clone(),
            items: inside.items.len(),
        };
        let (ty, value) = describe(&row, bytes);
        let holds = !inside.members.is_empty() || !inside.items.is_empty();
        let inner = frame_in(&field.ty);
        let value =
            if holds { inner.map_or_else(String::new, |inner| summed_up(inner, inside)) } else { value };
        let bits = match (part, field.ty) {
            (Part::Value, Type::Bits(bits)) => bits_of(&bits, range.start),
            _ => Vec::new(),
        };
        self.push(Shown {
            depth,
            label: format!("{name}{}", part.suffix()),
            path: row.path,
            ty,
            value,
            doc: if *part == Part::Value { field.doc.trim() } else { "" },
            range: range.clone(),
            bits,
            of: around.counted(member),
            is_derived: *part != Part::Value || !matches!(field.role, Role::Value),
        });
        if let Some(inner) = inner {
            self.inside(inner, inside, range, &own, depth + 1);
        }
    }

    /// Adds the fields of a frame, or of the items of a list of frames.
    fn inside(
        &mut self,
        schema: &'static Schema,
        node: &Node,
        range: &Range<usize>,
        path: &str,
        depth: usize,
    ) {
        self.frame(schema, node, range, path, depth);
        let end = self.end;
        for (index, item) in node.items.iter().enumerate().filter(|(_, item)| item.range.start <= end) {
            let path = format!("{path}[{index}]");
            if schema.is_item {
                self.inside(schema, item, &item.range, &path, depth);
                continue;
            }
            self.push(Shown {
                depth,
                label: format!("[{index}]"),
                path: path.clone(),
                ty: String::from(schema.name),
                value: summed_up(schema, item),
                doc: schema.doc.trim(),
                range: item.range.clone(),
                bits: Vec::new(),
                of: None,
                is_derived: false,
            });
            self.inside(schema, item, &item.range, &path, depth + 1);
        }
    }
}

impl Around<'_> {
    fn fields(&self) -> &'static [Field] {
        self.schema.fields(self.node.variant.unwrap_or(0))
    }

    /// Returns the bytes that a part describes or is computed from.
    fn counted(&self, member: &Member) -> Option<Range<usize>> {
        let own = |part: Part| {
            let same = |other: &&Member| other.field.name == member.field.name && other.part == part;
            self.node.members.iter().find(same).map(|other| other.range.clone())
        };
        match (member.part, member.field.role) {
            (Part::Len | Part::Count, _) => own(Part::Value),
            (Part::Value, Role::LenOf(covers, _) | Role::Checksum(_, covers)) => match covers.what {
                Covered::Content(index) => self.value(index),
                Covered::Fields { from, to } => self.all(from, to),
                Covered::Behind => Some(member.range.end..self.range.end),
            },
            (
                Part::Value,
                Role::CountOf(of, _)
                | Role::OffsetOf(of, _)
                | Role::PresenceOf(of, ..)
                | Role::TagOf(TagOf::Field(of)),
            ) => self.target(of),
            _ => None,
        }
    }

    fn target(&self, of: Target) -> Option<Range<usize>> {
        self.all(Some(of.index), Some(of.index + 1))
    }

    /// Returns the range of the content of the field at `index`.
    fn value(&self, index: usize) -> Option<Range<usize>> {
        let name = self.fields().get(index)?.name;
        let is_value = |other: &&Member| other.field.name == name && other.part == Part::Value;
        self.node.members.iter().find(is_value).map(|other| other.range.clone())
    }

    /// Returns the range of the fields `from..to` with all their parts.
    fn all(&self, from: Option<usize>, to: Option<usize>) -> Option<Range<usize>> {
        let fields = self.fields();
        let within = fields.get(from.unwrap_or(0)..to.unwrap_or(fields.len()).min(fields.len()))?;
        let ranges =
            self.node.members.iter().filter(|member| within.iter().any(|f| f.name == member.field.name));
        let (start, end) =
            ranges.fold((None, None), |(start, end): (Option<usize>, Option<usize>), member| {
                let Range { start: first, end: last } = member.range;
                (
                    Some(start.map_or(first, |start| start.min(first))),
                    Some(end.map_or(last, |end| end.max(last))),
                )
            });
        let start = if from.is_none() { Some(self.range.start) } else { start };
        let end = if to.is_none() { Some(self.range.end) } else { end };
        start.zip(end).map(|(start, end)| start..end)
    }
}

/// Summarises an enum by the name of its variant, and a list by its number of items.
fn summed_up(schema: &Schema, node: &Node) -> String {
    match (schema.body, node.variant, node.items.len()) {
        (Body::Enum(variants), Some(index), _) => {
            variants.get(index).map_or_else(String::new, |variant| String::from(variant.name))
        }
        (_, _, 0) => String::new(),
        (_, _, 1) => String::from("1 item"),
        (_, _, items) => format!("{items} items"),
    }
}

fn sized(len: usize) -> String {
    if len == 1 { String::from("1 byte") } else { format!("{len} bytes") }
}

/// Returns the bytes with bits of a bit field, each with a mask of these bits. Its run starts at
/// byte `start`.
fn bits_of(bits: &Bits, start: usize) -> Vec<(usize, u8)> {
    let mut masks: Vec<(usize, u8)> = Vec::new();
    for bit in bits.shift..bits.shift.saturating_add(bits.width) {
        let from_lowest = usize::try_from(bit / 8).unwrap_or(usize::MAX);
        let index = match bits.order {
            Order::Little => Some(from_lowest),
            Order::Big => bits.run.checked_sub(from_lowest.saturating_add(1)),
        };
        let Some(at) = index.map(|index| start + index) else { continue };
        let mask = 1 << (bit % 8);
        match masks.iter_mut().find(|(byte, _)| *byte == at) {
            Some((_, known)) => *known |= mask,
            None => masks.push((at, mask)),
        }
    }
    masks.sort_unstable();
    masks
}

#[cfg(test)]
mod tests {
    use super::{Parts, bits_of, parts};
    use crate::checksum::Internet;
    use crate::prelude::*;
    use crate::schema::{BitKind, Bits, Order};

    #[derive(Frame)]
    #[frame(be)]
    struct Item {
        #[bits(3)]
        kind: u8,
        #[bits(13)]
        size: u16,
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Packet {
        #[len_of(..)]
        total: Auto<u16>,
        #[count_of(items)]
        count: Auto<u8>,
        items: Vec<Item>,
        #[len_prefixed(u8)]
        text: String,
        #[checksum(Internet, over = ..=text)]
        sum: Auto<u16>,
    }

    fn lines(parts: &Parts) -> Vec<String> {
        let line = |part: &super::Shown| {
            let of = part.of.as_ref().map_or_else(String::new, |of| format!(" of {of:?}"));
            let bits = if part.bits.is_empty() { String::new() } else { format!(" bits {:x?}", part.bits) };
            let derived = if part.is_derived { " derived" } else { "" };
            format!(
                "{}{} {:?} {}{bits}{of}{derived}",
                "  ".repeat(part.depth),
                part.label,
                part.range,
                part.value
            )
        };
        parts.list.iter().map(line).collect()
    }

    fn packet() -> Vec<u8> {
        let items = vec![Item { kind: 5, size: 258 }, Item { kind: 1, size: 1 }];
        Packet { total: Auto::new(), count: Auto::new(), items, text: "hi".into(), sum: Auto::new() }
            .to_vec()
            .unwrap()
    }

    #[test]
    fn parts_have_positions_and_the_bytes_that_they_describe() {
        let found = lines(&parts::<Packet>(&packet()));
        assert_eq!(found.last().map(|last| last.starts_with("  sum 10..12 ")), Some(true), "{found:#?}");
        let expected = [
            "Packet 0..12 ",
            "  total 0..2 12 = len_of(..) of 0..12 derived",
            "  count 2..3 2 = count_of(items) of 3..7 derived",
            "  items 3..7 2 items",
            "    [0] 3..5 ",
            "      kind 3..5 101. .... .... .... = 5 bits [(3, e0)]",
            "      size 3..5 ...0 0001 0000 0010 = 258 bits [(3, 1f), (4, ff)]",
            "    [1] 5..7 ",
            "      kind 5..7 001. .... .... .... = 1 bits [(5, e0)]",
            "      size 5..7 ...0 0000 0000 0001 = 1 bits [(5, 1f), (6, ff)]",
            "  text.len 7..8 2 of 8..10 derived",
            "  text 8..10 \"hi\"",
        ];
        assert_eq!(found[..expected.len()], expected, "{found:#?}");
    }

    #[test]
    fn every_error_is_in_a_part() {
        let bytes = packet();
        for end in 0..bytes.len() {
            let Parts { list, fault, .. } = parts::<Packet>(&bytes[..end]);
            let (error, place) = fault.unwrap();
            assert_eq!(format!("Packet.{}", list[place].path), error.path(), "{end}");
        }
        let mut wrong = bytes;
        wrong[11] ^= 1;
        let Parts { list, fault, .. } = parts::<Packet>(&wrong);
        assert_eq!(list[fault.unwrap().1].path, "sum");
    }

    #[test]
    fn bits_are_found_in_either_order() {
        let bits = |shift, order| bits_of(&Bits::new(6, shift, 2, order, BitKind::Unsigned), 10);
        assert_eq!(bits(5, Order::Big), [(10, 0b111), (11, 0b1110_0000)]);
        assert_eq!(bits(5, Order::Little), [(10, 0b1110_0000), (11, 0b111)]);
        assert_eq!(bits(0, Order::Big), [(11, 0b11_1111)]);
    }
}
