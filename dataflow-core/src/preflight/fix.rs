//! Remedies that are safe to apply: they add or set something, can be taken back, and never remove software.

/// A remedy that is safe to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What mends.
    pub apply: Recipe,
    /// What takes that back.
    pub undo: Recipe,
}

/// Something to be done on a machine, as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// What it does, in the operator's words.
    pub what: String,
    /// A script in POSIX sh.
    pub(crate) script: &'static str,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
}

/// Writes a value to what the kernel shows as files, and to a file for every start: $1: these files, a pattern. $2: the value. $3: the
/// file for every start. $4: its line. The kernel is first: what it does not take is not kept.
const SET: &str = r#"for file in $1; do printf '%s\n' "$2" >"$file" || exit; done
umask 022
mkdir -p "${3%/*}" && printf '%s\n' "$4" >"$3""#;

/// The same back: $1, $2 as there; $3: the file for every start, which goes. What has the value already, as where it could not be set,
/// is left alone; of several words the one in brackets is the value.
const SET_BACK: &str = r#"rm -f "$3"
for file in $1; do
    read -r now <"$file"
    case $now in "$2" | *"[$2]"*) ;; *) printf '%s\n' "$2" >"$file" || exit ;; esac
done"#;

impl Recipe {
    fn new(what: impl Into<String>, script: &'static str, arguments: &[&str]) -> Self {
        Self {
            what: what.into(),
            script,
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
        }
    }
}

impl Fix {
    /// Gives a setting of the kernel another value, now and for every start.
    pub(super) fn sysctl(name: &str, now: &str, value: &str) -> Self {
        let file = format!("/proc/sys/{}", name.replace('.', "/"));
        let kept = format!("/etc/sysctl.d/90-dataflow-{}.conf", name.replace('.', "-"));
        Self::set(name, &file, now, value, &kept, &format!("{name} = {value}"))
    }

    /// The same for a setting that is no sysctl. `files` may be a pattern.
    pub(super) fn at_start(what: &str, files: &str, now: &str, value: &str, name: &str) -> Self {
        let kept = format!("/etc/tmpfiles.d/dataflow-{name}.conf");
        let line = format!("w {files} - - - - {value}");
        Self::set(what, files, now, value, &kept, &line)
    }

    fn set(what: &str, files: &str, now: &str, value: &str, kept: &str, line: &str) -> Self {
        Self {
            apply: Recipe::new(
                format!("set {what} to {value}"),
                SET,
                &[files, value, kept, line],
            ),
            undo: Recipe::new(
                format!("set {what} back to {now}"),
                SET_BACK,
                &[files, now, kept],
            ),
        }
    }

    /// Makes a directory.
    pub(super) fn directory(path: &str) -> Self {
        Self {
            apply: Recipe::new(
                format!("make {path}"),
                r#"umask 022; mkdir -p -- "$1""#,
                &[path],
            ),
            undo: Recipe::new(
                format!("remove {path}, which is empty"),
                r#"rmdir -- "$1""#,
                &[path],
            ),
        }
    }

    /// Lets only the owner of a directory write to it. `mode`: what it has now.
    pub(super) fn closed(path: &str, mode: u32) -> Self {
        Self {
            apply: Recipe::new(
                format!("let only its owner write to {path}"),
                r#"chmod go-w -- "$1""#,
                &[path],
            ),
            undo: Recipe::new(
                format!("give {path} its mode {mode:o} again"),
                r#"chmod -- "$2" "$1""#,
                &[path, &format!("{mode:o}")],
            ),
        }
    }

    /// Masks units of systemd.
    pub(super) fn mask(units: &[String]) -> Self {
        let words: Vec<&str> = units.iter().map(String::as_str).collect();
        let all = units.join(", ");
        Self {
            apply: Recipe::new(
                format!("mask {all}"),
                r#"systemctl --quiet mask "$@""#,
                &words,
            ),
            undo: Recipe::new(
                format!("unmask {all}"),
                r#"systemctl --quiet unmask "$@""#,
                &words,
            ),
        }
    }

    /// Starts a service, now and for every start. `enabled`: it is started with the machine already.
    pub(super) fn start(unit: &str, enabled: bool) -> Self {
        let undo = if enabled {
            Recipe::new(format!("stop {unit}"), r#"systemctl stop "$1""#, &[unit])
        } else {
            Recipe::new(
                format!("stop and disable {unit}"),
                r#"systemctl --quiet disable --now "$1""#,
                &[unit],
            )
        };
        Self {
            apply: Recipe::new(
                format!("start {unit}, now and with the machine"),
                r#"systemctl --quiet enable --now "$1""#,
                &[unit],
            ),
            undo,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, process::Command};

    use super::*;

    fn sh(script: &str, arguments: &[&str]) -> bool {
        let status = Command::new("sh")
            .args(["-c", script, "sh"])
            .args(arguments)
            .status();
        status.unwrap().success()
    }

    #[test]
    fn a_setting_is_set_for_now_and_every_start_and_back_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).display().to_string();
        fs::write(path("policy0"), "powersave\n").unwrap();
        fs::write(path("policy1"), "powersave\n").unwrap();
        let (files, kept) = (path("policy*"), path("new/kept.conf"));

        assert!(sh(SET, &[&files, "performance", &kept, "w performance"]));
        assert_eq!(
            fs::read_to_string(path("policy1")).unwrap(),
            "performance\n"
        );
        assert_eq!(fs::read_to_string(&kept).unwrap(), "w performance\n");

        assert!(sh(SET_BACK, &[&files, "powersave", &kept]));
        assert_eq!(fs::read_to_string(path("policy0")).unwrap(), "powersave\n");
        assert!(!fs::exists(&kept).unwrap());
    }

    #[test]
    fn what_the_kernel_does_not_take_is_not_kept_and_needs_no_putting_back() {
        let directory = tempfile::tempdir().unwrap();
        let kept = directory.path().join("kept.conf").display().to_string();
        // As the kernel shows several words; nobody can write there.
        let file = "/sys/kernel/mm/transparent_hugepage/there-is-no-such-file";
        assert!(!sh(SET, &[file, "madvise", &kept, "w"]));
        assert!(!fs::exists(&kept).unwrap());

        let words = directory.path().join("enabled");
        fs::write(&words, "[always] madvise never\n").unwrap();
        assert!(sh(
            SET_BACK,
            &[&words.display().to_string(), "always", &kept]
        ));
        assert_eq!(
            fs::read_to_string(&words).unwrap(),
            "[always] madvise never\n"
        );
    }
}
