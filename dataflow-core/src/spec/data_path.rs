//! The directory on the server that holds everything that must not be lost.

use std::{fmt, str::FromStr};

use super::SpecError;

/// Directories that belong to the system: nothing in them, at any depth, can be the data path.
const SYSTEM: [&str; 18] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/var/lib/docker",
    "/var/lock",
    "/var/run",
    "/var/tmp",
];

/// The directory on a server that holds lock, journal and what is remembered of the deployment: the one place outside the data
/// path that operations write to. It is root's alone, so it can't hold the data.
pub const KEPT_IN: &str = "/var/lib/dataflow";

/// Directories that others share: a directory below one is fine, the directory itself would change owner and mode.
const SHARED: [&str; 9] = [
    "/home",
    "/media",
    "/opt",
    "/root",
    "/srv",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
];

/// An absolute, normalised path on the server, safe to hand to Docker as the source of a bind mount.
///
/// Repeated and trailing slashes are removed. Refused are relative paths, `.` and `..`, control characters, the colon
/// (Docker's separator between source and target of a mount), `/`, and the system's own directories.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataPath(String);

impl DataPath {
    /// The vendor's default.
    pub const DEFAULT: &str = "/var/lib/portsip";

    /// The path as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path below this one; `relative` is `clickhouse/data` or, for the data path itself, empty.
    #[must_use]
    pub fn join(&self, relative: &str) -> String {
        if relative.is_empty() {
            self.0.clone()
        } else {
            format!("{}/{relative}", self.0)
        }
    }
}

impl Default for DataPath {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl FromStr for DataPath {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let refuse = |reason: &str| SpecError::DataPath {
            given: given.to_owned(),
            reason: reason.to_owned(),
        };
        if given.is_empty() {
            return Err(refuse("it is empty"));
        }
        if given.chars().any(char::is_control) {
            return Err(refuse("it contains a control character"));
        }
        if !given.starts_with('/') {
            return Err(refuse("it is not absolute (it must begin with /)"));
        }
        if given.contains(':') {
            return Err(refuse(
                "it contains a colon, which Docker reads as the end of a mount's source",
            ));
        }
        let parts: Vec<&str> = given.split('/').filter(|part| !part.is_empty()).collect();
        if parts.iter().any(|part| matches!(*part, "." | "..")) {
            return Err(refuse("it contains . or .. as a part"));
        }
        if parts.is_empty() {
            return Err(refuse("it is the root of the file system"));
        }
        let path = format!("/{}", parts.join("/"));
        let within = |directory: &&&str| {
            path.strip_prefix(**directory)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if let Some(system) = SYSTEM.iter().find(within) {
            return Err(refuse(&format!("{system} belongs to the system")));
        }
        if within(&&KEPT_IN) {
            return Err(refuse(&format!(
                "{KEPT_IN} holds this program's own records"
            )));
        }
        if SHARED.contains(&path.as_str()) {
            return Err(refuse(&format!(
                "{path} is shared with others; a directory below it is allowed"
            )));
        }
        Ok(Self(path))
    }
}

impl fmt::Display for DataPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn paths_of_their_own_are_accepted_and_normalised() {
        for (given, want) in [
            ("/var/lib/portsip", "/var/lib/portsip"),
            ("/var/lib/portsip/", "/var/lib/portsip"),
            ("//data///flow//", "/data/flow"),
            ("/data", "/data"),
            ("/mnt", "/mnt"),
            ("/srv/port sip", "/srv/port sip"),
            ("/etcetera", "/etcetera"),
            ("/var/lib/dockers", "/var/lib/dockers"),
        ] {
            let path: DataPath = given.parse().unwrap();
            assert_eq!(path.as_str(), want, "{given}");
            assert_eq!(path.as_str().parse::<DataPath>().unwrap(), path);
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for given in [
            "",
            "portsip",
            "./portsip",
            "~/portsip",
            "/",
            "//",
            "/..",
            "/srv/../etc",
            "/srv/./x",
            "/srv/a:b",
            "/srv/a\nb",
            "/srv/a\0b",
            "/etc",
            "/etc/portsip",
            "/usr/",
            "//usr//local",
            "/bin",
            "/proc/1",
            "/sys",
            "/dev/shm",
            "/boot",
            "/run/x",
            "/var/run/x",
            "/tmp/x",
            "/var",
            "/var/lib/",
            "/home",
            "/root",
            "/var/lib/docker/volumes",
            "/var/lib/dataflow",
            "/var/lib/dataflow/data",
        ] {
            assert!(given.parse::<DataPath>().is_err(), "{given:?} was accepted");
        }
    }

    #[test]
    fn join_of_nothing_is_the_path_itself() {
        assert_eq!(DataPath::default().join(""), "/var/lib/portsip");
        assert_eq!(
            DataPath::default().join("clickhouse/data"),
            "/var/lib/portsip/clickhouse/data"
        );
    }
}
