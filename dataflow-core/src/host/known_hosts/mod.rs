//! The host keys that are known, from files in OpenSSH's known_hosts format: plain, hashed and
//! wildcard names, ports, revoked keys, authorities that sign host keys.

mod line;
mod remember;

use std::fmt;
use std::path::{Path, PathBuf};

use super::HostError;
use line::Marker;
pub use remember::{NewKey, remember};

/// A line in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The number of the line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of {}", self.line, self.file.display())
    }
}

/// What is known of a host's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the host's key.
    Known,
    /// No key of this type is known for the host; `other`: where keys of other types are.
    Unknown {
        /// The lines of those other keys.
        other: Vec<Place>,
    },
    /// Another key of this type is known for the host, at this place.
    Changed(Place),
    /// The key is revoked, at this place.
    Revoked(Place),
}

/// What the files say of one host.
#[derive(Debug, Default)]
pub struct KnownHosts {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    marker: Marker,
    key_type: String,
    key: Vec<u8>,
    place: Place,
}

impl KnownHosts {
    /// Gathers what the files say of the host of this name (see
    /// [`known_hosts_name`](super::SshAddress::known_hosts_name)). Files that do not exist are
    /// passed over.
    ///
    /// # Errors
    /// [`HostError::KnownHosts`] when a file is there and can't be read.
    pub fn load(files: &[PathBuf], name: &str) -> Result<Self, HostError> {
        let mut known = Self::default();
        for file in files {
            match std::fs::read(file) {
                Ok(bytes) => known.add(file, &bytes, name),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(HostError::KnownHosts {
                        path: file.clone(),
                        reason: error.to_string(),
                    });
                }
            }
        }
        Ok(known)
    }

    fn add(&mut self, file: &Path, bytes: &[u8], name: &str) {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        self.entries.extend(lines.filter_map(|(index, bytes)| {
            let line = line::parse(std::str::from_utf8(bytes).ok()?)?;
            line.hosts.include(name).then(|| Entry {
                marker: line.marker,
                key_type: line.key_type.to_owned(),
                key: line.key,
                place: Place {
                    file: file.to_owned(),
                    line: index + 1,
                },
            })
        }));
    }

    /// The types of the keys that are known for the host, in the order of the files. A server is to
    /// be asked for these first: asked for another, it would show a key that is not known although
    /// one is.
    pub fn key_types(&self) -> impl Iterator<Item = &str> {
        self.hosts().map(|entry| entry.key_type.as_str())
    }

    /// The keys of the authorities whose certificates are good for the host.
    pub fn authorities(&self) -> impl Iterator<Item = &[u8]> {
        let of_authorities = |entry: &&Entry| entry.marker == Marker::Authority;
        let entries = self.entries.iter().filter(of_authorities);
        entries.map(|entry| entry.key.as_slice())
    }

    /// Where a key is revoked, be it a host's or an authority's.
    #[must_use]
    pub fn revoked(&self, key: &[u8]) -> Option<&Place> {
        let mut entries = self.entries.iter();
        entries
            .find(|entry| entry.marker == Marker::Revoked && entry.key == key)
            .map(|entry| &entry.place)
    }

    /// What is known of a key, given as its type and its bytes in SSH's encoding.
    #[must_use]
    pub fn check(&self, key_type: &str, key: &[u8]) -> Verdict {
        if let Some(place) = self.revoked(key) {
            return Verdict::Revoked(place.clone());
        }
        if self.hosts().any(|entry| entry.key == key) {
            return Verdict::Known;
        }
        match self.hosts().find(|entry| entry.key_type == key_type) {
            Some(changed) => Verdict::Changed(changed.place.clone()),
            None => Verdict::Unknown {
                other: self.hosts().map(|entry| entry.place.clone()).collect(),
            },
        }
    }

    fn hosts(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.marker == Marker::Host)
    }
}

#[cfg(test)]
mod tests;
