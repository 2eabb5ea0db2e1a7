//! Settings from the text of a TOML file, with errors that name file, line, column and key.

use std::{ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{FileSpot, Secret, Settings, SpecError};

/// The keys at the top, in `[ssh]` and in `[registry]`.
const TOP: &[&str] = &[
    "host",
    "data-path",
    "private-ip",
    "public-ip",
    "pbx",
    "image",
    "clickhouse-image",
    "start-grace",
    "nofile",
    "pull",
    "ssh",
    "registry",
];
const SSH: &[&str] = &[
    "config",
    "jump",
    "identities",
    "agent",
    "known-hosts",
    "host-key",
    "connect-timeout",
    "password-file",
    "passphrase-file",
    "sudo-password-file",
];
const REGISTRY: &[&str] = &["server", "user", "token-file"];

/// Tables with the keys allowed in them.
const TABLES: [(&str, &[&str]); 2] = [("ssh", SSH), ("registry", REGISTRY)];

/// Keys that would keep a secret in the file, and what to use instead.
const IN_CLEAR: [(&str, &str); 5] = [
    ("ssh.password", "ssh.password-file"),
    ("ssh.passphrase", "ssh.passphrase-file"),
    ("ssh.sudo-password", "ssh.sudo-password-file"),
    ("registry.token", "registry.token-file"),
    ("registry.password", "registry.token-file"),
];

impl Settings {
    /// Reads the text of a settings file. `path` is the file's name for messages; relative paths in the file are taken
    /// from its directory. A path that begins with `~/` is left as it is.
    ///
    /// # Errors
    /// A [`SpecError`] with the place in the file: not TOML, an unknown key, a secret in clear, a value that is not
    /// allowed.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, SpecError> {
        let file = File { text, path };
        let table = DeTable::parse(text).map_err(|error| SpecError::Syntax {
            spot: file.spot(error.span()),
            reason: one_line(error.message()),
        })?;
        file.check_keys(table.get_ref())?;
        let mut settings: Self = toml::from_str(text).map_err(|error| {
            // The types' own errors put what is allowed on a second line.
            let (reason, allowed) = error
                .message()
                .split_once('\n')
                .unwrap_or((error.message(), ""));
            SpecError::BadValue {
                spot: file.spot(error.span()),
                key: key_at(table.get_ref(), error.span()),
                reason: reason.to_owned(),
                allowed: one_line(allowed),
            }
        })?;
        settings.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(settings)
    }

    /// Takes relative paths from this directory.
    fn resolve(&mut self, directory: &Path) {
        let ssh = &mut self.ssh;
        let lists = [&mut ssh.identities, &mut ssh.known_hosts]
            .into_iter()
            .flatten()
            .flatten();
        // `none` stands for no file.
        let config = ssh
            .config
            .iter_mut()
            .filter(|path| path.as_os_str() != "none");
        for path in lists.chain(config) {
            if !path.starts_with("~") {
                *path = directory.join(&path);
            }
        }
        for secret in self.secrets_mut() {
            if let Secret::File(path) = secret
                && !path.starts_with("~")
            {
                *path = directory.join(&path);
            }
        }
    }
}

/// A settings file.
struct File<'a> {
    text: &'a str,
    path: &'a Path,
}

impl File<'_> {
    fn check_keys(&self, top: &DeTable<'_>) -> Result<(), SpecError> {
        for (key, value) in top {
            let name: &str = key.get_ref();
            if !TOP.contains(&name) {
                return Err(self.unknown(key, "", TOP));
            }
            let Some((_, allowed)) = TABLES.iter().find(|(table, _)| *table == name) else {
                continue;
            };
            let Some(table) = value.get_ref().as_table() else {
                return Err(SpecError::BadValue {
                    spot: self.spot(Some(value.span())),
                    key: name.to_owned(),
                    reason: "it must be a table".to_owned(),
                    allowed: format!("Write [{name}] on a line of its own, and its keys below."),
                });
            };
            if let Some((key, _)) = table
                .iter()
                .find(|(key, _)| !allowed.contains(&key.get_ref().as_ref()))
            {
                return Err(self.unknown(key, &format!("{name}."), allowed));
            }
        }
        Ok(())
    }

    fn unknown(
        &self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        table: &str,
        allowed: &[&'static str],
    ) -> SpecError {
        let spot = self.spot(Some(key.span()));
        let name = key.get_ref();
        let key = format!("{table}{}", name.escape_debug());
        if let Some((_, instead)) = IN_CLEAR.iter().find(|(clear, _)| *clear == key) {
            return SpecError::SecretInFile { spot, key, instead };
        }
        let elsewhere = || {
            let (table, _) = TABLES
                .iter()
                .find(|(_, keys)| keys.contains(&name.as_ref()))?;
            Some(format!("{table}.{name}"))
        };
        let suggestion = nearest(name, allowed)
            .map(|near| format!("{table}{near}"))
            .or_else(elsewhere);
        SpecError::UnknownKey {
            spot,
            key,
            suggestion,
            allowed: allowed.to_vec(),
        }
    }

    fn spot(&self, span: Option<Range<usize>>) -> FileSpot {
        let before = self
            .text
            .get(..span.map_or(0, |span| span.start))
            .unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        FileSpot {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The allowed word that a mistyped one most probably stands for: at most a third of its letters differ.
fn nearest<'a>(given: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let distance = |word: &&str| strsim::damerau_levenshtein(given, word);
    let near = allowed.iter().copied().min_by_key(distance)?;
    (distance(&near) <= near.chars().count().div_ceil(3)).then_some(near)
}

/// The key, with its table, whose value holds the place.
fn key_at(top: &DeTable<'_>, span: Option<Range<usize>>) -> String {
    let Some(span) = span else {
        return "the file".to_owned();
    };
    let holds = |value: &Spanned<DeValue<'_>>| {
        value.span().start <= span.start && span.end <= value.span().end
    };
    let mut key = "the file".to_owned();
    for (name, value) in top {
        match value.get_ref().as_table() {
            Some(table) => {
                if let Some((inner, _)) = table.iter().find(|(_, value)| holds(value)) {
                    return format!("{}.{}", name.get_ref(), inner.get_ref());
                }
            }
            None if holds(value) => key = name.get_ref().to_string(),
            None => {}
        }
    }
    key
}

fn one_line(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
