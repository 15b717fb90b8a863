//! Tables for people: aligned by columns of the terminal, cut only where there is one.

use super::style::Style;
use super::text;

/// Which side a column keeps to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Left,
    Right,
    /// Left, and the first to be cut when the terminal is narrow.
    Cut,
}

/// Rows under a heading.
pub(crate) struct Table {
    columns: Vec<(&'static str, Side)>,
    rows: Vec<(Vec<String>, bool)>,
}

/// Columns between two cells.
const GAP: usize = 2;
/// A column that is cut keeps so many columns.
const NARROWEST: usize = 10;

impl Table {
    /// With these headings.
    pub(crate) fn new(columns: &[(&'static str, Side)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells are made harmless here.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.strong_row(cells, false);
    }

    /// Adds a row that may stand out.
    pub(crate) fn strong_row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>, strong: bool) {
        self.rows.push((cells.into_iter().map(|cell| text::line(cell.as_ref())).collect(), strong));
    }

    /// The rows as text, each ended by a line end.
    pub(crate) fn render(&self, style: Style) -> String {
        let widths = self.widths(style.width);
        let heading: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut out = style.dim(&self.line(&heading, &widths));
        out.push('\n');
        for (cells, strong) in &self.rows {
            let line = self.line(cells, &widths);
            out.push_str(&if *strong { style.bold(&line) } else { line });
            out.push('\n');
        }
        out
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut out = String::new();
        for (index, ((_, side), columns)) in self.columns.iter().zip(widths).enumerate() {
            let cell = text::cut(cells.get(index).map_or("", String::as_str), *columns);
            let room = " ".repeat(columns.saturating_sub(text::width(&cell)));
            if index > 0 {
                out.push_str(&" ".repeat(GAP));
            }
            match side {
                Side::Right => out.extend([room.as_str(), cell.as_str()]),
                Side::Left | Side::Cut => out.extend([cell.as_str(), room.as_str()]),
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    fn widths(&self, terminal: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|(name, _)| text::width(name)).collect();
        for (cells, _) in &self.rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(text::width(cell));
            }
        }
        let Some(terminal) = terminal else { return widths };
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(terminal);
        while over > 0 {
            // The widest gives way first, so that a long subject does not eat a short name.
            let cut = self.columns.iter().zip(widths.iter_mut()).filter(|((_, side), _)| *side == Side::Cut);
            let Some((_, widest)) =
                cut.max_by_key(|(_, width)| **width).filter(|(_, width)| **width > NARROWEST)
            else {
                break;
            };
            *widest -= 1;
            over -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("ID", Side::Right), ("FROM", Side::Cut), ("SUBJECT", Side::Cut)]);
        table.row(["7", "Ann", "\u{1b}[31mhello"]);
        table.strong_row(["12", "山田太郎", "a rather long subject that goes on and on and on"], true);
        table
    }

    #[test]
    fn without_a_terminal_nothing_is_cut_nor_coloured() {
        let shown = table().render(Style::default());
        assert_eq!(
            shown,
            "ID  FROM      SUBJECT\n 7  Ann       [31mhello\n12  山田太郎  a rather long subject that goes on and on and on\n"
        );
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        let style = Style { width: Some(40), ..Style::default() };
        for row in table().render(style).lines() {
            assert!(text::width(row) <= 40, "{row}");
        }
    }

    #[test]
    fn colours_only_where_they_are_welcome() {
        let style = Style { colour: true, ..Style::default() };
        assert!(table().render(style).contains("\u{1b}[1m12"));
        assert!(!table().render(Style::default()).contains('\u{1b}'));
    }
}
