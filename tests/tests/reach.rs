//! Whether server and PBX reach each other, tried on a network that lets through, refuses and drops.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::{Duration, Instant};

use dataflow_tests::{Lab, Program, Setting};
use serde_json::Value;

/// A port of the PBX where nothing listens.
const CLOSED: u16 = 8890;

/// The lab's settings with these ports.
fn prerequisites(lab: &Lab, directory: &tempfile::TempDir, ports: &str) -> Program {
    let text = std::fs::read_to_string(&lab.settings).expect("the lab's settings");
    let (before, after) = text
        .split_once("[prerequisites]")
        .expect("how the prerequisites are met");
    let path = directory.path().join("dataflow.toml");
    let text = format!("{before}[prerequisites]\n{ports}{after}");
    std::fs::write(&path, text).expect("settings of our own");
    let path = path.to_str().expect("a path");
    Program::new(["--config", path, "--output", "json", "prerequisites"])
}

/// An item of the checklist: its state, what was seen, what to do.
fn item(program: Program, id: &str) -> (String, String, String) {
    let ended = program.run();
    let result = ended.json()["result"].clone();
    let items = result["prerequisites"].as_array().expect("a checklist");
    let found = items.iter().find(|item| item["id"] == id);
    let found = found.unwrap_or_else(|| panic!("no {id}: {ended:?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let remedy = found["remedy"].as_array().into_iter().flatten().map(text);
    let remedy: Vec<String> = remedy.collect();
    (
        text(&found["state"]),
        text(&found["seen"]),
        remedy.join("\n"),
    )
}

/// What comes of the server's packets to a port of the PBX.
fn filtered<'lab>(lab: &'lab Lab, port: u16, target: &str) -> Setting<'lab> {
    let rule = format!("OUTPUT -p tcp -d {} --dport {port} -j {target}", lab.pbx);
    lab.setting(
        &format!("iptables -I {rule}"),
        &format!("iptables -D {rule}"),
    )
}

#[test]
fn each_way_of_not_getting_through_is_told_apart_and_the_rule_to_add_is_named() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let to_pbx = |ports: &str| {
        let ports = format!("to-pbx = [{ports}]\n");
        item(prerequisites(&lab, &directory, &ports), "reach.to-pbx")
    };

    let (state, seen, remedy) = to_pbx("8887");
    assert_eq!((state.as_str(), remedy.as_str()), ("ok", ""), "{seen}");

    let (state, seen, remedy) = to_pbx(&format!("8887, {CLOSED}"));
    assert_eq!(state, "wrong");
    assert!(seen.ends_with("port 8890: refused"), "{seen}");
    let rule = format!(
        "firewall-cmd --permanent --zone=trusted --add-source={} && sudo firewall-cmd --reload",
        lab.server.address
    );
    assert!(remedy.contains(&rule), "{remedy}");

    {
        let _unreachable = filtered(&lab, 8887, "REJECT --reject-with icmp-host-prohibited");
        let (state, seen, _) = to_pbx(&format!("8887, {CLOSED}"));
        assert_eq!(state, "wrong");
        assert!(
            seen.contains("port 8887: no route, or a firewall says so"),
            "{seen}"
        );
        assert!(seen.contains("port 8890: refused"), "{seen}");
    }

    let _dropped = filtered(&lab, 8887, "DROP");
    let began = Instant::now();
    let (state, seen, _) = to_pbx(&format!("8887, {CLOSED}"));
    assert_eq!(state, "wrong");
    assert!(seen.contains("port 8887: no answer"), "{seen}");
    assert!(seen.contains("port 8890: refused"), "{seen}");
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn given_a_server_that_forwards_nothing_then_it_is_not_checked_and_says_why() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let _forbidden = lab.sshd_setting("PermitOpen none");
    let program = prerequisites(&lab, &directory, "to-pbx = [8887]\n");
    let (state, seen, remedy) = item(program, "reach.to-pbx");

    assert_eq!(state, "not-checked");
    assert!(seen.contains("PermitOpen"), "{seen}");
    assert!(remedy.contains("firewall-cmd"), "{remedy}");
}

#[test]
fn from_the_pbx_it_is_tried_where_dataflow_runs_there_and_nowhere_else() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let port = lab.server.port;
    let from_pbx = || prerequisites(&lab, &directory, &format!("from-pbx = [{port}]\n"));

    let (state, seen, _) = item(from_pbx(), "reach.from-pbx");
    assert_eq!(state, "not-checked");
    assert!(seen.contains("does not run on the PBX node"), "{seen}");

    let (state, seen, _) = item(lab.on_pbx_node(from_pbx()), "reach.from-pbx");
    assert_eq!(state, "ok", "{seen}");
    assert!(seen.contains(&format!("port {port}")), "{seen}");

    let closed = prerequisites(&lab, &directory, &format!("from-pbx = [{CLOSED}]\n"));
    let (state, seen, _) = item(lab.on_pbx_node(closed), "reach.from-pbx");
    assert_eq!(state, "wrong");
    assert!(seen.ends_with("port 8890: refused"), "{seen}");
}
