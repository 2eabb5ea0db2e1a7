use std::path::PathBuf;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::http;
use crate::lab::read_secret;

/// The lab's PBX, as a test makes it be what it needs, looks at what it was asked, and does what somebody else might do there.
#[derive(Debug, Deserialize)]
pub struct LabPbx {
    /// The container that it is.
    pub container: String,
    /// IP address.
    pub address: String,
    /// Other IP addresses of the same PBX.
    pub other_addresses: Vec<String>,
    /// Port of its REST API.
    pub port: u16,
    /// `host:port` of its control API.
    pub control: String,
    /// Where it stands in for AWS's instance metadata, as a URL.
    pub metadata: String,
    /// The name that signs in.
    pub user: String,
    /// File with the password.
    pub password_file: PathBuf,
    /// The authority of its certificates.
    pub ca_file: PathBuf,
}

/// A request that it has seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PbxRequest {
    /// GET or POST, unless the client is wrong.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The address it came from.
    pub from: String,
    /// The answer's status; none where no answer was given.
    pub status: Option<u16>,
}

/// An entry of its blacklist and whitelist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IpFilter {
    /// Its name in the REST API.
    pub id: String,
    /// The network.
    pub cidr: String,
    /// ACCEPT or DENY.
    pub target: String,
    /// When it ends (RFC 3339).
    pub expire_at: Option<String>,
    /// What somebody wrote about it.
    pub description: Option<String>,
}

impl LabPbx {
    /// The base of its REST API.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}:{}/api", self.address, self.port)
    }

    /// The administrator's password.
    #[must_use]
    pub fn password(&self) -> String {
        read_secret(&self.password_file)
    }

    /// As after an administrator who did all by hand: the server is on the whitelist, no token was generated. No trouble, no
    /// requests seen.
    ///
    /// # Panics
    /// Where the PBX is not up, as all of these do.
    pub fn reset_by_hand(&self) {
        self.post("/reset", &json!({ "state": "by-hand" }));
    }

    /// As new: nothing on the whitelist.
    pub fn reset_bare(&self) {
        self.post("/reset", &json!({ "state": "bare" }));
    }

    /// Sets what is named, and leaves the rest as it is until the next reset:
    ///
    /// - `version`: what `admin/status` tells
    /// - `listening`: whether 8887 is open
    /// - `certificate`: `good`, `expired`, `wrong-name`, `self-signed`
    /// - `clock_offset`: seconds by which its clock is ahead
    /// - `delay`: milliseconds for each answer of the REST API; `hang`: none at all; `html`: a page of HTML with this status
    /// - `throttle_next`: how many of the next requests to the REST API get 429; `retry_after`: seconds in that header, or null
    /// - `requests_per_minute`: of an address that is on no whitelist
    /// - `password`, `locked`, `code` (of a second factor, or null), `expires_in` (seconds of an access token)
    pub fn set(&self, controls: &Value) {
        self.post("/controls", controls);
    }

    /// The requests to its REST API since it was reset or told to forget them, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<PbxRequest> {
        let mut all: Vec<PbxRequest> = self.get("/requests");
        all.retain(|request| request.path.starts_with("/api/"));
        all
    }

    /// The answers it gave to a service since then.
    #[must_use]
    pub fn answers_to_services(&self) -> Vec<u16> {
        let mut all: Vec<PbxRequest> = self.get("/requests");
        all.retain(|request| request.path.starts_with("/lab/"));
        all.into_iter()
            .filter_map(|request| request.status)
            .collect()
    }

    /// Forgets the requests it has seen.
    pub fn forget_requests(&self) {
        self.post("/requests/clear", &Value::Null);
    }

    /// Signs everybody out.
    pub fn close_sessions(&self) {
        self.post("/sessions/close", &Value::Null);
    }

    /// Its blacklist and whitelist.
    #[must_use]
    pub fn ip_filters(&self) -> Vec<IpFilter> {
        self.get("/ip_filters")
    }

    /// Adds an entry as somebody else would; gives its identifier.
    pub fn add_ip_filter(
        &self,
        cidr: &str,
        target: &str,
        expire_at: Option<&str>,
        description: &str,
    ) -> String {
        let entry = json!({ "cidr": cidr, "target": target, "expire_at": expire_at, "description": description });
        string(&self.post("/ip_filters", &entry)["id"])
    }

    /// Removes an entry as somebody else would.
    pub fn remove_ip_filter(&self, id: &str) {
        self.post(&format!("/ip_filters/{id}/destroy"), &Value::Null);
    }

    /// Removes all entries.
    pub fn clear_ip_filters(&self) {
        self.post("/ip_filters/clear", &Value::Null);
    }

    /// The token that the service has to show, if any.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let answer: Value = self.get("/dataflow_token");
        answer["token"].as_str().map(str::to_owned)
    }

    /// Generates a new token as somebody else would.
    pub fn generate_token(&self) -> String {
        string(&self.post("/dataflow_token", &Value::Null)["token"])
    }

    /// Has it ask no token of the service any more.
    pub fn destroy_token(&self) {
        self.post("/dataflow_token/destroy", &Value::Null);
    }

    /// The fingerprint of the certificate that it shows now: `SHA256:` and base64.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let answer: Value = self.get("/fingerprint");
        string(&answer["fingerprint"])
    }

    /// Puts values (path below `meta-data/` to text, or null for none) in place of those that AWS's metadata tells the instance at
    /// `address`.
    pub fn set_instance(&self, address: &str, values: &Value) {
        self.post(&format!("/instances/{address}"), values);
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = http::ask(&self.control, "GET", path, "").expect("the lab's PBX answers");
        serde_json::from_str(&answer).expect("its control API gives JSON")
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = http::ask(&self.control, "POST", path, &body.to_string());
        let answer = answer.unwrap_or_else(|error| panic!("the lab's PBX takes {path}: {error}"));
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }
}

fn string(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
