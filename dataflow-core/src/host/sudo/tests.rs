#![allow(clippy::unwrap_used)]
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tokio::time::timeout;

use super::super::local;
use super::*;

fn needed(password: Option<&SecretString>) -> Sudo<'_> {
    Sudo {
        user: "pbx",
        password,
        terminal: false,
    }
}

/// Given what sudo said, when it ended before the command ran, then this is the error.
fn verdict(password: bool, asked: bool, stderr: &str, status: u32) -> HostError {
    let secret = SecretString::from("x");
    let gate = Gate::new(Some(needed(password.then_some(&secret))));
    let names = Names {
        host: "pbx@host".into(),
        command: "id".into(),
    };
    gate.verdict(&names, asked, stderr.as_bytes(), &Status::Exited(status))
}

#[test]
fn what_sudo_says_is_told_apart() {
    use HostError::*;
    assert!(matches!(
        verdict(false, false, "sudo: a password is required\n", 1),
        SudoPasswordNeeded { .. }
    ));
    assert!(matches!(
        verdict(
            true,
            true,
            "\nSorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n",
            1
        ),
        SudoPasswordWrong { .. }
    ));
    for denied in [
        "pbx is not in the sudoers file.  This incident will be reported.",
        "pbx is not in the sudoers file.\nThis incident has been reported to the administrator.",
        "Sorry, user pbx is not allowed to execute '/usr/bin/sh -c x' as root on host.",
        "Sorry, user pbx may not run sudo on host.",
    ] {
        assert!(
            matches!(verdict(true, true, denied, 1), SudoDenied { user, .. } if user == "pbx"),
            "{denied}"
        );
    }
    assert!(matches!(
        verdict(
            false,
            false,
            "sudo: sorry, you must have a tty to run sudo",
            1
        ),
        SudoNeedsTty { .. }
    ));
    assert!(matches!(
        verdict(false, false, "env: 'sudo': No such file or directory", 127),
        SudoMissing { .. }
    ));
    let SudoFailed { reason, .. } = verdict(
        true,
        true,
        "sudo: account validation failure, is your account locked?",
        1,
    ) else {
        unreachable!("a text that is not known is passed on");
    };
    assert!(reason.contains("account validation failure"));
}

#[test]
fn the_password_is_not_on_the_command_line() {
    let secret = SecretString::from("hunter2");
    let gate = Gate::new(Some(needed(Some(&secret))));
    let argv = gate.argv(&Command::new("id").sudo(), true).unwrap();
    assert_eq!(argv[2..4], ["sudo", "-S"]);
    assert!(!argv.join(" ").contains("hunter2"));
}
/// Given a stand-in for sudo of this script (in which `$prompt` is the prompt it was given, and
/// `"$@"` the command), when `cat` is started under it with this password, then this is the way it
/// went: what `cat` then read of `input`, or the error.
async fn through(sudo: &str, password: Option<&str>, input: &str) -> Result<String, HostError> {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("sudo");
    let script = format!(
        "#!/bin/sh\nprompt=; while [ \"$1\" != -- ]; do if [ \"$1\" = -p ]; then prompt=$2; shift; fi; shift; done; shift\n{sudo}\n"
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let secret = password.map(SecretString::from);
    let gate = Gate::new(Some(needed(secret.as_ref())));
    let mut argv = gate.argv(&Command::new("cat").sudo(), false).unwrap();
    argv[2] = program.to_str().unwrap().to_owned();
    let names = Names {
        host: "local".into(),
        command: "cat".into(),
    };
    let mut process = local::start(&argv, names).unwrap();
    let mut written = Written::default();
    timeout(Duration::from_secs(20), async {
        gate.pass(&mut process, &mut written).await?;
        process.input.write_all(input.as_bytes()).await.unwrap();
        drop(process.input);
        let mut read = written.stdout;
        loop {
            match process
                .events
                .next()
                .await
                .map_err(|lost| process.names.lost(lost))?
            {
                Event::Stdout(bytes) => read.extend(bytes),
                Event::Ended(_) => return Ok(String::from_utf8(read).unwrap()),
                Event::Stderr(_) | Event::EndOfOutput => {}
            }
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn the_password_is_sent_when_sudo_asks_and_the_input_goes_to_the_command() {
    let asks =
        r#"printf %s "$prompt" >&2; read -r answer; [ "$answer" = right ] || exit 1; exec "$@""#;
    assert_eq!(
        through(asks, Some("right"), "the input").await.unwrap(),
        "the input"
    );
}

#[tokio::test]
async fn where_sudo_does_not_ask_the_password_stays_here() {
    assert_eq!(
        through(r#"exec "$@""#, Some("right"), "the input")
            .await
            .unwrap(),
        "the input"
    );
}

#[tokio::test]
async fn what_a_shell_says_before_the_command_runs_is_not_its_output() {
    let noisy = r#"echo welcome; echo warning >&2; exec "$@""#;
    assert_eq!(
        through(noisy, None, "the input").await.unwrap(),
        "the input"
    );
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let asks = format!(
        "for try in 1 2 3; do printf %s \"$prompt\" >&2; read -r answer || exit 1; echo \"$answer\" >>{}; done; exit 1",
        log.display()
    );
    let error = through(&asks, Some("wrong"), "the input")
        .await
        .unwrap_err();
    assert!(
        matches!(error, HostError::SudoPasswordWrong { .. }),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "wrong\n");
}

#[tokio::test]
async fn endless_noise_ends_the_wait() {
    let error = through("yes", None, "").await.unwrap_err();
    assert!(matches!(error, HostError::TooMuchOutput { .. }), "{error}");
}

#[tokio::test]
async fn the_machine_ends_a_command_soon_after_its_deadline() {
    let command = Command::shell("sleep 60 & sleep 60").deadline(Duration::ZERO);
    let argv = Gate::new(None).argv(&command, true).unwrap();
    let names = Names {
        host: "local".into(),
        command: "sleep".into(),
    };
    // Not waited for with the command's deadline, as if nobody were there to enforce it.
    let mut process = local::start(&argv, names).unwrap();
    let ended = timeout(Duration::from_secs(30), async {
        loop {
            match process.events.next().await {
                Ok(Event::Ended(status)) => return status,
                Ok(_) => {}
                Err(lost) => unreachable!("{}", process.names.lost(lost)),
            }
        }
    });
    // The status of `timeout` for having ended a command.
    assert_eq!(ended.await.unwrap(), Status::Exited(124));
}

#[test]
fn the_command_that_sudo_quotes_is_left_out() {
    let said =
        "Sorry, user pbx is not allowed to execute '/usr/bin/sh -c \nit's long' as root on flow.";
    assert_eq!(
        without_command(said),
        "Sorry, user pbx is not allowed to execute this command as root on flow."
    );
    assert_eq!(
        without_command("pbx is not in the sudoers file."),
        "pbx is not in the sudoers file."
    );
}
