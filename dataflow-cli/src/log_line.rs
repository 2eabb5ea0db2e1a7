//! Lines of the containers' logs, as they are asked for and shown.

use std::time::Duration;

use dataflow_core::lifecycle::{LogLine, Since};
use owo_colors::OwoColorize;

/// A moment in the past: `10m`, `2h`, `1d`, or a time as RFC 3339 has it.
pub(crate) fn since(text: &str) -> Result<Since, String> {
    let allowed = "give how long ago (90s, 10m, 2h, 1d) or a time such as 2026-11-24T10:00:00Z";
    if let Ok(time) = text.parse() {
        return Ok(Since::At(time));
    }
    let unit = text.chars().last().unwrap_or_default();
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(allowed.to_owned()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| allowed)?;
    let ago = count.checked_mul(seconds).ok_or(allowed)?;
    Ok(Since::Ago(Duration::from_secs(ago)))
}

/// A line for people: the server's name where it has one, the container's where there are lines of both, the time where it is
/// wanted, and the line itself.
pub(crate) fn human(line: &LogLine, server: Option<&str>, named: bool, timestamps: bool) -> String {
    let mut text = String::new();
    if let Some(server) = server {
        text.push_str(&format!("{server} ").green().to_string());
    }
    if named {
        let name = match line.container.as_str() {
            "portsip.clickhouse" => "clickhouse",
            "portsip.dataflow" => "service",
            other => other,
        };
        text.push_str(&format!("{name:<10} | ").cyan().to_string());
    }
    if timestamps {
        text.push_str(&format!("{} ", line.at).dimmed().to_string());
    }
    text.push_str(&line.text);
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use dataflow_core::lifecycle::LogOutput;

    use super::*;

    #[test]
    fn moments_are_read() {
        let ago = |seconds| Since::Ago(Duration::from_secs(seconds));
        let cases = [
            ("90s", ago(90)),
            ("10m", ago(600)),
            ("2h", ago(7_200)),
            ("1d", ago(86_400)),
            (
                "2026-11-24T10:00:00Z",
                Since::At("2026-11-24T10:00:00Z".parse().unwrap()),
            ),
            (
                "2026-11-24T11:00:00+01:00",
                Since::At("2026-11-24T10:00:00Z".parse().unwrap()),
            ),
        ];
        for (text, moment) in cases {
            assert_eq!(since(text).unwrap(), moment, "{text}");
        }
        for text in [
            "",
            "m",
            "10",
            "-5m",
            "10 m",
            "10y",
            "2026-11-24",
            "99999999999999999999d",
            "18446744073709551615d",
            "5\u{b5}",
        ] {
            assert!(since(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_is_shown_with_as_much_before_it_as_is_asked_for() {
        let line = LogLine {
            container: "portsip.dataflow".to_owned(),
            at: "2026-11-24T10:00:00.123456789Z".parse().unwrap(),
            output: LogOutput::Stderr,
            text: "row 1 written".to_owned(),
        };
        let plain = |named, timestamps| {
            anstream::adapter::strip_str(&human(&line, None, named, timestamps)).to_string()
        };
        assert_eq!(plain(false, false), "row 1 written");
        assert_eq!(plain(true, false), "service    | row 1 written");
        assert_eq!(
            plain(true, true),
            "service    | 2026-11-24T10:00:00.123456789Z row 1 written"
        );
        insta::assert_snapshot!(serde_json::to_string(&line).unwrap(), @r#"{"container":"portsip.dataflow","at":"2026-11-24T10:00:00.123456789Z","output":"stderr","text":"row 1 written"}"#);
    }
}
