//! The settings file, read anew for each session and each operation: what is changed in it counts without a restart.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use dataflow_core::{
    Explain, Kind,
    host::Address,
    spec::{Secret, Settings, SettingsFile, SpecError},
};

use crate::panel::StartError;

/// A secret is one line; a file longer than this many bytes is something else.
const SECRET: u64 = 64 * 1024;

/// Why a server's settings can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// They make no sense.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A file can't be read.
    #[error("{path} cannot be read: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl Explain for SettingsError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> String {
        match self {
            Self::Spec(error) => error.next_step(),
            Self::File { .. } => {
                "Have the user that the panel runs as own it, and see that it is there.".to_owned()
            }
        }
    }
}

/// The name and the address of each server of the file.
pub(super) fn servers(config: &Path) -> Result<Vec<(String, String)>, StartError> {
    let file = match read(config) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(StartError::file(
                "cannot read the settings file",
                config,
                error,
            ));
        }
    };
    let file = SettingsFile::from_toml(&file, config)?;
    let mut servers = Vec::new();
    for name in file.names() {
        servers.push((name.to_owned(), address(&file.server(name)?)));
    }
    if servers.is_empty() {
        // One server without a name goes by its address.
        let top = file.top();
        if top.target().is_ok() || top.host.is_some() {
            let address = address(top);
            servers.push((host_of(&address), address));
        }
    }
    Ok(servers)
}

/// All that is said of a server, with its secrets read.
pub(super) async fn of(config: PathBuf, name: String) -> Result<Settings, SettingsError> {
    let reading = tokio::task::spawn_blocking(move || {
        let text = read(&config).map_err(|error| failed(&config, error))?;
        let file = SettingsFile::from_toml(&text, &config)?;
        let mut settings = match file.names().next() {
            Some(_) => file.server(&name)?,
            None => file.top().clone(),
        };
        expand_home(&mut settings);
        for secret in settings.secrets_mut() {
            if let Secret::File(path) = secret {
                *secret = Secret::Value(secret_in(path)?.into());
            }
        }
        Ok(settings)
    });
    reading.await.map_err(|error| SettingsError::File {
        path: "the settings file".to_owned(),
        reason: error.to_string(),
    })?
}

fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

fn failed(path: &Path, error: impl ToString) -> SettingsError {
    SettingsError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

/// The one line that the file holds.
fn secret_in(path: &Path) -> Result<String, SettingsError> {
    use std::io::Read;
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| failed(path, error))?;
    let read = file.take(SECRET + 1).read_to_string(&mut text);
    read.map_err(|error| failed(path, error))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.len() as u64 > SECRET || line.contains(['\n', '\r', '\0']) {
        return Err(failed(path, "it does not hold one line"));
    }
    Ok(line.to_owned())
}

fn address(settings: &Settings) -> String {
    match settings.target() {
        Ok(target) => target.address.to_string(),
        Err(_) => settings
            .host
            .as_ref()
            .map(Address::to_string)
            .unwrap_or_default(),
    }
}

/// The host of an address.
fn host_of(address: &str) -> String {
    let host = address.strip_prefix("ssh://").unwrap_or(address);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.to_owned()
}

/// `~/` at the start of a path stands for the home directory.
fn expand_home(settings: &mut Settings) {
    let Some(home) = std::env::home_dir().filter(|home| home.is_absolute()) else {
        return;
    };
    let expand = |path: &mut PathBuf| {
        if let Ok(rest) = path.strip_prefix("~") {
            *path = home.join(rest);
        }
    };
    let ssh = &mut settings.ssh;
    [&mut ssh.identities, &mut ssh.known_hosts]
        .into_iter()
        .flatten()
        .flatten()
        .chain(&mut ssh.config)
        .for_each(expand);
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            expand(path);
        }
    }
}
