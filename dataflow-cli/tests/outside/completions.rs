//! Completion by the real shells, as an operator has it after one line in the shell's start file.

use std::process::Command;

use insta::assert_snapshot;

use crate::place::Place;

/// Runs a script in this shell, with the program on its path; nothing where there is no such shell.
fn shell(place: &Place, shell: &str, arguments: &[&str], script: &str) -> Option<String> {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_dataflow"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let output = Command::new(shell)
        .args(arguments)
        .arg(script)
        .current_dir(place.path())
        .env_clear()
        .env("HOME", place.path())
        .env("PATH", path)
        .output();
    let Ok(output) = output else {
        println!("skipped: there is no {shell} on this machine");
        return None;
    };
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What Bash offers after these words.
fn bash(place: &Place, words: &str) -> String {
    let script = format!(
        r#"
        source <(dataflow completions bash)
        COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMP_TYPE=9
        COMP_LINE="${{COMP_WORDS[*]}}" COMP_POINT=${{#COMP_LINE}}
        last="${{COMP_WORDS[COMP_CWORD]}}"
        compopt() {{ :; }}
        [[ $(complete -p dataflow) =~ -F\ ([^ ]+) ]] || exit 1
        "${{BASH_REMATCH[1]}}" dataflow "$last" "${{COMP_WORDS[COMP_CWORD-1]}}"
        printf '%s\n' "${{COMPREPLY[@]}}"
        "#
    );
    shell(place, "bash", &["-c"], &script).expect("bash is on every machine that this runs on")
}

#[test]
fn each_shell_takes_its_script() {
    let place = Place::new();
    for (name, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let script = place
            .command(&format!("completions {name}"))
            .output()
            .unwrap();
        std::fs::write(place.path().join(name), script.stdout).unwrap();
        if let Some(said) = shell(&place, name, &[check], name) {
            assert_eq!(said, "");
        }
    }
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    let place = Place::new();
    assert_eq!(bash(&place, "dataflow st"), "start\nstop\nstatus\n");
    assert_eq!(
        bash(&place, "dataflow run --clickh"),
        "--clickhouse-image\n"
    );
    assert_eq!(
        bash(&place, "dataflow run --pull ''"),
        "missing\nalways\nnever\n"
    );
    assert_eq!(bash(&place, "dataflow completions f"), "fish\n");
}

#[test]
fn the_servers_of_the_settings_file_are_offered() {
    let place = Place::new()
        .with_file("dataflow.toml", "[servers.paris]\n[servers.lima]\n", 0o600)
        .with_file("other.toml", "[servers.oslo]\n", 0o600)
        .with_file("broken.toml", "[servers", 0o600);
    assert_eq!(bash(&place, "dataflow status --server ''"), "paris\nlima\n");
    assert_eq!(bash(&place, "dataflow status --server l"), "lima\n");
    assert_eq!(
        bash(&place, "dataflow --config other.toml status --server ''"),
        "oslo\n"
    );
    assert_eq!(
        bash(&place, "dataflow --config=other.toml status --server ''"),
        "oslo\n"
    );
    assert_eq!(
        bash(&place, "dataflow --config broken.toml status --server ''"),
        "\n"
    );
}

#[test]
fn fish_completes_verbs() {
    let place = Place::new();
    let script = "dataflow completions fish | source; complete -C 'dataflow st'";
    if let Some(said) = shell(&place, "fish", &["--no-config", "-c"], script) {
        let verbs: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(verbs, ["start", "stop", "status"], "{said}");
    }
}

#[test]
fn zsh_completes_verbs() {
    let place = Place::new();
    // Outside a line that is being typed, Zsh has no place to show what is offered.
    let script = r#"
        compdef() { completer=$1 }
        _describe() { print -l -- ${(P)3} }
        source <(dataflow completions zsh)
        words=(dataflow st) CURRENT=2
        $completer
    "#;
    if let Some(said) = shell(&place, "zsh", &["-f", "-c"], script) {
        let verbs: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(verbs, ["start", "stop", "status"], "{said}");
    }
}

#[test]
fn what_is_asked_for_is_named_where_it_is_not_known() {
    assert_snapshot!(Place::new().run_each(&["completions", "completions tcsh"]));
}
