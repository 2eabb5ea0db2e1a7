//! The clock.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::Answer,
    software::{Unit, units},
};

/// The clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// Who keeps it, and with what success.
    pub keeper: Fact<Keeper>,
    /// How far it is ahead of the clock of the machine that asked, in milliseconds; negative: behind.
    pub ahead_ms: Fact<i64>,
}

/// Who keeps a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// The program; empty: none.
    pub program: String,
    /// Whether the clock is synchronised.
    pub synchronised: bool,
}

impl Time {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        Self {
            keeper: keeper(answer),
            ahead_ms: Fact::unknown("it was read on the machine itself"),
        }
    }
}

/// When a section of the probe was written, in milliseconds since 1970 by the clock of the machine.
pub(super) fn at(answer: &Answer<'_>, section: &str) -> Option<i64> {
    let line = answer.lines(section).last()?;
    // A `date` that knows no `%N` leaves something else after the point.
    let (seconds, fraction) = line.split_once('.').unwrap_or((line, ""));
    let seconds: i64 = seconds.trim().parse().ok()?;
    let milliseconds = fraction
        .get(..3)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    seconds.checked_mul(1000)?.checked_add(milliseconds)
}

fn keeper(answer: &Answer<'_>) -> Fact<Keeper> {
    let found = |program: &str, synchronised| {
        Fact::Known(Keeper {
            program: program.to_owned(),
            synchronised,
        })
    };
    if let Fact::Known(said) = answer.said("chrony", "chronyc") {
        let leap = said
            .lines()
            .find_map(|line| line.strip_prefix("Leap status")?.split_once(':'));
        if let Some((_, status)) = leap {
            return found("chrony", status.trim() != "Not synchronised");
        }
    }
    if let Fact::Known(said) = answer.said("ntp", "ntpq")
        && let Some((_, leap)) = said.split_once("leap=")
    {
        // 11 in binary: the clock is not synchronised.
        return found("ntpd", !leap.starts_with("11") && !leap.starts_with('3'));
    }
    if answer.there("/run/systemd/timesync/synchronized") {
        return found("systemd-timesyncd", true);
    }
    if let Fact::Known(said) = answer.said("timedate", "timedatectl") {
        let synchronised = said.lines().any(|line| line == "NTPSynchronized=yes");
        return if said.lines().any(|line| line == "NTP=yes") {
            found("systemd-timesyncd", synchronised)
        } else {
            found("", synchronised)
        };
    }
    let units = units(answer);
    let Some(units) = units.known() else {
        return Fact::unknown("no time service could be asked");
    };
    let active = |unit: &&Unit| {
        [
            "chrony",
            "chronyd",
            "systemd-timesyncd",
            "ntp",
            "ntpd",
            "ntpsec",
        ]
        .iter()
        .any(|name| unit.name == format!("{name}.service"))
            && unit.active
    };
    match units.iter().find(active) {
        Some(unit) => Fact::unknown(format!("{} runs but does not say", unit.name)),
        None => found("", false),
    }
}
