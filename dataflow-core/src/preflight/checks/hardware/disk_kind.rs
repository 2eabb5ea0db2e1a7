//! SSD: SSD; NVMe preferred.

use crate::{
    facts::{Facts, Medium, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "disk.kind",
    group: Group::Hardware,
    title: "SSD",
    required: "SSD; NVMe preferred",
    source: "guide: Hardware Requirements",
    why: "The guide's minimum is an SSD. It is looked for under partitions, LVM, RAID and encryption down to the disks; of several the worst counts. A hypervisor, a RAID controller or a cloud can hide what the disk is; then this is unknown and you have to look there.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let devices = &facts.storage.data.devices;
    let under = if devices.is_empty() {
        String::new()
    } else {
        format!(": {}", devices.join(", "))
    };
    let medium = facts
        .storage
        .data
        .medium
        .get()
        .map_err(|reason| Unseen(format!("{}{under}", reason.0)))?;
    Ok(match medium {
        Medium::Nvme => Outcome::pass(format!("NVMe{under}")),
        Medium::Ssd => Outcome::note(format!("SSD{under}; NVMe is preferred")),
        Medium::Rotational => Outcome::error(format!("a disk that turns{under}"))
            .mend("Put the data path on an SSD; on EC2, make the volume gp3."),
    })
}
