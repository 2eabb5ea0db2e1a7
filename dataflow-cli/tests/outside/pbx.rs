//! The verbs about the PBX, where there is none.

use insta::assert_snapshot;

use crate::place::Place;

const AT: &str = "-a 172.31.16.158 -x 172.31.16.133";

fn each(place: &Place, lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| line.replace("AT", AT)).collect();
    place.run_each(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn what_is_missing_for_the_whitelist_is_said() {
    assert_snapshot!(each(
        &Place::new(),
        &[
            "whitelist",
            "whitelist chek",
            "whitelist check",
            "whitelist check AT",
            "whitelist ensure AT --api-user admin",
            "whitelist ensure -x 172.31.16.133 --api-user admin",
            "whitelist remove AT --api-user admin --api-url http://172.31.16.133:8887/api",
            "whitelist list AT --api-user admin --api-ca-file missing.pem --api-password-file missing",
            "whitelist list AT --api-user admin --api-certificate 12:34",
            "whitelist list AT --output markdown",
            "whitelist list AT --output json",
        ]
    ));
}

#[test]
fn a_password_is_not_repeated_when_nobody_listens() {
    let place = Place::new().with_variable("DATAFLOW_PBX_PASSWORD", "canary");
    let said = each(
        &place,
        &[
            "whitelist check AT --api-user admin --api-url https://127.0.0.1:1/api",
            "whitelist ensure AT --api-user admin --api-url https://127.0.0.1:1/api --output json",
        ],
    );
    assert!(!said.contains("canary"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn several_lists_are_asked_for_at_the_same_time_and_the_exit_code_is_the_worst() {
    let place = Place::new().with_file(
        "dataflow.toml",
        "pbx = '172.31.16.133'\n[api]\nuser = 'admin'\n[servers.paris]\nprivate-ip = '172.31.16.158'\n[servers.lima]\nprivate-ip = '172.31.16.159'\n",
        0o600,
    );
    assert_snapshot!(place.run_each(&[
        "whitelist list",
        "whitelist check --server lima --output json",
        "whitelist ensure",
    ]));
}

#[test]
fn what_is_missing_for_a_token_is_said() {
    let place = Place::new()
        .with_file("place.toml", "[token]\ndeliver-as = 'token'\n", 0o600)
        .with_file("two", "canary canary\n", 0o600)
        .with_file("good", "canary\n", 0o600)
        .with_file("open", "canary\n", 0o644);
    let said = each(
        &place,
        &[
            "token",
            "token set AT",
            "token set AT --token-file missing",
            "token set AT --token-file open",
            "token set AT --token-fd nine",
            "token set AT --config place.toml",
            "token set AT --config place.toml --token-file two",
            "token set AT --config place.toml --token-file good --host ssh://pbx@127.0.0.1:1",
            "token status",
            "token generate AT",
            "token generate AT --config place.toml",
            "token generate AT --config place.toml --output json",
        ],
    );
    assert!(!said.contains("canary"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn prerequisites_need_to_know_which_server_and_which_pbx() {
    assert_snapshot!(each(
        &Place::new(),
        &[
            "prerequisites",
            "prerequisites -a 172.31.16.158",
            "prerequisites AT --output junit",
            "prerequisites AT --host ssh://pbx@127.0.0.1:1",
            "prerequisites AT --host ssh://pbx@127.0.0.1:1 --output markdown",
        ]
    ));
}
