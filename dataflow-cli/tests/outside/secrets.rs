use insta::assert_snapshot;

use crate::place::{Place, run};

#[test]
fn a_token_given_as_an_argument_is_taken_with_a_warning_and_not_shown() {
    let said = run("run -a 172.31.16.158 -U alice -P canary");
    let (command, rest) = said.split_once('\n').unwrap();
    assert!(
        command.contains("canary") && !rest.contains("canary"),
        "{said}"
    );
    assert_snapshot!(rest);
}

#[test]
fn secrets_come_from_files_and_variables() {
    let place = Place::new()
        .with_file("good", "canary\n", 0o600)
        .with_file("open", "canary\n", 0o644)
        .with_file("empty", "\n", 0o600)
        .with_file("lines", "canary\ncanary\n", 0o600)
        .with_file("flow.toml", "[ssh]\npassword-file = '~/open'\n", 0o600);
    // Without -a and --host every one of these ends with an error, after the secrets were read.
    let said = place.run_each(&[
        "status --password-file good",
        "status --password-file open",
        "status --sudo-password-file empty",
        "status --password-file lines",
        "status --password-file missing",
        "status --config flow.toml",
        "status --config flow.toml --password-file good",
        "run -a 172.31.16.158 -x 172.31.16.133 -U alice --registry-token-file empty",
    ]);
    assert!(!said.contains("canary"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn a_variable_is_stronger_than_the_file_and_weaker_than_a_flag() {
    let place = Place::new()
        .with_file("dataflow.toml", "[ssh]\npassword-file = 'missing'\n", 0o600)
        .with_variable("DATAFLOW_SSH_PASSWORD", "canary");
    let said = place.run("status");
    assert!(
        said.contains("the server to work on is not given") && !said.contains("canary"),
        "{said}"
    );
    let said = place.run("status --password-file other");
    assert!(
        said.contains("the secret file other cannot be read"),
        "{said}"
    );
    let token = Place::new().with_variable("DATAFLOW_REGISTRY_TOKEN", "canary");
    let said = token.run("run -a 172.31.16.158 -x 172.31.16.133");
    assert!(
        said.contains("without the user that it belongs to") && !said.contains("canary"),
        "{said}"
    );
}

#[test]
fn a_token_in_a_variable_is_for_the_registry_that_the_flags_name() {
    let place = Place::new().with_variable("DATAFLOW_REGISTRY_TOKEN", "canary");
    // Nobody listens there: the settings were complete when the program tried to connect.
    let said = place.run("run --host ssh://alice@127.0.0.1:1 -a 172.31.16.158 -x 172.31.16.133 -R registry.example.com -U alice");
    assert!(
        said.contains("refuses connections") && !said.contains("canary"),
        "{said}"
    );
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    let place = Place::new().with_file(
        "flow.toml",
        "host = 'ssh://pbx:canary@flow.example.com'\n",
        0o600,
    );
    let mut all = Vec::new();
    for arguments in [
        "status --host ssh://pbx:canary@flow.example.com",
        "status --host ssh://pbx:can@ary:canary@flow.example.com --output json",
        "status --jump pbx:canary@jump.example.com",
        "status --config flow.toml",
    ] {
        let said = place.run(arguments);
        let (_, rest) = said.split_once('\n').unwrap();
        assert!(!rest.contains("canary"), "{said}");
        all.push(rest.to_owned());
    }
    assert_snapshot!(all.join("\n"));
}
