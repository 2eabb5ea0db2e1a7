//! What tests and people need to know of the lab: `known_hosts`, `dataflow.toml`, `dataflow-api.toml`, `lab.json`.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::{files, network, pbx, registry, server};
use crate::failure::{Context, Result};
use crate::process;

/// The vendor's own limit of open files for ClickHouse; a lab machine may allow less.
const VENDOR_NOFILE: u64 = 655_360;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    host: String,
    data_path: &'static str,
    private_ip: &'static str,
    pbx: &'static str,
    image: &'static str,
    clickhouse_image: &'static str,
    nofile: u64,
    preflight: Preflight,
    #[serde(skip_serializing_if = "Option::is_none")]
    prerequisites: Option<Prerequisites>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<Api>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
    ssh: Ssh,
}

/// A container has the processors, the memory and the disk of this machine, which need not be fit for Data Flow.
#[derive(Serialize)]
struct Preflight {
    ignore: [&'static str; 5],
}

/// What a reset leaves at the PBX was done by hand.
#[derive(Serialize)]
struct Prerequisites {
    mode: &'static str,
}

/// The PBX's REST API, and who signs in there.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Api {
    user: &'static str,
    password_file: String,
    ca_file: String,
}

/// How the lab's stand-in for the service takes the token, and where the lab's PBX generates it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Token {
    deliver_as: &'static str,
    generate_path: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Ssh {
    identities: Vec<String>,
    known_hosts: Vec<String>,
}

/// Writes all of them into `target/lab`.
pub(super) fn write() -> Result<()> {
    let known_hosts = files::known_hosts();
    files::write_private(&known_hosts, &server::known_hosts()?)?;
    let secret = |name: &str| files::secrets().join(name).display().to_string();
    let nofile = server::nofile_limit()?.min(VENDOR_NOFILE);

    let mut settings = Settings {
        host: format!("ssh://ubuntu@{}", network::SERVER),
        data_path: "/var/lib/portsip",
        private_ip: network::SERVER,
        pbx: network::PBX,
        image: "portsip/pbx:22",
        clickhouse_image: "portsip/clickhouse:25.8",
        nofile,
        preflight: Preflight {
            ignore: [
                "cpu.count",
                "memory.size",
                "disk.size",
                "disk.free",
                "disk.kind",
            ],
        },
        prerequisites: Some(Prerequisites { mode: "manual" }),
        api: None,
        token: None,
        ssh: Ssh {
            identities: vec![secret("id_ed25519")],
            known_hosts: vec![known_hosts.display().to_string()],
        },
    };
    write_settings(
        &files::settings_file(),
        "The lab's server, as user ubuntu.",
        &settings,
    )?;
    settings.prerequisites = None;
    settings.api = Some(Api {
        user: pbx::USER,
        password_file: secret(pbx::PASSWORD),
        ca_file: secret(pbx::AUTHORITY),
    });
    settings.token = Some(Token {
        deliver_as: "token",
        generate_path: pbx::TOKEN_PATH,
    });
    write_settings(
        &files::settings_file_with_api(),
        "The same with the PBX's REST API.",
        &settings,
    )?;

    let docker = if process::is_root() {
        json!(["docker"])
    } else {
        json!(["sudo", "docker"])
    };
    let lab = json!({
        "docker": docker,
        "network": network::NAME,
        "pbx": network::PBX,
        "nofile": nofile,
        "settings": files::settings_file(),
        "settings_with_api": files::settings_file_with_api(),
        "lab_pbx": {
            "container": pbx::CONTAINER,
            "address": network::PBX,
            "other_addresses": network::OTHER_PBX,
            "port": 8887,
            "control": pbx::control(),
            "metadata": pbx::metadata(),
            "user": pbx::USER,
            "password_file": secret(pbx::PASSWORD),
            "ca_file": secret(pbx::AUTHORITY),
        },
        "known_hosts": known_hosts,
        "key": secret("id_ed25519"),
        "server": { "container": server::CONTAINER, "hostname": "dataflow", "address": network::SERVER, "port": 22 },
        "users": {
            "root": {},
            "ubuntu": { "sudo": "without password", "docker": true },
            "pbx": { "sudo": "with password", "docker": false, "password_file": secret("pbx.password") },
            "plain": { "sudo": "none", "docker": false },
        },
        "registry": {
            "container": registry::CONTAINER,
            "open": format!("{}:5000", network::REGISTRY),
            "private": format!("{}:5001", network::REGISTRY),
            "user": registry::USER,
            "password_file": secret("registry.password"),
        },
    });
    let text = serde_json::to_string_pretty(&lab).context("lab.json")?;
    files::write_private(&files::directory().join("lab.json"), &format!("{text}\n"))
}

fn write_settings(path: &Path, about: &str, settings: &Settings) -> Result<()> {
    let text = toml::to_string(settings).context(path.display())?;
    files::write_private(
        path,
        &format!("# {about} Written by `cargo xtask lab up`.\n{text}"),
    )
}
