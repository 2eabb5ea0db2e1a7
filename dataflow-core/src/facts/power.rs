//! Power saving.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, kept},
    software::units,
};

/// The targets by which systemd lets a machine sleep.
pub(super) const SLEEP_TARGETS: [&str; 4] = [
    "sleep.target",
    "suspend.target",
    "hibernate.target",
    "hybrid-sleep.target",
];

/// Power saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Power {
    /// The frequency governors in use, each once; none where the machine leaves frequencies to others.
    pub governors: Vec<String>,
    /// The sleep targets that are not masked.
    pub may_sleep: Fact<Vec<String>>,
    /// The profile of tuned, where that is installed.
    pub tuned: Option<String>,
}

impl Power {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let mut governors: Vec<String> = answer
            .each("/sys/devices/system/cpu/cpufreq/", "/scaling_governor")
            .map(|(_, governor)| kept(governor))
            .collect();
        governors.sort();
        governors.dedup();
        let may_sleep = units(answer).map(|units| {
            units
                .into_iter()
                .filter(|unit| SLEEP_TARGETS.contains(&unit.name.as_str()) && !unit.masked)
                .map(|unit| unit.name)
                .collect()
        });
        Self {
            governors,
            may_sleep,
            tuned: answer.line("/etc/tuned/active_profile").map(kept),
        }
    }
}
