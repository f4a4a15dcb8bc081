//! The names in expressions, and how Kaitai accesses them.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ksy::id;
use crate::schema::steps::Slot;
use crate::schema::{Field, Node, Op};
use crate::view::language::{Language, Sort};

/// The names in scope: the fields of a type, and of the types around it.
#[derive(Clone)]
pub(super) struct Names {
    levels: Vec<Vec<Name>>,
    /// Run of bit fields that begins in the head and continues in each variant: the level of the
    /// head, the name of the integer, and its size in bytes.
    bits: Option<(usize, String, usize)>,
    /// For the condition that ends a list: its item.
    item: Option<Name>,
}

/// A name in scope.
#[derive(Clone)]
struct Name {
    name: String,
    /// Whether it is a field of the struct. A prefix is not.
    is_field: bool,
    /// The expression for the value. For a member it continues the expression of what it is in.
    text: String,
    is_number: bool,
    members: Members,
}

/// The members that Kaitai finds in a value.
#[derive(Clone, Default)]
pub(super) struct Members(Rc<[Name]>);

/// What expressions may do with a value.
#[derive(Clone)]
pub(super) struct Access {
    /// What follows the id of an attribute in the expression for its value.
    pub(super) suffix: String,
    pub(super) is_number: bool,
    pub(super) members: Members,
}

impl Access {
    /// The access to a number.
    pub(super) fn number(suffix: &str) -> Self {
        Self { suffix: suffix.to_string(), is_number: true, members: Members::default() }
    }

    /// The access to a value that is neither a number nor has members.
    pub(super) fn opaque() -> Self {
        Self::inside(Members::default())
    }

    /// The access to the members of a value.
    pub(super) fn inside(members: Members) -> Self {
        Self { suffix: String::new(), is_number: false, members }
    }

    fn name(self, name: &str, id: &str) -> Name {
        let text = format!("{id}{}", self.suffix);
        Name {
            name: name.to_string(),
            is_field: true,
            text,
            is_number: self.is_number,
            members: self.members,
        }
    }
}

impl Members {
    /// Returns the items of a tuple as its members.
    pub(super) fn of_tuple(items: Vec<Access>) -> Self {
        let names = items.into_iter().enumerate();
        Self(names.map(|(index, item)| item.name(&index.to_string(), &format!("_{index}"))).collect())
    }
}

impl Names {
    pub(super) fn new() -> Self {
        Self { levels: Vec::from([Vec::new()]), bits: None, item: None }
    }

    /// Returns the names for a type inside this one.
    pub(super) fn inside(&self) -> Self {
        let mut names = self.clone();
        names.levels.push(Vec::new());
        names
    }

    /// Returns the names for the condition that ends a list. Kaitai's name for the item is `_`. An
    /// item with words of its own is the only field of a hidden frame.
    pub(super) fn of_item(&self, access: Access, is_hidden: bool) -> Self {
        let item = access.name("_", "_");
        let item = match (is_hidden, item.members.0.first()) {
            (false, _) => Some(item),
            (true, only) => only.map(|only| Name { text: item.text + &only.text, ..only.clone() }),
        };
        Self { item, ..self.clone() }
    }

    /// Adds a name that is not a field, with the expression for its number.
    pub(super) fn add(&mut self, name: &str, text: String) {
        self.push(Name { is_field: false, ..Access::number("").name(name, &text) });
    }

    /// Adds a field.
    pub(super) fn add_field(&mut self, slot: Slot, field: &Field, access: Access) {
        let is_field = matches!(slot, Slot::Field(_));
        self.push(Name { is_field, ..access.name(field.name, &id(field.name)) });
    }

    fn push(&mut self, name: Name) {
        if let Some(level) = self.levels.last_mut() {
            level.push(name);
        }
    }

    /// Adds the fields of a type inside this one. Expressions access them through `attribute`.
    pub(super) fn add_from(&mut self, inside: &Self, attribute: &str) {
        let fields = inside.levels.last().into_iter().flatten();
        let reached: Vec<_> = fields
            .map(|field| Name { text: format!("{attribute}.{}", field.text), ..field.clone() })
            .collect();
        self.levels.last_mut().into_iter().for_each(|level| level.extend(reached.iter().cloned()));
    }

    /// Returns the fields of this type, as members of a value of this type.
    pub(super) fn members(&self) -> Members {
        let fields = self.levels.last().into_iter().flatten().filter(|name| name.is_field);
        Members(fields.map(|field| Name { text: format!(".{}", field.text), ..field.clone() }).collect())
    }

    /// Stores the run that continues in the variants.
    pub(super) fn begin_bits(&mut self, name: String, bytes: usize) {
        self.bits = Some((self.levels.len(), name, bytes));
    }

    /// Takes the run that continues in the variants, and its size. Later calls return `None`.
    pub(super) fn take_bits(&mut self) -> Option<(String, usize)> {
        let (level, name, bytes) = self.bits.take()?;
        Some((format!("{}{name}", "_parent.".repeat(self.levels.len() - level)), bytes))
    }

    /// Returns the expression with which this type accesses the value of a field.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        Some(self.find_name(name)?.0)
    }

    fn find_name(&self, name: &str) -> Option<(String, &Name)> {
        self.levels.iter().rev().enumerate().find_map(|(up, level)| {
            let known = level.iter().rev().find(|known| known.name == name)?;
            Some((format!("{}{}", "_parent.".repeat(up), known.text), known))
        })
    }

    /// Returns the expression for a field, an item or a member.
    fn place(&self, node: &Node) -> Option<(String, &Name)> {
        match node {
            Node::Field(operand) | Node::Tag(operand) => self.find_name(operand.name),
            Node::Item(_) => self.item.as_ref().map(|item| (item.text.clone(), item)),
            Node::Member(of, name, _) => {
                let (of, known) = self.place(of)?;
                let member = known.members.0.iter().rev().find(|member| member.name == *name)?;
                Some((of + &member.text, member))
            }
            _ => None,
        }
    }
}

impl Language for Names {
    fn operand(&self, node: &Node) -> Option<String> {
        let (text, known) = self.place(node)?;
        known.is_number.then_some(text)
    }

    fn number(&self, name: &str) -> Option<String> {
        let (text, known) = self.find_name(name)?;
        known.is_number.then_some(text)
    }

    fn not(&self, truth: &str) -> String {
        format!("(not {truth})")
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        match to {
            Sort::Truth => format!("({value} != 0)"),
            Sort::Number => format!("({value} ? 1 : 0)"),
        }
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        format!("({condition} ? {yes} : {no})")
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        let op = match op {
            Op::Or => "or",
            Op::And => "and",
            op => op.symbol(),
        };
        format!("({left} {op} {right})")
    }
}
