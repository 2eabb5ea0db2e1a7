//! Plain text tables.

/// Where in its column a cell stands.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Left,
    Right,
}

/// Columns two blanks apart, each as wide as its widest cell.
pub(super) fn aligned(columns: &[(&str, Side)], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut shown = String::new();
        for ((cell, width), (_, side)) in line.iter().zip(&widths).zip(columns) {
            match side {
                Side::Left => shown.push_str(&format!("{cell:<width$}  ")),
                Side::Right => shown.push_str(&format!("{cell:>width$}  ")),
            }
        }
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_cells_of_different_widths_then_columns_line_up() {
        let rows = [vec!["restart".to_owned(), "3.10".to_owned()]];
        let table = aligned(
            &[("what", Side::Left), ("s", Side::Right)],
            rows.into_iter(),
        );
        assert_eq!(table, "what        s\nrestart  3.10\n");
    }
}
