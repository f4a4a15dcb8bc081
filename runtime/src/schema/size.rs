//! The size of values in bits, if it is fixed.

#[cfg(feature = "json")]
use super::expr::range;
use super::{Body, Extent, Field, Presence, Role, Schema, Type};

impl Field {
    /// Returns the size of a field in bits, if the field is always present and its size is fixed.
    pub(crate) fn bits(&self) -> Option<usize> {
        match (self.presence, self.extent, self.role) {
            (Presence::Always, Extent::Own, Role::Magic(bytes)) if matches!(self.ty, Type::Bytes) => {
                bytes.len().checked_mul(8)
            }
            (Presence::Always, Extent::Own, _) => self.ty.bits(),
            (Presence::Always, Extent::Fixed(len, _), _) => len.checked_mul(8),
            _ => None,
        }
    }

    /// Returns `true` if the field is bytes or text, so that its items are bytes.
    pub(crate) fn counts_bytes(&self) -> bool {
        matches!(self.ty, Type::Bytes | Type::Text | Type::Encoded(_))
    }
}

impl Schema {
    /// Returns `true` for a fieldless enum.
    pub(crate) fn is_plain_enum(&self) -> bool {
        match self.body {
            Body::Struct(_) => false,
            Body::Enum(variants) => variants.iter().all(|variant| variant.fields.is_empty()),
        }
    }
}

impl Type {
    /// Returns `true` if values of this type are frames or contain frames.
    pub(crate) const fn holds_frames(&self) -> bool {
        match self {
            Self::Frame(_) => true,
            Self::List(item) | Self::Array(item, _) => item.holds_frames(),
            Self::Tuple(items) => {
                let mut index = 0;
                while index < items.len() {
                    if items[index].holds_frames() {
                        return true;
                    }
                    index += 1;
                }
                false
            }
            _ => false,
        }
    }

    /// Returns the smallest and the largest integer of a type, if it has any.
    #[cfg(feature = "json")]
    pub(crate) fn range(&self) -> Option<(i128, u128)> {
        match self {
            Self::Int { bytes, signed, .. } => Some(range(u32::try_from(bytes * 8).ok()?, *signed)),
            Self::Bits(bits) => Some(range(bits.width, bits.of.is_signed())),
            Self::Number(format) => Some((format.least, format.most)),
            _ => None,
        }
    }

    /// Returns the size of every value of a type in bits, if it is fixed.
    pub(crate) fn bits(&self) -> Option<usize> {
        match self {
            Self::Unit => Some(0),
            Self::Int { bytes, .. } | Self::Float { bytes, .. } => Some(bytes * 8),
            Self::Bool => Some(8),
            Self::Bits(bits) => usize::try_from(bits.width).ok(),
            Self::Ipv4 => Some(32),
            Self::Ipv6 => Some(128),
            Self::Array(item, len) => item.bits()?.checked_mul(*len),
            Self::Tuple(items) => items.iter().try_fold(0, |sum: usize, item| sum.checked_add(item.bits()?)),
            Self::Frame(schema) => {
                let schema = schema();
                schema.max_len.filter(|max| *max == schema.min_len).map(|len| len * 8)
            }
            Self::Number(format) => format.size()?.checked_mul(8),
            Self::Encoded(format) => format.size()?.checked_mul(8),
            Self::Bytes | Self::Text | Self::List(_) | Self::Custom => None,
        }
    }
}
