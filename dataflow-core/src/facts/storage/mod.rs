//! The file system that holds the data, or will, and the disks under it.

mod block;
mod medium;
mod mount;
mod place;

use serde::{Deserialize, Serialize};

use super::{
    Fact, WriteLatency,
    answer::{Answer, kept},
};
use block::Blocks;
pub use medium::Medium;
use mount::Mounts;
pub use place::Place;

/// Where data is or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// The data path that was asked for.
    pub path: String,
    /// What is there.
    pub place: Fact<Place>,
    /// Where it is; of a path that does not exist yet, where its nearest parent is.
    pub data: FileSystem,
    /// Where Docker keeps images and containers; `None` where there is no such place yet.
    pub docker: Option<FileSystem>,
    /// How long small writes take; `None`: not measured.
    pub write_latency: Option<WriteLatency>,
}

/// A file system and what is under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystem {
    /// The path that was looked at.
    pub path: String,
    /// Where it is mounted.
    pub mount: Fact<String>,
    /// Its type, such as `ext4`.
    pub kind: Fact<String>,
    /// Its size, in bytes.
    pub size: Fact<u64>,
    /// What a user may still put there, in bytes.
    pub free: Fact<u64>,
    /// The devices from the file system down to the disks, each with what it is.
    pub devices: Vec<String>,
    /// What the disks are.
    pub medium: Fact<Medium>,
    /// The read-ahead of the uppermost device, in KiB.
    pub read_ahead: Fact<u64>,
}

impl Storage {
    pub(super) fn of(answer: &Answer<'_>, path: &str, docker_root: Option<&str>) -> Self {
        let mounts = Mounts::of(answer);
        let blocks = Blocks::of(answer);
        let holder = answer.after("data", "holder").unwrap_or(path);
        let docker = answer
            .said("docker-data", "df")
            .known()
            .map(|said| (docker_root.unwrap_or("/var/lib/docker"), *said));
        Self {
            path: path.to_owned(),
            place: Place::of(answer),
            data: file_system(holder, answer.said("data", "df"), &mounts, &blocks),
            docker: docker.map(|(root, said)| {
                // df was asked for the usual place; of another, only the mount is known.
                let said = if root == "/var/lib/docker" {
                    Fact::Known(said)
                } else {
                    Fact::unknown("Docker's data is not in the usual place")
                };
                file_system(root, said, &mounts, &blocks)
            }),
            write_latency: None,
        }
    }
}

fn file_system(path: &str, df: Fact<&str>, mounts: &Mounts<'_>, blocks: &Blocks<'_>) -> FileSystem {
    let (size, free) = match df {
        Fact::Known(said) => {
            let sizes = sizes(said);
            let part = |bytes: Option<u64>| Fact::or_unknown(bytes, "df did not say");
            (
                part(sizes.map(|(size, _)| size)),
                part(sizes.map(|(_, free)| free)),
            )
        }
        Fact::Unknown(reason) => (Fact::unknown(&reason), Fact::unknown(reason)),
    };
    let mount = mounts.holding(path);
    let unknown = "/proc/self/mountinfo could not be read";
    let under = match mount {
        Some(mount) => blocks.under(mount, mounts),
        None => block::Under::unknown(unknown),
    };
    FileSystem {
        path: kept(path),
        mount: Fact::or_unknown(mount.map(|mount| kept(&mount.point)), unknown),
        kind: Fact::or_unknown(mount.map(|mount| kept(mount.kind)), unknown),
        size,
        free,
        devices: under.devices,
        medium: under.medium,
        read_ahead: under.read_ahead,
    }
}

/// Size and free space in bytes from the last line of `df -P -k`: `DEVICE BLOCKS USED FREE PERCENT MOUNT`.
fn sizes(said: &str) -> Option<(u64, u64)> {
    let line = said.lines().last()?;
    let fields: Vec<&str> = line.split_whitespace().collect();
    // A device's name may hold blanks: the fields are told by the one that ends in a percent sign.
    let percent = fields.iter().rposition(|field| field.ends_with('%'))?;
    let number = |back: usize| -> Option<u64> {
        let blocks: u64 = fields.get(percent.checked_sub(back)?)?.parse().ok()?;
        blocks.checked_mul(1024)
    };
    Some((number(3)?, number(1)?))
}
