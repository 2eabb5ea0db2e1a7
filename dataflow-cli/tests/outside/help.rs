use insta::assert_snapshot;

use crate::place::{Place, run};

const VERBS: [&str; 18] = [
    "init",
    "preflight",
    "plan",
    "run",
    "start",
    "stop",
    "restart",
    "upgrade",
    "rm",
    "status",
    "prerequisites",
    "whitelist",
    "token",
    "logs",
    "history",
    "unlock",
    "completions",
    "man",
];

/// What is done with something, where a verb has several.
const MORE: [&str; 7] = [
    "whitelist check",
    "whitelist ensure",
    "whitelist list",
    "whitelist remove",
    "token set",
    "token status",
    "token generate",
];

#[test]
fn help_of_the_program() {
    assert_snapshot!(run("--help"));
}

#[test]
fn no_verb_shows_the_help_as_an_error() {
    let said = run("");
    assert!(
        said.contains("exit code 2\n--- standard output\n--- standard error\nDeploys"),
        "{said}"
    );
}

#[test]
fn help_of_each_verb() {
    let program = run("--help");
    for verb in VERBS {
        assert!(program.contains(&format!("\n  {verb} ")), "{verb}");
        assert_snapshot!(format!("help_of_{verb}"), run(&format!("{verb} --help")));
    }
    for verb in MORE {
        let name = verb.replace(' ', "_");
        assert_snapshot!(format!("help_of_{name}"), run(&format!("{verb} --help")));
    }
    let commands = program.split_once("Commands:\n").unwrap().1;
    let listed = commands.lines().take_while(|line| !line.is_empty()).count();
    assert_eq!(listed, VERBS.len() + 1, "each verb, and help");
}

#[test]
fn help_has_examples_and_fits_into_100_columns_whatever_the_terminal() {
    for verb in VERBS.iter().chain(&MORE).chain([&""]) {
        let said = Place::new()
            .with_variable("COLUMNS", "200")
            .run(&format!("{verb} --help"));
        assert!(said.contains("\nExample"), "{said}");
        for line in said.lines() {
            assert!(line.chars().count() <= 100, "{verb}: {line}");
        }
    }
}

#[test]
fn each_verb_shows_its_help_the_other_way_too() {
    for verb in VERBS {
        let one = run(&format!("{verb} --help"));
        let other = run(&format!("help {verb}"));
        let text = |said: &str| said.split_once('\n').unwrap().1.to_owned();
        assert_eq!(text(&one), text(&other));
    }
}

#[test]
fn colours_are_shown_where_they_are_asked_for_and_nowhere_else() {
    let is_colored = |place: Place, arguments: &str| place.run(arguments).contains('\u{1b}');
    assert!(!is_colored(Place::new(), "status"), "no terminal");
    assert!(is_colored(Place::new(), "status --color always"));
    assert!(is_colored(Place::new(), "--color=always frobnicate"));
    assert!(is_colored(
        Place::new().with_variable("CLICOLOR_FORCE", "1"),
        "status"
    ));
    assert!(!is_colored(
        Place::new()
            .with_variable("CLICOLOR_FORCE", "1")
            .with_variable("NO_COLOR", "1"),
        "status"
    ));
    assert!(!is_colored(
        Place::new().with_variable("CLICOLOR_FORCE", "1"),
        "status --color never"
    ));
    assert!(is_colored(
        Place::new().with_variable("NO_COLOR", "1"),
        "status --color always"
    ));
}
