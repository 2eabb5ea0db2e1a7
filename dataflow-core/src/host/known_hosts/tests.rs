#![allow(clippy::unwrap_used)]
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::line::parse_key;
use super::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
const OTHER: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";

/// What a file of this text says of [`ED25519`] for `host`.
fn verdict(text: &str) -> Verdict {
    let (key_type, base64) = ED25519.split_once(' ').unwrap();
    let mut known = KnownHosts::default();
    known.add(Path::new("kh"), text.as_bytes(), "host");
    known.check(key_type, &parse_key(key_type, base64).unwrap().1)
}

fn at(line: usize) -> Place {
    Place {
        file: "kh".into(),
        line,
    }
}

fn ecdsa() -> String {
    use base64::Engine as _;
    let key = [&[0, 0, 0, 19][..], b"ecdsa-sha2-nistp256", &[0, 0, 0, 1, 4]].concat();
    format!(
        "ecdsa-sha2-nistp256 {}",
        base64::engine::general_purpose::STANDARD.encode(key)
    )
}

#[test]
fn a_key_is_judged_by_all_lines_of_its_host() {
    assert_eq!(verdict(""), Verdict::Unknown { other: vec![] });
    assert_eq!(verdict(&format!("host {ED25519}")), Verdict::Known);
    assert_eq!(
        verdict(&format!("elsewhere {ED25519}")),
        Verdict::Unknown { other: vec![] }
    );
    assert_eq!(
        verdict(&format!("# x\nhost {OTHER}")),
        Verdict::Changed(at(2))
    );
    // Two keys of one type: either will do.
    assert_eq!(
        verdict(&format!("host {OTHER}\nhost {ED25519}")),
        Verdict::Known
    );
    assert_eq!(
        verdict(&format!("host {}", ecdsa())),
        Verdict::Unknown { other: vec![at(1)] }
    );
    assert_eq!(
        verdict(&format!("host {ED25519}\n@revoked * {ED25519}")),
        Verdict::Revoked(at(2))
    );
    assert_eq!(
        verdict(&format!("@revoked host {OTHER}")),
        Verdict::Unknown { other: vec![] }
    );
    assert_eq!(
        verdict(&format!("@cert-authority host {ED25519}")),
        Verdict::Unknown { other: vec![] }
    );
    // Lines that can't be read, even such that are no text, hide nothing.
    assert_eq!(
        verdict(&format!("host ssh-ed25519 A\u{0}B\nhost {ED25519}")),
        Verdict::Known
    );
}

#[test]
fn the_types_that_are_known_are_asked_for_first() {
    let mut known = KnownHosts::default();
    known.add(
        Path::new("kh"),
        format!("host {}\n@revoked host {ED25519}", ecdsa()).as_bytes(),
        "host",
    );
    assert_eq!(
        known.key_types().collect::<Vec<_>>(),
        ["ecdsa-sha2-nistp256"]
    );
}

fn new_key(file: &Path, name: &str, key: &str) -> NewKey {
    NewKey {
        name: name.into(),
        key: key.into(),
        file: Some(file.to_owned()),
        hashed: None,
    }
}

#[test]
fn a_remembered_key_is_known_from_then_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("new/.ssh/known_hosts");
    for _ in 0..2 {
        remember(&new_key(&file, "[host]:2222", ED25519)).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("[host]:2222 {ED25519}\n")
    );
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
}

#[test]
fn remembering_keeps_what_is_there_even_without_a_last_newline() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    std::fs::write(&file, format!("a {OTHER}")).unwrap();
    remember(&new_key(&file, "host", ED25519)).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("a {OTHER}\nhost {ED25519}\n")
    );
}

#[test]
fn names_are_hashed_where_those_in_the_file_are_or_it_is_wanted() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    let text = || std::fs::read_to_string(&file).unwrap();
    let mut wanted = new_key(&file, "one", ED25519);
    wanted.hashed = Some(true);
    remember(&wanted).unwrap();
    remember(&new_key(&file, "two", ED25519)).unwrap();
    assert_eq!(text().matches("|1|").count(), 2, "{}", text());
    for name in ["one", "two"] {
        let found = KnownHosts::load(std::slice::from_ref(&file), name).unwrap();
        assert_eq!(found.key_types().count(), 1, "{name}");
        remember(&new_key(&file, name, ED25519)).unwrap();
    }
    assert_eq!(text().lines().count(), 2, "known ones are not added again");
}

#[test]
fn what_would_forge_a_line_is_not_remembered() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    for bad in ["*", "a,b", "", "@revoked", "a b", "a\nb", "|1|a"] {
        assert!(remember(&new_key(&file, bad, ED25519)).is_err(), "{bad}");
    }
    for bad in [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 AAAA\nhost x",
    ] {
        assert!(remember(&new_key(&file, "h", bad)).is_err(), "{bad}");
    }
    assert!(!file.exists());
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_a_missing_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    assert!(KnownHosts::load(&[directory.path().join("none")], "host").is_ok());
    assert!(KnownHosts::load(&[directory.path().to_owned()], "host").is_err());
}

/// Given generated files, when both look a host up, then the same lines are found as by `ssh-keygen
/// -F` (of the package openssh-client, which the tests need).
#[test]
fn lookups_agree_with_ssh_keygen() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    let plain = [
        "alpha",
        "beta.example.org",
        "[alpha]:2222",
        "10.1.2.3",
        "2001:db8::1",
        "[2001:db8::1]:2222",
    ];
    std::fs::write(
        &file,
        plain.map(|name| format!("{name} {ED25519}\n")).concat(),
    )
    .unwrap();
    let keygen = |arguments: &[&str]| {
        Command::new("ssh-keygen")
            .args(arguments)
            .arg("-f")
            .arg(&file)
            .output()
            .unwrap()
    };
    assert!(keygen(&["-H"]).status.success());
    let mut text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text.matches("|1|").count(),
        plain.len(),
        "ssh-keygen hashed every name"
    );
    for hosts in [
        "*.example.org",
        "!beta.example.org,*",
        "10.1.?.3,alpha",
        "ALPHA",
        "*:2222",
        "*]:22*",
        "!*,alpha",
        "a**a",
        "gamma,!alpha",
    ] {
        text.push_str(&format!("{hosts} {ED25519}\n"));
    }
    text.push_str(&format!(
        "@revoked alpha {ED25519}\nalpha\n\n# alpha {ED25519}\n"
    ));
    std::fs::write(&file, &text).unwrap();

    for name in plain.into_iter().chain([
        "gamma",
        "beta",
        "[beta.example.org]:22",
        "[gamma]:2222",
        "10.1.22.3",
        "a",
        "aa",
    ]) {
        let found = String::from_utf8(keygen(&["-F", name]).stdout).unwrap();
        // "# Host alpha found: line 7 ", with the marker behind it.
        let wanted: Vec<usize> = found
            .lines()
            .filter_map(|line| {
                line.split_once("found: line ")?
                    .1
                    .split(' ')
                    .next()?
                    .parse()
                    .ok()
            })
            .collect();
        let known = KnownHosts::load(std::slice::from_ref(&file), name).unwrap();
        let ours: Vec<usize> = known.entries.iter().map(|entry| entry.place.line).collect();
        assert_eq!(ours, wanted, "{name}");
    }
}

/// The same for some hundreds of generated files.
#[test]
fn generated_files_are_read_as_ssh_keygen_reads_them() {
    use rand::rngs::StdRng;
    use rand::seq::IndexedRandom as _;
    use rand::{RngExt as _, SeedableRng as _};

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("known_hosts");
    let names = [
        "flow",
        "flow.example.org",
        "[flow]:2222",
        "[flow.example.org]:22",
        "10.0.0.7",
        "[10.0.0.7]:2222",
        "2001:db8::7",
        "[2001:db8::7]:2222",
        "FLOW.example.ORG",
    ];
    let patterns = [
        "*",
        "fl?w",
        "*.example.org",
        "f*w*",
        "10.0.*",
        "*:2222",
        "[*]:2222",
        "[fl*]:*",
        "*7",
        "x",
        "?",
        "**",
        "2001:*",
        "[flow]:2?22",
        "other",
    ];
    for seed in 0..150 {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut text = String::new();
        for _ in 0..random.random_range(1..9) {
            let marker = *[
                "",
                "",
                "",
                "@revoked ",
                "@cert-authority ",
                "\t",
                "# ",
                "@what ",
            ]
            .choose(random)
            .unwrap();
            let hosts = if random.random_bool(0.3) {
                let salt: [u8; 20] = random.random();
                // `ssh` looks for the name in lower case; so it is hashed.
                let name = names.choose(random).unwrap().to_lowercase();
                super::line::hashed(&name, &salt).unwrap()
            } else {
                let count = random.random_range(1..4);
                let one = |random: &mut StdRng| {
                    let from: &[&str] = if random.random() { &names } else { &patterns };
                    let negated = if random.random_bool(0.2) { "!" } else { "" };
                    format!("{negated}{}", from.choose(random).unwrap())
                };
                let hosts: Vec<String> = (0..count).map(|_| one(random)).collect();
                hosts.join(",")
            };
            let key = *[ED25519, OTHER, OTHER, ""].choose(random).unwrap();
            let rest = *["", " a comment", "\r"].choose(random).unwrap();
            text.push_str(&format!("{marker}{hosts} {key}{rest}\n"));
        }
        std::fs::write(&file, &text).unwrap();
        for name in names {
            // It looks for hashed names as they are given, and `ssh` gives them in lower case.
            let name = name.to_lowercase();
            let found = Command::new("ssh-keygen")
                .args(["-F", &name, "-f"])
                .arg(&file)
                .output()
                .unwrap();
            let found = String::from_utf8(found.stdout).unwrap();
            let wanted: Vec<usize> = found
                .lines()
                .filter_map(|line| {
                    let (_, number) = line.split_once("found: line ")?;
                    number.split(' ').next()?.parse().ok()
                })
                .collect();
            let known = KnownHosts::load(std::slice::from_ref(&file), &name).unwrap();
            let ours: Vec<usize> = known.entries.iter().map(|entry| entry.place.line).collect();
            assert_eq!(ours, wanted, "seed {seed}, {name} in\n{text}");
        }
    }
}
