//! The way to a server: through which others, and how each is reached and signed in to, from the settings, ssh_config and
//! what is usual.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::super::address::{SSH_PORT, known_hosts_name};
use super::super::sign_in::ssh_directory;
use super::super::ssh_config::{Query, SshConfig, Strict, Values, expand, expand_variables};
use super::super::{Answers, Consult, Fingerprint, HostError, Jump, SignIn, SshAddress};

/// How many servers may lie on a way. Files that send in a circle end here.
const LONGEST: usize = 8;

/// How long nothing may be heard before the server is asked for a sign of life.
const ALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// How many such questions may stay open; with the next one due, after 45 s in all, the session
/// ends.
const ALIVE_COUNT: usize = 2;

/// The time for connecting and signing in to one server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// One server on a way, and how to reach and enter it.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    /// Its name in messages: `user@host`, as the operator knows it.
    pub(super) label: String,
    pub(super) user: String,
    /// Where to connect to.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) key_check: KeyCheck,
    pub(super) keys: Keys,
    pub(super) password: Option<SecretString>,
    /// After how much silence to ask for a sign of life, and how often in vain.
    pub(super) alive: (Option<Duration>, usize),
    pub(super) connect_timeout: Duration,
    pub(super) consult: Consult,
}

/// Which host keys are accepted.
#[derive(Debug, Clone)]
pub(super) struct KeyCheck {
    /// The server's name in known_hosts, and the one without its port, which counts too.
    pub(super) name: String,
    pub(super) without_port: Option<String>,
    /// What a certificate must be made out to.
    pub(super) principal: String,
    pub(super) files: Vec<PathBuf>,
    /// Where new keys are remembered.
    pub(super) remember_in: Option<PathBuf>,
    /// Whether new names are hashed; unknown: as those in the file are.
    pub(super) hashed: Option<bool>,
    pub(super) strict: Strict,
    /// The only one, and those that the operator said yes to.
    pub(super) pin: Option<Fingerprint>,
    pub(super) said_yes: Vec<Fingerprint>,
}

/// Which keys are tried.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub(super) files: Vec<KeyFile>,
    /// Whether keys of the agent that are in none of the files are left out.
    pub(super) only: bool,
    /// The agent's socket.
    pub(super) agent: Option<PathBuf>,
    pub(super) passphrase: Option<SecretString>,
    pub(super) answers: Answers,
}

/// A file with a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyFile {
    pub(super) path: PathBuf,
    pub(super) origin: Origin,
}

/// Why a key file is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was given: not being able to use it is an error.
    Given,
    /// ssh_config names it.
    Config,
    /// It has one of the usual names.
    Usual,
}

/// The way to a server: those to go through, in order, and itself.
pub(super) fn route(
    address: &SshAddress,
    sign_in: &SignIn,
    config: &SshConfig,
) -> Result<Vec<Hop>, HostError> {
    let planner = Planner {
        sign_in,
        config,
        local_user: local_user(),
    };
    let (target, jump) = planner.hop(address, true)?;
    let jump = sign_in.jump.clone().map(Ok).or(jump).transpose()?;
    let mut hops = planner.through(&jump.unwrap_or_default(), LONGEST)?;
    hops.push(target);
    Ok(hops)
}

/// The user this program runs as; unknown where neither the environment nor being root says so.
fn local_user() -> Option<String> {
    let login = SshAddress {
        user: None,
        host: String::new(),
        port: None,
    };
    login.login().ok()
}

struct Planner<'a> {
    sign_in: &'a SignIn,
    config: &'a SshConfig,
    local_user: Option<String>,
}

impl Planner<'_> {
    /// The hops of a jump. The first may itself lie behind others.
    fn through(&self, jump: &Jump, left: usize) -> Result<Vec<Hop>, HostError> {
        let mut hops = Vec::new();
        for (at, address) in jump.0.iter().enumerate() {
            let left = left
                .checked_sub(at + 1)
                .ok_or_else(|| HostError::TooManyJumps {
                    host: address.to_string(),
                    most: LONGEST,
                })?;
            let (hop, before) = self.hop(address, false)?;
            if let (0, Some(before)) = (at, before) {
                hops = self.through(&before?, left)?;
            }
            hops.push(hop);
        }
        Ok(hops)
    }

    /// One server, and what it lies behind.
    fn hop(
        &self,
        address: &SshAddress,
        target: bool,
    ) -> Result<(Hop, Option<Result<Jump, HostError>>), HostError> {
        let sign_in = self.sign_in;
        let values = self.config.values(Query {
            host: &address.host,
            user: address.user.as_deref(),
            local_user: self.local_user.as_deref().unwrap_or_default(),
        });
        let user = match (&values.user, &self.local_user) {
            (Some(user), _) | (None, Some(user)) => user.clone(),
            (None, None) => address.login()?,
        };
        let host = values.host_name(&address.host);
        let port = address.port.or(values.port).unwrap_or(SSH_PORT);
        let label = format!("{user}@{}", known_hosts_name(&address.host, port));
        for note in &values.notes {
            sign_in.consult.tell(note);
        }
        if values.strict == Some(Strict::No) {
            sign_in.consult.tell(
                "StrictHostKeyChecking no is taken as ask: an unknown host key is never let through unasked",
            );
        }
        let names = Names {
            original: &address.host,
            host: &host,
            user: &user,
            local_user: self.local_user.as_deref().unwrap_or_default(),
            port: &port.to_string(),
            alias: values.host_key_alias.as_deref().unwrap_or(&host),
            consult: &sign_in.consult,
        };
        let hop = Hop {
            key_check: self.key_check(&values, &names, port, target),
            keys: self.keys(&values, &names),
            password: target
                .then(|| sign_in.password.clone())
                .flatten()
                .or_else(|| sign_in.answers.passwords.get(&label).cloned()),
            alive: (
                match values.alive_interval {
                    Some(Duration::ZERO) => None,
                    Some(interval) => Some(interval),
                    None => Some(ALIVE_INTERVAL),
                },
                values.alive_count_max.unwrap_or(ALIVE_COUNT),
            ),
            connect_timeout: sign_in
                .connect_timeout
                .or(values.connect_timeout.filter(|time| !time.is_zero()))
                .unwrap_or(CONNECT_TIMEOUT),
            consult: sign_in.consult.clone(),
            label,
            port,
            host: host.clone(),
            user: user.clone(),
        };
        let jump = values.proxy_jump.as_deref().map(str::parse);
        Ok((hop, jump))
    }

    fn key_check(&self, values: &Values, names: &Names<'_>, port: u16, target: bool) -> KeyCheck {
        let sign_in = self.sign_in;
        let (name, without_port) = match &values.host_key_alias {
            Some(alias) => (alias.to_lowercase(), None),
            None => {
                let plain = names.host.to_lowercase();
                let name = known_hosts_name(names.host, port);
                (name.clone(), (plain != name).then_some(plain))
            }
        };
        let paths = |files: &Option<Vec<String>>, usual: [&str; 2]| -> Vec<PathBuf> {
            let named = |file: &String| names.path(file);
            match files {
                Some(files) => files.iter().filter_map(named).collect(),
                None => usual.iter().filter_map(|file| names.path(file)).collect(),
            }
        };
        let own = sign_in.known_hosts.clone().unwrap_or_else(|| {
            let usual = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
            paths(&values.user_known_hosts, usual)
        });
        let remember_in = own.first().filter(|file| *file != Path::new("/dev/null"));
        let remember_in = remember_in.cloned();
        let mut files = own;
        if sign_in.known_hosts.is_none() {
            let usual = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
            files.extend(paths(&values.global_known_hosts, usual));
        }
        let said_yes = sign_in.answers.host_keys.iter();
        KeyCheck {
            principal: names.alias.to_lowercase(),
            files,
            remember_in,
            hashed: values.hash_known_hosts.filter(|hashed| *hashed),
            strict: values.strict.unwrap_or(Strict::Ask),
            pin: sign_in.host_key.clone().filter(|_| target),
            said_yes: said_yes
                .filter(|(server, _)| *server == name)
                .map(|(_, fingerprint)| fingerprint.clone())
                .collect(),
            name,
            without_port,
        }
    }

    fn keys(&self, values: &Values, names: &Names<'_>) -> Keys {
        let sign_in = self.sign_in;
        let file = |origin| move |path| KeyFile { path, origin };
        let files: Vec<KeyFile> = if !sign_in.identities.is_empty() {
            let given = sign_in.identities.iter().cloned();
            given.map(file(Origin::Given)).collect()
        } else if !values.identity_files.is_empty() {
            let named = values.identity_files.iter();
            let paths = named.filter_map(|named| names.path(named));
            paths.map(file(Origin::Config)).collect()
        } else {
            let directory = ssh_directory().into_iter();
            let usual = ["id_ed25519", "id_ecdsa", "id_rsa"];
            let paths = directory.flat_map(|directory| usual.map(|name| directory.join(name)));
            paths.map(file(Origin::Usual)).collect()
        };
        let agent = match values.identity_agent.as_deref() {
            None | Some("SSH_AUTH_SOCK") => std::env::var_os("SSH_AUTH_SOCK")
                .filter(|socket| !socket.is_empty())
                .map(PathBuf::from),
            Some(variable) if variable.starts_with('$') && !variable.starts_with("${") => {
                std::env::var_os(&variable[1..]).map(PathBuf::from)
            }
            Some(path) => names.path(path),
        };
        Keys {
            only: values.identities_only.unwrap_or(false),
            agent: agent.filter(|_| sign_in.agent),
            files,
            passphrase: sign_in.passphrase.clone(),
            answers: sign_in.answers.clone(),
        }
    }
}

/// What the tokens in paths stand for.
struct Names<'a> {
    original: &'a str,
    host: &'a str,
    user: &'a str,
    local_user: &'a str,
    port: &'a str,
    alias: &'a str,
    consult: &'a Consult,
}

impl Names<'_> {
    /// A path of ssh_config; `None` for `none`, and for one with a token that is not known.
    fn path(&self, text: &str) -> Option<PathBuf> {
        if text.eq_ignore_ascii_case("none") {
            return None;
        }
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let home_text = home.as_ref().map(|home| home.display().to_string());
        let mut tokens = vec![
            ('h', self.host),
            ('n', self.original),
            ('r', self.user),
            ('u', self.local_user),
            ('p', self.port),
            ('k', self.alias),
        ];
        tokens.extend(home_text.as_deref().map(|home| ('d', home)));
        let expanded = expand(text, &tokens)
            .and_then(|text| expand_variables(&text, |name| std::env::var(name).ok()));
        let path = match expanded {
            Ok(path) => path,
            Err(token) => {
                self.consult.tell(&format!(
                    "{text} of ssh_config is passed over: {token} stands for nothing here"
                ));
                return None;
            }
        };
        match path.strip_prefix("~/") {
            Some(rest) => home.map(|home| home.join(rest)),
            None => Some(PathBuf::from(path)),
        }
    }
}

#[cfg(test)]
#[path = "route_tests.rs"]
mod tests;
