//! What can't be done is refused with one clear message, the next step and the right exit code, and nothing was touched.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use dataflow_tests::{Ended, Lab, Program, SERVICE};

/// Exit codes, as the program's help tells them.
const USAGE: i32 = 2;
const PRECONDITION: i32 = 3;
const UNREACHABLE: i32 = 6;

/// Runs programs that have to be refused on a server that has nothing, which is not touched by it; gives all that they said.
fn refused<'a>(lab: &Lab, cases: impl IntoIterator<Item = (&'a str, i32, Program)>) -> String {
    let before = lab.footprint();
    let told = dataflow_tests::refused(cases);
    before.assert_unchanged(lab);
    told + "\n\n"
}

/// A file of this test below the lab's directory.
fn file(lab: &Lab, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = lab.settings.with_file_name(name);
    fs::write(&path, content).expect("a file of this test");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&path, private).expect("a private file");
    path
}

/// A fresh key pair; gives the private key's file and the public key as `known_hosts` has it.
fn key_pair(lab: &Lab, name: &str) -> (PathBuf, String) {
    let path = lab.settings.with_file_name(name);
    let public = lab.settings.with_file_name(format!("{name}.pub"));
    let _ = (fs::remove_file(&path), fs::remove_file(&public));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
        .arg(&path)
        .status();
    assert!(made.expect("ssh-keygen").success());
    let key = fs::read_to_string(public).expect("the public key");
    (path, key.trim().to_owned())
}

/// The server's Ed25519 host key as it tells it itself.
fn fingerprint(lab: &Lab) -> String {
    let text = lab.exec("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    text.split(' ').nth(1).expect("a fingerprint").to_owned()
}

#[test]
fn given_values_that_make_no_sense_when_run_then_nothing_is_tried() {
    let lab = Lab::empty();
    let log_end = lab.ssh_log_end();
    let cases = [
        ("not an IP", vec!["run", "-a", "198.18.16.258"]),
        ("a PBX that is no IP", vec!["run", "-x", "pbx.example.com"]),
        (
            "a path that is not absolute",
            vec!["run", "-p", "var/lib/portsip"],
        ),
        ("the root directory", vec!["run", "-p", "/"]),
        ("no image", vec!["run", "-i", "portsip/PBX:22"]),
        (
            "a flag that is none",
            vec!["run", "--immage", "portsip/pbx:22"],
        ),
    ];
    let told = cases.map(|(case, arguments)| {
        let ended = lab.dataflow(arguments).run();
        assert_eq!(ended.code, Some(USAGE), "{case}: {ended:?}");
        format!("== {case}\n{}", ended.snapshot())
    });
    insta::assert_snapshot!("values_that_make_no_sense", told.join("\n\n"));
    assert_eq!(lab.connections_since(&log_end), 0);
}

#[test]
fn given_a_server_that_cannot_be_reached_when_run_then_it_is_told_which_and_why() {
    let lab = Lab::empty();
    let at = |address: &str| lab.dataflow(["--connect-timeout", "2", "--host", address, "run"]);
    let closed = format!("ssh://ubuntu@{}:2222", lab.server.address);
    let told = refused(
        &lab,
        [
            ("closed port", UNREACHABLE, at(&closed)),
            ("nobody there", UNREACHABLE, at("ssh://ubuntu@198.18.16.77")),
            (
                "no such name",
                UNREACHABLE,
                at("ssh://ubuntu@no-such-server.invalid"),
            ),
        ],
    );
    // How a resolver says that it knows no such name is its own affair.
    let told: Vec<String> = told
        .lines()
        .map(|line| match line.split_once("resolved: ") {
            Some((ours, _)) => format!("{ours}resolved: [reason]"),
            None => line.to_owned(),
        })
        .collect();
    insta::assert_snapshot!("servers_that_cannot_be_reached", told.join("\n"));
}

#[test]
fn given_a_host_key_that_is_not_the_known_one_when_run_then_it_is_refused_with_its_fingerprint() {
    let lab = Lab::empty();
    let (_, other) = key_pair(&lab, "other_host_key");
    let nothing = file(&lab, "known_hosts_empty", "");
    let changed = file(
        &lab,
        "known_hosts_changed",
        format!("{} {other}\n", lab.server.address),
    );
    let with = |known_hosts: &PathBuf| {
        lab.dataflow([
            OsStr::new("--known-hosts"),
            known_hosts.as_ref(),
            "run".as_ref(),
        ])
    };
    let wrong_pin = format!("SHA256:{}", "A".repeat(43));
    let pinned = |pin: &str| lab.dataflow(["--host-key", pin, "run"]);
    let unknown = with(&nothing).run();
    assert!(unknown.stderr.contains(&fingerprint(&lab)), "{unknown:?}");

    let told = refused(
        &lab,
        [
            ("unknown", UNREACHABLE, with(&nothing)),
            ("changed", UNREACHABLE, with(&changed)),
            ("not the one asked for", UNREACHABLE, pinned(&wrong_pin)),
        ],
    );

    insta::assert_snapshot!("host_keys", told);
    assert_eq!(
        fs::read_to_string(&nothing).expect("the file"),
        "",
        "nothing was added"
    );
    let right = fingerprint(&lab);
    let arguments = [
        "--known-hosts".as_ref(),
        nothing.as_os_str(),
        "--host-key".as_ref(),
        right.as_ref(),
        "status".as_ref(),
    ];
    let status = lab.dataflow(arguments).run();
    assert_eq!(
        status.code,
        Some(1),
        "reached, and not deployed: {status:?}"
    );
}

#[test]
fn given_a_wrong_password_or_key_when_run_then_it_is_told_what_was_tried() {
    let lab = Lab::empty();
    let (other_key, _) = key_pair(&lab, "other_key");
    let password = |password: &str| {
        lab.dataflow_as("pbx", ["run"])
            .env("DATAFLOW_SSH_PASSWORD", password)
    };
    let with_key = |path: PathBuf| {
        lab.dataflow_as(
            "ubuntu",
            ["--identity".as_ref(), path.as_os_str(), "run".as_ref()],
        )
    };
    let no_key = file(&lab, "no_key", "this is no key\n");
    let told = refused(
        &lab,
        [
            (
                "nothing to sign in with",
                UNREACHABLE,
                lab.dataflow_as("ubuntu", ["run"]),
            ),
            ("wrong password", UNREACHABLE, password("not the password")),
            ("wrong key", UNREACHABLE, with_key(other_key)),
            (
                "no such key file",
                UNREACHABLE,
                with_key("/nowhere/id_ed25519".into()),
            ),
            ("a file that is no key", UNREACHABLE, with_key(no_key)),
            (
                "a user who is not there",
                UNREACHABLE,
                lab.dataflow_as("nobody-here", ["run"])
                    .env("DATAFLOW_SSH_PASSWORD", "anything"),
            ),
        ],
    );
    insta::assert_snapshot!("sign_in", told);
}

#[test]
fn given_something_in_the_way_on_the_server_when_run_then_it_is_named_and_left_alone() {
    let lab = Lab::empty();
    let image = lab.exec("docker image ls --quiet | head -n 1");
    let run = || lab.dataflow(["run"]);

    let mut told = {
        let _listener = lab.listener_on(8123);
        refused(&lab, [("port 8123 is taken", PRECONDITION, run())])
    };
    lab.exec(&format!(
        "docker create --name portsip.clickhouse --entrypoint sleep {} infinity",
        image.trim()
    ));
    told += &refused(
        &lab,
        [("another container has the name", PRECONDITION, run())],
    )
    .replace(image.trim(), "[image]");
    lab.exec("docker rm portsip.clickhouse; echo precious >/var/lib/portsip");
    told += &refused(&lab, [("the data path is a file", PRECONDITION, run())]);
    assert_eq!(lab.exec("cat /var/lib/portsip"), "precious\n");
    lab.exec("rm /var/lib/portsip");

    insta::assert_snapshot!("in_the_way", told);
}

#[test]
fn given_an_image_that_may_not_be_fetched_when_run_then_the_registry_is_named() {
    let lab = Lab::empty();
    let (open, private) = (&lab.registry.open, &lab.registry.private);
    lab.forget_images(&[&format!("{private}/portsip/pbx:22")]);
    let unknown = format!("{open}/portsip/no-such-image:1");
    let image = format!("{private}/portsip/pbx:22");
    let run = |image: &str, more: &[&str]| {
        let all = ["run", "-i", image].into_iter();
        lab.dataflow(all.chain(more.iter().copied()))
    };
    let user = ["-R", private, "-U", &lab.registry.user];
    let before = lab.footprint();
    let told = dataflow_tests::refused([
        ("unknown image", PRECONDITION, run(&unknown, &[])),
        ("no sign-in", PRECONDITION, run(&image, &[])),
        (
            "wrong token",
            PRECONDITION,
            run(&image, &user).env("DATAFLOW_REGISTRY_TOKEN", "not-the-token"),
        ),
        (
            "no image there and none may be fetched",
            PRECONDITION,
            run(&image, &["--pull", "never"]),
        ),
    ]);
    before.assert_only_recorded(&lab);
    insta::assert_snapshot!("registry", told);

    let token = file(&lab, "registry.token", lab.registry_password());
    let token = token.to_str().expect("a path in UTF-8");
    let more = [&user[..], &["--registry-token-file", token]].concat();
    let ended: Ended = run(&image, &more).run();
    let _ = ended.expect_success();
    assert_eq!(lab.inspect(SERVICE)["Config"]["Image"], image.as_str());
    lab.wait_for_more_rows();
}
