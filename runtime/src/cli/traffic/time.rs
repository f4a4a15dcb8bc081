//! The times of events.

use std::fmt;
#[cfg(feature = "net")]
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time, in nanoseconds since 1970 (UTC). `{}` formats the time of day, and `{:#}` also the date,
/// as in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) struct Time(pub(in crate::cli) u64);

impl Time {
    /// Returns the current time of the system clock.
    #[cfg(feature = "net")]
    pub(in crate::cli) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Returns the year, the month and the day.
    fn date(self) -> (u64, u64, u64) {
        // Years are counted from March of year 0, so that a leap day is the last day of a year.
        let days = self.0 / 86_400_000_000_000 + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let (date, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
        (era * 400 + year + u64::from(month <= 2), month, date)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0 / 1000 % 86_400_000_000;
        let seconds = micros / 1_000_000;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        if f.alternate() {
            let (year, month, day) = self.date();
            write!(f, "{year:04}-{month:02}-{day:02}T")?;
        }
        write!(f, "{hours:02}:{minutes:02}:{:02}.{:06}", seconds % 60, micros % 1_000_000)?;
        f.write_str(if f.alternate() { "Z" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::Time;

    #[test]
    fn times_are_shown_with_their_date() {
        let of = |seconds: u64| format!("{:#}", Time(seconds * 1_000_000_000 + 1_500));
        assert_eq!(of(0), "1970-01-01T00:00:00.000001Z");
        assert_eq!(of(951_782_400), "2000-02-29T00:00:00.000001Z");
        assert_eq!(of(951_868_800), "2000-03-01T00:00:00.000001Z");
        assert_eq!(of(1_709_251_199), "2024-02-29T23:59:59.000001Z");
        assert_eq!(of(4_107_542_400), "2100-03-01T00:00:00.000001Z");
        assert_eq!(of(1_735_689_599), "2024-12-31T23:59:59.000001Z");
        assert_eq!(format!("{}", Time(3_723_000_004_000)), "01:02:03.000004");
        assert!(format!("{:#}", Time(u64::MAX)).starts_with("2554-07-21T"));
    }
}
