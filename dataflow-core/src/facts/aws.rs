//! What Amazon's cloud says of the machine: the instance that it is, and in which network.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, MOST, kept},
};
use crate::{host::shown, spec::MetadataEndpoint};

/// How the metadata service of AWS is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Metadata {
    /// At its usual address, and only on EC2.
    #[default]
    OnEc2,
    /// At this one, wherever the machine is.
    At(MetadataEndpoint),
    /// Not at all.
    Off,
}

impl Metadata {
    /// It as an argument of the script that asks.
    pub(crate) fn argument(&self) -> &str {
        match self {
            Self::OnEc2 => "",
            Self::At(endpoint) => endpoint.as_str(),
            Self::Off => "off",
        }
    }
}

/// What AWS says of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aws {
    /// It was not asked, and why.
    NotAsked(String),
    /// It was, and gave no answer; why.
    Silent(String),
    /// The machine is this instance.
    Instance(Box<Instance>),
}

impl Default for Aws {
    fn default() -> Self {
        Self::NotAsked("AWS was not asked when these facts were recorded".to_owned())
    }
}

/// An instance of EC2. Its network is that of its first interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Such as `i-0a1b2c3d4e5f60718`.
    pub id: Fact<String>,
    /// Its type, such as `m6i.2xlarge`.
    pub kind: Fact<String>,
    /// Its primary private address.
    pub private_ip: Fact<IpAddr>,
    /// Its public address, if it has one: an Elastic IP, or one that came by itself. The service does not tell which.
    pub public_ip: Fact<Option<IpAddr>>,
    /// The VPC.
    pub vpc: Fact<String>,
    /// The subnet.
    pub subnet: Fact<String>,
    /// The security groups, by their identifiers.
    pub security_groups: Fact<Vec<String>>,
    /// Such as `us-west-1`.
    pub region: Fact<String>,
    /// The availability zone, such as `us-west-1a`.
    pub zone: Fact<String>,
}

/// What stands before status and address in the line after each part.
const GOT: &str = "#got ";

/// What stands in an address before the name of the part.
const METADATA: &str = "/latest/meta-data/";

impl Aws {
    /// The instance, where it is known.
    #[must_use]
    pub fn instance(&self) -> Option<&Instance> {
        match self {
            Self::Instance(instance) => Some(instance),
            Self::NotAsked(_) | Self::Silent(_) => None,
        }
    }

    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let lines: Vec<&str> = answer.lines("aws").collect();
        let not_asked = |why: &str| Self::NotAsked(why.to_owned());
        match lines.first().copied() {
            None => not_asked("AWS was not asked"),
            Some("#elsewhere") => not_asked("not on AWS"),
            Some("#off") => not_asked("asking AWS is turned off (AWS_EC2_METADATA_DISABLED)"),
            Some("#no-curl") => Self::Silent("curl is not there to ask AWS".to_owned()),
            Some(line) => match line.strip_prefix("#token ") {
                Some(status) => Self::Silent(no_token(status.trim())),
                None => Self::Instance(Box::new(Instance::of(&parts(&lines)))),
            },
        }
    }
}

/// Why there was no token to ask with.
fn no_token(status: &str) -> String {
    match status {
        "none" => "what answered at the address of AWS's metadata service gave no token".to_owned(),
        "000" => "AWS's metadata service did not answer; to a container it does only with a hop limit of 2".to_owned(),
        "403" => "AWS's metadata service is turned off for this instance".to_owned(),
        status => format!(
            "AWS's metadata service gave no token (HTTP status {})",
            shown(status.as_bytes())
        ),
    }
}

/// A part of the metadata: its name, the HTTP status, what it says.
struct Part<'a> {
    name: &'a str,
    status: &'a str,
    said: Vec<&'a str>,
}

fn parts<'a>(lines: &[&'a str]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut said = Vec::new();
    for line in lines {
        match line.strip_prefix(GOT) {
            Some(got) => {
                let (status, address) = got.split_once(' ').unwrap_or((got, ""));
                let name = address.split_once(METADATA).map_or("", |(_, name)| name);
                parts.push(Part {
                    name,
                    status,
                    said: std::mem::take(&mut said),
                });
            }
            None => said.push(line.trim()),
        }
    }
    parts
}

impl Instance {
    fn of(parts: &[Part<'_>]) -> Self {
        let kind = word(parts, "instance-type");
        Self {
            id: word(parts, "instance-id"),
            kind,
            private_ip: address(&lines(parts, "local-ipv4")),
            public_ip: match part(parts, "public-ipv4") {
                Some(part) if part.status == "404" => Fact::Known(None),
                _ => address(&lines(parts, "public-ipv4")).map(Some),
            },
            vpc: word(parts, "/vpc-id"),
            subnet: word(parts, "/subnet-id"),
            security_groups: words(parts, "/security-group-ids"),
            region: word(parts, "placement/region"),
            zone: word(parts, "placement/availability-zone"),
        }
    }
}

fn part<'p, 'a>(parts: &'p [Part<'a>], name: &str) -> Option<&'p Part<'a>> {
    parts
        .iter()
        .find(|part| part.name == name || (name.starts_with('/') && part.name.ends_with(name)))
}

fn lines<'a>(parts: &[Part<'a>], name: &str) -> Fact<Vec<&'a str>> {
    let shown_name = name.trim_start_matches('/');
    match part(parts, name) {
        Some(part) if part.status == "200" && !part.said.is_empty() => {
            Fact::Known(part.said.clone())
        }
        Some(part) => Fact::unknown(format!(
            "AWS's metadata service did not say {shown_name} (HTTP status {})",
            shown(part.status.as_bytes())
        )),
        None => Fact::unknown(format!(
            "AWS's metadata service was not asked for {shown_name}"
        )),
    }
}

/// Identifiers. They become parts of commands for people to paste, so they are of what AWS makes them of.
fn words(parts: &[Part<'_>], name: &str) -> Fact<Vec<String>> {
    let fits = |word: &&str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        word.len() <= 64 && word.chars().all(allowed) && !word.starts_with('-')
    };
    match lines(parts, name) {
        Fact::Known(lines) => match lines.iter().find(|line| !fits(line)) {
            Some(odd) => Fact::unknown(format!(
                "AWS's metadata service said {} for {}",
                shown(odd.as_bytes()),
                name.trim_start_matches('/')
            )),
            None => Fact::Known(lines.into_iter().take(MOST).map(kept).collect()),
        },
        Fact::Unknown(reason) => Fact::Unknown(reason),
    }
}

fn word(parts: &[Part<'_>], name: &str) -> Fact<String> {
    words(parts, name).map(|words| words.into_iter().next().unwrap_or_default())
}

fn address(lines: &Fact<Vec<&str>>) -> Fact<IpAddr> {
    match lines {
        Fact::Known(lines) => {
            let line = lines.first().copied().unwrap_or_default();
            line.parse().map_or_else(
                |_| {
                    Fact::unknown(format!(
                        "AWS's metadata service said {} for an address",
                        shown(line.as_bytes())
                    ))
                },
                Fact::Known,
            )
        }
        Fact::Unknown(reason) => Fact::Unknown(reason.clone()),
    }
}

#[cfg(all(test, feature = "docker"))]
#[path = "aws_tests.rs"]
mod tests;
