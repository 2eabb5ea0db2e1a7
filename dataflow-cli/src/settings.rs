//! From flags, environment and settings file to the library's settings, with all secrets read.

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap_complete::CompletionCandidate;
use dataflow_core::spec::{Pull, RegistrySettings, Secret, Settings, SettingsFile, SshSettings};

use crate::{
    args::{Cli, PullArg, SshArgs, Verb},
    error::{CliError, Failure},
    printer::Printer,
    secret_file,
};

/// The settings file that is read, if it is there, when none is named.
pub(crate) const DEFAULT_FILE: &str = "dataflow.toml";

/// The variable by which AWS's own programs are told where the instance metadata service is.
const METADATA_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/// The variable by which they are told not to ask it.
const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// A server to work on.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// Its name in the settings file, where it has one.
    pub(crate) name: Option<String>,
    /// All that is said of it.
    pub(crate) settings: Settings,
}

/// The servers to read from: those that are named, else all of the settings file.
pub(crate) fn load(cli: &Cli, printer: Printer) -> Result<Vec<Chosen>, Failure> {
    warn_of_token(cli, printer);
    let file = from_file(cli.global.config.as_deref(), printer)?;
    let chosen = choose(cli, &file)?;
    let one_machine = [
        ("--host", cli.global.ssh.host.is_some()),
        (
            "--private-ip",
            cli.verb
                .server()
                .is_some_and(|server| server.private_ip.is_some()),
        ),
    ];
    if chosen.len() > 1
        && let Some((flag, _)) = one_machine.into_iter().find(|(_, given)| *given)
    {
        return Err(CliError::OneMachine { flag }.into());
    }
    chosen
        .into_iter()
        .map(|chosen| complete(cli, chosen, printer))
        .collect()
}

/// The one server to change: the one that is named, else the only one of the settings file.
pub(crate) fn load_one(cli: &Cli, printer: Printer) -> Result<Chosen, Failure> {
    warn_of_token(cli, printer);
    let file = from_file(cli.global.config.as_deref(), printer)?;
    let mut chosen = choose(cli, &file)?;
    match (chosen.pop(), chosen.as_slice()) {
        (Some(one), []) => complete(cli, one, printer),
        (last, others) => {
            let all = others.iter().chain(&last);
            Err(CliError::WhichServer {
                verb: cli.verb.name(),
                names: all.filter_map(|chosen| chosen.name.clone()).collect(),
            }
            .into())
        }
    }
}

fn warn_of_token(cli: &Cli, printer: Printer) {
    let deploy = cli.verb.deploy();
    if deploy.is_some_and(|deploy| deploy.registry_token.is_some()) {
        printer.warn("others on this machine can see the token given with -P; use --registry-token-file or DATAFLOW_REGISTRY_TOKEN");
    }
}

/// What the settings file says of the servers that are named, else of all; of the one without a name, where it has none.
fn choose(cli: &Cli, file: &SettingsFile) -> Result<Vec<Chosen>, Failure> {
    let named = &cli.global.servers;
    for name in named {
        file.server(name)?;
    }
    let mut chosen = Vec::new();
    for name in file.names() {
        if named.is_empty() || named.iter().any(|given| given == name) {
            chosen.push(Chosen {
                name: Some(name.to_owned()),
                settings: file.server(name)?,
            });
        }
    }
    if chosen.is_empty() {
        chosen.push(Chosen {
            name: None,
            settings: file.top().clone(),
        });
    }
    Ok(chosen)
}

/// Flags first, then the environment, then the settings file; with all secrets read.
fn complete(cli: &Cli, chosen: Chosen, printer: Printer) -> Result<Chosen, Failure> {
    let flags = from_flags(cli);
    let mut environment = from_environment()?;
    // A variable can't name a registry or a PBX, so its secret is for the one that the flags name.
    environment.registry.server = flags.registry.server.clone();
    environment.api.url = flags.api.url.clone();
    let mut settings = flags.or(environment).or(chosen.settings);
    expand_home(&mut settings);
    if let Some(Secret::File(path)) = &settings.token.token {
        settings.token.token = Some(Secret::Value(secret_file::read_own(path)?));
    }
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            *secret = Secret::Value(secret_file::read(path, printer)?);
        }
    }
    Ok(Chosen {
        name: chosen.name,
        settings,
    })
}

/// The servers that a shell offers after `--server`: those of the settings file that the command line names, if it can be read.
pub(crate) fn known_servers() -> Vec<CompletionCandidate> {
    let words: Vec<_> = std::env::args_os().collect();
    let joined = |word: &OsString| Some(word.to_str()?.strip_prefix("--config=")?.into());
    let apart = |pair: &[OsString]| (pair[0] == "--config").then(|| pair[1].clone().into());
    let path: PathBuf = words
        .windows(2)
        .find_map(apart)
        .or_else(|| words.iter().find_map(joined))
        .unwrap_or_else(|| DEFAULT_FILE.into());
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let file = SettingsFile::from_toml(&text, &path).unwrap_or_default();
    file.names().map(CompletionCandidate::new).collect()
}

/// What the flags say, with secrets in files not read yet.
pub(crate) fn from_flags(cli: &Cli) -> Settings {
    let server = cli.verb.server();
    let mut settings = Settings {
        host: cli.global.ssh.host.clone(),
        data_path: server.and_then(|server| server.data_path.clone()),
        private_ip: server.and_then(|server| server.private_ip),
        ssh: ssh_from_flags(&cli.global.ssh),
        ..Settings::default()
    };
    settings.preflight.ignore = cli.verb.ignored().to_vec();
    if let Some(accept) = cli.verb.accept() {
        settings.allow_downgrade = accept.allow_downgrade.then_some(true);
        settings.allow_jump = accept.allow_jump.then_some(true);
        settings.allow_mismatch = accept.allow_mismatch.then_some(true);
        settings.adopt = accept.adopt.then_some(true);
    }
    if let Verb::Preflight(preflight) = &cli.verb {
        settings.preflight.profile = preflight.profile.map(Into::into);
    }
    if let Some(api) = cli.verb.api() {
        settings.api = api.settings();
    }
    if let Some(token) = cli.verb.token() {
        settings.token = token.settings();
    }
    if let Some(pbx) = cli.verb.pbx() {
        settings.public_ip = pbx.public_ip;
        settings.pbx = pbx.pbx;
    }
    if let Some(deploy) = cli.verb.deploy() {
        settings.prerequisites.mode = deploy.prerequisites.prerequisites.map(Into::into);
        settings.public_ip = deploy.public_ip;
        settings.pbx = deploy.pbx;
        settings.image = deploy.image.clone();
        settings.clickhouse_image = deploy.clickhouse_image.clone();
        settings.start_grace = deploy.start_grace;
        settings.nofile = deploy.nofile;
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
        config: ssh.ssh_config.clone(),
        jump: ssh.jump.clone(),
        identities: given(&ssh.identity),
        known_hosts: given(&ssh.known_hosts),
        host_key: ssh.host_key.clone(),
        connect_timeout: ssh.connect_timeout,
        password: ssh.password_file.clone().map(Secret::File),
        passphrase: ssh.passphrase_file.clone().map(Secret::File),
        sudo_password: ssh.sudo_password_file.clone().map(Secret::File),
        ..SshSettings::default()
    }
}

fn from_environment() -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    settings.ssh.password = variable("DATAFLOW_SSH_PASSWORD")?;
    settings.ssh.sudo_password = variable("DATAFLOW_SUDO_PASSWORD")?;
    settings.registry.token = variable("DATAFLOW_REGISTRY_TOKEN")?;
    settings.api.password = variable("DATAFLOW_PBX_PASSWORD")?;
    settings.token.token = variable("DATAFLOW_TOKEN")?;
    settings.aws.metadata_endpoint = match std::env::var(METADATA_ENDPOINT) {
        Ok(endpoint) if !endpoint.is_empty() => Some(endpoint.parse()?),
        _ => None,
    };
    let disabled = std::env::var(METADATA_DISABLED);
    settings.aws.disabled = disabled
        .is_ok_and(|word| word.eq_ignore_ascii_case("true"))
        .then_some(true);
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

fn from_file(named: Option<&Path>, printer: Printer) -> Result<SettingsFile, Failure> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => {
            printer.detail(&format!("settings file: {}", path.display()));
            Ok(SettingsFile::from_toml(&text, path)?)
        }
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => {
            printer.detail("settings file: none");
            Ok(SettingsFile::default())
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
        .chain(&mut ssh.config)
        .chain(&mut settings.api.ca_file)
        .for_each(expand);
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            expand(path);
        }
    }
}
