#![allow(clippy::unwrap_used)]
use secrecy::ExposeSecret;

use super::*;

fn read(answer: &str) -> Observed {
    understand(answer, &Release::portsip(), SystemTime::UNIX_EPOCH)
}

#[test]
fn an_answer_of_a_server_in_use_is_understood() {
    let observed = read(concat!(
        "clock 1700000000\n",
        "path 41ed 0 0 /var/lib/portsip\n",
        "path 41ed 888 888 /var/lib/portsip/dataflow\n",
        "path 81a4 0 0 /var/lib/portsip/clickhouse\n",
        "   1: 0100007F:1FBB 00000000:0000 0A 00000000:00000000 00:00000000 00000000 101 0 1 1 0\n",
        "   2: 00000000000000000000000000000000:2328 00000000000000000000000000000000:0000 0A 0 0\n",
        "program LISTEN 0 64 127.0.0.1:8123 0.0.0.0:* users:((\"nginx\",pid=77,fd=6))\n",
        "password-file [other]\npassword-file password = not this\npassword-file [dataflow]\n",
        "password-file name=x\npassword-file password = s3cret=\n",
    ));
    let directory = &observed.directories["/var/lib/portsip/dataflow"];
    assert!(directory.is_directory);
    assert_eq!(directory.mode, 0o755);
    assert_eq!(directory.owner, Owner { uid: 888, gid: 888 });
    assert!(!observed.directories["/var/lib/portsip/clickhouse"].is_directory);
    assert_eq!(observed.clock.unwrap().to_string(), "0 seconds ahead");
    assert_eq!(observed.listeners[&8123], "nginx (process 77)");
    assert_eq!(observed.listeners[&9000], "another program");
    assert_eq!(observed.password.unwrap().expose_secret(), "s3cret=");
}

#[test]
fn a_delivered_token_is_known_by_its_digest_age_mode_and_owner() {
    let digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    let observed = read(&format!("token 8180 888 888 1795525200 {digest}  -\n"));
    let token = observed.token.unwrap();
    assert_eq!(token.fingerprint.to_string(), "7692c3ad3540");
    assert_eq!(observed.token_since, "2026-11-24T13:00:00Z".parse().ok());
    assert_eq!(
        (token.mode, token.owner),
        (0o600, Owner { uid: 888, gid: 888 })
    );
    for torn in [
        "",
        "8180",
        "8180 888 888",
        "8180 888 888 1795525200",
        "8180 888 888 1795525200 7692c3ad3540  -",
        "x y z w",
    ] {
        assert_eq!(read(&format!("token {torn}\n")).token, None, "{torn}");
    }
}

#[tokio::test]
async fn the_tokens_file_is_read_where_one_is_named_and_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let script = format!("token=$1\n{TOKEN_FILE}");
    let ask = || Command::shell(&script).arg(path.display().to_string());
    let host = Host::connect(&crate::host::Address::Local, &Default::default())
        .await
        .unwrap();
    assert_eq!(host.exec(&ask()).await.unwrap().stdout, b"");
    std::fs::write(&path, "one").unwrap();
    let answer = host.exec(&ask()).await.unwrap();
    let observed = read(&String::from_utf8(answer.stdout).unwrap());
    assert_eq!(
        observed.token.unwrap().fingerprint.to_string(),
        "7692c3ad3540"
    );
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(host.exec(&ask()).await.unwrap().stdout, b"");
}

#[test]
fn an_empty_password_counts_as_none() {
    for file in [
        "",
        "[dataflow]\n",
        "[dataflow]\npassword=\n",
        "[dataflow]\npassword = \"\"\n",
        "password=x\n",
    ] {
        let lines = file.lines().map(|line| format!("password-file {line}\n"));
        let observed = read(&lines.collect::<String>());
        assert!(observed.password.is_none(), "for {file:?}");
    }
}

#[test]
fn nothing_on_the_server_means_nothing_observed() {
    let observed = read("");
    assert!(observed.directories.is_empty() && observed.listeners.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_answer_breaks_the_reading(answer in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
        understand(&String::from_utf8_lossy(&answer), &Release::portsip(), SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn no_line_of_the_known_kinds_breaks_the_reading(line in "(path|program|   1:) [ -~]{0,80}") {
        understand(&line, &Release::portsip(), SystemTime::UNIX_EPOCH);
    }
}
