//! What is mounted where, by `/proc/self/mountinfo`.

use super::super::answer::Answer;

/// A mount.
pub(super) struct Mount<'a> {
    /// The device's numbers, `MAJOR:MINOR`.
    pub(super) device: &'a str,
    /// Where it is mounted.
    pub(super) point: String,
    /// The file system's type.
    pub(super) kind: &'a str,
    /// What it was mounted from, such as `/dev/sda1`.
    pub(super) source: &'a str,
}

/// All mounts, in the order they were made.
pub(super) struct Mounts<'a>(Vec<Mount<'a>>);

impl<'a> Mounts<'a> {
    pub(super) fn of(answer: &Answer<'a>) -> Self {
        let lines = answer.file("/proc/self/mountinfo").unwrap_or_default();
        Self(lines.iter().filter_map(|line| mount(line)).collect())
    }

    /// The mount that a path is on: of those whose point is above it, the deepest, and of these the last.
    pub(super) fn holding(&self, path: &str) -> Option<&Mount<'a>> {
        self.0
            .iter()
            .filter(|mount| is_at_or_below(path, &mount.point))
            .max_by_key(|mount| mount.point.len())
    }
}

fn is_at_or_below(path: &str, point: &str) -> bool {
    point == "/"
        || path
            .strip_prefix(point)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reads `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAGS...] - TYPE SOURCE OPTIONS`.
fn mount(line: &str) -> Option<Mount<'_>> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ').skip(2);
    let device = left.next()?;
    let point = unescaped(left.nth(1)?);
    let mut right = right.split(' ');
    Some(Mount {
        device,
        point,
        kind: right.next()?,
        source: right.next().unwrap_or_default(),
    })
}

/// The kernel writes blanks and backslashes as three octal digits.
fn unescaped(text: &str) -> String {
    [(r"\040", " "), (r"\011", "\t"), (r"\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, plain)| {
            text.replace(code, plain)
        })
}
