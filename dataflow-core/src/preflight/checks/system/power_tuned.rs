//! Profile of tuned: one for performance.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "power.tuned",
    group: Group::System,
    title: "Profile of tuned",
    required: "one for performance",
    source: "guide: Step 1, Prepare the Linux Server (High Performance mode)",
    why: "Where tuned runs, its profile sets the governor and more.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    Ok(match facts.power.tuned.as_deref() {
        None | Some("") => Outcome::skipped("tuned is not used"),
        Some(profile)
            if ["powersave", "balanced", "desktop", "laptop"]
                .iter()
                .any(|word| profile.contains(word)) =>
        {
            Outcome::warning(profile).mend("sudo tuned-adm profile throughput-performance")
        }
        Some(profile) => Outcome::pass(profile),
    })
}
