//! The report of a load, as text and as JSON.

use std::fmt;
use std::format;
use std::string::{String, ToString as _};
use std::time::Duration;

use super::tally::Tally;
use crate::notation::Json;

/// The quantiles that are reported.
const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)];

/// The report of a tally.
pub(super) struct Report<'t> {
    pub(super) tally: &'t Tally,
    /// Whether the user gave a rate.
    pub(super) is_paced: bool,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { sent, replies, took, .. } = self.tally;
        writeln!(f, "{sent} requests, {replies} replies in {:.2} s", took.as_secs_f64())?;
        writeln!(
            f,
            "throughput  {:.0} replies/s, {}/s out, {}/s in",
            self.each_second(*replies),
            bytes(self.each_second(self.tally.sent_bytes)),
            bytes(self.each_second(self.tally.received_bytes))
        )?;
        let corrected = self.tally.corrected(self.is_paced);
        writeln!(f, "latency     {:>10}  {:>10}", "measured", "corrected")?;
        for (name, quantile) in QUANTILES {
            let [measured, corrected] =
                [&self.tally.latencies, &corrected].map(|all| time(all.value_at_quantile(quantile)));
            writeln!(f, "  {name:<8}  {measured:>10}  {corrected:>10}")?;
        }
        f.write_str("errors      ")?;
        if self.tally.errors.is_empty() {
            return f.write_str("none");
        }
        for (index, (why, count)) in self.tally.errors.iter().enumerate() {
            write!(f, "{}{count} {why}", if index > 0 { "\n            " } else { "" })?;
        }
        Ok(())
    }
}

impl Report<'_> {
    /// Returns the report as JSON; times are in nanoseconds.
    pub(super) fn json(&self) -> String {
        let tally = self.tally;
        let corrected = tally.corrected(self.is_paced);
        let quantiles = |of: &hdrhistogram::Histogram<u64>| {
            let all: std::vec::Vec<_> = QUANTILES
                .map(|(name, quantile)| format!("\"{name}\": {}", of.value_at_quantile(quantile)))
                .into();
            format!("{{{}}}", all.join(", "))
        };
        let errors: std::vec::Vec<_> =
            tally.errors.iter().map(|(why, count)| format!("{}: {count}", Json::text(why))).collect();
        format!(
            "{{\"seconds\": {:.3}, \"requests\": {}, \"replies\": {}, \"replies_per_second\": {:.1}, \"sent_bytes\": {}, \
             \"received_bytes\": {}, \"measured_ns\": {}, \"corrected_ns\": {}, \"errors\": {{{}}}}}",
            tally.took.as_secs_f64(),
            tally.sent,
            tally.replies,
            self.each_second(tally.replies),
            tally.sent_bytes,
            tally.received_bytes,
            quantiles(&tally.latencies),
            quantiles(&corrected),
            errors.join(", ")
        )
    }

    fn each_second(&self, count: u64) -> f64 {
        let count = u32::try_from(count).map_or_else(
            // The last digits of larger numbers do not matter.
            |_| f64::from(u32::try_from(count >> 16).unwrap_or(u32::MAX)) * 65_536.0,
            f64::from,
        );
        count / self.tally.took.as_secs_f64().max(1e-9)
    }
}

fn time(nanos: u64) -> String {
    let seconds = Duration::from_nanos(nanos).as_secs_f64();
    match nanos {
        0..1_000_000 => format!("{:.1} µs", seconds * 1e6),
        1_000_000..1_000_000_000 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

fn bytes(count: f64) -> String {
    match count {
        count if count < 1e3 => format!("{count:.0} B"),
        count if count < 1e6 => format!("{:.1} kB", count / 1e3),
        count if count < 1e9 => format!("{:.1} MB", count / 1e6),
        count => format!("{:.2} GB", count / 1e9).to_string(),
    }
}
