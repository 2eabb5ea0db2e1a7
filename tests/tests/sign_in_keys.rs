//! Signing in by key: each kind and form of key file, and the agent.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::ffi::OsStr;
use std::path::Path;

use dataflow_tests::{Agent, Ended, Lab, Program, make_key};

fn status(lab: &Lab, identity: &Path, more: &[&OsStr]) -> Program {
    let arguments = ["--identity".as_ref(), identity.as_os_str()];
    let arguments = arguments.into_iter().chain(more.iter().copied());
    lab.dataflow_as("ubuntu", arguments.chain(["status".as_ref()]))
}

/// Signed in, and Docker answered: nothing is deployed, or something is, according to what ran before.
fn is_in(ended: &Ended) -> bool {
    ended.stdout.contains("Data Flow on ubuntu@")
}

#[test]
fn given_a_key_of_any_kind_and_form_when_its_file_is_named_then_it_signs_in() {
    let lab = Lab::open();
    let passphrase = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(passphrase.path(), "words of a key\n").expect("a passphrase file");
    let kinds: [&[&str]; 6] = [
        &["-t", "ed25519"],
        // Of those on P-256, one in 256 is not read; see `keys::load`.
        &["-t", "ecdsa", "-b", "384"],
        &["-t", "ecdsa", "-b", "521", "-m", "PKCS8"],
        &["-t", "rsa", "-b", "2048"],
        &["-t", "rsa", "-b", "3072", "-m", "PEM"],
        &["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    ];
    for kind in kinds {
        let key = lab.key_for("ubuntu", &[kind, &["-N", ""]].concat());
        let ended = status(&lab, &key.path(), &[]).run();
        assert!(is_in(&ended), "{kind:?}: {ended:?}");
        drop(key);

        let key = lab.key_for("ubuntu", &[kind, &["-N", "words of a key"]].concat());
        let file = ["--passphrase-file".as_ref(), passphrase.path().as_os_str()];
        let ended = status(&lab, &key.path(), &file).run();
        assert!(is_in(&ended), "encrypted {kind:?}: {ended:?}");
    }
}

#[test]
fn given_an_encrypted_key_when_there_is_no_passphrase_then_it_is_asked_for_on_a_terminal_once() {
    let lab = Lab::open();
    let key = lab.key_for(
        "ubuntu",
        &["-t", "rsa", "-b", "2048", "-N", "words of a key"],
    );
    let path = key.path();
    let ended = status(&lab, &path, &[]).run();
    let told = ended
        .snapshot()
        .replace(path.to_str().expect("UTF-8"), "KEY");
    insta::assert_snapshot!("encrypted_key_without_passphrase", told);
    let asked = status(&lab, &path, &[]).run_on_terminal(&["words of a key"]);
    assert_eq!(
        asked.stdout.matches("Passphrase of ").count(),
        1,
        "{asked:?}"
    );
    assert!(is_in(&asked), "{asked:?}");
    let wrong = status(&lab, &path, &[]).run_on_terminal(&["other words"]);
    assert!(
        wrong.stdout.contains("the passphrase does not open it"),
        "{wrong:?}"
    );
    assert_eq!(
        wrong.stdout.matches("Passphrase of ").count(),
        1,
        "{wrong:?}"
    );

    // By its usual name, and with another that the server does not take: that one is not asked about.
    let home = tempfile::tempdir().expect("a home");
    std::fs::create_dir(home.path().join(".ssh")).expect(".ssh");
    for (from, name) in [(&path, "id_rsa"), (&key.public(), "id_rsa.pub")] {
        std::fs::copy(from, home.path().join(".ssh").join(name)).expect("a copy");
    }
    make_key(
        &home.path().join(".ssh/id_ecdsa"),
        &["-t", "ecdsa", "-b", "384", "-N", "other words"],
    );
    let usual = lab
        .dataflow_as("ubuntu", ["status"])
        .env("HOME", home.path());
    let asked = usual.run_on_terminal(&["words of a key"]);
    assert_eq!(
        asked.stdout.matches("Passphrase of ").count(),
        1,
        "{asked:?}"
    );
    assert!(is_in(&asked), "{asked:?}");
}

#[test]
fn given_an_agent_with_many_keys_when_one_is_named_then_that_one_comes_first() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let others: Vec<_> = (0..8)
        .map(|number| {
            let path = directory.path().join(format!("key{number}"));
            make_key(
                &path,
                &["-t", "ed25519", "-N", "", "-C", &format!("key{number}")],
            );
            path
        })
        .collect();
    let right = lab.key_for("ubuntu", &["-t", "ed25519", "-N", ""]);
    let agent = Agent::with(others.iter().chain([&right.path()]));
    let with_agent = |program: Program| program.env("SSH_AUTH_SOCK", &agent.socket).run();

    let unnamed = with_agent(lab.dataflow_as("ubuntu", ["status"]));
    assert_eq!(unnamed.code, Some(6), "{unnamed:?}");
    assert!(unnamed.stderr.contains("not tried"), "{unnamed:?}");
    assert!(
        unnamed
            .stderr
            .contains("next: Name the right key with --identity"),
        "{unnamed:?}"
    );

    // By its public half: the private one is in the agent only.
    let named = with_agent(status(&lab, &right.public(), &[]));
    assert!(is_in(&named), "{named:?}");

    let config = directory.path().join("config");
    let text = format!(
        "IdentityFile {}\nIdentitiesOnly yes\n",
        right.public().display()
    );
    std::fs::write(&config, text).expect("ssh_config");
    let arguments = [
        "--ssh-config".as_ref(),
        config.as_os_str(),
        "status".as_ref(),
    ];
    let by_config = with_agent(lab.dataflow_as("ubuntu", arguments));
    assert!(is_in(&by_config), "{by_config:?}");

    // By the name of a private key that is not there: only its public half is.
    let absent = directory.path().join("absent");
    std::fs::copy(right.public(), directory.path().join("absent.pub")).expect("a copy");
    let text = format!("IdentityFile {}\nIdentitiesOnly yes\n", absent.display());
    std::fs::write(&config, text).expect("ssh_config");
    let by_absent = with_agent(lab.dataflow_as("ubuntu", arguments));
    assert!(is_in(&by_absent), "{by_absent:?}");

    // IdentitiesOnly leaves the others out, so that a wrong key is one try and not many.
    let text = format!("IdentityFile {}\nIdentitiesOnly yes\n", others[0].display());
    std::fs::write(&config, text).expect("ssh_config");
    let only = with_agent(lab.dataflow_as("ubuntu", arguments));
    assert_eq!(only.stderr.matches("SHA256:").count(), 1, "{only:?}");
}

#[test]
fn given_a_key_with_the_usual_name_when_the_agent_is_full_of_others_then_it_has_its_turn() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let others: Vec<_> = (0..8)
        .map(|number| {
            let path = directory.path().join(format!("key{number}"));
            make_key(&path, &["-t", "ed25519", "-N", ""]);
            path
        })
        .collect();
    let right = lab.key_for("ubuntu", &["-t", "ecdsa", "-b", "384", "-N", ""]);
    std::fs::create_dir(directory.path().join(".ssh")).expect(".ssh");
    std::fs::copy(right.path(), directory.path().join(".ssh/id_ecdsa")).expect("a copy");
    let agent = Agent::with(&others);
    let program = lab.dataflow_as("ubuntu", ["status"]);
    let program = program.env("SSH_AUTH_SOCK", &agent.socket);
    let ended = program.env("HOME", directory.path()).run();
    assert!(is_in(&ended), "{ended:?}");
}
