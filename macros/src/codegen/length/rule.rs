//! The rule of a length, such as `scale = 4, bias = -2`: the constants of the generated code, and the
//! rule in the schema.

use proc_macro2::TokenStream;

use crate::codegen::{Most, q};
use crate::layout::{Bits, Format, Length, Rule, Slot, Target};

impl Length<'_> {
    /// Returns the largest length that the length field can express.
    pub(in crate::codegen) fn most(&self) -> Most {
        let plain = self.rule.scale.is_none() && self.rule.bias.is_none();
        let limit = match crate::ast::small_limit(&self.number.ty).filter(|_| plain) {
            Some(limit) => Most::Known(limit),
            None => Most::Endless,
        };
        match &self.rule.max {
            Some(max) => Most::Constant(q!(__fw::least_max(#limit, __fw::Some(#max)))),
            None => limit,
        }
    }

    fn scale(&self) -> TokenStream {
        self.rule.scale.map_or_else(|| q!(1usize), |scale| q!((#scale)))
    }

    fn bias(&self) -> TokenStream {
        self.rule.bias.map_or_else(|| q!(0isize), |bias| q!((#bias)))
    }

    /// Returns the largest number that fits the format.
    pub(super) fn limit(&self) -> TokenStream {
        let format = self.number.format.tokens();
        match &self.number.format {
            Format::Bits(Bits { width, .. }) => q!(__fw::bits_limit(#width)),
            _ => q!(<#format as __fw::Format>::LIMIT),
        }
    }

    pub(super) fn rule_tokens(&self) -> TokenStream {
        let Rule { inclusive, scale, bias, max, .. } = &self.rule;
        // Integers in plain byte order can hold every value of their type, so they have no
        // additional limit.
        if let (false, None, None, Format::Order(_)) = (inclusive, scale, bias, self.number.format.now()) {
            return match max {
                None => q!(__fw::LenRule::PLAIN),
                Some(max) => q!(const { __fw::LenRule { max: (#max), ..__fw::LenRule::PLAIN } }),
            };
        }
        let format = self.number.format.tokens();
        let ty = &self.number.ty;
        let limit = self.limit();
        let own = if *inclusive { q!(<#ty as __fw::Fixed<#format>>::SIZE) } else { q!(0usize) };
        let (scale, bias) = (self.scale(), self.bias());
        let max = self.rule.max_tokens();
        q! {
            const {
                __fw::LenRule {
                    own: #own,
                    scale: #scale,
                    bias: #bias,
                    max: #max,
                    limit: #limit,
                }
            }
        }
    }

    fn schema_max(&self) -> TokenStream {
        match self.rule.max {
            Some(max) => q!(__fw::Some(#max)),
            None => q!(__fw::None),
        }
    }

    /// Returns the prefix for the schema.
    pub(in crate::codegen) fn schema_prefix(&self) -> TokenStream {
        let (ty, rule) = (self.number.schema(), self.schema_rule());
        q!(__fw::Prefix::new(#ty, #rule))
    }

    /// Returns the schema's reference to the field that is the length.
    pub(in crate::codegen) fn target(&self) -> TokenStream {
        let (Slot::Head(index) | Slot::Field(index)) = self.place.slot;
        Target { name: &self.place.name, index }.schema()
    }

    pub(super) fn schema_rule(&self) -> TokenStream {
        let own_type = !crate::ast::is_integer(&self.number.ty);
        let Rule { inclusive, scale, bias, max, .. } = &self.rule;
        if !inclusive
            && scale.is_none()
            && bias.is_none()
            && max.is_none()
            && self.none.is_none()
            && !own_type
        {
            return q!(__fw::LengthRule::PLAIN);
        }
        let (scale, bias, max) = (self.scale(), self.bias(), self.schema_max());
        let (none, say) = (crate::codegen::tree::maybe_constant(self.none, &self.number.ty), self.say());
        q!(__fw::LengthRule::new(#inclusive, #scale, #bias, #max, #none, #say))
    }

    /// Returns a function that encodes a length for the schema, if the number has a user's type.
    fn say(&self) -> TokenStream {
        let (ty, format) = (&self.number.ty, self.number.format.tokens());
        match self.number.format.now() {
            Format::Order(_) if !crate::ast::is_integer(ty) => {
                q!(__fw::Some(__fw::say::<#ty, #format>))
            }
            _ => q!(__fw::None),
        }
    }
}

impl Rule<'_> {
    pub(super) fn max_tokens(&self) -> TokenStream {
        self.max.map_or_else(|| q!(__fw::usize::MAX), |max| q!((#max)))
    }
}
