//! What only the compiler can tell of a declaration, because it is said in constants or in types of other
//! declarations. Each panics while constants are evaluated, which makes it a compile error.

use crate::schema::Type;

/// Lets a number be that lies between two others.
///
/// # Panics
/// With the message, if it does not.
#[track_caller]
pub const fn within(number: usize, least: usize, most: usize, message: &str) {
    assert!(least <= number && number <= most, "{}", message);
}

/// Lets a type be of whose values some keep to the limit.
///
/// # Panics
/// If the shortest does not.
#[track_caller]
pub const fn limit_is_reachable(least: usize, limit: usize) {
    assert!(
        least <= limit,
        "no value keeps to this `max`: the shortest is longer, so raise it (`MIN_LEN` says how many bytes that takes)"
    );
}

/// Lets a byte order be that turns some number of the type.
///
/// # Panics
/// If there is none.
#[track_caller]
pub const fn has_order(ty: &Type) {
    assert!(
        is_ordered(ty),
        "a byte order has no effect here: a single byte has none, and a frame has its own; remove it"
    );
}

const fn is_ordered(ty: &Type) -> bool {
    match ty {
        Type::Int { order, .. } => order.is_some(),
        Type::Float { .. } => true,
        Type::Array(item, _) | Type::List(item) => is_ordered(item),
        Type::Tuple(items) => {
            let mut index = 0;
            while index < items.len() {
                if is_ordered(&items[index]) {
                    return true;
                }
                index += 1;
            }
            false
        }
        _ => false,
    }
}
