//! What the machine runs on: hardware, a hypervisor, a cloud, a container.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, kept},
};

/// What the machine runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// The sort.
    pub sort: Sort,
    /// Who made it and what it is, such as `Amazon EC2 m6i.xlarge`.
    pub product: String,
    /// Whether it can be carried away: a notebook or the like.
    pub portable: bool,
}

/// The sorts of machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Hardware.
    Hardware,
    /// A virtual machine of Amazon EC2, or one of its bare-metal instances.
    Ec2,
    /// Another virtual machine.
    Virtual,
    /// A container.
    Container,
    /// Windows Subsystem for Linux.
    Wsl,
}

/// The chassis types of SMBIOS that are carried about.
const PORTABLE: [&str; 7] = ["8", "9", "10", "11", "14", "31", "32"];

/// Makers whose machines are virtual ones, or words in the names of such.
const VIRTUAL: [&str; 12] = [
    "QEMU",
    "KVM",
    "VMware",
    "VirtualBox",
    "innotek",
    "Xen",
    "Google",
    "DigitalOcean",
    "OpenStack",
    "Bochs",
    "Parallels",
    "Nutanix",
];

pub(super) fn of(answer: &Answer<'_>) -> Fact<Platform> {
    let dmi = |name: &str| answer.line(&format!("/sys/class/dmi/id/{name}"));
    let vendor = dmi("sys_vendor").unwrap_or_default();
    let name = dmi("product_name").unwrap_or_default();
    let kernel = answer
        .line("/proc/sys/kernel/osrelease")
        .unwrap_or_default();
    let hypervisor = answer.lines("cpu").any(|line| {
        line.starts_with("flags") && line.split_whitespace().any(|flag| flag == "hypervisor")
    });
    let container = answer.line("/run/systemd/container").is_some()
        || answer.there("/.dockerenv")
        || answer.there("/run/.containerenv");
    let sort = if kernel.to_ascii_lowercase().contains("microsoft") {
        Sort::Wsl
    } else if container {
        Sort::Container
    } else if vendor == "Amazon EC2" || dmi("chassis_asset_tag") == Some("Amazon EC2")
        // Of the older generation, on Xen, the firmware alone tells.
        || dmi("bios_version").is_some_and(|version| version.contains("amazon"))
    {
        Sort::Ec2
    } else if hypervisor
        || answer.line("/sys/hypervisor/type").is_some()
        || VIRTUAL
            .iter()
            .any(|word| vendor.contains(word) || name.contains(word))
        || (vendor == "Microsoft Corporation" && name == "Virtual Machine")
    {
        Sort::Virtual
    } else if vendor.is_empty() {
        return Fact::unknown("the firmware's tables could not be read");
    } else {
        Sort::Hardware
    };
    let product = match sort {
        Sort::Wsl => "Windows Subsystem for Linux".to_owned(),
        Sort::Container => format!(
            "container ({})",
            kept(answer.line("/run/systemd/container").unwrap_or("docker"))
        ),
        _ => kept(format!("{vendor} {name}").trim()),
    };
    Fact::Known(Platform {
        sort,
        product,
        portable: sort == Sort::Hardware
            && dmi("chassis_type").is_some_and(|kind| PORTABLE.contains(&kind)),
    })
}
