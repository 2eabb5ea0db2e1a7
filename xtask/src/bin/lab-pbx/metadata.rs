//! A stand-in for AWS's instance metadata service, version 2: a session token first, then values by path. What an instance is told
//! depends on the address it asks from; who is no instance gets what the PBX node would.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Extension, Router};
use jiff::{SignedDuration, Timestamp};

use crate::listen::From;
use crate::sessions::random;
use crate::world::Shared;

const TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");

/// Seconds that a session may last.
const LONGEST: i64 = 21_600;

/// Path below `meta-data/` to value.
type Values = BTreeMap<String, String>;

pub(crate) struct Instances {
    known: HashMap<IpAddr, Values>,
    anybody: Values,
    sessions: Vec<(String, Timestamp)>,
}

impl Instances {
    /// The Data Flow server and the PBX node, in the same subnet and security group.
    pub(crate) fn new(server: IpAddr, pbx: Option<IpAddr>) -> Self {
        let anybody = pbx.map(|pbx| {
            values(
                "i-0a1b2c3d4e5f60133",
                "c5.2xlarge",
                "02:1a:2b:3c:4d:33",
                pbx,
                "203.0.113.133",
            )
        });
        let server_values = values(
            "i-0a1b2c3d4e5f60158",
            "m5.2xlarge",
            "02:1a:2b:3c:4d:58",
            server,
            "203.0.113.158",
        );
        let anybody = anybody.unwrap_or_default();
        let mut known = HashMap::from([(server, server_values)]);
        known.extend(pbx.map(|pbx| (pbx, anybody.clone())));
        Self {
            known,
            anybody,
            sessions: Vec::new(),
        }
    }

    /// Puts these values in place of an instance's own; null takes one away.
    pub(crate) fn change(&mut self, address: IpAddr, given: BTreeMap<String, Option<String>>) {
        let values = self
            .known
            .entry(address)
            .or_insert_with(|| self.anybody.clone());
        for (path, value) in given {
            match value {
                Some(value) => values.insert(path, value),
                None => values.remove(&path),
            };
        }
    }

    fn get(&self, from: IpAddr, path: &str) -> Option<String> {
        let values = self.known.get(&from).unwrap_or(&self.anybody);
        if let Some(value) = values.get(path) {
            return Some(value.clone());
        }
        // A directory: its entries, those that are directories with a slash.
        let directory = match path.trim_end_matches('/') {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let below = values.keys().filter_map(|key| key.strip_prefix(&directory));
        let entries: BTreeSet<&str> = below
            .map(|rest| rest.find('/').map_or(rest, |end| &rest[..=end]))
            .collect();
        let list: Vec<&str> = entries.into_iter().collect();
        (!list.is_empty()).then(|| list.join("\n"))
    }
}

fn values(id: &str, kind: &str, mac: &str, private: IpAddr, public: &str) -> Values {
    let (private, interface) = (
        private.to_string(),
        format!("network/interfaces/macs/{mac}"),
    );
    let own = [
        ("ami-id", "ami-0123456789abcdef0"),
        ("instance-id", id),
        ("instance-type", kind),
        ("local-ipv4", &private),
        ("mac", mac),
        ("placement/availability-zone", "us-west-1a"),
        ("placement/region", "us-west-1"),
        ("public-ipv4", public),
        ("security-groups", "portsip-ha"),
    ];
    let of_interface = [
        ("local-ipv4s", private.as_str()),
        ("public-ipv4s", public),
        ("security-group-ids", "sg-0fedcba9876543210"),
        ("security-groups", "portsip-ha"),
        ("subnet-id", "subnet-0123456789abcdef0"),
        ("vpc-id", "vpc-0123456789abcdef0"),
    ];
    let own = own.map(|(path, value)| (path.to_owned(), value.to_owned()));
    let of_interface =
        of_interface.map(|(path, value)| (format!("{interface}/{path}"), value.to_owned()));
    own.into_iter().chain(of_interface).collect()
}

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route("/latest/api/token", put(open_session))
        .route("/latest/meta-data", get(list))
        .route("/latest/meta-data/", get(list))
        .route("/latest/meta-data/{*path}", get(show))
        .with_state(world)
}

async fn open_session(State(world): State<Shared>, headers: HeaderMap) -> Response {
    // Behind a proxy nobody gets a session.
    if headers.contains_key("x-forwarded-for") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let seconds = headers
        .get(TTL)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .filter(|seconds| (1..=LONGEST).contains(seconds));
    let Some(seconds) = seconds else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let token = random(56);
    let now = Timestamp::now();
    let until = now.checked_add(SignedDuration::from_secs(seconds));
    let sessions = &mut world.lock().instances.sessions;
    sessions.retain(|(_, until)| *until > now);
    sessions.push((token.clone(), until.unwrap_or(now)));
    ([(TTL, seconds.to_string())], token).into_response()
}

async fn list(world: State<Shared>, from: Extension<From>, headers: HeaderMap) -> Response {
    show(world, from, Path(String::new()), headers).await
}

async fn show(
    State(world): State<Shared>,
    Extension(From(from)): Extension<From>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let world = world.lock();
    let given = headers.get(TOKEN).and_then(|token| token.to_str().ok());
    let now = Timestamp::now();
    let is_open =
        |(token, until): &(String, Timestamp)| Some(token.as_str()) == given && *until > now;
    if !world.instances.sessions.iter().any(is_open) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match world.instances.get(from, &path) {
        Some(value) => value.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
