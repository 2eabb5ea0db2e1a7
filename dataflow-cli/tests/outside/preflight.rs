//! What preflight says without any server: of facts that were recorded, and of its checks.

use dataflow_core::facts::Facts;
use insta::assert_snapshot;

use crate::place::{Place, run, run_each};

/// Recorded facts of a kind of machine.
fn recorded(machine: &str) -> String {
    let probe = format!("../dataflow-core/fixtures/machines/{machine}.probe");
    let text = std::fs::read(probe).unwrap();
    let facts = Facts::of_probe(&text, machine, "/var/lib/portsip");
    facts.to_json().unwrap()
}

fn place() -> Place {
    // Its settings are none of what was recorded elsewhere: read, they would be refused.
    Place::new()
        .with_file("dataflow.toml", "no settings", 0o600)
        .with_file("wsl.json", &recorded("wsl"), 0o600)
        .with_file("ec2.json", &recorded("ec2-m6i"), 0o600)
        .with_file("other.json", "{}", 0o600)
}

#[test]
fn facts_that_were_recorded_are_judged_without_a_server_or_its_settings() {
    let said = place().run("preflight --facts wsl.json");
    assert!(said.contains("exit code 1\n"), "{said}");
    assert!(said.contains("not fit for Data Flow"), "{said}");
    let said = place().run("preflight --facts ec2.json");
    assert!(said.contains("exit code 0\n"), "{said}");
    let strict = place().run("preflight --facts ec2.json --strict");
    assert!(strict.contains("exit code 4\n"), "{strict}");
}

#[test]
fn given_several_files_of_facts_then_each_is_judged_and_the_exit_code_is_the_worst() {
    assert_snapshot!(
        place().run("preflight --facts wsl.json --facts ec2.json --facts other.json --facts gone")
    );
}

#[test]
fn several_are_one_document_with_a_suite_or_a_section_for_each() {
    let files = "--facts wsl.json --facts ec2.json --facts other.json";
    let said = place().run(&format!("preflight {files} --output junit"));
    assert_eq!(said.matches("<testsuites ").count(), 1, "{said}");
    assert_eq!(said.matches("<testsuite ").count(), 3, "{said}");
    let said = place().run(&format!("preflight {files} --output markdown"));
    assert_eq!(said.matches("# Preflight: ").count(), 3, "{said}");
}

#[test]
fn each_file_of_facts_is_a_line_of_json_with_its_name() {
    let said = place().run("preflight --facts wsl.json --facts other.json --output json");
    let lines: Vec<serde_json::Value> = said
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(lines[0]["name"], "wsl.json");
    assert_eq!(lines[0]["result"]["verdict"], "unfit");
    assert_eq!(lines[1]["name"], "other.json");
    assert_eq!(lines[1]["error"]["kind"], "usage");
}

#[test]
fn a_check_explains_itself_without_a_server() {
    assert_snapshot!(run_each(&[
        "preflight --explain memory.per-cpu",
        "preflight --explain memory.per-cpu --output json",
        "preflight --explain disk.sise",
    ]));
    let all = run("preflight --explain all");
    for check in dataflow_core::preflight::all() {
        assert!(all.contains(&format!("\n{} ", check.id)), "{all}");
    }
}

#[test]
fn what_is_about_a_server_does_not_go_with_facts_or_an_explanation() {
    assert_snapshot!(place().run_each(&[
        "preflight --facts wsl.json --server paris",
        "--config dataflow.toml preflight --facts wsl.json",
        "preflight --facts wsl.json --host local",
        "preflight --facts wsl.json --fix",
        "preflight --facts wsl.json --save-facts other.json",
        "preflight --explain all --output junit",
    ]));
}
