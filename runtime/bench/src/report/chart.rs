//! The picture: instructions as multiples of those by hand, on a logarithmic scale.

use std::fmt::Write;

use crate::case::{Operation, Subject};
use crate::instructions::{self, Count};

const PANELS: [(Operation, &str); 3] = [
    (Operation::ParseBorrowed, "parse, borrowing"),
    (Operation::ParseOwned, "parse, owning"),
    (Operation::EncodeReused, "encode, reused buffer"),
];

/// Drawn from the first to the last, so that Framewright lies on top.
const SUBJECTS: [(Subject, &str); 6] = [
    (Subject::Deku, "#009e73"),
    (Subject::Binrw, "#cc79a7"),
    (Subject::Zerocopy, "#e69f00"),
    (Subject::NomDerive, "#56b4e9"),
    (Subject::Nom, "#0072b2"),
    (Subject::Framewright, "#d55e00"),
];

const LEFT: f64 = 170.0;
const TOP: f64 = 96.0;
const ROW: f64 = 24.0;
const PANEL: f64 = 230.0;
const GAP: f64 = 22.0;

/// The ends of the scale.
const LEAST: f64 = 0.4;
const MOST: f64 = 600.0;

/// Draws the chart as SVG. It has a background of its own, so that it can be read on dark pages as well.
pub(super) fn chart(counts: &[Count]) -> String {
    let mut layouts = counts.iter().map(|count| count.layout).collect::<Vec<_>>();
    layouts.dedup();
    let bottom = layouts.iter().fold(TOP, |y, _| y + ROW);
    let right = PANELS.iter().fold(LEFT, |x, _| x + PANEL + GAP);
    let height = bottom + 44.0;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {height}" width="{right}" height="{height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>Instructions as multiples of hand-written code</title>
<rect width="{right}" height="{height}" rx="8" fill="#fff" stroke="#ccc"/>
<text x="16" y="28" font-size="16" font-weight="600">Instructions, as multiples of hand-written code (logarithmic; less is better)</text>
"##
    );
    legend(&mut svg);
    let mut y = TOP;
    for layout in &layouts {
        line(
            &mut svg,
            format_args!(r#"<text x="{}" y="{}" text-anchor="end">{layout}</text>"#, LEFT - 14.0, y + 16.0),
        );
        y += ROW;
    }
    let mut x = LEFT;
    for (operation, title) in PANELS {
        panel(&mut svg, x, bottom, title);
        let mut y = TOP + ROW / 2.0;
        for layout in &layouts {
            marks(&mut svg, x, y, counts, layout, operation);
            y += ROW;
        }
        x += PANEL + GAP;
    }
    svg.push_str("</svg>\n");
    svg
}

fn line(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(svg, "{element}");
}

fn legend(svg: &mut String) {
    let mut x = 16.0;
    for (subject, colour) in SUBJECTS.iter().rev() {
        mark(svg, x + 6.0, 50.0, *subject, colour);
        line(svg, format_args!(r#"<text x="{}" y="54">{subject}</text>"#, x + 18.0));
        x += 110.0;
    }
}

/// Where a multiple lies, from the left edge of its panel.
fn place(multiple: f64) -> f64 {
    (multiple.clamp(LEAST, MOST) / LEAST).ln() / (MOST / LEAST).ln() * PANEL
}

/// The frame of a panel and its scale.
fn panel(svg: &mut String, x: f64, bottom: f64, title: &str) {
    line(svg, format_args!(r#"<text x="{x}" y="{}" font-weight="600">{title}</text>"#, TOP - 12.0));
    for multiple in [0.5, 1.0, 2.0, 5.0, 10.0, 100.0, 500.0] {
        let at = x + place(multiple);
        let (width, colour) = if multiple == 1.0 { (1.5, "#222") } else { (1.0, "#ddd") };
        line(
            svg,
            format_args!(r#"<path d="M{at:.1} {TOP}V{bottom}" stroke="{colour}" stroke-width="{width}"/>"#),
        );
        line(
            svg,
            format_args!(
                r##"<text x="{at:.1}" y="{}" text-anchor="middle" fill="#555">{multiple}</text>"##,
                bottom + 18.0
            ),
        );
    }
}

fn marks(svg: &mut String, x: f64, y: f64, counts: &[Count], layout: &str, operation: Operation) {
    let Some(by_hand) = instructions::by_hand(counts, layout, operation) else { return };
    for (subject, colour) in SUBJECTS {
        let mut own = counts.iter().filter(|count| count.subject == subject);
        if let Some(count) = own.find(|count| (count.layout, count.operation) == (layout, operation)) {
            mark(svg, x + place(count.instructions / by_hand), y, subject, colour);
        }
    }
}

/// Framewright is a diamond, so that it is found without colours too.
fn mark(svg: &mut String, x: f64, y: f64, subject: Subject, colour: &str) {
    if subject == Subject::Framewright {
        let path = format_args!(
            r##"<path d="M{x:.1} {:.1}l6.5 6.5l-6.5 6.5l-6.5 -6.5z" fill="{colour}" stroke="#fff"/>"##,
            y - 6.5
        );
        line(svg, path);
    } else {
        line(
            svg,
            format_args!(r##"<circle cx="{x:.1}" cy="{y:.1}" r="4.5" fill="{colour}" stroke="#fff"/>"##),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_logarithmic_and_ends_at_its_ends() {
        let decade = place(10.0) - place(1.0);
        assert!((place(100.0) - place(10.0) - decade).abs() < 1e-9);
        assert_eq!((place(LEAST), place(MOST)), (0.0, PANEL));
        assert_eq!((place(0.0), place(1e9)), (0.0, PANEL));
    }

    #[test]
    fn everyone_who_was_counted_has_a_mark() {
        let count = |subject, instructions| Count {
            layout: "chat",
            subject,
            operation: Operation::ParseOwned,
            instructions,
        };
        let legend = chart(&[]).matches("<circle").count();
        let svg = chart(&[
            count(Subject::ByHand, 10.0),
            count(Subject::Framewright, 10.0),
            count(Subject::Deku, 50.0),
        ]);
        assert_eq!(svg.matches("<circle").count(), legend + 1);
        assert!(svg.contains(&format!("cx=\"{:.1}\"", LEFT + PANEL + GAP + place(5.0))), "{svg}");
    }
}
