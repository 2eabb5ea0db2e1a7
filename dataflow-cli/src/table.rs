//! Columns of text.

use crate::width;

/// Columns are not made narrower than this.
const LEAST: usize = 8;

/// The rows as lines, each column as wide as its widest cell, two spaces between, none at a line's end. Where that is wider
/// than `limit`, the widest columns give way, and cells that no longer fit lose their middle.
pub(crate) fn lines<const N: usize>(
    rows: impl IntoIterator<Item = [String; N]>,
    limit: Option<usize>,
) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let widest = |column: usize| {
        rows.iter()
            .map(|row| width::of(&row[column]))
            .max()
            .unwrap_or_default()
    };
    let mut widths: Vec<usize> = (0..N).map(widest).collect();
    let gaps = 2 * N.saturating_sub(1);
    while let Some(limit) = limit
        && widths.iter().sum::<usize>() + gaps > limit
        && let Some(most) = widths.iter_mut().max()
        && *most > LEAST
    {
        *most -= 1;
    }
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| width::padded(&width::shortened(cell, *width), *width))
                .collect();
            format!("{}\n", cells.join("  ").trim_end())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(limit: Option<usize>) -> String {
        let rows = [
            ["CONTAINER", "STATE", "IMAGE"],
            [
                "portsip.clickhouse",
                "running, healthy",
                "registry.example.com:5000/portsip/clickhouse:25.8",
            ],
            ["portsip.dataflow", "停止", "portsip/pbx:22"],
        ];
        lines(rows.map(|row| row.map(str::to_owned)), limit)
    }

    #[test]
    fn without_a_limit_every_cell_is_whole() {
        insta::assert_snapshot!(table(None), @"
        CONTAINER           STATE             IMAGE
        portsip.clickhouse  running, healthy  registry.example.com:5000/portsip/clickhouse:25.8
        portsip.dataflow    停止              portsip/pbx:22
        ");
    }

    #[test]
    fn the_widest_columns_give_way_first() {
        insta::assert_snapshot!(table(Some(60)), @"
        CONTAINER           STATE             IMAGE
        portsip.clickhouse  running, healthy  registry.ex…house:25.8
        portsip.dataflow    停止              portsip/pbx:22
        ");
        insta::assert_snapshot!(table(Some(40)), @"
        CONTAINER     STATE         IMAGE
        portsi…house  runnin…althy  regist…:25.8
        portsi…aflow  停止          portsi…bx:22
        ");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_while_columns_can_give_way() {
        for limit in 30..120 {
            for line in table(Some(limit)).lines() {
                assert!(width::of(line) <= limit, "{limit}: {line}");
            }
        }
    }
}
