//! Takes apart what the probe wrote. It comes from another machine and may be anything.

use std::collections::BTreeMap;

use super::Fact;
use crate::host::shown;

/// What stands before the name of a section.
const SECTION: &str = "#### ";

/// What stands before the exit status of a command that was asked.
const ENDED: &str = "#ended ";

/// The most entries of a list that are kept; a machine with more of anything has been read well enough.
pub(super) const MOST: usize = 512;

/// The probe's text by section, and the files in it by path.
pub(super) struct Answer<'a> {
    sections: BTreeMap<&'a str, &'a str>,
    files: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut sections = BTreeMap::new();
        let mut open: Option<(&str, usize)> = None;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix(SECTION) {
                if let Some((before, from)) = open {
                    sections.entry(before).or_insert(&text[from..at]);
                }
                open = Some((name.trim(), at + line.len()));
            }
            at += line.len();
        }
        if let Some((name, from)) = open {
            sections.entry(name).or_insert(&text[from..]);
        }
        let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in sections.get("files").copied().unwrap_or("").lines() {
            if let Some((path, line)) = line.split_once(':')
                && path.starts_with('/')
            {
                files.entry(path).or_default().push(line);
            }
        }
        Self { sections, files }
    }

    /// The lines of a section; none where it is missing.
    pub(super) fn lines(&self, section: &str) -> impl Iterator<Item = &'a str> {
        let text = self.sections.get(section).copied().unwrap_or("");
        text.lines().filter(|line| !line.trim().is_empty())
    }

    /// What a command said, or why there is nothing.
    pub(super) fn said(&self, section: &str, program: &str) -> Fact<&'a str> {
        let text = self.sections.get(section).copied().unwrap_or("");
        let Some((said, status)) = text.rsplit_once(ENDED) else {
            return if text.trim().is_empty() {
                Fact::unknown(format!("{program} is not there or was not asked"))
            } else {
                Fact::unknown(format!("the answer of {program} was cut off"))
            };
        };
        match status.trim() {
            "0" => Fact::Known(said.trim()),
            "124" => Fact::unknown(format!("{program} did not answer in time")),
            status => Fact::unknown(format!(
                "{program} failed ({}): {}",
                shown(status.as_bytes()),
                shown(said.as_bytes())
            )),
        }
    }

    /// The lines of a file.
    pub(super) fn file(&self, path: &str) -> Option<&[&'a str]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The first line of a file, trimmed.
    pub(super) fn line(&self, path: &str) -> Option<&'a str> {
        self.file(path)?.first().map(|line| line.trim())
    }

    /// The files whose path begins and ends like this, with what is between and their first line.
    pub(super) fn each(
        &self,
        before: &'a str,
        after: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(before..)
            .take_while(move |(path, _)| path.starts_with(before))
            .filter_map(move |(path, lines)| {
                let name = path.strip_prefix(before)?.strip_suffix(after)?;
                Some((name, lines.first()?.trim()))
            })
    }

    /// A number that is alone in a file.
    pub(super) fn number(&self, path: &str) -> Fact<u64> {
        match self.line(path) {
            None => Fact::unknown(format!("{path} could not be read")),
            Some(line) => match line.parse() {
                Ok(number) => Fact::Known(number),
                Err(_) => Fact::unknown(format!("{path} holds {}", shown(line.as_bytes()))),
            },
        }
    }

    /// The value after `key` in lines of keys and values.
    pub(super) fn after(&self, section: &str, key: &str) -> Option<&'a str> {
        self.lines(section)
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
            .map(str::trim)
    }

    /// Whether a path is among those that were found.
    pub(super) fn there(&self, path: &str) -> bool {
        self.lines("there").any(|line| line == path)
    }

    /// Whether the probe came to its end.
    pub(super) fn whole(&self) -> bool {
        self.sections.contains_key("began") && self.sections.contains_key("done")
    }
}

/// Foreign text as it is kept: bounded, without control characters.
pub(super) fn kept(text: &str) -> String {
    shown(text.as_bytes())
}
