//! A Wireshark dissector in Lua.

mod field;
mod lua;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use self::lua::{Literal, Lua, Quoted};
use super::expr::Sort;
use super::frames::Frames;
use super::plan::{From, Run, Scope, Step, said_by, steps};
use super::tag::tags;
use crate::schema::{BitKind, Order, Schema, Tags, Type, Variant};

/// A dissector for Wireshark and tshark, made by [`Schema::wireshark`].
pub struct Wireshark {
    port: u16,
    frames: Frames,
    request: String,
    reply: String,
}

impl Schema {
    /// A Wireshark dissector in Lua for this frame on a TCP and UDP port:
    /// save it in Wireshark's plugin folder, or `tshark -X lua_script:FILE`.
    ///
    /// Every field has a name to filter by, such as `chatmsg.sender`; where
    /// Wireshark knows another protocol of this name, `framewright-tcp.source`.
    /// What cannot be said in Lua, such as hand-written codecs, is shown as bytes.
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
    /// What comes back from the port, where that is another frame than what is sent to it.
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
        writeln!(
            f,
            "-- {}: a dissector for Wireshark, made from its declaration by Framewright.",
            self.request
        )?;
        writeln!(f, "-- Save it in the plugin folder, or: tshark -X lua_script:{file}.lua\n")?;
        writeln!(f, "local request, reply = {}, {}", Quoted(&self.request), Quoted(&self.reply))?;
        writeln!(f, "local port = {}\n\n{}", self.port, include_str!("reading.lua"))?;
        for (frame, schema) in self.frames.iter() {
            let prefix = if frame == self.request { String::new() } else { frame.to_lowercase() + "." };
            let script = Script { frames: &self.frames, schema, prefix };
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
    /// What the names of its fields begin with.
    prefix: String,
}

impl Script<'_> {
    fn frame(&self) -> Vec<String> {
        let lines = self.steps(&steps(self.schema));
        if self.schema.until.is_empty() {
            return lines;
        }
        block(&format!("delimited({}, {}", self.path("until"), Literal(self.schema.until)), lines)
    }

    /// What Wireshark calls a field.
    fn path(&self, name: &str) -> String {
        Quoted(&format!("{}{}", self.prefix, name.to_lowercase())).to_string()
    }

    fn steps(&self, steps: &[Step]) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            lines.extend(match step {
                Step::Field(field) => self.field(field, behind),
                Step::Bits(run) => self.bits(run),
                Step::Scope(scope) => block(&scope_head(scope, self.schema), self.steps(&scope.steps)),
                Step::Choice(variants) => {
                    let variants = variants.iter().flat_map(|(variant, steps)| self.variant(variant, steps));
                    block(&format!("choice({}", Quoted(self.schema.name)), variants.collect())
                }
            });
        }
        lines
    }

    fn variant(&self, variant: &Variant, steps: &[Step]) -> Vec<String> {
        let prefix = format!("{}{}.", self.prefix, variant.name.to_lowercase());
        let inside = Script { prefix, ..*self };
        let sets: Vec<Tags> = tags(variant).collect();
        let (name, any) = (Quoted(variant.name), sets.contains(&Tags::Any));
        let keeps = match variant.keeps {
            "" => String::new(),
            keeps => format!(", keeps = {}", Quoted(keeps)),
        };
        let ranges = ranges(&sets);
        let mut lines =
            Vec::from([format!("{{ name = {name}, any = {any}, tags = {{{ranges}}}{keeps}, steps = {{")]);
        lines.extend(indented(inside.steps(steps)));
        lines.push(String::from("} },"));
        lines
    }

    fn bits(&self, run: &Run) -> Vec<String> {
        let mut order = Order::Big;
        let mut parts = Vec::new();
        for field in &run.fields {
            let Type::Bits(bits) = field.ty else { continue };
            order = bits.order;
            let (path, name, signed) =
                (self.path(field.name), Quoted(field.name), bits.of == BitKind::Signed);
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

/// A call whose last argument is a table of these lines.
fn block(head: &str, lines: Vec<String>) -> Vec<String> {
    let mut block = Vec::from([format!("{head}, {{")]);
    block.extend(indented(lines));
    block.push(String::from("}),"));
    block
}

fn scope_head(scope: &Scope, schema: &Schema) -> String {
    let len = said_by(&scope.len).write(&Lua(schema), Sort::Number).unwrap_or_default();
    let from = match scope.from {
        From::Here => String::from("nil"),
        From::Frame => String::from("\"\""),
        From::Field(name) => Quoted(name).to_string(),
    };
    format!("scope(function(v) return {len} end, {from}")
}

fn ranges(sets: &[Tags]) -> String {
    let ranges = sets.iter().filter_map(|set| match set {
        Tags::Range(first, last) => Some(format!(" {{ {first}, {last} }}")),
        Tags::Bytes(bytes) => Some(format!(" {{ {0}, {0} }}", Literal(bytes))),
        Tags::Any => None,
    });
    ranges.collect::<Vec<_>>().join(",") + " "
}
