//! The panel's API, as schemathesis reads its description: hundreds of requests that fit it, and that do not.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use dataflow_tests::{Lab, Panel, wait_until};
use serde_json::json;

/// What pip is asked for.
const PACKAGE: &str = "schemathesis==4.32.*";

/// How it asks. This bounds how much, not what: it takes names from answers, too. What it may do is bounded by what the panel lets it do.
const HOW: &str = r#"
headers = { Authorization = "Bearer ${DATAFLOW_WEB_TOKEN}" }
request-timeout = 30.0
continue-on-failure = true

[generation]
max-examples = 15

[phases.stateful]
enabled = false

[dictionaries]
servers = { values = ["lab", "dead"] }
users = { values = ["alice", "nobody"] }
# Not the one that it shows itself.
tokens = { values = ["spare"] }

[[operations]]
include-path-regex = "^/api/v1/servers/"
parameters = { "path.name" = { dictionary = "servers", probability = 0.9 } }

[[operations]]
include-path-regex = "^/api/v1/users/"
parameters = { "path.name" = { dictionary = "users", probability = 0.9 } }

[[operations]]
include-path-regex = "^/api/v1/tokens/"
parameters = { "path.name" = "spare" }
"#;

/// A server that can't be reached: nothing listens on that port.
const DEAD: &str = "host = \"ssh://ubuntu@127.0.0.1:1\"";

#[test]
fn given_an_administrator_and_a_server_that_cant_be_reached_then_every_answer_is_as_described() {
    let directory = tempfile::tempdir().expect("a directory");
    let panel = panel(directory.path(), &format!("[servers.dead]\n{DEAD}\n"));
    let spare = panel.post("/tokens", &json!({"name": "spare", "role": "viewer"}));
    assert_eq!(spare.status, 201, "{}", spare.body);
    let said = fuzz(&panel, panel.token(), directory.path());
    // It came through to what it was about: the token was good to the end, and operations were started.
    let runs = panel.get("/runs")["runs"].as_array().map_or(0, Vec::len);
    assert!(runs > 5, "{runs} operations were started: {said}");
}

#[test]
fn given_a_viewer_and_a_server_that_works_then_every_answer_is_as_described_and_nothing_is_done() {
    let lab = Lab::deployed();
    let before = lab.containers();
    let directory = tempfile::tempdir().expect("a directory");
    let text = fs::read_to_string(&lab.settings).expect("the lab's settings");
    let (host, rest): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("host ="));
    let (host, rest) = (host.join("\n"), rest.join("\n"));
    let panel = panel(
        directory.path(),
        &format!("{rest}\n[servers.lab]\n{host}\n"),
    );
    wait_until("the server to be seen", Duration::from_secs(60), || {
        panel.get("/servers/lab")["standing"] == "running"
    });
    let made = panel.post("/tokens", &json!({"name": "watcher", "role": "viewer"}));
    let made: serde_json::Value = serde_json::from_str(&made.body).expect("JSON");
    let said = fuzz(
        &panel,
        made["token"].as_str().expect("a token"),
        directory.path(),
    );
    assert_eq!(panel.get("/runs")["runs"], json!([]), "{said}");
    assert_eq!(lab.containers(), before);
}

fn panel(directory: &Path, settings: &str) -> Panel {
    let path = directory.join("dataflow.toml");
    fs::write(&path, settings).expect("a file");
    Panel::with_token(&path)
}

/// Asks as whoever has this token; what it has found is told as it comes.
fn fuzz(panel: &Panel, token: &str, directory: &Path) -> String {
    let program = schemathesis();
    let how = directory.join("schemathesis.toml");
    fs::write(&how, HOW).expect("a file");
    let fuzzed = Command::new(program)
        .arg("--config-file")
        .arg(&how)
        .args(["run", &panel.url("/api/v1/openapi.json")])
        .current_dir(directory)
        .env("DATAFLOW_WEB_TOKEN", token)
        .stdin(Stdio::null())
        .output()
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&fuzzed.stdout).into_owned();
    assert!(fuzzed.status.success(), "{said}");
    said
}

/// The program, installed below the target directory where it is not there.
fn schemathesis() -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
    let program = directory.join("bin/schemathesis");
    let works = Command::new(&program).arg("--version").output();
    if !works.is_ok_and(|output| output.status.success()) {
        // Half of one is worse than none.
        let _was_there = fs::remove_dir_all(&directory);
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&directory));
        let pip = directory.join("bin/pip");
        let wanted = ["install", "--quiet", "--disable-pip-version-check", PACKAGE];
        succeed(Command::new(pip).args(wanted));
    }
    program
}

fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
