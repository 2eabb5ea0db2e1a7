use std::process::Command;

use crate::place::Place;

#[test]
fn there_is_a_page_for_the_program_and_for_each_verb() {
    let place = Place::new();
    let said = place.run("man --out man1");
    assert!(said.contains("exit code 0"), "{said}");
    let pages = place.path().join("man1");
    let mut names: Vec<String> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let help = place.run("--help");
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let more = [
        "whitelist-check",
        "whitelist-ensure",
        "whitelist-list",
        "whitelist-remove",
        "token-set",
        "token-status",
        "token-generate",
    ];
    let mut pages_wanted: Vec<String> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .chain(more)
        .map(|verb| format!("dataflow-{verb}.1"))
        .chain(["dataflow.1".to_owned()])
        .collect();
    pages_wanted.sort();
    assert_eq!(names, pages_wanted);

    let program = std::fs::read_to_string(pages.join("dataflow.1")).unwrap();
    assert!(program.contains(".TH dataflow 1"), "{program}");
    assert!(program.contains("EXIT STATUS"), "{program}");
    assert!(
        program.contains("the server or the PBX cannot be reached or signed in to"),
        "{program}"
    );
    let run = std::fs::read_to_string(pages.join("dataflow-run.1")).unwrap();
    assert!(run.contains("\\-\\-clickhouse\\-image"), "{run}");
    assert!(run.contains("EXAMPLES"), "{run}");
}

#[test]
fn a_place_that_cannot_be_written_to_is_an_error() {
    let place = Place::new().with_file("file", "", 0o600);
    insta::assert_snapshot!(place.run("man --out file/man1"), @"
    $ dataflow man --out file/man1
    exit code 1
    --- standard output
    --- standard error
    error: the manual pages cannot be written to file/man1: Not a directory (os error 20)
    next: Check that the directory is there, and its permissions and space: ls -ld file; df file
    ");
    insta::assert_snapshot!(place.run("man"), @"
    $ dataflow man
    exit code 2
    --- standard output
    --- standard error
    error: the following required arguments were not provided:
      --out <DIR>

    Usage: dataflow man --out <DIR>

    For more information, try '--help'.
    ");
}

/// The page as `man` lays it out, where the machine has what that needs.
#[test]
fn a_page_is_laid_out_without_complaint() {
    let place = Place::new();
    place.run("man --out man1");
    let page = place.path().join("man1/dataflow-run.1");
    let laid_out = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww"])
        .arg(&page)
        .output();
    let Ok(laid_out) = laid_out else {
        println!("skipped: there is no groff on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&laid_out.stderr);
    assert!(laid_out.status.success() && said.is_empty(), "{said}");
}
