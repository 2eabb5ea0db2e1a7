use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn the_settings_file_in_the_directory_is_read_and_flags_win() {
    let place = Place::new().with_file(
        "dataflow.toml",
        "private-ip = '172.31.16.158'\npbx = '172.31.16.133'\n",
        0o644,
    );
    // Complete: the program gets as far as doing the verb.
    assert!(
        !place.run("run -v").contains("exit code 2"),
        "{}",
        place.run("run -v")
    );
    assert!(
        place
            .run("run -v")
            .contains("settings file: dataflow.toml\n")
    );
    let broken = Place::new().with_file(
        "dataflow.toml",
        "private-ip = '172.31.16.158'\npxb = '172.31.16.133'\n",
        0o644,
    );
    assert_snapshot!(broken.run_each(&[
        "status",
        "status --config other.toml",
        "status --config ."
    ]));
}

#[test]
fn what_is_wrong_in_a_settings_file_is_said_with_file_line_and_column() {
    let mut said = Vec::new();
    for text in [
        "pbx = ",
        "pbx = '172.31.16.133'\npbx = '172.31.16.133'\n",
        "[ssh]\nagnet = true\n",
        "[ssh]\npassword = 'secret'\n",
        "\nprivate-ip = '172.31.16.300'\n",
        "data-path = '/etc'\n",
        "image = 'portsip/PBX:22'\n",
        "nofile = 12\n",
        "pull = 'sometimes'\n",
        "host = 'flow.example.com'\n",
        "registry = 5\n",
        "[registry]\nserver = 'https://docker.io'\n",
    ] {
        let place = Place::new().with_file("dataflow.toml", text, 0o600);
        said.push(format!("{text}{}", place.run("status")));
    }
    assert_snapshot!(said.join("\n"));
}
