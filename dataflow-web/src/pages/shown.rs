//! Times and numbers as pages show them.

use std::{fmt, time::Duration};

use askama::filters::HtmlSafe;
use jiff::{Timestamp, Unit};

/// A time: how long ago, with the exact one for machines and for whoever points at it. The script keeps it right.
pub(crate) struct Time(Timestamp);

/// What it writes holds no text of others.
impl HtmlSafe for Time {}

/// A time as pages show it.
pub(crate) fn time(at: &Timestamp) -> Time {
    Time(*at)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, people) = (exact(&self.0), self.0.strftime("%Y-%m-%d %H:%M:%S UTC"));
        let ago = ago(&self.0);
        write!(
            f,
            r#"<time datetime="{machine}" title="{people}" data-ago>{ago}</time>"#
        )
    }
}

/// How long ago, in the largest unit that says enough; the exact time goes beside it.
pub(crate) fn ago(at: &Timestamp) -> String {
    since(*at, Timestamp::now())
}

fn since(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        ..1 => "now".to_owned(),
        1..120 => format!("{seconds} s ago"),
        120..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// The exact time, for machines and for whoever points at it.
pub(crate) fn exact(at: &Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(*at).to_string()
}

/// The time of day, to the second; the date is told apart from it.
pub(crate) fn of_day(at: &Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// How long something took.
pub(crate) fn took(time: &Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 => format!("{} ms", time.as_millis()),
        1..10 => format!("{:.1} s", time.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// The same of milliseconds.
pub(crate) fn took_ms(ms: &u64) -> String {
    took(&Duration::from_millis(*ms))
}

/// An amount of bytes in the largest unit that says enough.
pub(crate) fn bytes(bytes: &u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut size = *bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    match size {
        _ if unit == 0 => format!("{size:.0} {name}"),
        ..10.0 => format!("{size:.1} {name}"),
        _ => format!("{size:.0} {name}"),
    }
}

/// A time that a server has told as text.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    // The engine's way to say never.
    text.parse().ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

/// A container's name without what all of them begin with.
pub(crate) fn short(container: &str) -> &str {
    container
        .rsplit_once('.')
        .map_or(container, |(_, name)| name)
}

/// How many steps there are.
pub(crate) fn steps(number: usize) -> String {
    match number {
        1 => "1 step".to_owned(),
        _ => format!("{number} steps"),
    }
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: &u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_time_is_shown_in_the_unit_that_says_enough() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        for (at, shown) in [
            ("2026-11-24T12:00:05Z", "now"),
            ("2026-11-24T12:00:00Z", "now"),
            ("2026-11-24T11:58:01Z", "119 s ago"),
            ("2026-11-24T11:58:00Z", "2 min ago"),
            ("2026-11-24T10:00:01Z", "119 min ago"),
            ("2026-11-23T12:00:00Z", "24 h ago"),
            ("2026-11-01T12:00:00Z", "23 days ago"),
        ] {
            assert_eq!(since(at.parse().unwrap(), now), shown, "{at}");
        }
        assert_eq!(
            exact(&"2026-11-24T11:58:01.4Z".parse().unwrap()),
            "2026-11-24T11:58:01Z"
        );
    }

    #[test]
    fn amounts_and_times_are_shown_in_the_unit_that_says_enough() {
        for (amount, shown) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 KiB"),
            (700 << 20, "700 MiB"),
            (7_600 << 20, "7.4 GiB"),
            (u64::MAX, "16777216 TiB"),
        ] {
            assert_eq!(bytes(&amount), shown);
        }
        for (ms, shown) in [
            (30, "30 ms"),
            (1_250, "1.2 s"),
            (75_000, "75 s"),
            (125_000, "2 min 05 s"),
            (7_260_000, "2 h 01 min"),
        ] {
            assert_eq!(took_ms(&ms), shown);
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(&999), "999");
        assert_eq!(grouped(&1_234_567), "1\u{202f}234\u{202f}567");
    }
}
