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
