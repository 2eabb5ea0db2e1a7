//! Which directories have to be made, or to get their owner or mode back.

use super::{desired::Desired, observed, observed::Observed, plan::Change};
use crate::spec::Directory;

/// Directories that are not as wanted, and in what.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) directories: Vec<Directory>,
    pub(super) causes: Vec<String>,
    pub(super) changes: Vec<Change>,
}

/// Compares each directory that is wanted with what is there.
pub(super) fn wrong(desired: &Desired, observed: &Observed) -> Wrong {
    let mut wrong = Wrong::default();
    for directory in &desired.directories {
        let wanted = Directory {
            owner: directory
                .owner
                .or(desired.owners.get(&directory.path).copied()),
            ..directory.clone()
        };
        let Some(found) = observed.directories.get(&wanted.path) else {
            let cause = "not there".to_owned();
            if !wrong.causes.contains(&cause) {
                wrong.causes.push(cause);
            }
            wrong.directories.push(wanted);
            continue;
        };
        let changes = changes(directory, &wanted, found);
        if !changes.is_empty() {
            wrong.causes.extend(changes.iter().map(Change::to_string));
            wrong.changes.extend(changes);
            wrong.directories.push(wanted);
        }
    }
    wrong
}

fn changes(of_release: &Directory, wanted: &Directory, found: &observed::Directory) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut differ = |setting: &str, now: String, to: String| {
        changes.push(Change {
            setting: format!("{setting} of {}", wanted.path),
            now: Some(now),
            wanted: Some(to),
        });
    };
    if let Some(owner) = wanted.owner.filter(|owner| *owner != found.owner) {
        differ("owner", found.owner.to_string(), owner.to_string());
    }
    // Where the image sees to the owner it may well see to the mode too, and allow less than the vendor's script does. That others
    // may write there, or the owner may not, is meant by nobody.
    let wrong = if of_release.owner.is_some() {
        found.mode != wanted.mode
    } else {
        found.mode & !wanted.mode & 0o022 != 0 || found.mode & 0o700 != 0o700
    };
    if wrong {
        differ(
            "mode",
            format!("{:o}", found.mode),
            format!("{:o}", wanted.mode),
        );
    }
    changes
}
