//! Topics and the filters that choose among them (sections 4.7.1 and 4.7.2 of the specification).

/// How many levels a filter, or a topic with a retained message, may have.
pub const LEVELS: usize = 32;

/// Whether a name has no more levels than are worth keeping.
pub fn is_shallow(name: &str) -> bool {
    name.split('/').nth(LEVELS).is_none()
}

/// Whether `filter` has its wildcards where they may be: `+` alone in its level, `#` alone in the last.
pub fn is_filter(filter: &str) -> bool {
    let (above, last) = filter.rsplit_once('/').unwrap_or(("", filter));
    !above.contains('#')
        && (last == "#" || !last.contains('#'))
        && filter.split('/').all(|level| level == "+" || !level.contains('+'))
}

/// Whether `filter` chooses the topic `name`, as the specification says it: what the [tree](crate::tree) is compared with. One that begins with a wildcard leaves topics alone
/// that begin with `$`: those are the server's own.
#[cfg(test)]
pub fn matches(filter: &str, name: &str) -> bool {
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = name.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            // It stands for the level above it as well.
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

    /// The examples of the specification, and a few more.
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
