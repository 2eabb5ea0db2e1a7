//! What is at the data path.

use serde::{Deserialize, Serialize};

use crate::facts::{Fact, answer::Answer};

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Nothing yet.
    Nothing,
    /// A directory, or a link to one.
    Directory {
        /// Its permission bits.
        mode: u32,
        /// The user ID of its owner.
        uid: u32,
    },
    /// Something that is no directory.
    Other,
}

impl Place {
    /// Reads `none`, or what `stat` says: the mode in hexadecimal with the file's type, user and group.
    pub(super) fn of(answer: &Answer<'_>) -> Fact<Self> {
        let said = answer.after("data", "place");
        Fact::or_unknown(said.and_then(read), "it could not be looked at")
    }
}

fn read(said: &str) -> Option<Place> {
    if said == "none" {
        return Some(Place::Nothing);
    }
    let mut words = said.split(' ');
    let mode = u32::from_str_radix(words.next()?, 16).ok()?;
    let uid = words.next()?.parse().ok()?;
    Some(if mode & 0o170_000 == 0o040_000 {
        Place::Directory {
            mode: mode & 0o7777,
            uid,
        }
    } else {
        Place::Other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stat_says_is_read_and_nothing_else() {
        let directory = |mode, uid| Some(Place::Directory { mode, uid });
        for (said, place) in [
            ("none", Some(Place::Nothing)),
            ("41ed 0 0", directory(0o755, 0)),
            ("43ff 1000 1000", directory(0o1777, 1000)),
            ("81a4 0 0", Some(Place::Other)),
            ("", None),
            ("41ed", None),
            ("directory 0 0", None),
            ("41ed -1 0", None),
        ] {
            assert_eq!(read(said), place, "{said:?}");
        }
    }
}
