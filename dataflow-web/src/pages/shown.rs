//! Times and numbers as pages show them.

use jiff::{Timestamp, Unit};

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
    fn thousands_are_set_apart() {
        assert_eq!(grouped(&999), "999");
        assert_eq!(grouped(&1_234_567), "1\u{202f}234\u{202f}567");
    }
}
