//! What a disk is: whether it turns, and whether what it says of itself can be believed.

use serde::{Deserialize, Serialize};

use super::super::{Fact, answer::kept};

/// What a disk is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Medium {
    /// It turns.
    Rotational,
    /// It does not turn.
    Ssd,
    /// It does not turn, and is on the fastest bus.
    Nvme,
}

impl Medium {
    /// Of several disks the worst counts; one that turns is worse than one that is not known.
    pub(super) fn of_all(media: Vec<Fact<Self>>) -> Fact<Self> {
        let known = media.iter().filter_map(Fact::known).copied().min();
        let unknown = media
            .into_iter()
            .find(|medium| matches!(medium, Fact::Unknown(_)));
        match (known, unknown) {
            (Some(Self::Rotational), _) => Fact::Known(Self::Rotational),
            (_, Some(unknown)) => unknown,
            (Some(medium), None) => Fact::Known(medium),
            (None, None) => Fact::unknown("no disk was found"),
        }
    }
}

/// A disk as it presents itself.
#[derive(Default)]
pub(super) struct Disk<'a> {
    pub(super) name: &'a str,
    pub(super) rotational: Option<&'a str>,
    pub(super) model: &'a str,
    pub(super) vendor: &'a str,
}

/// Names of disks that a hypervisor or a RAID controller puts in front of the real ones. They say that they turn unless
/// somebody has told them otherwise.
const IN_FRONT: [&str; 17] = [
    "VMware",
    "QEMU",
    "Msft",
    "VBOX",
    "Google",
    "Virtual",
    "Xen",
    "PERC",
    "AVAGO",
    "LSI",
    "MegaRAID",
    "ServeRAID",
    "LOGICAL VOLUME",
    "Adaptec",
    "SAS3",
    "MR9",
    "RAID",
];

pub(super) fn medium(disk: &Disk<'_>) -> Fact<Medium> {
    let maker = IN_FRONT
        .iter()
        .find(|word| disk.vendor.contains(**word) || disk.model.contains(**word));
    if disk.model.contains("Amazon Elastic Block Store") || disk.name.starts_with("xvd") {
        return Fact::unknown(
            "a volume of a cloud looks the same whatever its type (on EBS, gp3 and io2 are SSD; st1 and sc1 are not)",
        );
    }
    if disk.name.starts_with("vd") {
        return Fact::unknown("the hypervisor hides it (virtio)");
    }
    if disk.name.starts_with("nvme") {
        // Of virtual NVMe disks, only this one is known to be a real one.
        let real = disk.model.contains("Instance Storage");
        return match maker {
            Some(maker) if !real => {
                Fact::unknown(format!("the hypervisor hides it ({maker} NVMe)"))
            }
            _ if disk.model.contains("MSFT") || disk.model == "nvme_card-pd" => {
                Fact::unknown("a volume of a cloud looks the same whatever its type")
            }
            _ => Fact::Known(Medium::Nvme),
        };
    }
    match disk.rotational {
        Some("0") => Fact::Known(Medium::Ssd),
        Some("1") => match maker {
            Some(maker) => Fact::unknown(format!("{maker} hides it")),
            None => Fact::Known(Medium::Rotational),
        },
        _ => Fact::unknown(format!("{} does not say", kept(disk.name))),
    }
}
