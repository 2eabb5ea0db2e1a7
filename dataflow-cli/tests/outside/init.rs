use std::os::unix::fs::PermissionsExt;

use dataflow_tests::Terminal;
use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn without_a_terminal_the_flags_say_it_all() {
    let place = Place::new();
    assert_snapshot!(place.run_each(&[
        "init",
        "init -a 172.31.16.158",
        "init -x 172.31.16.133",
        "init -A 54.215.234.68 -x 172.31.16.133",
        "init -a 172.31.16.158 -x 172.31.16.133 -P canary",
        "init -a 172.31.16.158 -x 172.31.16.133 --config no/such/place.toml",
        "init -a 172.31.16.158 -x 172.31.16.133 --stdout --force",
        "init -a 172.31.16.158 -x 172.31.16.133 --server paris",
    ]));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn the_file_is_for_its_owner_only_and_never_written_over_unasked() {
    let place = Place::new();
    let file = place.path().join("dataflow.toml");
    assert_snapshot!(place.run_each(&[
        "init -a 172.31.16.158 -x 172.31.16.133",
        "init -a 172.31.16.159 -x 172.31.16.133",
    ]));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\nprivate-ip = \"172.31.16.158\"\n"),
        "{text}"
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let said = place.run("init -a 172.31.16.159 -x 172.31.16.133 --force -q");
    assert!(said.contains("exit code 0"), "{said}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("\nprivate-ip = \"172.31.16.159\"\n"),
        "{text}"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn what_is_written_means_what_the_flags_meant() {
    let place = Place::new().with_file("login", "secret\n", 0o600);
    let flags = "-a 172.31.16.158 -x 172.31.16.133 --host ssh://pbx@127.0.0.1:1 --identity keys/id --password-file login -p /srv/flow";
    let said = place.run(&format!("init {flags}"));
    assert!(said.contains("exit code 0"), "{said}");
    let without_flags = place.run("run");
    let with_flags = place.run(&format!("run --config /dev/null {flags}"));
    let rest = |said: &str| said.split_once('\n').unwrap().1.to_owned();
    assert!(
        rest(&with_flags).contains("refuses connections"),
        "{with_flags}"
    );
    assert_eq!(rest(&without_flags), rest(&with_flags));
    let text = std::fs::read_to_string(place.path().join("dataflow.toml")).unwrap();
    let path = place.path().join("keys/id");
    assert!(
        text.contains(&format!("identities = [\"{}\"]", path.display())),
        "{text}"
    );
}

#[test]
fn it_can_be_shown_instead() {
    let place = Place::new();
    let said = place.run("init -a 172.31.16.158 -x 172.31.16.133 --stdout");
    assert!(
        said.contains("\npbx = \"172.31.16.133\"\n# data-path")
            || said.contains("\npbx = \"172.31.16.133\"\n"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn at_a_terminal_what_is_missing_is_asked_for_and_each_answer_is_checked() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place.command("init"));
    for (question, answer) in [
        ("Private IP of the server [none]: ", "172.31.16.300"),
        ("next: Give an IPv4 or IPv6 address", "172.31.16.158"),
        ("Public IP of the server [none]: ", ""),
        ("IP of the PBX: ", ""),
        ("this is needed\r\nIP of the PBX: ", "172.31.16.133"),
        ("[ssh://172.31.16.158]: ", "pbx@flow"),
        ("starts with ssh://", "ssh://pbx@flow.example.com"),
        (
            "Directory on the server for all data [/var/lib/portsip]: ",
            "",
        ),
    ] {
        terminal.wait_for(question);
        terminal.type_in(&format!("{answer}\n"));
    }
    let left = terminal.left();
    assert_eq!(left.code, Some(0), "{left:?}");
    assert_snapshot!(left.screen);
    let text = std::fs::read_to_string(place.path().join("dataflow.toml")).unwrap();
    for line in [
        "host = \"ssh://pbx@flow.example.com\"",
        "private-ip = \"172.31.16.158\"",
        "# public-ip = \"54.215.234.68\"",
        "pbx = \"172.31.16.133\"",
        "data-path = \"/var/lib/portsip\"",
    ] {
        assert!(text.lines().any(|have| have == line), "{line}\n{text}");
    }
}

#[test]
fn an_end_of_the_answers_or_ctrl_c_writes_nothing() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place.command("init -a 172.31.16.158"));
    terminal.wait_for("Public IP of the server [none]: ");
    terminal.type_in("\u{4}");
    let left = terminal.left();
    assert_eq!(left.code, Some(2), "{left:?}");
    assert!(
        left.screen.contains("a question was not answered"),
        "{left:?}"
    );

    let mut terminal = Terminal::start(&place.command("init"));
    terminal.wait_for("Private IP of the server [none]: ");
    terminal.type_in("\u{3}");
    let left = terminal.left();
    assert_eq!((left.code, left.signal), (None, Some(2)), "{left:?}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}
