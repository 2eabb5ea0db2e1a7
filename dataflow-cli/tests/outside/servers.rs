//! Several servers in one settings file.

use std::{net::TcpListener, time::Instant};

use insta::assert_snapshot;

use crate::place::Place;

/// Nobody listens at port 1.
const TWO: &str = "pbx = '172.31.16.133'
[servers.paris]
host = 'ssh://pbx@127.0.0.1:1'
private-ip = '172.31.16.158'
[servers.lima]
host = 'ssh://pbx@localhost:1'
";

fn two() -> Place {
    Place::new().with_file("dataflow.toml", TWO, 0o600)
}

#[test]
fn what_changes_something_is_for_one_server_at_a_time() {
    assert_snapshot!(two().run_each(&[
        "run",
        "stop",
        "rm --server paris --server lima",
        "upgrade --output json",
    ]));
}

#[test]
fn names_that_are_not_there_get_a_suggestion() {
    assert_snapshot!(two().run_each(&[
        "status --server pari",
        "start --server tokyo",
        "status --server paris --server tokyo",
        "status --server paris --config /dev/null",
        "status --host local",
        "plan -a 172.31.16.158",
    ]));
}

#[test]
fn what_only_reads_asks_all_of_them_and_the_exit_code_is_the_worst() {
    assert_snapshot!(two().run_each(&[
        "status",
        "status --server lima --server lima",
        "status --server lima --server paris",
        "plan",
        "status --output json",
        "stop --server lima --output json",
        "status --server lima --output json",
    ]));
}

#[test]
fn a_server_without_a_report_has_its_place_in_the_document() {
    assert_snapshot!(two().run_each(&["preflight --output junit", "preflight --output markdown"]));
}

#[test]
fn the_only_server_of_a_file_needs_no_name() {
    let place = Place::new().with_file(
        "dataflow.toml",
        "[servers.paris]\nhost = 'ssh://pbx@127.0.0.1:1'\n",
        0o600,
    );
    assert_snapshot!(place.run_each(&["stop", "stop --server paris"]));
}

#[test]
fn what_is_wrong_in_the_file_is_said_with_its_place() {
    let place = Place::new().with_file(
        "dataflow.toml",
        "[servers.paris]\npxb = '172.31.16.133'\n",
        0o600,
    );
    assert_snapshot!(place.run("status"));
}

#[test]
fn a_server_that_does_not_answer_holds_up_no_other() {
    // These take the connection and say nothing.
    let silent: Vec<TcpListener> = (0..3)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let servers: String = silent
        .iter()
        .enumerate()
        .map(|(number, listener)| {
            let port = listener.local_addr().unwrap().port();
            format!("[servers.silent{number}]\nhost = 'ssh://pbx@127.0.0.1:{port}'\n")
        })
        .collect();
    let text = format!(
        "[ssh]\nconnect-timeout = 2\nidentities = []\n{servers}[servers.closed]\nhost = 'ssh://pbx@127.0.0.1:1'\n"
    );
    let place = Place::new().with_file("dataflow.toml", &text, 0o600);
    let begun = Instant::now();
    let said = place.run("status");
    let elapsed = begun.elapsed().as_secs_f64();
    assert!(elapsed < 4.0, "{elapsed} s for three that take 2 s each");
    assert_eq!(said.matches("unreachable\n").count(), 0, "{said}");
    assert_eq!(said.matches("unreachable ").count(), 4, "{said}");
}
