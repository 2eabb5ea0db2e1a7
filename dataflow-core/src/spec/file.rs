//! A settings file: settings from the text of a TOML file, for one server or for several.

use std::path::Path;

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::{
    Secret, Settings, SpecError,
    file_check::{Text, one_line},
    keys::SERVERS,
    nearest::nearest,
};

/// What a settings file says: of one server at its top, or of several in `[servers.NAME]`, for which the top holds what
/// they have in common.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    top: Settings,
    /// In the order of the file.
    servers: Vec<(String, Settings)>,
}

impl SettingsFile {
    /// Reads the text of a settings file. `path` is the file's name for messages; relative paths in the file are taken
    /// from its directory. A path that begins with `~/` is left as it is.
    ///
    /// # Errors
    /// A [`SpecError`] with the place in the file: not TOML, an unknown key, a secret in clear, a value that is not
    /// allowed.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, SpecError> {
        let text = Text { text, path };
        let mut root = DeTable::parse(text.text).map_err(|error| SpecError::Syntax {
            spot: text.spot(error.span()),
            reason: one_line(error.message()),
        })?;
        text.check(root.get_ref())?;
        let read = |value: Spanned<DeValue<'_>>| -> Result<Settings, SpecError> {
            let mut settings = Settings::deserialize(ValueDeserializer::from(value))
                .map_err(|error| text.bad_value(&error))?;
            settings.resolve(path.parent().unwrap_or(Path::new("")));
            Ok(settings)
        };
        let servers = match root.get_mut().remove(SERVERS).map(Spanned::into_inner) {
            Some(DeValue::Table(servers)) => in_order(servers),
            _ => Vec::new(),
        };
        let span = root.span();
        let top = read(Spanned::new(span, DeValue::Table(root.into_inner())))?;
        let servers = servers
            .into_iter()
            .map(|(name, value)| Ok((name, read(value)?)))
            .collect::<Result<_, SpecError>>()?;
        Ok(Self { top, servers })
    }

    /// The names of its servers, in the order of the file; none where it describes just one, without a name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|(name, _)| name.as_str())
    }

    /// What is said of the server of this name, and of all servers where that says nothing.
    ///
    /// # Errors
    /// [`SpecError::UnknownServer`].
    pub fn server(&self, name: &str) -> Result<Settings, SpecError> {
        match self.servers.iter().find(|(known, _)| known == name) {
            Some((_, settings)) => Ok(settings.clone().or(self.top.clone())),
            None => {
                let known: Vec<&str> = self.names().collect();
                Err(SpecError::UnknownServer {
                    name: name.to_owned(),
                    suggestion: nearest(name, known.iter().copied()).map(str::to_owned),
                    known: known.into_iter().map(str::to_owned).collect(),
                })
            }
        }
    }

    /// What is said of the one server of a file without names; of all servers otherwise.
    pub fn top(&self) -> &Settings {
        &self.top
    }
}

/// A table's entries as the file has them: the parser sorts them by name.
fn in_order(table: DeTable<'_>) -> Vec<(String, Spanned<DeValue<'_>>)> {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
        .into_iter()
        .map(|(name, value)| (name.into_inner().into_owned(), value))
        .collect()
}

impl Settings {
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
        for path in lists.chain(config).chain(&mut self.api.ca_file) {
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

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
