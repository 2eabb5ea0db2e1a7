//! What was deployed from one machine is looked after from any other, with nothing but SSH access.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program, SERVICE};
use tempfile::TempDir;

/// Another control node: no settings, no environment, another home directory.
struct Node<'lab> {
    lab: &'lab Lab,
    home: TempDir,
}

impl<'lab> Node<'lab> {
    fn new(lab: &'lab Lab) -> Self {
        let home = tempfile::tempdir().expect("a home directory");
        Self { lab, home }
    }

    fn dataflow(&self, arguments: &[&str]) -> Program {
        let server = &self.lab.server;
        let host = format!("ssh://ubuntu@{}:{}", server.address, server.port);
        let mut all = vec!["--host".to_owned(), host];
        for (flag, path) in [
            ("--identity", &self.lab.key),
            ("--known-hosts", &self.lab.known_hosts),
        ] {
            all.extend([flag.to_owned(), path.display().to_string()]);
        }
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        Program::new(all)
            .env("HOME", self.home.path())
            .env("USER", "carol")
            .env("SUDO_USER", "")
    }

    fn does(&self, arguments: &[&str]) -> Ended {
        self.dataflow(arguments).run().expect_success()
    }
}

#[test]
fn given_a_server_deployed_from_elsewhere_when_looked_after_with_ssh_access_only_then_every_verb_works()
 {
    let lab = Lab::empty();
    let first = lab
        .dataflow(["run"])
        .env("USER", "alice")
        .env("SUDO_USER", "");
    let _ = first.run().expect_success();
    let service = lab.inspect(SERVICE)["Config"]["Cmd"].clone();
    let node = Node::new(&lab);

    node.does(&["status"]);
    let history = node.does(&["history"]);
    // The columns are as wide as this machine's name has it.
    let lines = history.snapshot();
    let lines = lines
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.collect();
    insta::assert_snapshot!("history_from_elsewhere", lines.join("\n"));
    node.does(&["stop"]);
    assert!(lab.exec("docker ps --quiet").is_empty(), "nothing runs");
    node.does(&["start"]);
    node.does(&["upgrade", "-i", "portsip/pbx:22.4"]);
    assert_eq!(lab.inspect(SERVICE)["Config"]["Image"], "portsip/pbx:22.4");
    assert_eq!(lab.inspect(SERVICE)["Config"]["Cmd"], service);
    lab.wait_for_more_rows();
    node.does(&["rm"]);
    assert_eq!(lab.container_names(), Vec::<String>::new());

    // The history survives the removal, and is the same from everywhere.
    let verbs = |history: Ended| -> Vec<(String, String)> {
        let history = history.json();
        let runs = history["result"]["runs"].as_array().expect("runs");
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        runs.iter()
            .map(|run| (text(&run["verb"]), text(&run["user"])))
            .collect()
    };
    let seen = verbs(node.does(&["--output", "json", "history"]));
    let expected = [
        ("rm", "carol"),
        ("upgrade", "carol"),
        ("start", "carol"),
        ("stop", "carol"),
        ("run", "alice"),
    ];
    assert_eq!(
        seen,
        expected.map(|(verb, user)| (verb.to_owned(), user.to_owned()))
    );
    assert_eq!(
        verbs(lab.dataflow(["--output", "json", "history"]).run()),
        seen
    );
    let copies = node.home.path().join(".local/state/dataflow");
    let copies = std::fs::read_dir(copies.join(format!("ubuntu@{}", lab.server.address)));
    assert_eq!(copies.expect("copies of journals").count(), 4);
    let remembered = lab.exec("cat /var/lib/dataflow/deployment.json");
    let remembered: serde_json::Value = serde_json::from_str(&remembered).expect("JSON");
    assert_eq!(remembered["settings"]["image"], "portsip/pbx:22.4");
    assert_eq!(remembered["removed"]["user"], "carol");
}

#[test]
fn given_a_container_that_went_missing_when_upgraded_from_elsewhere_then_it_is_made_as_it_was() {
    let lab = Lab::deployed();
    let service = lab.inspect(SERVICE)["Config"]["Cmd"].clone();
    lab.exec("docker rm --force portsip.dataflow");

    Node::new(&lab).does(&["upgrade"]);

    assert_eq!(lab.inspect(SERVICE)["Config"]["Cmd"], service);
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
    // What was removed on purpose is not made anew.
    let node = Node::new(&lab);
    node.does(&["rm"]);
    let ended = node.dataflow(&["upgrade"]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
}

#[test]
fn given_a_deployment_from_a_registry_behind_a_sign_in_when_upgraded_from_elsewhere_then_only_its_token_is_needed()
 {
    let lab = Lab::empty();
    let (private, token) = (&lab.registry.private, lab.registry_password());
    let images = ["22", "22.4"].map(|tag| format!("{private}/portsip/pbx:{tag}"));
    lab.forget_images(&images.each_ref().map(String::as_str));
    let sign_in = ["-R", private, "-U", &lab.registry.user];
    let run = [&["run", "-i", &images[0]], &sign_in[..]].concat();
    let first = lab.dataflow(run).env("DATAFLOW_REGISTRY_TOKEN", &token);
    let _ = first.run().expect_success();

    let upgrade = ["upgrade", "-i", &images[1]];
    let upgraded = Node::new(&lab)
        .dataflow(&upgrade)
        .env("DATAFLOW_REGISTRY_TOKEN", &token);

    let _ = upgraded.run().expect_success();
    assert_eq!(lab.inspect(SERVICE)["Config"]["Image"], images[1].as_str());
}
