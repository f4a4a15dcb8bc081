//! The median of several measurements, and how far they lie apart.

use std::fmt;

/// What came of measuring the same thing several times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    /// The first quartile: a quarter of the measurements is below.
    pub(crate) low: f64,
    /// The third quartile.
    pub(crate) high: f64,
}

impl Spread {
    /// Of at least one measurement; of none everything is not a number.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values = values.into_iter().collect::<Vec<_>>();
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| {
            let index = values.len().saturating_sub(1) * quarter;
            // Between two measurements it is nearer to one or the other by quarters.
            let (below, part) = (index / 4, u32::try_from(index % 4).unwrap_or_default());
            let low = values.get(below).copied().unwrap_or(f64::NAN);
            let high = values.get(below + 1).copied().unwrap_or(low);
            low + (high - low) * f64::from(part) / 4.0
        };
        Self { median: at(2), low: at(1), high: at(3) }
    }
}

impl fmt::Display for Spread {
    /// As `0.97 (0.95 to 0.99)`, with the precision asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        write!(f, "{:.digits$} ({:.digits$} to {:.digits$})", self.median, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn quartiles_lie_between_measurements() {
        assert_eq!(Spread::of([7.0]), Spread { median: 7.0, low: 7.0, high: 7.0 });
        assert_eq!(Spread::of([4.0, 1.0, 3.0, 2.0]), Spread { median: 2.5, low: 1.75, high: 3.25 });
        assert_eq!(Spread::of([5.0, 1.0, 2.0, 4.0, 3.0]), Spread { median: 3.0, low: 2.0, high: 4.0 });
    }
}
