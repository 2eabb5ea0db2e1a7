//! The settings that hold for one host.

use std::time::Duration;

use super::matching::{Condition, Facts};
use super::text::{Item, Text};
use super::tokens::expand;

/// What the files say of one host; the first value of each setting is the one that counts. Names and paths are as they
/// stand in the files, with tokens such as `%h` in them; [`HostName`](Self::host_name) is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Values {
    pub(in super::super) host_name: Option<String>,
    pub(in super::super) user: Option<String>,
    pub(in super::super) port: Option<u16>,
    pub(in super::super) identity_files: Vec<String>,
    pub(in super::super) identities_only: Option<bool>,
    pub(in super::super) identity_agent: Option<String>,
    pub(in super::super) proxy_jump: Option<String>,
    pub(in super::super) user_known_hosts: Option<Vec<String>>,
    pub(in super::super) global_known_hosts: Option<Vec<String>>,
    pub(in super::super) hash_known_hosts: Option<bool>,
    pub(in super::super) strict: Option<Strict>,
    pub(in super::super) host_key_alias: Option<String>,
    pub(in super::super) alive_interval: Option<Duration>,
    pub(in super::super) alive_count_max: Option<usize>,
    pub(in super::super) connect_timeout: Option<Duration>,
    /// What was passed over, and why, for the operator to know.
    pub(in super::super) notes: Vec<String>,
    proxy_command: bool,
}

/// What is done with a host key that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Strict {
    /// It is refused.
    Yes,
    /// The operator is asked.
    Ask,
    /// It is remembered.
    AcceptNew,
    /// It would be let through; this program asks.
    No,
}

/// For which host settings are wanted.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Query<'a> {
    /// The host as it was given.
    pub(in super::super) host: &'a str,
    /// The login user, where that was given.
    pub(in super::super) user: Option<&'a str>,
    /// The user this program runs as.
    pub(in super::super) local_user: &'a str,
}

impl Values {
    /// Gathers what the files, in their order, say of a host.
    pub(super) fn of(files: &[(String, Text)], query: Query<'_>) -> Self {
        let mut values = Self {
            user: query.user.map(str::to_owned),
            ..Self::default()
        };
        for (name, text) in files {
            values.gather(name, text, query, true);
        }
        values
    }

    fn gather(&mut self, name: &str, text: &Text, query: Query<'_>, included: bool) {
        // A file that is included where settings do not hold holds nothing, whatever its own conditions say.
        let mut holds = included;
        for item in &text.items {
            match item {
                Item::When(condition) => {
                    if let Condition::Never(words) = condition {
                        self.note(format!("a block of {name} is passed over: Match {words}"));
                    }
                    let host = self.host_name(query.host);
                    let facts = Facts {
                        original: query.host,
                        host: &host,
                        user: self.user.as_deref().unwrap_or(query.local_user),
                        local_user: query.local_user,
                    };
                    holds = included && condition.met_by(facts);
                }
                Item::Include { texts, .. } => {
                    for (name, text) in texts {
                        self.gather(name, text, query, holds);
                    }
                }
                Item::Set { .. } | Item::Odd { .. } if !holds => {}
                Item::Set {
                    keyword,
                    arguments,
                    line,
                } => {
                    if let Err(wanted) = self.set(keyword, arguments) {
                        self.note(format!(
                            "line {line} of {name} is passed over: {keyword} wants {wanted}"
                        ));
                    }
                }
                Item::Odd { line, reason } => {
                    self.note(format!("line {line} of {name} is passed over: {reason}"));
                }
            }
        }
    }

    /// The name of the host to connect to.
    pub(in super::super) fn host_name(&self, given: &str) -> String {
        let name = self.host_name.as_deref().unwrap_or(given);
        expand(name, &[('h', given)]).unwrap_or_else(|_| given.to_owned())
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Takes one setting, if none of its kind was there before. The error: what it wants.
    fn set(&mut self, keyword: &str, arguments: &[String]) -> Result<(), &'static str> {
        let Some(value) = arguments.first().map(String::as_str) else {
            return Err("a value");
        };
        let text = || Some(value.to_owned());
        match keyword {
            "hostname" => first(&mut self.host_name, text()),
            "user" => first(&mut self.user, text()),
            "port" => {
                let port = value.parse().ok().filter(|port| *port > 0);
                first(&mut self.port, Some(port.ok_or("a port number")?));
            }
            "identityfile" if self.identity_files.iter().any(|file| file == value) => {}
            "identityfile" => self.identity_files.push(value.to_owned()),
            "identitiesonly" => first(&mut self.identities_only, Some(yes_or_no(value)?)),
            "identityagent" => first(&mut self.identity_agent, text()),
            "proxyjump" if self.proxy_command => {}
            "proxyjump" => first(&mut self.proxy_jump, text()),
            "proxycommand" if self.proxy_jump.is_some() || self.proxy_command => {}
            "proxycommand" => {
                self.proxy_command = true;
                if !value.eq_ignore_ascii_case("none") {
                    self.note(
                        "ProxyCommand is not run; where the server is behind another, use ProxyJump"
                            .to_owned(),
                    );
                }
            }
            "userknownhostsfile" => first(&mut self.user_known_hosts, Some(arguments.to_vec())),
            "globalknownhostsfile" => {
                first(&mut self.global_known_hosts, Some(arguments.to_vec()));
            }
            "hashknownhosts" => first(&mut self.hash_known_hosts, Some(yes_or_no(value)?)),
            "stricthostkeychecking" => {
                let strict = match value.to_ascii_lowercase().as_str() {
                    "yes" | "true" => Strict::Yes,
                    "ask" => Strict::Ask,
                    "accept-new" => Strict::AcceptNew,
                    "no" | "off" | "false" => Strict::No,
                    _ => return Err("yes, ask, accept-new or no"),
                };
                first(&mut self.strict, Some(strict));
            }
            "hostkeyalias" => first(&mut self.host_key_alias, text()),
            "serveraliveinterval" => first(&mut self.alive_interval, Some(time(value)?)),
            "serveralivecountmax" => {
                let count = value.parse().map_err(|_| "a number")?;
                first(&mut self.alive_count_max, Some(count));
            }
            "connecttimeout" => first(&mut self.connect_timeout, Some(time(value)?)),
            _ => {}
        }
        Ok(())
    }
}

fn first<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

fn yes_or_no(value: &str) -> Result<bool, &'static str> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("yes or no"),
    }
}

/// A time such as `90`, `2m` or `1h30m`.
fn time(value: &str) -> Result<Duration, &'static str> {
    const WANTED: &str = "a time, such as 30 or 2m";
    let mut seconds: u64 = 0;
    let mut rest = value;
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().map_err(|_| WANTED)?;
        let mut letters = rest[end..].chars();
        let unit = match letters.next() {
            None | Some('s' | 'S') => 1,
            Some('m' | 'M') => 60,
            Some('h' | 'H') => 3600,
            Some('d' | 'D') => 86_400,
            Some('w' | 'W') => 604_800,
            Some(_) => return Err(WANTED),
        };
        rest = letters.as_str();
        seconds = number
            .checked_mul(unit)
            .and_then(|more| seconds.checked_add(more))
            .filter(|seconds| *seconds <= u64::from(u32::MAX / 2))
            .ok_or(WANTED)?;
    }
    if value.is_empty() {
        return Err(WANTED);
    }
    Ok(Duration::from_secs(seconds))
}
