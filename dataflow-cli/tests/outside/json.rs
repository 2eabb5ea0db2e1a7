use dataflow_tests::shape::{self, Line, Outcome};
use insta::assert_snapshot;

use crate::place::{Place, run_each};

#[test]
fn with_json_every_error_is_json_on_standard_output() {
    assert_snapshot!(run_each(&[
        "run --output json",
        "--output=json statsu",
        "run --output json --pbxx 1",
        "run --output json -a 172.31.16.300",
        "--output json",
    ]));
}

#[test]
fn the_examples_of_the_page_have_the_shape_and_leave_no_kind_of_line_out() {
    let page = include_str!("../../JSON.md");
    let lines: Vec<Line> = page
        .split("```json\n")
        .skip(1)
        .flat_map(|rest| shape::lines(rest.split_once("```").unwrap().0))
        .collect();
    let has = |what: fn(&Line) -> bool| lines.iter().any(what);
    assert!(has(|line| matches!(line, Line::Event(_))));
    assert!(has(|line| matches!(line, Line::Error(_))));
    assert!(has(|line| matches!(line, Line::Log(_))));
    for (name, is) in [
        (
            "plan",
            (|o| matches!(o, Outcome::Planned(_))) as fn(&Outcome) -> bool,
        ),
        ("run", |o| matches!(o, Outcome::Report(_))),
        ("status", |o| matches!(o, Outcome::Status(_))),
        ("preflight", |o| matches!(o, Outcome::Preflight(_))),
        ("history", |o| matches!(o, Outcome::History(_))),
        ("unlock", |o| matches!(o, Outcome::Unlocked(_))),
        ("prerequisites", |o| matches!(o, Outcome::Checklist(_))),
        ("whitelist check", |o| matches!(o, Outcome::Checked(_))),
        ("whitelist list", |o| matches!(o, Outcome::Listed(_))),
        ("whitelist ensure", |o| matches!(o, Outcome::Listing(_))),
        ("token status", |o| matches!(o, Outcome::Token(_))),
        ("init", |o| matches!(o, Outcome::Init(_))),
        ("completions", |o| matches!(o, Outcome::Completions(_))),
        ("man", |o| matches!(o, Outcome::Man(_))),
    ] {
        let shown = lines
            .iter()
            .any(|line| matches!(line, Line::Result(outcome) if is(outcome)));
        assert!(shown, "JSON.md has no example of {name}");
    }
}

#[test]
fn what_is_printed_without_a_server_has_the_shape() {
    let place = Place::new().with_file(
        "several.toml",
        "[servers.paris]\nhost = 'ssh://pbx@127.0.0.1:1'\nprivate-ip = '172.31.16.158'\n[servers.lima]\nhost = 'ssh://pbx@127.0.0.1:1'\n",
        0o644,
    );
    for (arguments, count) in [
        ("init -a 172.31.16.158 -x 172.31.16.133", 1),
        ("init -a 172.31.16.158 -x 172.31.16.133 --stdout", 1),
        (
            "init -a 172.31.16.158 -x 172.31.16.133 --force --config no/such.toml",
            1,
        ),
        ("completions bash", 1),
        ("completions zsh", 1),
        ("completions fish", 1),
        ("man --out pages", 1),
        ("run -a 172.31.16.158", 1),
        ("status --server paris --config several.toml", 1),
        ("status --config several.toml", 2),
        ("plan --config several.toml", 2),
        ("run --config several.toml", 1),
        ("whitelist list --config several.toml", 2),
        ("whitelist ensure -a 172.31.16.158 -x 172.31.16.133", 1),
        ("token status --config several.toml", 2),
        ("token generate -a 172.31.16.158 -x 172.31.16.133", 1),
        ("frobnicate", 1),
    ] {
        let output = place
            .command(&format!("{arguments} --output json"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), count, "{arguments}: {text}");
        assert_eq!(shape::lines(&text).len(), count, "{arguments}: {text}");
    }
}
