//! What tests and people need to know of the lab: `known_hosts`, `dataflow.toml`, `lab.json`.

use serde::Serialize;
use serde_json::json;

use super::{files, network, registry, server};
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
    ssh: Ssh,
}

/// A container has the processors, the memory and the disk of this machine, which need not be fit for Data Flow.
#[derive(Serialize)]
struct Preflight {
    ignore: [&'static str; 5],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Ssh {
    identities: Vec<String>,
    known_hosts: Vec<String>,
}

/// Writes all three into `target/lab`.
pub(super) fn write() -> Result<()> {
    let known_hosts = files::known_hosts();
    files::write_private(&known_hosts, &server::known_hosts()?)?;
    let secret = |name: &str| files::secrets().join(name).display().to_string();
    let nofile = server::nofile_limit()?.min(VENDOR_NOFILE);

    let settings = Settings {
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
        ssh: Ssh {
            identities: vec![secret("id_ed25519")],
            known_hosts: vec![known_hosts.display().to_string()],
        },
    };
    let text = toml::to_string(&settings).context("dataflow.toml")?;
    files::write_private(
        &files::settings_file(),
        &format!("# The lab's server, as user ubuntu. Written by `cargo xtask lab up`.\n{text}"),
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
