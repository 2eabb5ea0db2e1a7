use insta::assert_snapshot;

use crate::place::run_each;

#[test]
fn mistyped_verbs_and_flags_get_a_suggestion() {
    assert_snapshot!(run_each(&[
        "statsu",
        "frobnicate",
        "run --pbxx 172.31.16.133",
        "start -x 172.31.16.133",
        "status -a",
        "status extra",
        "status -v -q",
        "--output yaml status",
        "status --color sometimes",
        "status --servr paris",
        "rm --yess",
        "plan --exitcode",
        "stop --yes",
    ]));
}

#[test]
fn values_that_are_not_allowed_say_what_is() {
    assert_snapshot!(run_each(&[
        "run -a 172.31.16.300 -x 172.31.16.133",
        "run -a 127.0.0.1 -x 172.31.16.133",
        "run -p portsip -a 172.31.16.158 -x 172.31.16.133",
        "run -p /etc -a 172.31.16.158 -x 172.31.16.133",
        "run -i portsip/PBX:22 -a 172.31.16.158 -x 172.31.16.133",
        "run -g 0 -a 172.31.16.158 -x 172.31.16.133",
        "run -R https://docker.io -a 172.31.16.158 -x 172.31.16.133",
        "run --pull sometimes",
        "upgrade -P canary --registry-token-file token",
        "status --host flow.example.com",
        "status --host ssh://pbx@flow.example.com:99999",
        "status --host-key 12:34",
        "status --connect-timeout 0",
        "status --connect-timeout soon",
        "run --nofile 12",
        "run -x ",
    ]));
}

#[test]
fn a_document_is_made_of_the_report_of_preflight_only() {
    assert_snapshot!(run_each(&[
        "status --output junit",
        "--output markdown init --stdout",
        "preflight --fix --output junit",
        "preflight --format junit",
    ]));
}

#[test]
fn what_is_missing_is_said_with_the_flag_that_gives_it() {
    assert_snapshot!(run_each(&[
        "status",
        "run",
        "run -a 172.31.16.158",
        "run --host local -x 172.31.16.133",
        "run -a 172.31.16.158 -x 172.31.16.133 -U alice",
    ]));
}
