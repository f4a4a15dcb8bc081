//! The known values of a frame while it is read. Expressions and relations of later fields use
//! them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::eval::{Outcome, Values};
use super::steps::Slot;
use super::value::{Value, read};
use super::{
    Body, Chooser, Expr, Extent, Field, Node, Order, Presence, Role, Schema, TagOf, Tags, Target, Ty, Type,
    Variant,
};

/// The value of a number or a tag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Says {
    /// The bits of a number: 128 bits, two's complement.
    Number(u128),
    Bytes(Vec<u8>),
}

/// A field that has been read.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) slot: Slot,
    /// Position of the first byte, including the prefix.
    pub(crate) start: usize,
    pub(crate) says: Option<Says>,
    /// Number of bytes or items in the value.
    pub(crate) len: Option<usize>,
    /// Position of the first item.
    pub(crate) first: Option<usize>,
    /// Known values of the nested frame. A copy of an entry shares them, so that it costs the same at
    /// any depth.
    pub(crate) inside: Option<Arc<Known>>,
    /// Whether the value is present, if this is known without the numbers that decide it.
    pub(crate) there: Option<bool>,
}

impl Entry {
    pub(crate) fn new(slot: Slot, start: usize) -> Self {
        Self { slot, start, says: None, len: None, first: None, inside: None, there: None }
    }

    /// Adds what the value of a field says, also whether it is the number for absence.
    pub(crate) fn with(self, field: &Field, value: &Value<'_>) -> Self {
        let says = match field.role {
            Role::TagOf(_) => Says::tag(value),
            _ => Says::number(value),
        };
        let there = field.none.map(|none| !none.is(value));
        Self { says, len: value.len(&field.ty), there, ..self }
    }
}

/// The known values of a frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) schema: Option<&'static Schema>,
    /// Position of the first byte.
    pub(crate) start: usize,
    /// Tag that selects the variant: the type's own tag, or one from the parent.
    pub(crate) tag: Option<Says>,
    /// Selected variant.
    pub(crate) variant: Option<&'static Variant>,
    /// Context from the parent.
    pub(crate) context: Vec<Option<u128>>,
    pub(crate) entries: Vec<Entry>,
}

impl Says {
    /// Returns an integer as a value.
    pub(crate) fn of(number: i128) -> Self {
        Self::Number(u128::from_ne_bytes(number.to_ne_bytes()))
    }

    /// Returns the value of a number or a boolean.
    pub(crate) fn number(value: &Value<'_>) -> Option<Self> {
        value.wide().map(Self::Number)
    }

    /// Returns the value of a tag, which may be a byte string.
    pub(crate) fn tag(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(Self::Bytes(bytes.to_vec())),
            other => Self::number(other),
        }
    }

    pub(crate) fn signed(&self) -> Option<i128> {
        match self {
            Self::Number(number) => Some(i128::from_ne_bytes(number.to_ne_bytes())),
            Self::Bytes(_) => None,
        }
    }
}

impl Known {
    pub(crate) fn new(schema: &'static Schema, start: usize) -> Self {
        Self { schema: Some(schema), start, ..Self::default() }
    }

    pub(crate) fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| entry.slot == slot)
    }

    pub(crate) fn says(&self, slot: Slot) -> Option<&Says> {
        self.entry(slot)?.says.as_ref()
    }

    /// Records the value of a field. The type's own tag also selects the variant.
    pub(crate) fn note(&mut self, field: &Field, entry: Entry) {
        if let Role::TagOf(TagOf::Own) = field.role {
            self.tag = entry.says.clone();
        }
        self.entries.push(entry);
    }

    /// Returns the number in a field.
    pub(crate) fn number(&self, target: Target) -> Option<i128> {
        self.says(Slot::Field(target.index))?.signed()
    }

    /// Returns the field that `target` names.
    pub(crate) fn field(&self, target: Target) -> Option<&'static Field> {
        match self.schema?.body {
            Body::Struct(fields) => fields.get(target.index),
            Body::Enum(_) => self.variant?.fields.get(target.index),
        }
    }

    /// Returns the number of bytes or items that a length field or count field announces.
    pub(crate) fn counted(&self, slot: Slot, len: &Field) -> Option<usize> {
        let number = self.says(slot)?.signed()?;
        let rule = len.rule()?;
        let own = if rule.inclusive { len.ty.bits()? / 8 } else { 0 };
        rule.counted(number, own)
    }

    /// Returns the number of bytes or items that the length field or count field at `target`
    /// announces.
    pub(crate) fn counted_by(&self, target: Target) -> Option<usize> {
        self.counted(Slot::Field(target.index), self.field(target)?)
    }

    /// Returns `true` if a field is present, or `None` if this is unknown. `prefix` is the number
    /// in the field's prefix, if it was read.
    pub(crate) fn is_there(&self, field: &Field, prefix: Option<i128>) -> Option<bool> {
        let differs = |number: i128, none: Option<super::Constant>| Some(number != none?.number()?);
        match field.presence {
            Presence::Always => Some(true),
            Presence::Optional | Presence::Lead(_) => None,
            Presence::When(condition) => condition.holds(self),
            Presence::Flag(flag, _) => {
                let Role::PresenceOf(_, some, none) = self.field(flag)?.role else { return None };
                flagged(self.number(flag)?, some, none)
            }
            Presence::Length(len, _) => differs(self.number(len)?, self.field(len)?.rule()?.none),
            Presence::Prefix(_) => differs(prefix?, field.prefix()?.rule.none),
        }
    }

    /// Returns the position of a field that has an offset field, or an outer `None` if the position
    /// is unknown. The inner value is `None` if the field has no offset field or no bytes, because
    /// a field without bytes may have any offset.
    pub(crate) fn begins(&self, field: &Field) -> Option<Option<usize>> {
        let Some(offset) = field.begins else { return Some(None) };
        let size = match field.extent {
            Extent::LenOf(by) | Extent::CountOf(by) => Some(self.counted_by(by)?),
            Extent::Len(size) | Extent::Count(size) => usize::try_from(size.number(self)?).ok(),
            _ => None,
        };
        if size == Some(0) {
            return Some(None);
        }
        let from_start = self.counted_by(offset)?;
        Some(self.start.checked_add(from_start))
    }

    /// Returns the description of a field in the byte order of this frame, or `None` if the order
    /// is unknown.
    pub(crate) fn in_order(&self, field: &'static Field) -> Option<&'static Field> {
        let Some(ordered) = field.ordered else { return Some(field) };
        let order = ordered.order.evaluate(self, Some(Ty::Order)).known()?;
        Some(field.in_order(if order.bits == 0 { Order::Big } else { Order::Little }))
    }

    /// Returns the tag that the frame passes to a field.
    pub(crate) fn tag_for(&self, field: &Field) -> Option<Says> {
        match field.given.tag? {
            Chooser::Field(tag) => self.says(Slot::Field(tag.index)).cloned(),
            Chooser::Expr(expr) => match expr.evaluate(self, None) {
                Outcome::Computed(number) => number.wide().map(Says::Number),
                Outcome::Fails | Outcome::Unknown => None,
            },
        }
    }

    /// Returns the context values that the frame passes to a field.
    pub(crate) fn context_for(&self, field: &Field) -> Vec<Option<u128>> {
        let value = |expr: &Expr| expr.evaluate(self, None).known()?.wide();
        field.given.values.iter().map(value).collect()
    }
}

/// Returns `true` if a flag is set, or `None` if its number means neither set nor unset.
pub(crate) fn flagged(
    flag: i128,
    some: Option<super::Constant>,
    none: Option<super::Constant>,
) -> Option<bool> {
    let (yes, no) = flag_numbers(some, none)?;
    if flag == yes {
        Some(true)
    } else if flag == no {
        Some(false)
    } else {
        None
    }
}

/// Returns the two numbers of a flag: the number for a set flag and the number for an unset flag.
pub(crate) fn flag_numbers(
    some: Option<super::Constant>,
    none: Option<super::Constant>,
) -> Option<(i128, i128)> {
    let number = |constant: Option<super::Constant>, usual| match constant {
        Some(constant) => constant.number(),
        None => Some(usual),
    };
    Some((number(some, 1)?, number(none, 0)?))
}

impl Values for Known {
    fn bits(&self, node: &Node) -> Option<u128> {
        let number = |says: &Says| match says {
            Says::Number(number) => Some(*number),
            Says::Bytes(_) => None,
        };
        match node {
            Node::Field(operand) => number(self.says(Slot::Field(operand.index))?),
            Node::Tag(_) => number(self.tag.as_ref()?),
            Node::Context(operand) => *self.context.get(operand.index)?,
            Node::Member(of, name, _) => number(self.inside(of)?.member(name)?.says.as_ref()?),
            _ => None,
        }
    }

    fn is_variant(&self, node: &Node, name: &str) -> Option<bool> {
        self.inside(node)?.is_chosen(name)
    }

    fn len(&self, node: &Node) -> Option<usize> {
        self.at(node)?.len
    }

    fn is_some(&self, node: &Node) -> Option<bool> {
        let Node::Field(operand) = node else { return None };
        if let Some(there) = self.entry(Slot::Field(operand.index)).and_then(|entry| entry.there) {
            return Some(there);
        }
        let field = self.field(Target::new(operand.name, operand.index))?;
        match (field.presence, field.none) {
            // Whether a field with `none` is there is in its entry.
            (Presence::Always, _) | (_, Some(_)) => None,
            (_, None) => self.is_there(field, None),
        }
    }
}

impl Known {
    fn at(&self, node: &Node) -> Option<&Entry> {
        match node {
            Node::Field(operand) => self.entry(Slot::Field(operand.index)),
            Node::Member(of, name, _) => self.inside(of)?.member(name),
            _ => None,
        }
    }

    fn inside(&self, node: &Node) -> Option<&Self> {
        self.at(node)?.inside.as_deref()
    }

    /// Returns `true` if the selected variant has this name, or `None` if no variant has it.
    fn is_chosen(&self, name: &str) -> Option<bool> {
        let (Body::Enum(variants), chosen) = (self.schema?.body, self.variant?) else { return None };
        variants.iter().any(|variant| variant.name == name).then_some(chosen.name == name)
    }

    /// Returns the field with this name.
    fn member(&self, name: &str) -> Option<&Entry> {
        let Body::Struct(fields) = self.schema?.body else { return None };
        let index = fields.iter().position(|field| field.name == name)?;
        self.entry(Slot::Field(index))
    }
}

/// The elements of an earlier list. Each is passed to the item with the same index.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    /// Index of the context value that receives the element.
    value: usize,
    /// Position of the next element.
    at: usize,
    ty: &'static Type,
}

/// The item type of a list that is described as bytes.
static BYTE: Type = Type::Int { bytes: 1, signed: false, order: None };

impl Beside {
    /// Returns the list with the elements that `field` passes to its items, if there is one.
    pub(crate) fn of(known: &Known, field: &Field) -> Option<Self> {
        let (value, list) = field.given.element?;
        let at = known.entry(Slot::Field(list.index))?.first?;
        let ty = match known.field(list)?.ty {
            Type::List(item) | Type::Array(item, _) => item,
            Type::Bytes => &BYTE,
            _ => return None,
        };
        Some(Self { value, at, ty })
    }

    /// Puts the next element into the context. `bytes` are the bytes of the whole input, in which
    /// the list is.
    ///
    /// # Errors
    /// If the element has not arrived, returns the number of bytes up to its end.
    pub(crate) fn next(&mut self, context: &mut [Option<u128>], bytes: &[u8]) -> Result<(), usize> {
        let left = bytes.get(self.at..).unwrap_or_default();
        let end = self.at.saturating_add(self.ty.bits().unwrap_or_default() / 8);
        if end > bytes.len() {
            return Err(end);
        }
        let number = read(self.ty, left).and_then(|(element, rest)| {
            self.at += left.len() - rest.len();
            match Says::number(&element) {
                Some(Says::Number(number)) => Some(number),
                Some(Says::Bytes(_)) | None => None,
            }
        });
        if let Some(value) = context.get_mut(self.value) {
            *value = number;
        }
        Ok(())
    }
}

/// An item of a list, for the condition that recognises the last item.
pub(crate) struct Item(Entry);

impl Item {
    pub(crate) fn new(known: Known) -> Option<Self> {
        let slot = Slot::Field(0);
        Some(Self(match known.schema?.is_item {
            // An item with `each` is the only field of a hidden frame.
            true => known.entry(slot)?.clone(),
            false => Entry { says: known.tag.clone(), inside: Some(Arc::new(known)), ..Entry::new(slot, 0) },
        }))
    }

    fn at(&self, node: &Node) -> Option<&Entry> {
        match node {
            Node::Item(_) => Some(&self.0),
            Node::Member(of, name, _) => self.at(of)?.inside.as_deref()?.member(name),
            _ => None,
        }
    }
}

impl Values for Item {
    fn bits(&self, node: &Node) -> Option<u128> {
        match self.at(node)?.says.as_ref()? {
            Says::Number(number) => Some(*number),
            Says::Bytes(_) => None,
        }
    }

    fn is_variant(&self, node: &Node, name: &str) -> Option<bool> {
        self.at(node)?.inside.as_deref()?.is_chosen(name)
    }

    fn len(&self, node: &Node) -> Option<usize> {
        self.at(node)?.len
    }
}

impl Tags {
    /// Returns `true` if this set of tags includes a tag.
    fn contain(&self, tag: &Says) -> bool {
        match (self, tag) {
            (Self::Range(first, last), tag) => tag.signed().is_some_and(|tag| *first <= tag && tag <= *last),
            (Self::Bytes(bytes), Says::Bytes(tag)) => bytes == tag,
            _ => false,
        }
    }
}

impl Schema {
    /// Returns the enum whose tag is `field`, or the enum in `field` itself if it is a bit field.
    pub(crate) fn enum_chosen_by(&self, field: &Field) -> Option<&Self> {
        let Role::TagOf(of) = field.role else {
            return if let Type::Bits(bits) = field.ty { bits.of.as_enum() } else { None };
        };
        let target = match of {
            TagOf::Own => return Some(self),
            TagOf::Field(target) => target,
        };
        let is_target = |other: &&Field| {
            matches!(other.given.tag, Some(Chooser::Field(by)) if by.name == field.name)
                && other.name == target.name
        };
        match super::frames::fields(self).find(is_target)?.ty {
            Type::Frame(schema) => Some(schema()),
            _ => None,
        }
    }
}

/// Returns `true` if all tags of all variants are known.
pub(crate) fn are_known(variants: &[Variant]) -> bool {
    !variants.iter().any(|variant| variant.tags.contains(&Tags::Unknown))
}

/// Returns the variant of `schema` that `tag` selects.
pub(crate) fn chosen(schema: &Schema, tag: &Says) -> Option<&'static Variant> {
    let Body::Enum(variants) = schema.body else { return None };
    let chosen = variants.iter().find(|variant| variant.tags.iter().any(|set| set.contain(tag)));
    chosen.or_else(|| variants.iter().find(|variant| variant.tags.contains(&Tags::Any)))
}
