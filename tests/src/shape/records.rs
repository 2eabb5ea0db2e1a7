use std::collections::BTreeMap;

use serde::Deserialize;

use super::Change;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub server: String,
    pub holder: Option<Holder>,
    pub deployment: Option<Deployment>,
    pub runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlocked {
    pub server: String,
    pub taken_from: Option<Holder>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub v: u32,
    pub run: String,
    pub verb: String,
    pub user: String,
    pub from: String,
    pub login: String,
    pub pid: u32,
    pub since: Option<String>,
    pub step: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub run: String,
    pub began: Option<String>,
    pub verb: String,
    pub user: String,
    pub from: String,
    pub login: String,
    pub pid: u32,
    pub server: String,
    pub program: String,
    pub outcome: Outcome,
    pub elapsed_ms: Option<u64>,
    pub error: Option<String>,
    pub settings: Option<Settings>,
    #[serde(default)]
    pub changed_settings: Vec<Change>,
    #[serde(default)]
    pub ignored: Vec<String>,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub put_back: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub number: usize,
    pub of: usize,
    pub what: String,
    pub why: String,
    pub outcome: Outcome,
    pub elapsed_ms: Option<u64>,
    pub error: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Done,
    Failed,
    Interrupted,
    AtWork,
    NotFinished,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    pub v: u32,
    pub run: String,
    pub at: String,
    pub user: String,
    pub from: String,
    pub login: String,
    pub pid: u32,
    pub settings: Settings,
    pub owners: BTreeMap<String, Owner>,
    pub removed: Option<Deed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    pub run: String,
    pub at: String,
    pub user: String,
    pub from: String,
    pub login: String,
    pub pid: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    pub data_path: String,
    pub private_ip: Option<String>,
    pub public_ip: Option<String>,
    pub pbx: String,
    pub image: String,
    pub image_id: Option<String>,
    pub clickhouse_image: String,
    pub clickhouse_image_id: Option<String>,
    pub nofile: u64,
    pub start_grace: u64,
    pub registry: Option<String>,
    pub registry_user: Option<String>,
    pub prerequisites: Option<String>,
    pub pbx_version: Option<String>,
    pub token: Option<String>,
}
