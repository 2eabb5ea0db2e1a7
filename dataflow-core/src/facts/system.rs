//! The operating system, and what it runs on.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, kept},
    platform::{self, Platform},
};

/// The operating system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The host name.
    pub hostname: Fact<String>,
    /// The distribution.
    pub os: Fact<Os>,
    /// The kernel's release.
    pub kernel: Fact<String>,
    /// The processor architecture as the kernel calls it, such as `x86_64`.
    pub architecture: Fact<String>,
    /// What it runs on.
    pub platform: Fact<Platform>,
    /// Whether systemd is in charge.
    pub systemd: bool,
    /// Whether updates wait for a restart.
    pub reboot_required: Fact<bool>,
    /// How many updates wait to be installed.
    pub pending_updates: Fact<u64>,
}

/// A distribution and its release, as `/etc/os-release` gives them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// Such as `ubuntu`.
    pub id: String,
    /// What it is like, such as `rhel fedora`.
    pub like: String,
    /// Such as `24.04`.
    pub version: String,
    /// For people.
    pub name: String,
}

impl Os {
    /// Whether packages come by apt.
    #[must_use]
    pub fn has_apt(&self) -> bool {
        self.family("debian") || self.family("ubuntu")
    }

    /// Whether packages come by dnf.
    #[must_use]
    pub fn has_dnf(&self) -> bool {
        self.family("rhel") || self.family("fedora")
    }

    fn family(&self, name: &str) -> bool {
        self.id == name || self.like.split_whitespace().any(|like| like == name)
    }
}

impl System {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let line = |path: &str| {
            Fact::or_unknown(
                answer.line(path).map(kept),
                &format!("{path} could not be read"),
            )
        };
        let os = os(answer);
        let pending_updates = pending_updates(answer, os.known());
        let knows_marker = os.known().is_some_and(Os::has_apt);
        let reboot_required = if answer.there("/run/reboot-required") {
            Fact::Known(true)
        } else if knows_marker {
            Fact::Known(false)
        } else {
            Fact::unknown("this distribution leaves no mark when it wants a restart")
        };
        Self {
            hostname: line("/proc/sys/kernel/hostname"),
            os,
            kernel: line("/proc/sys/kernel/osrelease"),
            architecture: Fact::or_unknown(
                answer.after("cpu", "machine").map(kept),
                "uname did not say",
            ),
            platform: platform::of(answer),
            systemd: answer.there("/run/systemd/system"),
            reboot_required,
            pending_updates,
        }
    }
}

fn os(answer: &Answer<'_>) -> Fact<Os> {
    let lines = answer
        .file("/etc/os-release")
        .or_else(|| answer.file("/usr/lib/os-release"));
    let Some(lines) = lines else {
        return Fact::unknown("/etc/os-release could not be read");
    };
    let value = |key: &str| {
        lines
            .iter()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .map(|value| kept(value.trim().trim_matches(['"', '\''])))
    };
    let Some(id) = value("ID") else {
        return Fact::unknown("/etc/os-release names no distribution");
    };
    Fact::Known(Os {
        like: value("ID_LIKE").unwrap_or_default(),
        version: value("VERSION_ID").unwrap_or_default(),
        name: value("PRETTY_NAME").unwrap_or_else(|| id.clone()),
        id,
    })
}

/// The count that was asked for, or else the one that Ubuntu keeps for its greeting.
fn pending_updates(answer: &Answer<'_>, os: Option<&Os>) -> Fact<u64> {
    if let Fact::Known(said) = answer.said("updates", "apt-get") {
        let count = said.lines().filter(|line| line.starts_with("Inst "));
        return Fact::Known(count.count() as u64);
    }
    let kept = answer.file("/var/lib/update-notifier/updates-available");
    let count = kept.and_then(|lines| {
        lines.iter().find_map(|line| {
            let (count, rest) = line.trim().split_once(' ')?;
            let applies = rest.contains("can be applied immediately")
                || rest.contains("can be installed immediately");
            applies.then(|| count.parse().ok())?
        })
    });
    let reason = if os.is_none_or(Os::has_apt) {
        "this system keeps no count, and counting takes apt a second or more (--count-updates)"
    } else {
        "this system keeps no count; its package manager has to ask the network"
    };
    Fact::or_unknown(count, reason)
}
