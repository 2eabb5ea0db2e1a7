//! The block devices of a machine and how they stand on each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        Fact,
        answer::{Answer, kept},
    },
    Medium,
    medium::{Disk, medium},
    mount::{Mount, Mounts},
};

const SYS: &str = "/sys/class/block/";

/// More devices under one file system than this are no file system.
const MOST: usize = 64;

/// The block devices by name.
pub(super) struct Blocks<'a> {
    devices: BTreeMap<&'a str, Device<'a>>,
}

#[derive(Default)]
struct Device<'a> {
    numbers: &'a str,
    /// The disk that it is a partition of.
    parent: Option<&'a str>,
    /// The devices that it is made of.
    slaves: Vec<&'a str>,
    disk: Disk<'a>,
    read_ahead: Option<u64>,
    /// The identifier of a mapped device, which begins with what made it: `LVM-`, `CRYPT-`.
    mapped: Option<&'a str>,
    /// The level of a RAID.
    level: Option<&'a str>,
    /// The file behind a loop device.
    file: Option<&'a str>,
}

/// What was found under a file system.
pub(super) struct Under {
    pub(super) devices: Vec<String>,
    pub(super) medium: Fact<Medium>,
    pub(super) read_ahead: Fact<u64>,
}

impl Under {
    pub(super) fn unknown(reason: &str) -> Self {
        Self {
            devices: Vec::new(),
            medium: Fact::unknown(reason),
            read_ahead: Fact::unknown(reason),
        }
    }
}

impl<'a> Blocks<'a> {
    pub(super) fn of(answer: &Answer<'a>) -> Self {
        let mut devices: BTreeMap<&str, Device<'_>> = BTreeMap::new();
        for (name, numbers) in answer.each(SYS, "/dev") {
            let file = |file: &str| answer.line(&format!("{SYS}{name}/{file}"));
            devices.insert(
                name,
                Device {
                    numbers,
                    disk: Disk {
                        name,
                        rotational: file("queue/rotational"),
                        model: file("device/model").unwrap_or_default(),
                        vendor: file("device/vendor").unwrap_or_default(),
                    },
                    read_ahead: file("queue/read_ahead_kb").and_then(|size| size.parse().ok()),
                    mapped: file("dm/uuid"),
                    level: file("md/level"),
                    file: file("loop/backing_file"),
                    ..Device::default()
                },
            );
        }
        let mut at = None;
        for line in answer.lines("blocks") {
            if let Some(path) = line.strip_prefix("at ") {
                let mut parts = path.rsplit('/');
                at = parts.next();
                let above = parts.next();
                let partition =
                    at.is_some_and(|name| answer.line(&format!("{SYS}{name}/partition")).is_some());
                if let Some(device) = at.and_then(|name| devices.get_mut(name))
                    && partition
                {
                    device.parent = above;
                }
            } else if let Some(slave) = line.strip_prefix("slave ")
                && let Some(device) = at.and_then(|name| devices.get_mut(name))
            {
                device.slaves.push(slave);
            }
        }
        Self { devices }
    }

    /// The devices under a mount, and what they are in the end.
    pub(super) fn under(&self, mount: &Mount<'_>, mounts: &Mounts<'_>) -> Under {
        if let Some(reason) = without_disk(mount.kind) {
            return Under::unknown(&reason);
        }
        let Some(top) = self.named(mount) else {
            return Under::unknown(&format!(
                "{} is no block device that can be seen",
                kept(mount.source)
            ));
        };
        let mut walk = Walk {
            blocks: self,
            mounts,
            seen: BTreeSet::new(),
            devices: Vec::new(),
            media: Vec::new(),
        };
        walk.down(top);
        let read_ahead = self.devices.get(top).and_then(|device| {
            let parent = device.parent.and_then(|parent| self.devices.get(parent));
            device
                .read_ahead
                .or_else(|| parent.and_then(|parent| parent.read_ahead))
        });
        Under {
            devices: walk.devices,
            medium: Medium::of_all(walk.media),
            read_ahead: Fact::or_unknown(read_ahead, "the device does not say"),
        }
    }

    /// The device of a mount: by its numbers, or where the file system has numbers of its own, by its name.
    fn named(&self, mount: &Mount<'_>) -> Option<&'a str> {
        let by_numbers = self
            .devices
            .iter()
            .find(|(_, device)| device.numbers == mount.device);
        let by_name = || {
            self.devices
                .get_key_value(mount.source.strip_prefix("/dev/")?)
        };
        by_numbers.or_else(by_name).map(|(name, _)| *name)
    }
}

/// Why nothing can be said of the disks under a file system of this type.
fn without_disk(kind: &str) -> Option<String> {
    match kind {
        "overlay" | "aufs" => Some("it is the file system of a container".to_owned()),
        "tmpfs" | "ramfs" => Some("it is in memory".to_owned()),
        "zfs" => Some("ZFS keeps its disks to itself".to_owned()),
        "nfs" | "nfs4" | "cifs" | "ceph" | "9p" | "virtiofs" | "fuse.sshfs" | "glusterfs" => {
            Some(format!("{kind} is on another machine"))
        }
        _ => None,
    }
}

/// A walk from a device down to the disks.
struct Walk<'w, 'a> {
    blocks: &'w Blocks<'a>,
    mounts: &'w Mounts<'a>,
    /// Guards against devices that stand on themselves, which only a forged answer has.
    seen: BTreeSet<&'a str>,
    devices: Vec<String>,
    media: Vec<Fact<Medium>>,
}

impl<'a> Walk<'_, 'a> {
    fn down(&mut self, name: &'a str) {
        if self.seen.len() >= MOST || !self.seen.insert(name) {
            return;
        }
        let Some(device) = self.blocks.devices.get(name) else {
            self.media
                .push(Fact::unknown(format!("{} can't be seen", kept(name))));
            return;
        };
        self.devices.push(described(name, device));
        if let Some(parent) = device.parent {
            self.down(parent);
        } else if !device.slaves.is_empty() {
            for slave in &device.slaves {
                self.down(slave);
            }
        } else if let Some(file) = device.file {
            match self
                .mounts
                .holding(file)
                .and_then(|mount| self.blocks.named(mount))
            {
                Some(below) => self.down(below),
                None => self.media.push(Fact::unknown(
                    "it is a file on something that can't be seen",
                )),
            }
        } else if device.mapped.is_some() || device.level.is_some() {
            self.media.push(Fact::unknown(format!(
                "what {} is made of can't be seen",
                kept(name)
            )));
        } else {
            self.media.push(medium(&device.disk));
        }
    }
}

fn described(name: &str, device: &Device<'_>) -> String {
    let name = kept(name);
    if device.parent.is_some() {
        return format!("{name} (partition)");
    }
    if let Some(level) = device.level {
        return format!("{name} (software RAID, {})", kept(level));
    }
    if let Some(mapped) = device.mapped {
        let maker = match mapped.split('-').next() {
            Some("LVM") => "LVM",
            Some("CRYPT") => "dm-crypt",
            Some("mpath") => "multipath",
            _ => "device mapper",
        };
        return format!("{name} ({maker})");
    }
    if let Some(file) = device.file {
        return format!("{name} (loop device on {})", kept(file));
    }
    // The vendor of a virtio device is the number of its maker on the bus.
    let named = device.disk.model.starts_with(device.disk.vendor);
    let vendor = if named || device.disk.vendor.starts_with("0x") {
        ""
    } else {
        device.disk.vendor
    };
    let text = kept(format!("{vendor} {}", device.disk.model).trim());
    if text.is_empty() {
        name
    } else {
        format!("{name} ({text})")
    }
}
