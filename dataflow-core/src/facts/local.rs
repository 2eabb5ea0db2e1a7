//! The machine this program runs on: the same script, and sysinfo for what that has.

use std::path::Path;

use sysinfo::{CpuRefreshKind, DiskKind, DiskRefreshKind, Disks, MemoryRefreshKind, System};

use super::{Fact, Facts, FactsError, Medium, Question, collect};
use crate::host::{Address, Host, SignIn};

/// Reads the facts of the machine this program runs on.
///
/// # Errors
/// As [`read`](super::read).
pub async fn read_local(question: &Question) -> Result<Facts, FactsError> {
    let host = Host::connect(&Address::Local, &SignIn::default()).await?;
    let own = tokio::task::spawn_blocking(Own::read);
    let mut facts = collect::read(&host, question).await?;
    // Should the reading have failed, the script has read the same.
    if let Ok(Ok(own)) = own.await {
        own.overlay(&mut facts);
    }
    Ok(facts)
}

/// What sysinfo has.
struct Own {
    system: System,
    disks: Disks,
}

impl Own {
    fn read() -> Result<Self, sysinfo::Error> {
        let mut system = System::new()?;
        system.refresh_memory_specifics(MemoryRefreshKind::everything());
        system.refresh_cpu_list(CpuRefreshKind::nothing());
        let what = DiskRefreshKind::nothing().with_storage().with_kind();
        Ok(Self {
            system,
            disks: Disks::new_with_refreshed_list_specifics(what)?,
        })
    }

    /// Puts what is known here in the place of what the script read.
    fn overlay(self, facts: &mut Facts) {
        let known = |value: &mut Fact<String>, own: Option<String>| {
            if let Some(own) = own {
                *value = Fact::Known(own);
            }
        };
        known(&mut facts.system.hostname, System::host_name().ok());
        known(&mut facts.system.kernel, System::kernel_version().ok());
        known(&mut facts.system.architecture, Some(System::cpu_arch()));
        facts.memory.total = Fact::Known(self.system.total_memory());
        facts.memory.swap = Fact::Known(self.system.total_swap());
        if let Some(cpu) = self.system.cpus().first()
            && !cpu.brand().is_empty()
        {
            facts.processor.model = Fact::Known(cpu.brand().to_owned());
        }
        // The script's count heeds which CPUs this program may use, so the smaller one holds.
        if let (Fact::Known(online), Ok(own)) = (
            &mut facts.processor.online,
            u32::try_from(self.system.cpus().len()),
        ) {
            *online = (*online).min(own.max(1));
        }
        let data = &mut facts.storage.data;
        let disk = data.mount.known().and_then(|mount| {
            let disks = self.disks.iter();
            disks
                .rev()
                .find(|disk| disk.mount_point() == Path::new(mount))
        });
        if let Some(disk) = disk {
            data.size = Fact::Known(disk.total_space());
            data.free = Fact::Known(disk.available_space());
            // It looks at the uppermost device only; what the script found below it is better.
            if let (Fact::Unknown(_), DiskKind::SSD, true) =
                (&data.medium, disk.kind(), data.devices.is_empty())
            {
                data.medium = Fact::Known(Medium::Ssd);
            }
        }
    }
}
