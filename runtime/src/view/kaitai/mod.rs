//! Kaitai Struct descriptions, from which Kaitai generates parsers in a dozen other languages.

mod bits;
mod field;
mod ksy;
mod names;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use self::bits::bits;
use self::field::Kind;
use self::ksy::{Attribute, Described, Quoted, id};
use self::names::{Members, Names};
use crate::schema::frames::{Frames, inside};
use crate::schema::steps::{Enclosed, Slot, Step, steps};
use crate::schema::{Body, Code, Delimiter, Field, Role, Schema, Start, TagOf, Tags, Variant};
use crate::view::language::{Language as _, exact};

impl Schema {
    /// Returns a description of the frame for [Kaitai Struct](https://kaitai.io), as a `.ksy` file.
    ///
    /// Comments in the file name the parts that Kaitai cannot express. Checksums are read but not
    /// verified. If the end of a field depends on Rust code, everything after the field is left as
    /// bytes.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let ksy = Reading::SCHEMA.kaitai().to_string();
    /// assert!(ksy.contains("  - id: sensor\n    type: u2be\n"));
    /// ```
    pub fn kaitai(&self) -> impl fmt::Display {
        Kaitai(*self)
    }
}

struct Kaitai(Schema);

impl fmt::Display for Kaitai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = Frames::of(&self.0);
        let file = File::of(&frames);
        let known: Vec<_> = frames.iter().filter_map(|(_, schema)| file.known(schema)).collect();
        let name = id(self.0.name);
        writeln!(
            f,
            "meta:\n  id: {name}\n  title: {}\n  encoding: UTF-8\n  bit-endian: be",
            Quoted(self.0.name)
        )?;
        let mut types = known.iter().flat_map(|known| &known.types);
        if let Some(root) = types.next() {
            write!(f, "{}", root.text(""))?;
        }
        let types: Vec<_> = types.collect();
        if types.len() + file.formats.len() > 0 {
            writeln!(f, "types:")?;
        }
        types.iter().try_for_each(|ty| write!(f, "  {}:\n{}", ty.id, ty.text("    ")))?;
        file.formats.iter().try_for_each(|format| f.write_str(format.definition))?;
        enums(f, &frames)
    }
}

/// Writes the named values of all fieldless enums.
fn enums(f: &mut fmt::Formatter<'_>, frames: &Frames) -> fmt::Result {
    let mut lines = String::new();
    for (name, schema) in frames.iter() {
        let named = numbers(schema);
        if schema.is_plain_enum() && !named.is_empty() {
            lines.push_str(&format!("  {}_tag:\n", id(name)));
            named.iter().for_each(|(tag, variant)| lines.push_str(&format!("    {tag}: {variant}\n")));
        }
    }
    if lines.is_empty() { Ok(()) } else { write!(f, "enums:\n{lines}") }
}

/// Returns each tag of an enum that is a single number of Kaitai, with the name of its variant.
fn numbers(schema: &Schema) -> Vec<(String, String)> {
    let Body::Enum(variants) = schema.body else { return Vec::new() };
    let tag = |variant: &'static Variant| {
        variant.tags.iter().filter_map(move |set| match set {
            Tags::Range(first, last) if first == last => Some((exact(*first)?, id(variant.name))),
            _ => None,
        })
    };
    variants.iter().flat_map(tag).collect()
}

/// The types of a file, and the number formats that they need.
struct File<'a> {
    frames: &'a Frames,
    known: Vec<Known>,
    /// The helper types of the frame that is being described.
    types: Vec<Described>,
    formats: Vec<&'static Code>,
    /// The names of frames whose descriptions are known to stop early.
    cut: Vec<String>,
}

/// A frame that is described, or that will be when the frames in it are.
struct Known {
    name: String,
    /// The type of the frame and its helper types.
    types: Vec<Described>,
    members: Members,
    /// Whether the description stops before the end of the frame.
    is_cut: bool,
}

/// A type that is being described.
struct Draft<'a> {
    ty: Described,
    names: Names,
    /// Frame that is described, or to which a described helper type belongs.
    schema: &'a Schema,
    /// Fields of the struct or variant.
    fields: &'static [Field],
    /// The start of the frame, if this is a helper type inside of the frame: the first position less
    /// the others. The number with each is how many types further out it is known.
    origin: Option<Vec<(usize, String)>>,
    /// Whether an expression uses the start of the frame.
    counts_from_start: bool,
    /// Whether the description stops before the end of the type.
    is_cut: bool,
}

impl<'a> Draft<'a> {
    fn new(id: String, doc: &str, names: Names, schema: &'a Schema) -> Self {
        let fields = if let Body::Struct(fields) = schema.body { fields } else { &[] };
        let ty = Described::new(id, doc);
        Self { ty, names, schema, fields, origin: None, counts_from_start: false, is_cut: false }
    }

    /// Creates a type inside this one.
    fn inside(&self, id: String, doc: &str) -> Self {
        let origin = match &self.origin {
            None => Vec::from([(1, String::from("frame_pos"))]),
            Some(origin) => origin.iter().map(|(up, name)| (up + 1, name.clone())).collect(),
        };
        Self {
            fields: self.fields,
            origin: Some(origin),
            ..Self::new(id, doc, self.names.inside(), self.schema)
        }
    }

    /// Creates a type inside this one for the value of a field. Expressions for the value, such as its
    /// tag, are in that type.
    fn helper(&self) -> Self {
        self.inside(self.ty.id.clone(), "")
    }

    /// Creates a type inside this one that Kaitai reads from a separate substream. The substream
    /// begins at the position that `mark` stores.
    fn apart(&self, id: String, mark: &str) -> Self {
        let mut inside = self.inside(id, "");
        inside.origin.iter_mut().for_each(|origin| origin.push((1, format!("{mark}_pos"))));
        inside
    }

    /// Returns the expression for the current position in the frame.
    fn position(&mut self) -> String {
        self.ask_for_start();
        let Some(origin) = &self.origin else { return String::from("(_io.pos - frame_pos)") };
        let places: Vec<_> =
            origin.iter().map(|(up, name)| format!("{}{name}", "_parent.".repeat(*up))).collect();
        match places.as_slice() {
            [place] => format!("(_io.pos - {place})"),
            places => format!("(_io.pos - ({}))", places.join(" - ")),
        }
    }

    /// Stores the start of the frame, or notes that an outer type must store it.
    fn ask_for_start(&mut self) {
        self.counts_from_start = true;
        if self.origin.is_none() {
            self.ty.mark_start();
        }
    }
}

/// A description of what Kaitai cannot express.
type Lost = String;

impl<'a> File<'a> {
    /// Describes all frames. A frame may contain itself, so that whether its description stops early
    /// is known only when it is done. All are then described once more.
    fn of(frames: &'a Frames) -> Self {
        let mut cut = Vec::new();
        loop {
            let mut file = Self { frames, known: Vec::new(), types: Vec::new(), formats: Vec::new(), cut };
            frames.iter().for_each(|(_, schema)| file.frame(schema));
            let found = file.known.iter().filter(|known| known.is_cut);
            let found: Vec<_> = found.map(|known| known.name.clone()).collect();
            if found.len() == file.cut.len() {
                return file;
            }
            cut = found;
        }
    }

    /// Returns what is known of a frame. While the frames in it are described, it has no members yet.
    fn known(&self, schema: &Schema) -> Option<&Known> {
        let name = self.frames.name(schema);
        self.known.iter().find(|known| known.name == name)
    }

    /// Describes a frame. The frames in it come first, because expressions use their members.
    fn frame(&mut self, schema: &Schema) {
        if self.known(schema).is_some() {
            return;
        }
        let (at, name) = (self.known.len(), self.frames.name(schema).to_string());
        let mut draft = Draft::new(id(&name), schema.doc, Names::new(), schema);
        let is_cut = self.cut.contains(&name);
        self.known.push(Known { name, types: Vec::new(), members: Members::default(), is_cut });
        inside(schema).for_each(|inner| self.frame(inner));
        if needs_tag(schema) {
            draft.ty.tag = Some(if has_byte_tags(schema) { "bytes" } else { "s8" });
            draft.names.add("tag", String::from("tag"));
        }
        self.steps(&mut draft, &steps(schema));
        let helpers = core::mem::take(&mut self.types);
        if let Some(known) = self.known.get_mut(at) {
            known.members = draft.names.members();
            known.is_cut |= draft.is_cut;
            known.types.push(draft.ty);
            known.types.extend(helpers);
        }
    }

    fn steps(&mut self, draft: &mut Draft<'_>, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            for (slot, field) in step.fields() {
                if behind.iter().any(|step| counts_from(step, slot)) {
                    draft.ty.mark(field.name);
                }
            }
            let done = match step {
                Step::Field(slot, field) => self.field(draft, *slot, field, behind),
                Step::Bits(run) => bits(draft, run),
                Step::Scope(scope) => self.scope(draft, scope),
                Step::Delimited(Delimiter { any: [delimiter], .. }, steps) => {
                    let mut content = draft.apart(format!("{}_content", draft.ty.id), "raw");
                    self.steps(&mut content, steps);
                    if content.counts_from_start {
                        draft.ask_for_start();
                    }
                    let keys = [format!("type: {}", content.ty.id)];
                    self.types.push(content.ty);
                    up_to(&mut draft.ty, "content", delimiter, false, &keys);
                    Ok(())
                }
                Step::Delimited(delimiter, _) => Err(format!("up to {delimiter}")),
                Step::Choice(variants) => self.choice(draft, variants),
            };
            if let Err(lost) = done {
                draft.ty.comment(&format!(
                    "Kaitai cannot express: {lost}. Everything after it is left as bytes."
                ));
                draft.ty.push(&Attribute::new("undescribed").key("size-eos", true));
                draft.is_cut = true;
                return;
            }
        }
    }

    fn scope(&mut self, draft: &mut Draft<'_>, scope: &Enclosed) -> Result<(), Lost> {
        let len = scope.len.says(&draft.names).ok_or_else(|| format!("the length {}", scope.len.name))?;
        let size = match scope.start {
            Start::Here => len,
            Start::Field(index) => {
                let name = draft.fields.get(index).map_or("", |field| field.name);
                if !draft.ty.is_marked(name) {
                    return Err(format!("a length from {name} on, which is outside of this range"));
                }
                format!("{len} - (_io.pos - {}_pos)", id(name))
            }
            Start::Frame => {
                format!("{len} - {}", draft.position())
            }
        };
        let name = id(&format!("{}_content", scope.len.name));
        let mut content = draft.apart(format!("{}_{name}", draft.ty.id), &name);
        self.steps(&mut content, &scope.steps);
        if content.counts_from_start {
            draft.ask_for_start();
            draft.ty.mark(&name);
        }
        draft.ty.push(&Attribute::new(&name).key("type", &content.ty.id).key("size", size));
        draft.names.add_from(&content.names, &name);
        self.types.push(content.ty);
        Ok(())
    }

    fn choice(
        &mut self,
        draft: &mut Draft<'_>,
        variants: &[(&'static Variant, Vec<Step>)],
    ) -> Result<(), Lost> {
        if draft.schema.is_plain_enum() {
            return Ok(());
        }
        let tag = find_tag(&draft.names, "tag", draft.schema).ok_or("the tag")?;
        let tag = if has_byte_tags(draft.schema) { tag + ".to_s(\"ASCII\")" } else { tag };
        let mut keys =
            Vec::from([String::from("type:"), format!("  switch-on: {tag}"), String::from("  cases:")]);
        for (variant, steps) in variants {
            let name = format!("{}_{}", id(self.frames.name(draft.schema)), id(variant.name));
            for tag in cases(variant)? {
                keys.push(format!("    {tag}: {name}"));
            }
            let mut inner = Draft { fields: variant.fields, ..draft.inside(name, variant.doc) };
            if let (false, Some(tag)) = (variant.keeps.is_empty(), inner.names.find("tag")) {
                inner.ty.instance(&id(variant.keeps), &[format!("value: {tag}")]);
                inner.names.add(variant.keeps, id(variant.keeps));
            }
            self.steps(&mut inner, steps);
            if inner.counts_from_start {
                draft.ask_for_start();
            }
            draft.is_cut |= inner.is_cut;
            self.types.push(inner.ty);
        }
        draft.ty.push(&Attribute::new("body").keys(&keys));
        Ok(())
    }
}

impl File<'_> {
    /// Moves a repeated kind into a type of its own, because one attribute cannot be repeated
    /// twice.
    fn once(&mut self, kind: Kind, field: &Field, draft: &Draft<'_>) -> Kind {
        if !kind.is_repeated() {
            return kind;
        }
        let number = self.types.len() + self.known.iter().map(|known| known.types.len()).sum::<usize>();
        let mut item = Described::new(format!("{}_{}_{number}", draft.ty.id, id(field.name)), "");
        item.push(&Attribute::new("items").keys(&kind.keys));
        let name = item.id.clone();
        self.types.push(item);
        Kind::plain(format!("type: {name}"))
    }
}

/// Returns the expression for the tag in a field, if it is of the kind that the enum has.
fn find_tag(names: &Names, field: &str, schema: &Schema) -> Option<String> {
    if has_byte_tags(schema) { names.find(field) } else { names.number(field) }
}

/// Returns `true` if an enum gets its tag from its parent.
fn needs_tag(schema: &Schema) -> bool {
    let own = schema.head.iter().any(|field| matches!(field.role, Role::TagOf(TagOf::Own)));
    matches!(schema.body, Body::Enum(_)) && !own
}

/// Returns `true` if a step is a scope whose length counts from this field on.
fn counts_from(step: &Step, slot: Slot) -> bool {
    matches!((step, slot), (Step::Scope(scope), Slot::Field(index)) if scope.start == Start::Field(index))
}

/// Returns `true` if the tags of an enum are byte strings.
fn has_byte_tags(schema: &Schema) -> bool {
    let Body::Enum(variants) = schema.body else { return false };
    variants.iter().flat_map(|variant| variant.tags).any(|set| matches!(set, Tags::Bytes(_)))
}

/// Returns the tags of a variant as cases of a Kaitai `switch-on`.
fn cases(variant: &Variant) -> Result<Vec<String>, Lost> {
    let mut cases = Vec::new();
    for set in variant.tags {
        match *set {
            Tags::Any => cases.push(String::from("_")),
            Tags::Bytes(bytes) if bytes.iter().all(u8::is_ascii_alphanumeric) => {
                cases.push(format!("'\"{}\"'", bytes.escape_ascii()));
            }
            Tags::Range(first, last) if last.checked_sub(first).is_some_and(|more| more < 256) => {
                let all = (first..=last).map(exact).collect::<Option<Vec<_>>>();
                cases.extend(all.ok_or_else(|| format!("the tag {}", variant.shown_tag()))?);
            }
            Tags::Range(..) | Tags::Bytes(_) | Tags::Unknown => {
                return Err(format!("the tag {}", variant.shown_tag()));
            }
        }
    }
    if cases.is_empty() { Err(format!("the tag {}", variant.shown_tag())) } else { Ok(cases) }
}

/// Adds an attribute that reads byte by byte up to a delimiter, and an instance for the value
/// before the delimiter. If `wide` is set, the delimiter ends at an even distance, where code units of
/// two bytes end.
fn up_to(ty: &mut Described, name: &str, delimiter: &[u8], wide: bool, keys: &[String]) {
    let before = delimiter.len().saturating_sub(1);
    let tests = delimiter.iter().enumerate().map(|(at, byte)| match before - at {
        0 => format!("_ == {byte}"),
        back => format!("raw[raw.size - {}] == {byte}", back + 1),
    });
    let even = wide.then(|| String::from("raw.size % 2 == 0"));
    let begun = core::iter::once(format!("raw.size > {before}")).chain(even);
    let tests: Vec<String> = begun.chain(tests).collect();
    ty.mark("raw");
    let raw = Attribute::new("raw").key("type", "u1").key("repeat", "until");
    ty.push(&raw.key("repeat-until", tests.join(" and ")));
    let place = [String::from("pos: raw_pos"), format!("size: raw.size - {}", delimiter.len())];
    ty.instance(name, &[&place, keys].concat());
}
