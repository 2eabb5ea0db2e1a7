//! For which hosts a block of settings is.

use super::super::pattern::{fits, fits_any_case, list_includes};

/// What a host must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// `Host`: its name, as it was given, must fit a pattern and no negated one.
    Host(Vec<String>),
    /// `Match`: all of these.
    Match(Vec<Criterion>),
    /// `Match` with something that is not looked into: met by no host; the words.
    Never(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Criterion {
    negated: bool,
    subject: Subject,
    patterns: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    All,
    Host,
    OriginalHost,
    User,
    LocalUser,
}

/// What is known of a host while its settings are gathered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    /// Its name as it was given.
    pub(super) original: &'a str,
    /// Its name so far.
    pub(super) host: &'a str,
    /// The login user so far.
    pub(super) user: &'a str,
    /// The user this program runs as.
    pub(super) local_user: &'a str,
}

impl Condition {
    /// From what follows `Match`.
    pub(super) fn of_match(rest: &str) -> Self {
        let mut words = words(rest).into_iter();
        let mut criteria = Vec::new();
        while let Some(word) = words.next() {
            let (negated, name) = match word.strip_prefix('!') {
                Some(name) => (true, name),
                None => (false, word.as_str()),
            };
            let subject = match name.to_ascii_lowercase().as_str() {
                "all" => Subject::All,
                "host" => Subject::Host,
                "originalhost" => Subject::OriginalHost,
                "user" => Subject::User,
                "localuser" => Subject::LocalUser,
                _ => return Self::Never(rest.to_owned()),
            };
            let patterns = match subject {
                Subject::All => Some(String::new()),
                _ => words.next(),
            };
            let Some(patterns) = patterns else {
                return Self::Never(rest.to_owned());
            };
            criteria.push(Criterion {
                negated,
                subject,
                patterns,
            });
        }
        // `all` stands alone.
        let alone = criteria.len() == 1 || criteria.iter().all(|c| c.subject != Subject::All);
        if criteria.is_empty() || !alone {
            return Self::Never(rest.to_owned());
        }
        Self::Match(criteria)
    }

    pub(super) fn met_by(&self, facts: Facts<'_>) -> bool {
        match self {
            Self::Host(patterns) => {
                let mut met = false;
                for pattern in patterns {
                    match pattern.strip_prefix('!') {
                        Some(pattern) if fits(pattern, facts.original) => return false,
                        Some(_) => {}
                        None => met |= fits(pattern, facts.original),
                    }
                }
                met
            }
            Self::Match(criteria) => criteria.iter().all(|criterion| criterion.met_by(facts)),
            Self::Never(_) => false,
        }
    }
}

impl Criterion {
    fn met_by(&self, facts: Facts<'_>) -> bool {
        let patterns = &self.patterns;
        let met = match self.subject {
            Subject::All => true,
            Subject::Host => list_includes(patterns, facts.host, fits_any_case),
            Subject::OriginalHost => list_includes(patterns, facts.original, fits_any_case),
            Subject::User => list_includes(patterns, facts.user, fits),
            Subject::LocalUser => list_includes(patterns, facts.local_user, fits),
        };
        met != self.negated
    }
}

/// The words of a `Match` line, up to a comment: between them stands blank space or one `=`.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find([' ', '\t', '=']).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        let after = after.trim_start();
        rest = after.strip_prefix('=').unwrap_or(after).trim_start();
    }
    words
}
