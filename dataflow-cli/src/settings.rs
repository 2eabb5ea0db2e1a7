//! From flags, environment and settings file to the library's settings, with all secrets read.

use std::{
    io::{ErrorKind, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use dataflow_core::spec::{Pull, RegistrySettings, Secret, Settings, SshSettings};
use secrecy::SecretString;

use crate::{
    args::{Cli, PullArg, SshArgs},
    error::{CliError, Failure},
    printer::Printer,
};

/// The settings file that is read, if it is there, when none is named.
const DEFAULT_FILE: &str = "dataflow.toml";

/// A secret is one line; a file longer than this many bytes is something else.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Flags first, then the environment, then the settings file.
pub(crate) fn load(cli: &Cli, printer: &Printer) -> Result<Settings, Failure> {
    if cli
        .verb
        .deploy()
        .is_some_and(|deploy| deploy.registry_token.is_some())
    {
        printer.warn("others on this machine can see the token given with -P; use --registry-token-file or DATAFLOW_REGISTRY_TOKEN");
    }
    let flags = from_flags(cli);
    let mut environment = from_environment()?;
    // A variable can't name the registry, so its token is for the one that the flags name.
    environment.registry.server = flags.registry.server.clone();
    let mut settings = flags
        .or(environment)
        .or(from_file(cli.global.config.as_deref(), printer)?);
    expand_home(&mut settings);
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            *secret = Secret::Value(read_secret(path, printer)?);
        }
    }
    Ok(settings)
}

fn from_flags(cli: &Cli) -> Settings {
    let server = cli.verb.server();
    let mut settings = Settings {
        host: cli.global.ssh.host.clone(),
        data_path: server.data_path.clone(),
        private_ip: server.private_ip,
        ssh: ssh_from_flags(&cli.global.ssh),
        ..Settings::default()
    };
    if let Some(deploy) = cli.verb.deploy() {
        settings.public_ip = deploy.public_ip;
        settings.pbx = deploy.pbx;
        settings.image = deploy.image.clone();
        settings.clickhouse_image = deploy.clickhouse_image.clone();
        settings.start_grace = deploy.start_grace;
        settings.nofile = deploy.nofile;
        settings.allow_downgrade = deploy.allow_downgrade.then_some(true);
        settings.allow_jump = deploy.allow_jump.then_some(true);
        settings.adopt = deploy.adopt.then_some(true);
        settings.pull = deploy.pull.map(|pull| match pull {
            PullArg::Missing => Pull::Missing,
            PullArg::Always => Pull::Always,
            PullArg::Never => Pull::Never,
        });
        let token_file = deploy.registry_token_file.clone().map(Secret::File);
        settings.registry = RegistrySettings {
            server: deploy.registry.clone(),
            user: deploy.registry_user.clone(),
            token: deploy
                .registry_token
                .clone()
                .map(Secret::Value)
                .or(token_file),
        };
    }
    settings
}

fn ssh_from_flags(ssh: &SshArgs) -> SshSettings {
    let given = |paths: &Vec<PathBuf>| (!paths.is_empty()).then(|| paths.clone());
    SshSettings {
        identities: given(&ssh.identity),
        known_hosts: given(&ssh.known_hosts),
        host_key: ssh.host_key.clone(),
        connect_timeout: ssh.connect_timeout,
        password: ssh.password_file.clone().map(Secret::File),
        sudo_password: ssh.sudo_password_file.clone().map(Secret::File),
        ..SshSettings::default()
    }
}

fn from_environment() -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    settings.ssh.password = variable("DATAFLOW_SSH_PASSWORD")?;
    settings.ssh.sudo_password = variable("DATAFLOW_SUDO_PASSWORD")?;
    settings.registry.token = variable("DATAFLOW_REGISTRY_TOKEN")?;
    Ok(settings)
}

/// A secret in a variable. One that is set to nothing counts as not set.
fn variable(name: &str) -> Result<Option<Secret>, CliError> {
    let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let value = value.into_string().map_err(|_| CliError::NoSecret {
        place: format!("the variable {name}"),
        reason: "it is not UTF-8",
    })?;
    Ok(Some(Secret::Value(value.into())))
}

fn from_file(named: Option<&Path>, printer: &Printer) -> Result<Settings, Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => {
            printer.detail(&format!("settings file: {}", path.display()));
            Ok(Settings::from_toml(&text, path)?)
        }
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => {
            printer.detail("settings file: none");
            Ok(Settings::default())
        }
        Err(error) => Err(CliError::Unreadable {
            what: "the settings file",
            path: path.to_owned(),
            reason: error.to_string(),
        }
        .into()),
    }
}

/// `~/` at the start of a path stands for the operator's home directory; a shell expands it in flags and not in a file.
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
        .for_each(expand);
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            expand(path);
        }
    }
}

/// The one line that the file holds. Others being able to read it is worth a warning; it may be meant so.
fn read_secret(path: &Path, printer: &Printer) -> Result<SecretString, CliError> {
    let unreadable = |reason: std::io::Error| CliError::Unreadable {
        what: "the secret file",
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        let path = path.display();
        printer.warn(&format!(
            "others can read the secret file {path} (mode {mode:o}); chmod 600 {path}"
        ));
    }
    let mut bytes = Vec::new();
    file.take(SECRET_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let refuse = |reason| CliError::NoSecret {
        place: format!("the file {}", path.display()),
        reason,
    };
    if bytes.len() as u64 > SECRET_LIMIT {
        return Err(refuse("it is longer than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(refuse("it is empty"));
    }
    if line.contains(['\n', '\r', '\0']) {
        return Err(refuse("it has more than one line"));
    }
    Ok(line.into())
}
