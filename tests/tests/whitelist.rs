//! The verbs about the PBX's whitelist, against the lab's PBX. The server itself has no part in them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::{Duration, Instant};

use dataflow_tests::{IpFilter, Lab, LabPbx, Program};
use serde_json::json;

const PASSWORD: &str = "Password of admin at";
const CODE: &str = "One-time code of admin at";

/// The lab, whose PBX has nothing on its list.
fn bare() -> Lab {
    let lab = Lab::open();
    lab.lab_pbx.reset_bare();
    lab
}

fn whitelist(lab: &Lab, verb: &str) -> Program {
    lab.dataflow_with_api(["whitelist", verb])
}

/// The requests that changed something.
fn changes(pbx: &LabPbx) -> usize {
    let requests = pbx.requests();
    let changes = requests
        .iter()
        .filter(|request| request.method == "POST" && request.path.starts_with("/api/ip_filters"));
    changes.count()
}

/// Everything but what the PBX names by itself.
fn without_ids(entries: Vec<IpFilter>) -> Vec<(String, String, Option<String>)> {
    entries
        .into_iter()
        .map(|entry| (entry.cidr, entry.target, entry.description))
        .collect()
}

#[test]
fn given_an_empty_list_when_ensured_and_removed_twice_each_then_the_second_time_nothing_is_changed()
{
    let lab = bare();
    let pbx = &lab.lab_pbx;

    let missing = whitelist(&lab, "check").run();
    insta::assert_snapshot!("check_missing", missing.snapshot());
    let listed = whitelist(&lab, "list").run();
    insta::assert_snapshot!("list_empty", listed.snapshot());

    let ensured = whitelist(&lab, "ensure").run();
    insta::assert_snapshot!("ensure", ensured.snapshot());
    let entries = pbx.ip_filters();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let description = entries[0].description.clone().unwrap_or_default();
    assert!(description.starts_with("dataflow: "), "{description}");
    let again = whitelist(&lab, "ensure").run();
    insta::assert_snapshot!("ensure_again", again.snapshot());
    assert_eq!((pbx.ip_filters(), changes(pbx)), (entries, 1));

    let accepted = whitelist(&lab, "check").run();
    insta::assert_snapshot!("check_accepted", accepted.snapshot());

    let removed = whitelist(&lab, "remove").run();
    insta::assert_snapshot!("remove", removed.snapshot());
    assert_eq!(pbx.ip_filters(), []);
    let again = whitelist(&lab, "remove").run();
    insta::assert_snapshot!("remove_again", again.snapshot());
    assert_eq!(changes(pbx), 2);
}

#[test]
fn given_entries_of_other_people_when_ensured_and_removed_then_none_of_them_is_touched() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    let address = format!("{}/32", lab.server.address);
    pbx.add_ip_filter(
        &address,
        "ACCEPT",
        Some("2020-01-01T00:00:00Z"),
        "Data Flow Server",
    );
    pbx.add_ip_filter("203.0.113.9/32", "DENY", None, "\u{1b}[2Jattack");
    pbx.add_ip_filter(
        "198.18.99.0/24",
        "ACCEPT",
        None,
        "dataflow: Data Flow server of another place",
    );
    let others = pbx.ip_filters();

    let _ = whitelist(&lab, "ensure").run().expect_success();
    assert_eq!(pbx.ip_filters().len(), others.len() + 1);
    let listed = whitelist(&lab, "list").run();
    insta::assert_snapshot!("list_with_others", listed.snapshot());
    let _ = whitelist(&lab, "remove").run().expect_success();
    assert_eq!(pbx.ip_filters(), others);
}

#[test]
fn given_a_network_of_somebody_elses_that_covers_the_server_then_nothing_has_to_be_done() {
    let lab = bare();
    lab.lab_pbx
        .add_ip_filter("198.18.16.0/24", "ACCEPT", None, "our network");
    let ended = whitelist(&lab, "ensure").run();
    insta::assert_snapshot!("ensure_covered", ended.snapshot());
    assert_eq!(changes(&lab.lab_pbx), 0);
}

#[test]
fn given_an_entry_of_ours_that_is_about_to_end_when_ensured_then_it_is_renewed_and_not_doubled() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    let _ = whitelist(&lab, "ensure").run().expect_success();
    let before = pbx.ip_filters();
    // Ten years, less a month.
    pbx.set(&json!({ "clock_offset": 0 }));
    let later = |verb: &str| whitelist(&lab, verb).with_clock_off("+3620d");
    // Its certificate has ended by then, too; what matters here is the list.
    let pinned = |program: Program| program.arguments(["--api-certificate", &pbx.fingerprint()]);
    let expiring = pinned(later("check")).run();
    assert_eq!(expiring.code, Some(0), "{expiring:?}");
    assert!(expiring.stdout.contains("expiring"), "{expiring:?}");
    let renewed = pinned(later("ensure")).run().expect_success();
    assert!(renewed.stderr.contains("done: renew "), "{renewed:?}");
    let after = pbx.ip_filters();
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].id, before[0].id);
    assert!(after[0].expire_at > before[0].expire_at, "{after:?}");
    assert_eq!(without_ids(after), without_ids(before));
}

#[test]
fn given_an_entry_that_denies_the_server_when_ensured_then_that_is_told_and_it_stays() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    // A network would keep this machine out, too.
    let address = format!("{}/32", lab.server.address);
    let id = pbx.add_ip_filter(&address, "DENY", None, "by somebody else");
    insta::assert_snapshot!("check_denied", whitelist(&lab, "check").run().snapshot());
    insta::assert_snapshot!("ensure_denied", whitelist(&lab, "ensure").run().snapshot());
    assert!(pbx.ip_filters().iter().any(|entry| entry.id == id));
    pbx.remove_ip_filter(&id);
    let _ = whitelist(&lab, "check").run().expect_success();
}

#[test]
fn given_150_entries_when_ensured_and_listed_then_all_pages_are_read() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    for number in 0..150 {
        pbx.add_ip_filter(&format!("203.0.113.{number}/32"), "DENY", None, "attack");
    }
    let address = format!("{}/32", lab.server.address);
    pbx.add_ip_filter(&address, "ACCEPT", None, "the last one");
    let ended = whitelist(&lab, "ensure").run().expect_success();
    assert!(ended.stdout.contains("already"), "{ended:?}");
    let listed = whitelist(&lab, "list")
        .arguments(["--output", "json"])
        .run();
    let entries = listed.json()["result"]["entries"].clone();
    assert_eq!(entries.as_array().map(Vec::len), Some(151));
    pbx.reset_by_hand();
}

#[test]
fn given_a_pbx_that_cannot_be_asked_then_each_reason_is_told_and_nothing_is_half_done() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    let mut told = String::new();
    for (case, controls) in [
        ("it is down", json!({ "listening": false })),
        ("it answers with a web page", json!({ "html": 200 })),
        ("it fails", json!({ "html": 502 })),
        (
            "its certificate has ended",
            json!({ "certificate": "expired" }),
        ),
        (
            "its certificate is for another name",
            json!({ "certificate": "wrong-name" }),
        ),
        (
            "nobody vouches for its certificate",
            json!({ "certificate": "self-signed" }),
        ),
        ("the password is wrong", json!({ "password": "another" })),
        ("the user is locked", json!({ "locked": true })),
        ("a code is demanded", json!({ "code": "123456" })),
        (
            "it throttles",
            json!({ "throttle_next": 100, "retry_after": 1 }),
        ),
        (
            "it throttles and says no time",
            json!({ "throttle_next": 100, "retry_after": null }),
        ),
    ] {
        pbx.reset_bare();
        pbx.set(&controls);
        let ended = whitelist(&lab, "ensure").run();
        assert_ne!(ended.code, Some(0), "{case}");
        told.push_str(&format!("# {case}\n{}\n\n", ended.snapshot()));
        pbx.set(&json!({ "listening": true }));
        assert_eq!(pbx.ip_filters(), [], "{case}");
    }
    pbx.reset_by_hand();
    assert!(!told.contains(&pbx.password()), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn given_a_pbx_that_never_answers_then_the_deadline_is_kept() {
    let lab = bare();
    lab.lab_pbx.set(&json!({ "hang": true }));
    let begun = Instant::now();
    let ended = whitelist(&lab, "check").run();
    lab.lab_pbx.reset_by_hand();
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "{:?}",
        begun.elapsed()
    );
    insta::assert_snapshot!(ended.snapshot());
}

#[test]
fn given_a_few_throttled_requests_then_it_is_asked_again_and_succeeds() {
    let lab = bare();
    lab.lab_pbx
        .set(&json!({ "throttle_next": 2, "retry_after": 1 }));
    let _ = whitelist(&lab, "ensure").run().expect_success();
    assert_eq!(lab.lab_pbx.ip_filters().len(), 1);
    lab.lab_pbx.reset_by_hand();
}

#[test]
fn given_a_terminal_then_a_plan_is_asked_about_and_a_no_changes_nothing() {
    let lab = bare();
    let declined = whitelist(&lab, "ensure").run_on_terminal(&["no"]);
    assert_eq!(declined.code, Some(4), "{declined:?}");
    assert_eq!(lab.lab_pbx.ip_filters(), []);
    insta::assert_snapshot!("ensure_declined", declined.snapshot());
    let agreed = whitelist(&lab, "ensure").run_on_terminal(&["yes"]);
    assert_eq!(agreed.code, Some(0), "{agreed:?}");
    assert_eq!(lab.lab_pbx.ip_filters().len(), 1);
    lab.lab_pbx.reset_by_hand();
}

#[test]
fn given_a_terminal_then_password_and_code_are_asked_for_and_not_shown() {
    let lab = bare();
    let pbx = &lab.lab_pbx;
    pbx.set(&json!({ "code": "123456" }));
    let ask = |answers: &[(&str, &str)]| {
        let arguments = [
            "whitelist",
            "list",
            "-a",
            &lab.server.address,
            "-x",
            &pbx.address,
            "--api-user",
            &pbx.user,
            "--api-ca-file",
            pbx.ca_file.to_str().expect("a path"),
        ];
        let mut terminal = Program::new(arguments).at_terminal();
        for (question, answer) in answers {
            terminal.wait_for(question);
            terminal.type_in(&format!("{answer}\n"));
        }
        terminal.left()
    };
    let password = pbx.password();
    let entered = ask(&[(PASSWORD, &password), (CODE, "123456")]);
    assert_eq!(entered.code, Some(0), "{entered:?}");
    let wrong_code = ask(&[(PASSWORD, &password), (CODE, "654321")]);
    let wrong_password = ask(&[(PASSWORD, "wrong")]);
    for ended in [&entered, &wrong_code, &wrong_password] {
        for secret in [&password, "123456", "654321"] {
            assert!(!ended.screen.contains(secret), "{ended:?}");
        }
    }
    insta::assert_snapshot!("code_entered", entered.snapshot());
    insta::assert_snapshot!("code_wrong", wrong_code.snapshot());
    insta::assert_snapshot!("password_wrong", wrong_password.snapshot());
    pbx.reset_by_hand();
}
