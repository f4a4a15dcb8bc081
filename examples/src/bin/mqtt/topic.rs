//! Topic names and topic filters (sections 4.7.1 and 4.7.2 of the specification).

/// The maximum number of levels of a filter, and of the topic of a retained message.
pub const LEVELS: usize = 32;

/// Their maximum length in bytes.
pub const LENGTH: usize = 1024;

/// Returns `true` if a name is not larger than a filter may be.
pub fn is_small(name: &str) -> bool {
    name.len() <= LENGTH && name.split('/').nth(LEVELS).is_none()
}

/// Returns `true` if the wildcards of `filter` are valid: `+` must be a whole level, and `#` must
/// be the whole last level.
pub fn is_filter(filter: &str) -> bool {
    let (above, last) = filter.rsplit_once('/').unwrap_or(("", filter));
    !above.contains('#')
        && (last == "#" || !last.contains('#'))
        && filter.split('/').all(|level| level == "+" || !level.contains('+'))
}

/// Returns `true` if `filter` matches the topic `name`. Tests compare the [tree](crate::tree) with
/// this function. A filter that begins with a wildcard does not match a topic that begins with `$`.
#[cfg(test)]
pub fn matches(filter: &str, name: &str) -> bool {
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = name.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            // `#` also matches its parent level: `a/#` matches `a`.
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (wanted, Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{is_filter, matches};

    #[test]
    fn wildcards_stand_alone() {
        for filter in ["#", "+", "/", "a", "a/", "/a", "a/#", "+/+", "/+", "+/a/#", "a//b", "$SYS/#"] {
            assert!(is_filter(filter), "{filter}");
        }
        for filter in ["a#", "#/a", "a/#/b", "a/b#", "a+", "+a/b", "a/+b", "##", "++", "#/#"] {
            assert!(!is_filter(filter), "{filter}");
        }
    }

    /// Checks the examples of the specification and some others.
    #[test]
    fn filters_choose() {
        for (filter, name) in [
            ("sport/tennis/player1/#", "sport/tennis/player1"),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking"),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"),
            ("sport/#", "sport"),
            ("#", "sport"),
            ("#", "/finance"),
            ("sport/tennis/+", "sport/tennis/player2"),
            ("sport/+", "sport/"),
            ("+/+", "/finance"),
            ("/+", "/finance"),
            ("$SYS/#", "$SYS/monitor"),
            ("$SYS/monitor/+", "$SYS/monitor/Clients"),
            ("a//b", "a//b"),
        ] {
            assert!(matches(filter, name), "{filter} and {name}");
        }
        for (filter, name) in [
            ("sport/tennis/+", "sport/tennis/player1/ranking"),
            ("sport/+", "sport"),
            ("+", "/finance"),
            ("#", "$SYS"),
            ("+/monitor/Clients", "$SYS/monitor/Clients"),
            ("sport/#", "sports"),
            ("sport", "sport/"),
            ("sport", "Sport"),
            ("a/b", "a"),
        ] {
            assert!(!matches(filter, name), "{filter} and {name}");
        }
    }
}
