//! Wireshark dissectors in Lua.

mod field;
mod lua;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use self::field::ends;
use self::lua::{Literal, Lua, Quoted};
use crate::schema::frames::Frames;
use crate::schema::steps::{Enclosed, Run, Slot, Step, steps};
use crate::schema::{Body, Field, Order, Schema, Scope, Start, Tags, Type, Variant};

/// A dissector for Wireshark and tshark, returned by [`Schema::wireshark`].
pub struct Wireshark {
    port: u16,
    frames: Frames,
    request: String,
    reply: String,
}

impl Schema {
    /// Returns a Wireshark dissector in Lua for this frame on a TCP and UDP port. Save it in
    /// Wireshark's plugin folder, or load it with `tshark -X lua_script:FILE`.
    ///
    /// Every field has a filter name, such as `chatmsg.sender`, or `framewright-tcp.source` if
    /// Wireshark has another protocol with this name. Parts that Lua cannot express, such as
    /// hand-written codecs, are shown as bytes.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let lua = Reading::SCHEMA.wireshark(7000).to_string();
    /// assert!(lua.contains(r#"field("sensor", "sensor", int(2"#));
    /// ```
    pub fn wireshark(&self, port: u16) -> Wireshark {
        let frames = Frames::of(self);
        Wireshark { port, frames, request: self.name.to_string(), reply: self.name.to_string() }
    }
}

impl Wireshark {
    /// Sets the type of the frames that are sent from the port, if it is not the type of the frames
    /// that are sent to the port.
    #[must_use]
    pub fn replies(mut self, schema: &Schema) -> Self {
        self.frames.add(schema);
        self.reply = self.frames.name(schema).to_string();
        self
    }
}

impl fmt::Display for Wireshark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.request.to_lowercase();
        let mut formats = Vec::new();
        writeln!(
            f,
            "-- {}: a dissector for Wireshark, made from its declaration by Framewright.",
            self.request
        )?;
        writeln!(f, "-- Save it in the plugin folder, or: tshark -X lua_script:{file}.lua\n")?;
        writeln!(f, "local request, reply = {}, {}", Quoted(&self.request), Quoted(&self.reply))?;
        writeln!(f, "local port = {}\n\n{}", self.port, include_str!("reading.lua"))?;
        self.frames.codes().into_iter().for_each(|code| code.define(&mut formats));
        formats.iter().try_for_each(|code| writeln!(f, "{}", code.definition))?;
        for (frame, schema) in self.frames.iter() {
            let prefix = if frame == self.request { String::new() } else { frame.to_lowercase() + "." };
            let fields = schema.fields(0);
            let fields = if matches!(schema.body, Body::Struct(_)) { fields } else { &[] };
            let script = Script { frames: &self.frames, schema, fields, scopes: schema.scopes, prefix };
            let lines = indented(script.frame()).join("\n");
            writeln!(f, "\ndefine({}, {{\n{lines}\n}})", Quoted(frame))?;
        }
        f.write_str(include_str!("packets.lua"))
    }
}

/// Writes the steps of one frame, line by line.
struct Script<'a> {
    frames: &'a Frames,
    schema: &'a Schema,
    /// Fields of the struct or variant.
    fields: &'static [Field],
    scopes: &'static [Scope],
    /// Prefix of the filter names of the fields.
    prefix: String,
}

impl Script<'_> {
    fn frame(&self) -> Vec<String> {
        self.steps(&steps(self.schema))
    }

    /// Returns the filter name of a field.
    fn path(&self, name: &str) -> String {
        Quoted(&format!("{}{}", self.prefix, name.to_lowercase())).to_string()
    }

    fn steps(&self, steps: &[Step]) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            lines.extend(self.marks(step));
            lines.extend(match step {
                Step::Field(_, field) => self.field(field, behind),
                Step::Bits(run) => self.bits(run),
                Step::Scope(scope) => block(&self.scope_head(scope), self.steps(&scope.steps)),
                Step::Delimited(delimiter, steps) => {
                    let head = format!("delimited({}, {}", self.path("until"), ends(delimiter));
                    block(&head, self.steps(steps))
                }
                Step::Choice(variants) => {
                    let variants = variants.iter().flat_map(|(variant, steps)| self.variant(variant, steps));
                    block(&format!("choice({}", Quoted(self.schema.name)), variants.collect())
                }
            });
        }
        lines
    }

    /// Returns the lines that store where a field begins, if a range begins with it.
    fn marks(&self, step: &Step) -> Vec<String> {
        let name = |(slot, field): (Slot, &Field)| match slot {
            Slot::Field(index) if self.scopes.iter().any(|scope| scope.start == Start::Field(index)) => {
                Some(format!("mark({}),", Quoted(field.name)))
            }
            _ => None,
        };
        step.fields().into_iter().filter_map(name).collect()
    }

    fn scope_head(&self, scope: &Enclosed) -> String {
        let len = scope.len.says(&Lua::new(self.schema)).unwrap_or_default();
        let from = match scope.start {
            Start::Here => String::from("nil"),
            Start::Frame => String::from("\"\""),
            Start::Field(index) => Quoted(self.fields.get(index).map_or("", |field| field.name)).to_string(),
        };
        format!("scope(function(v) return {len} end, {from}")
    }

    fn variant(&self, variant: &Variant, steps: &[Step]) -> Vec<String> {
        let prefix = format!("{}{}.", self.prefix, variant.name.to_lowercase());
        let inside = Script { prefix, fields: variant.fields, scopes: variant.scopes, ..*self };
        let sets = variant.tags;
        let (name, any) = (Quoted(variant.name), sets.contains(&Tags::Any));
        let keeps = match variant.keeps {
            "" => String::new(),
            keeps => format!(", keeps = {}", Quoted(keeps)),
        };
        let ranges = ranges(sets);
        let mut lines =
            Vec::from([format!("{{ name = {name}, any = {any}, tags = {{{ranges}}}{keeps}, steps = {{")]);
        lines.extend(indented(inside.steps(steps)));
        lines.push(String::from("} },"));
        lines
    }

    fn bits(&self, run: &Run) -> Vec<String> {
        if let Some((_, Field { name, ordered: Some(ordered), .. })) = run.fields.first() {
            return Vec::from([self.unknown_order(name, ordered)]);
        }
        let mut order = Order::Big;
        let mut parts = Vec::new();
        for (_, field) in &run.fields {
            let Type::Bits(bits) = field.ty else { continue };
            order = bits.order;
            let (path, name, signed) = (self.path(field.name), Quoted(field.name), bits.of.is_signed());
            parts.push(format!(
                "{{ path = {path}, name = {name}, width = {}, shift = {}, signed = {signed}{} }},",
                bits.width,
                bits.shift,
                self.names_of(field)
            ));
        }
        let (bytes, order, ends) = (run.bytes, lua::order(Some(order)), run.ends);
        block(&format!("bits({bytes}, {order}, {ends}"), parts)
    }
}

fn indented(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| format!("  {line}")).collect()
}

/// Returns a Lua call with a table of these lines as the last argument.
fn block(head: &str, lines: Vec<String>) -> Vec<String> {
    let mut block = Vec::from([format!("{head}, {{")]);
    block.extend(indented(lines));
    block.push(String::from("}),"));
    block
}

fn ranges(sets: &[Tags]) -> String {
    let ranges = sets.iter().filter_map(|set| match set {
        Tags::Range(first, last) => Some(format!(" {{ {first}, {last} }}")),
        Tags::Bytes(bytes) => Some(format!(" {{ {0}, {0} }}", Literal(bytes))),
        Tags::Any | Tags::Unknown => None,
    });
    ranges.collect::<Vec<_>>().join(",") + " "
}
