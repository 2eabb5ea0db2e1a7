//! `logs` shows what the containers write, as it was written and as it comes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, refused, wait_until};

/// How long a line may take to be shown.
const SHOWN: Duration = Duration::from_secs(20);

/// Writes to where the first process of a container writes, what this command prints.
fn write(lab: &Lab, container: &str, command: &str) {
    lab.exec(&format!(
        "out=/proc/$(docker inspect --format '{{{{.State.Pid}}}}' {container})/fd/1; ({command}) >$out"
    ));
}

/// A program at work, and the lines that it has shown so far.
struct Following {
    program: Child,
    shown: Arc<Mutex<Vec<String>>>,
}

impl Following {
    fn start(lab: &Lab, arguments: &[&str]) -> Self {
        let mut program = lab.dataflow(arguments).start();
        let shown: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = BufReader::new(program.stdout.take().expect("standard output")).lines();
        let all = Arc::clone(&shown);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                all.lock().expect("the lines").push(line);
            }
        });
        Self { program, shown }
    }

    fn wait_for(&self, text: &str) {
        wait_until(&format!("the line {text:?}"), SHOWN, || {
            self.count(text) > 0
        });
    }

    fn count(&self, text: &str) -> usize {
        let shown = self.shown.lock().expect("the lines");
        shown.iter().filter(|line| line.contains(text)).count()
    }

    /// Presses Ctrl-C, and gives the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let id = self.program.id().to_string();
        let sent = Command::new("kill").args(["-s", "INT", &id]).status();
        assert!(sent.expect("kill").success());
        self.program.wait().expect("dataflow ends").code()
    }
}

#[test]
fn given_nothing_deployed_when_logs_are_asked_for_then_the_next_step_is_told() {
    let lab = Lab::empty();
    insta::assert_snapshot!(refused([
        ("both", 3, lab.dataflow(["logs"])),
        (
            "one, followed",
            3,
            lab.dataflow(["logs", "-f", "clickhouse"])
        ),
    ]));
}

#[test]
fn given_lines_of_both_when_logs_are_asked_for_then_they_come_in_order_and_only_those_that_were_asked_for()
 {
    let lab = Lab::deployed();
    for number in 1..=3 {
        write(
            &lab,
            CLICKHOUSE,
            &format!("echo mark {number} of the database"),
        );
        write(&lab, SERVICE, &format!("echo mark {number} of the service"));
    }
    let logs = |arguments: &[&str]| {
        let all = ["logs"].into_iter().chain(arguments.iter().copied());
        lab.dataflow(all).run().expect_success().stdout
    };

    let told = [
        logs(&["--grep", "^mark"]),
        logs(&["--grep", "mark [23]", "service"]),
        logs(&["-n", "1", "service"]),
        logs(&[
            "--since",
            "2020-01-01T00:00:00Z",
            "--grep",
            "mark 3",
            "--timestamps",
        ]),
        logs(&["--grep", "mark 1", "--output", "json", "clickhouse"]),
    ];

    insta::assert_snapshot!(dataflow_tests::stable(&told.join("\n")));
    assert_eq!(logs(&["--since", "2099-01-01T00:00:00Z"]), "");
    assert!(logs(&["--since", "10m", "service"]).contains("mark 3 of the service"));
    assert!(lab.dataflow(["logs", "--grep", "("]).run().code == Some(2));
    let before = lab.containers();
    let _ = logs(&[]);
    assert_eq!(lab.containers(), before);
}

#[test]
fn given_lines_of_any_kind_when_logs_are_asked_for_then_they_are_whole_clean_and_without_the_password()
 {
    let lab = Lab::deployed();
    let password = lab.exec("sed -n 's/^password *= *//p' /var/lib/portsip/dataflow/system.ini");
    write(
        &lab,
        SERVICE,
        r"printf 'mark \033[31mred\033[0m \377 tab\there\n'",
    );
    write(
        &lab,
        SERVICE,
        &format!("echo mark password {} end", password.trim()),
    );
    write(
        &lab,
        SERVICE,
        "printf 'mark long '; head -c 40000 /dev/zero | tr '\\0' x; echo ' end'",
    );

    let logs = lab
        .dataflow(["logs", "--grep", "^mark", "service"])
        .run()
        .expect_success()
        .stdout;

    let lines: Vec<&str> = logs.lines().collect();
    assert_eq!(lines[0], "mark \\u{1b}[31mred\\u{1b}[0m \u{fffd} tab\there");
    assert_eq!(lines[1], "mark password [password] end");
    assert_eq!(lines[2].len(), "mark long ".len() + 40_000 + " end".len());
    assert!(!logs.contains(password.trim()));
}

#[test]
fn given_logs_that_are_followed_when_containers_are_restarted_or_made_anew_then_they_go_on_until_ctrl_c()
 {
    let lab = Lab::deployed();
    let following = Following::start(&lab, &["logs", "-f", "-n", "1"]);
    wait_until("the first line", SHOWN, || following.count("|") > 0);

    write(&lab, SERVICE, "echo mark one");
    following.wait_for("service    | mark one");
    lab.exec(&format!("docker restart --time 10 {SERVICE}"));
    write(&lab, SERVICE, "echo mark two");
    following.wait_for("service    | mark two");
    let _ = lab
        .dataflow(["upgrade", "-i", "portsip/pbx:22.4"])
        .run()
        .expect_success();
    write(&lab, SERVICE, "echo mark three");
    following.wait_for("service    | mark three");
    write(&lab, CLICKHOUSE, "echo mark four");
    following.wait_for("clickhouse | mark four");

    for mark in ["mark one", "mark two", "mark three", "mark four"] {
        assert_eq!(following.count(mark), 1, "{mark}: each line once");
    }
    assert_eq!(following.interrupt(), Some(130));
}
