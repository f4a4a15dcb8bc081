//! Functions that generated code calls: the parts of parsers and encoders that all types share.

mod check;
mod checked;
mod constant;
mod decode;
mod delimit;
mod depth;
mod encode;
mod ends;
mod filling;
mod limits;
mod mark;
mod padded;
mod probe;
mod scope;
mod site;
mod sizes;
mod slot;
mod tag;

pub use check::{
    Flag, check_failed_on_encode, check_presence, checksum, checksum_written, flag_beside, is_not_absent,
    no_element, no_element_to_read, no_width, not_absent, not_ended, presence, same, same_checksum,
    same_or_none, takes_bytes, unknown_bits,
};
pub use checked::{
    Bits, Operand, Operands, OtherAdd, OtherDivide, OtherMultiply, OtherNegative, OtherRemainder,
    OtherShiftLeft, OtherShiftRight, OtherSubtract, like, overflows, overflows_on_encode, typed,
};
pub use constant::{
    BytesTag, Const, Constant, Delimiter, NumberTag, bytes_tag, constant, delimiter, number_tag,
};
pub use decode::{
    Parsed, after, at_end, before, check_failed, from_extent_with, gap_to, hand_written, hand_written_all,
    in_a_piece, left_in, limited, magic, measure, measure_by, measure_item, measure_owned, not_derived,
    offset, read_with, take_fill, take_rest, unknown_tag, unlinked,
};
pub use delimit::{
    check_any, check_delimiter, check_no_lead, drop_between, put_any, put_between, put_delimiter, put_stop,
};
pub use depth::Depth;
pub use encode::{
    Absent, check_len, check_max, not_derived_either, odd_constant, offset_to_wire, or_none, patch,
    patch_bits, said_len, size_with, skip, write_digits, write_number, write_with, written,
};
pub use ends::{stopped, take_any, take_lead, take_lead_before, take_until};
pub(crate) use filling::{ends_in_fill, is_not_fill};
pub use filling::{put_fill, put_fill_bytes, put_filling, put_slack, put_units, set_filled, write_filled};
pub use limits::{array_width, bit_width, bytes_of_bits, has_order, limit_is_reachable, run_bytes, within};
pub(crate) use mark::UNTIL;
pub use mark::{
    RunMark, bytes_of, mark_delimited, mark_end, mark_enter, mark_kept, mark_kept_bytes, mark_leave,
    mark_run, mark_since, mark_variant, say,
};
pub use padded::{fills, is_filled, is_whole_units, read_filled, read_filled_frame_with, trim, trim_bytes};
pub use probe::{NoList, Other, OtherConstant, OtherType, Probe, TypeOf, ValueOf, ends_with_bytes};
pub use scope::{ByReference, InScope};
pub use site::{
    RunSite, Site, in_field, in_field_before, in_item, in_leaf, in_leaf_at, short_body, short_run,
};
pub use sizes::{
    any, behind, exact, fill_to, has_one_size, is_exact, items_follow, least_max, max_len_of, max_len_sum,
    max_len_times, min_len_of, min_len_sum, most_fill, open_array, open_is_last, open_tuple, settle,
    sums_behind,
};
pub use slot::{NO_SCHEMA, Slot, enum_bits, frame_type};
pub use tag::{
    TagValue, Tagged, check_chosen, check_tag, keep_tag, kept_tag, tag_is_said_twice, tag_or_zero,
    tag_to_wire, tags_are_apart, wrong_tag,
};

/// The fallback traits of checked arithmetic, of probes and of fields in scope.
pub mod operators {
    pub use super::{
        ByReference as _, NoList as _, Other as _, OtherAdd as _, OtherConstant as _, OtherDivide as _,
        OtherMultiply as _, OtherNegative as _, OtherRemainder as _, OtherShiftLeft as _,
        OtherShiftRight as _, OtherSubtract as _, OtherType as _,
    };
}
