//! Servers with peculiar accounts and settings: they change nothing.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use dataflow_tests::{Lab, Program, Setting, Sshd, wait_until};

/// The program as ubuntu, who may open Docker's socket, and as pbx, who needs sudo and its password for that.
fn both(lab: &Lab, port: u16) -> [Program; 2] {
    ["ubuntu", "pbx"].map(|user| {
        let address = format!("ssh://{user}@{}:{port}", lab.server.address);
        let identity = lab.key.to_str().expect("UTF-8");
        let program = lab.dataflow_at(
            &address,
            ["--identity", identity, "--output", "json", "run"],
        );
        program.env("DATAFLOW_SUDO_PASSWORD", lab.password("pbx"))
    })
}

/// A run that looks at everything and finds nothing to do, as both.
fn works(lab: &Lab, port: u16, case: &str) {
    for program in both(lab, port) {
        let ended = program.run();
        assert_eq!(ended.code, Some(0), "{case}: {ended:?}");
        assert!(
            ended.stdout.contains(r#""changed":false"#),
            "{case}: {ended:?}"
        );
    }
}

/// Gives both accounts another login shell, and has it write to both streams when it starts.
fn shell<'lab>(lab: &'lab Lab, path: &str) -> Setting<'lab> {
    let apply = format!(
        r#"for user in ubuntu pbx; do
            cd /home/$user && mkdir -p .config/fish && cp .bashrc .bashrc.kept
            for file in .bashrc .zshenv .tcshrc .cshrc .config/fish/config.fish; do
                printf 'echo welcome to this server\nsh -c "echo beware >&2"\n' >$file.new
                cat $file >>$file.new 2>/dev/null || true
                mv $file.new $file
            done
            chown -R $user: . && usermod --shell {path} $user
        done"#
    );
    let undo = r"for user in ubuntu pbx; do
            cd /home/$user && mv .bashrc.kept .bashrc && rm -rf .zshenv .tcshrc .cshrc .config/fish
            usermod --shell /bin/bash $user
        done";
    lab.setting(&apply, undo)
}

#[test]
fn given_any_login_shell_that_writes_when_it_starts_then_all_works() {
    let lab = Lab::deployed();
    for path in [
        "/bin/bash",
        "/bin/dash",
        "/usr/bin/zsh",
        "/usr/bin/fish",
        "/usr/bin/tcsh",
        "/bin/csh",
    ] {
        let _shell = shell(&lab, path);
        works(&lab, lab.server.port, path);
    }
}

#[test]
fn given_odd_settings_of_sshd_and_sudo_then_all_works() {
    let lab = Lab::deployed();
    for (port, lines) in (2340..).zip([
        "MaxSessions 1",
        "MaxSessions 2",
        "AllowStreamLocalForwarding no\nMaxSessions 1",
        "Banner /etc/passwd\nPrintMotd yes\nPrintLastLog yes",
        "SetEnv LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=de",
        "MaxAuthTries 2",
        "ClientAliveInterval 1\nClientAliveCountMax 2\nRekeyLimit 16K",
    ]) {
        let sshd = lab.sshd(port, lines);
        works(&lab, sshd.port, lines);
    }
    let _tty = lab.setting(
        "echo 'Defaults requiretty' >/etc/sudoers.d/test-requiretty && chmod 440 /etc/sudoers.d/test-requiretty",
        "rm -f /etc/sudoers.d/test-requiretty",
    );
    works(&lab, lab.server.port, "requiretty");
}

/// A connection that has not signed in yet and so takes one of the places there are (`MaxStartups`).
fn half_open(lab: &Lab, sshd: &Sshd<'_>) -> TcpStream {
    let mut stream = TcpStream::connect((lab.server.address.as_str(), sshd.port)).expect("sshd");
    let mut banner = [0; 4];
    stream.read_exact(&mut banner).expect("sshd says who it is");
    stream
}

#[test]
fn given_a_server_with_too_many_at_its_door_then_it_is_tried_again_until_there_is_room() {
    let lab = Lab::open();
    let sshd = lab.sshd(2350, "MaxStartups 1\nLogLevel VERBOSE");
    let other = half_open(&lab, &sshd);
    let address = format!("ssh://ubuntu@{}:{}", lab.server.address, sshd.port);
    let identity = lab.key.to_str().expect("UTF-8");
    let status = |more: &[&str]| {
        let arguments = [&["--identity", identity], more, &["status"]].concat();
        lab.dataflow_at(&address, arguments)
    };
    let refused = status(&["--connect-timeout", "1"]).run();
    assert_eq!(refused.code, Some(6), "{refused:?}");
    assert!(
        refused.stderr.contains("before it said anything")
            || refused.stderr.contains("Exceeded MaxStartups"),
        "{refused:?}"
    );
    let dropped = || {
        let log =
            lab.exec("journalctl --sync; journalctl --unit test-sshd-2350 --output cat --quiet");
        log.matches("drop connection").count()
    };
    let before = dropped();
    let running = status(&[]).start();
    wait_until(
        "the server to send it away",
        Duration::from_secs(10),
        || dropped() > before,
    );
    drop(other);
    let output = running.wait_with_output().expect("dataflow ends");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("Data Flow on ubuntu@"), "{output:?}");
}

#[test]
fn given_a_server_that_falls_silent_then_ssh_config_says_when_it_is_given_up() {
    let lab = Lab::open();
    let sshd = lab.sshd(2351, "");
    let directory = tempfile::tempdir().expect("a directory");
    let config = directory.path().join("config");
    std::fs::write(&config, "ServerAliveInterval 1\nServerAliveCountMax 1\n").expect("ssh_config");
    let address = format!("ssh://pbx@{}:{}", lab.server.address, sshd.port);
    let identity = lab.key.to_str().expect("UTF-8");
    let config = config.to_str().expect("UTF-8");
    // sudo asks for a password over a connection on which nothing more is heard.
    let _silent = lab.setting(
        "cat >/usr/local/bin/sudo <<'END'
#!/bin/sh
pkill -STOP -u pbx sshd; exec sleep 60
END
chmod 755 /usr/local/bin/sudo",
        "rm -f /usr/local/bin/sudo; pkill -CONT -u pbx sshd; pkill -u pbx sleep; true",
    );
    let program = lab.dataflow_at(
        &address,
        ["--ssh-config", config, "--identity", identity, "run"],
    );
    let begin = std::time::Instant::now();
    let ended = program.env("DATAFLOW_SUDO_PASSWORD", "x").run();
    assert!(
        ended.stderr.contains("the server stopped answering"),
        "{ended:?}"
    );
    assert!(begin.elapsed() < Duration::from_secs(15), "{ended:?}");
}
