//! The median and the quartiles of several measurements.

use std::fmt;

/// The result of several measurements of the same quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    /// The first quartile: a quarter of the measurements is below it.
    pub(crate) low: f64,
    /// The third quartile: a quarter of the measurements is above it.
    pub(crate) high: f64,
}

impl Spread {
    /// Returns the spread of at least one measurement. Without measurements, all numbers are NaN.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values = values.into_iter().collect::<Vec<_>>();
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| {
            let index = values.len().saturating_sub(1) * quarter;
            // A quartile that lies between two measurements is interpolated.
            let (below, part) = (index / 4, u32::try_from(index % 4).unwrap_or_default());
            let low = values.get(below).copied().unwrap_or(f64::NAN);
            let high = values.get(below + 1).copied().unwrap_or(low);
            low + (high - low) * f64::from(part) / 4.0
        };
        Self { median: at(2), low: at(1), high: at(3) }
    }
}

impl fmt::Display for Spread {
    /// Formats the spread as `0.97 (0.95 to 0.99)`, with the requested precision.
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
