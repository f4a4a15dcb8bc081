//! A chart of multiples on a logarithmic scale. Each panel shows one measure. It has a row for each
//! layout, load or build, and in each row a mark for each subject, such as a library.

use std::fmt::Write;

/// The content of a chart.
pub(super) struct Chart {
    pub(super) title: &'static str,
    /// The names of the subjects. Marks are drawn from the last subject to the first, so that the
    /// marks of the first are on top. They are diamonds, so that they are recognised without
    /// colours too.
    pub(super) subjects: Vec<String>,
    pub(super) rows: Vec<String>,
    pub(super) panels: Vec<Panel>,
    /// The ends of the scale.
    pub(super) least: f64,
    pub(super) most: f64,
}

/// A panel for one measure.
pub(super) struct Panel {
    pub(super) title: String,
    /// The row, the subject and the multiple of each mark.
    pub(super) marks: Vec<(usize, usize, f64)>,
}

const COLOURS: [&str; 6] = ["#d55e00", "#0072b2", "#56b4e9", "#e69f00", "#cc79a7", "#009e73"];

const TOP: f64 = 96.0;
const ROW: f64 = 24.0;
const PANEL: f64 = 230.0;
const GAP: f64 = 22.0;

impl Chart {
    /// Draws the chart as SVG. It has its own background, so that it can be read on dark pages as
    /// well.
    pub(super) fn draw(&self) -> String {
        let longest = self.rows.iter().map(|row| row.chars().count()).max().unwrap_or_default();
        let left = 30.0 + 7.0 * f64::from(u32::try_from(longest).unwrap_or_default());
        let bottom = self.rows.iter().fold(TOP, |y, _| y + ROW);
        let right = self.panels.iter().fold(left, |x, _| x + PANEL + GAP);
        let height = bottom + 44.0;
        let title = self.title;
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {height}" width="{right}" height="{height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>{title}</title>
<rect width="{right}" height="{height}" rx="8" fill="#fff" stroke="#ccc"/>
<text x="16" y="28" font-size="16" font-weight="600">{title} (logarithmic; less is better)</text>
"##
        );
        self.legend(&mut svg);
        let mut y = TOP;
        for row in &self.rows {
            let (x, y_text) = (left - 14.0, y + 16.0);
            line(&mut svg, format_args!(r#"<text x="{x}" y="{y_text}" text-anchor="end">{row}</text>"#));
            y += ROW;
        }
        let mut x = left;
        for panel in &self.panels {
            self.panel(&mut svg, x, bottom, &panel.title);
            for &(row, subject, multiple) in panel.marks.iter().rev() {
                let y = self.rows.iter().take(row).fold(TOP + ROW / 2.0, |y, _| y + ROW);
                mark(&mut svg, x + self.place(multiple), y, subject);
            }
            x += PANEL + GAP;
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn legend(&self, svg: &mut String) {
        let mut x = 16.0;
        for (number, subject) in self.subjects.iter().enumerate() {
            mark(svg, x + 6.0, 50.0, number);
            line(svg, format_args!(r#"<text x="{}" y="54">{subject}</text>"#, x + 18.0));
            x += 42.0 + 6.5 * f64::from(u32::try_from(subject.chars().count()).unwrap_or_default());
        }
    }

    /// Returns the position of a multiple, from the left edge of its panel.
    fn place(&self, multiple: f64) -> f64 {
        let Self { least, most, .. } = *self;
        (multiple.clamp(least, most) / least).ln() / (most / least).ln() * PANEL
    }

    /// Draws the frame of a panel and its scale.
    fn panel(&self, svg: &mut String, x: f64, bottom: f64, title: &str) {
        line(svg, format_args!(r#"<text x="{x}" y="{}" font-weight="600">{title}</text>"#, TOP - 12.0));
        let ticks = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0, 500.0];
        for multiple in ticks.into_iter().filter(|tick| (self.least..=self.most).contains(tick)) {
            let at = x + self.place(multiple);
            let (width, colour) = if multiple == 1.0 { (1.5, "#222") } else { (1.0, "#ddd") };
            line(
                svg,
                format_args!(
                    r#"<path d="M{at:.1} {TOP}V{bottom}" stroke="{colour}" stroke-width="{width}"/>"#
                ),
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
}

fn line(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = writeln!(svg, "{element}");
}

fn mark(svg: &mut String, x: f64, y: f64, subject: usize) {
    let colour = COLOURS.get(subject).copied().unwrap_or("#888");
    if subject == 0 {
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

    fn chart(marks: Vec<(usize, usize, f64)>) -> Chart {
        Chart {
            title: "t",
            subjects: vec!["own".to_owned(), "other".to_owned()],
            rows: vec!["a".to_owned(), "b".to_owned()],
            panels: vec![Panel { title: "p".to_owned(), marks }],
            least: 0.4,
            most: 600.0,
        }
    }

    #[test]
    fn the_scale_is_logarithmic_and_clamped() {
        let chart = chart(Vec::new());
        let decade = chart.place(10.0) - chart.place(1.0);
        assert!((chart.place(100.0) - chart.place(10.0) - decade).abs() < 1e-9);
        assert_eq!((chart.place(0.4), chart.place(600.0)), (0.0, PANEL));
        assert_eq!((chart.place(0.0), chart.place(1e9)), (0.0, PANEL));
    }

    #[test]
    fn each_measurement_has_a_mark() {
        let legend = chart(Vec::new()).draw().matches("<circle").count();
        let drawn = chart(vec![(0, 0, 1.0), (1, 1, 5.0)]);
        let svg = drawn.draw();
        assert_eq!(svg.matches("<circle").count(), legend + 1);
        assert!(svg.contains(&format!("cx=\"{:.1}\"", 37.0 + drawn.place(5.0))), "{svg}");
    }
}
