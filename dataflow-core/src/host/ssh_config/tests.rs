//! Against `ssh -G` (of the package openssh-client, which the tests need), and by hand.
#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use super::super::ConfigFile;
use super::*;

const HOST: &str = "flow";

fn values_of(text: &str, host: &str) -> Values {
    let config = SshConfig {
        files: vec![("config".into(), Text::read(text))],
    };
    config.values(Query {
        host,
        user: None,
        local_user: "me",
    })
}

/// One value of a keyword, so that all kinds of lines come about.
fn setting(random: &mut StdRng) -> String {
    let pick = |random: &mut StdRng, from: &[&str]| (*from.choose(random).unwrap()).to_owned();
    let (keyword, value) = match random.random_range(0..16) {
        0 => (
            "HostName",
            pick(
                random,
                &["10.0.0.1", "flow.example.org", "%h.example.org", "x-%%h"],
            ),
        ),
        1 => (
            "User",
            pick(random, &["pbx", "\"root\"", "a.b", "ubuntu # not root"]),
        ),
        2 => ("Port", pick(random, &["22", "2222", "65535"])),
        3 => (
            "IdentityFile",
            pick(
                random,
                &[
                    "/k/%h",
                    "~/.ssh/id_%r",
                    "\"/k/my key\"",
                    "/k/my\\ key",
                    "none",
                ],
            ),
        ),
        4 => ("IdentitiesOnly", pick(random, &["yes", "no", "YES"])),
        5 => (
            "ProxyJump",
            pick(random, &["jump", "me@jump:2200", "none", "one,two:22"]),
        ),
        6 => (
            "UserKnownHostsFile",
            pick(random, &["/a", "/a /b", "\"/c d\""]),
        ),
        7 => ("GlobalKnownHostsFile", pick(random, &["/g", "/g /h"])),
        8 => (
            "StrictHostKeyChecking",
            pick(random, &["yes", "no", "ask", "accept-new", "off"]),
        ),
        9 => ("HostKeyAlias", pick(random, &["alias", "other"])),
        10 => ("ServerAliveInterval", pick(random, &["0", "30", "2m"])),
        11 => ("ServerAliveCountMax", pick(random, &["1", "5"])),
        12 => ("ConnectTimeout", pick(random, &["7", "1m30"])),
        13 => ("HashKnownHosts", pick(random, &["yes", "no"])),
        14 => ("IdentityAgent", pick(random, &["/agent", "none"])),
        _ => ("Compression", pick(random, &["yes", "no"])),
    };
    let keyword = match random.random_range(0..3) {
        0 => keyword.to_lowercase(),
        1 => keyword.to_uppercase(),
        _ => keyword.to_owned(),
    };
    let between = pick(random, &[" ", "=", " = ", "\t"]);
    format!("{keyword}{between}{value}")
}

fn text(random: &mut StdRng, included: Option<&Path>) -> String {
    let mut lines = Vec::new();
    for _ in 0..random.random_range(1..14) {
        let line = match random.random_range(0..7) {
            0 => {
                let names = [
                    "flow", "*", "fl?w", "!flow", "other", "!other", "f*w", "FLOW", "1*",
                ];
                let count = random.random_range(1..4);
                let names: Vec<&str> = (0..count).map(|_| *names.choose(random).unwrap()).collect();
                format!("Host {}", names.join(" "))
            }
            1 => (*[
                "Match all",
                "Match host flow",
                "Match host *.example.org,10.*",
                "Match !host flow",
                "Match originalhost fl*,!x",
                "Match user pbx,root",
                "Match user pbx originalhost=flow",
                "Match !all",
                "Match localuser root user \"root\" # both",
            ]
            .choose(random)
            .unwrap())
            .to_owned(),
            2 => (*["", "# a comment", "   "].choose(random).unwrap()).to_owned(),
            3 if included.is_some() => format!("Include {}", included.unwrap().display()),
            _ => setting(random),
        };
        lines.push(format!(
            "{}{line}",
            [" ", "\t", "", ""].choose(random).unwrap()
        ));
    }
    lines.join("\n") + "\n"
}

/// What `ssh` makes of a file, by its own names.
fn by_ssh(file: &Path) -> BTreeMap<String, Vec<String>> {
    let told = Command::new("ssh")
        .arg("-G")
        .arg("-F")
        .arg(file)
        .arg(HOST)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&told.stderr);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(told.status.success(), "{stderr}\n{text}");
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for line in String::from_utf8(told.stdout).unwrap().lines() {
        let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
        found.entry(keyword.into()).or_default().push(value.into());
    }
    found
}

/// What is read here, by the names of `ssh`; what is not set is left out.
fn by_us(values: &Values) -> BTreeMap<&'static str, Vec<String>> {
    let seconds = |time: Option<std::time::Duration>| time.map(|time| time.as_secs().to_string());
    let yes_or_no = |yes: Option<bool>| yes.map(|yes| if yes { "yes" } else { "no" }.to_owned());
    let strict = values.strict.map(|strict| match strict {
        Strict::Yes => "true",
        Strict::Ask => "ask",
        Strict::AcceptNew => "accept-new",
        Strict::No => "false",
    });
    let single = [
        ("hostname", Some(values.host_name(HOST))),
        ("user", values.user.clone()),
        ("port", values.port.map(|port| port.to_string())),
        ("identitiesonly", yes_or_no(values.identities_only)),
        ("hashknownhosts", yes_or_no(values.hash_known_hosts)),
        (
            "proxyjump",
            values.proxy_jump.clone().filter(|jump| jump != "none"),
        ),
        (
            "userknownhostsfile",
            values
                .user_known_hosts
                .as_ref()
                .map(|files| files.join(" ")),
        ),
        (
            "globalknownhostsfile",
            values
                .global_known_hosts
                .as_ref()
                .map(|files| files.join(" ")),
        ),
        ("stricthostkeychecking", strict.map(str::to_owned)),
        ("hostkeyalias", values.host_key_alias.clone()),
        ("serveraliveinterval", seconds(values.alive_interval)),
        (
            "serveralivecountmax",
            values.alive_count_max.map(|count| count.to_string()),
        ),
        ("connecttimeout", seconds(values.connect_timeout)),
        ("identityagent", values.identity_agent.clone()),
    ];
    let mut found: BTreeMap<_, _> = single
        .into_iter()
        .filter_map(|(keyword, value)| Some((keyword, vec![value?])))
        .collect();
    if !values.identity_files.is_empty() {
        found.insert("identityfile", values.identity_files.clone());
    }
    found
}

/// What `ssh` says where nothing is set.
fn usual(keyword: &str) -> Option<&'static str> {
    match keyword {
        "port" => Some("22"),
        "identitiesonly" | "hashknownhosts" => Some("no"),
        "stricthostkeychecking" => Some("ask"),
        "serveraliveinterval" => Some("0"),
        "serveralivecountmax" => Some("3"),
        "connecttimeout" => Some("none"),
        _ => None,
    }
}

#[test]
fn what_holds_for_a_host_is_what_ssh_makes_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let (file, included) = (
        directory.path().join("config"),
        directory.path().join("more"),
    );
    let local_user = Command::new("id").arg("-un").output().unwrap().stdout;
    let local_user = String::from_utf8(local_user).unwrap();
    for seed in 0..400 {
        let random = &mut StdRng::seed_from_u64(seed);
        std::fs::write(&included, text(random, None)).unwrap();
        std::fs::write(&file, text(random, Some(&included))).unwrap();
        let shown = || {
            [&file, &included]
                .map(|file| std::fs::read_to_string(file).unwrap())
                .join("-- more\n")
        };
        let config = SshConfig::read(&ConfigFile::File(file.clone())).unwrap();
        let values = config.values(Query {
            host: HOST,
            user: None,
            local_user: local_user.trim(),
        });
        let (ours, theirs) = (by_us(&values), by_ssh(&file));
        for keyword in [
            "hostname",
            "user",
            "port",
            "identityfile",
            "identitiesonly",
            "proxyjump",
            "userknownhostsfile",
            "globalknownhostsfile",
            "stricthostkeychecking",
            "hostkeyalias",
            "serveraliveinterval",
            "serveralivecountmax",
            "connecttimeout",
            "hashknownhosts",
            "identityagent",
        ] {
            let theirs = theirs.get(keyword).cloned();
            match ours.get(keyword) {
                Some(ours) => assert_eq!(
                    Some(ours),
                    theirs.as_ref(),
                    "seed {seed}, {keyword} in\n{}",
                    shown()
                ),
                None => {
                    let theirs = theirs.unwrap_or_default();
                    let is_usual = match keyword {
                        "user" => theirs == [local_user.trim()],
                        "identityfile" => theirs[0] == "~/.ssh/id_rsa",
                        "userknownhostsfile" => theirs[0].contains("/.ssh/known_hosts "),
                        "globalknownhostsfile" => theirs[0].starts_with("/etc/ssh/"),
                        _ => theirs.iter().map(String::as_str).eq(usual(keyword)),
                    };
                    assert!(
                        is_usual,
                        "seed {seed}, {keyword} is {theirs:?} in\n{}",
                        shown()
                    );
                }
            }
        }
        assert_eq!(values.notes, [""; 0], "seed {seed}");
    }
}

#[test]
fn what_is_passed_over_is_told() {
    let notes = |text: &str| values_of(text, HOST).notes;
    let exec = "Match exec \"touch /tmp/x\" host flow\nPort 1\nMatch all\nPort 2";
    assert_eq!(
        notes(exec),
        ["a block of config is passed over: Match exec \"touch /tmp/x\" host flow"]
    );
    assert_eq!(values_of(exec, HOST).port, Some(2));
    assert_eq!(
        notes("Port x"),
        ["line 1 of config is passed over: port wants a port number"]
    );
    assert_eq!(
        notes("\nUser \"a"),
        ["line 2 of config is passed over: a quote is not closed"]
    );
    assert!(notes("ProxyCommand nc %h %p")[0].starts_with("ProxyCommand is not run"));
    assert_eq!(notes("ProxyCommand none\nFrobnicate yes"), [""; 0]);
    assert_eq!(
        notes("Host other\nPort x\nProxyCommand nc"),
        [""; 0],
        "of another host"
    );
}

#[test]
fn a_user_that_is_given_goes_before_one_in_the_file() {
    let config = SshConfig {
        files: vec![(
            "config".into(),
            Text::read("User a\nMatch user me\nPort 2222"),
        )],
    };
    let values = config.values(Query {
        host: HOST,
        user: Some("me"),
        local_user: "x",
    });
    assert_eq!(
        (values.user.as_deref(), values.port),
        (Some("me"), Some(2222))
    );
}

#[test]
fn files_are_included_by_pattern_in_order_and_not_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("d")).unwrap();
    for (name, text) in [
        ("d/2", "Port 2"),
        ("d/1", "User one\nPort 1"),
        ("d/.3", "Port 3"),
    ] {
        std::fs::write(path(name), text).unwrap();
    }
    let read = || SshConfig::read(&ConfigFile::File(path("config")));
    let include = format!("Include {}/* /nowhere/*", path("d").display());
    std::fs::write(path("config"), include).unwrap();
    let query = Query {
        host: HOST,
        user: None,
        local_user: "me",
    };
    let values = read().unwrap().values(query);
    assert_eq!(
        (values.user.as_deref(), values.port),
        (Some("one"), Some(1))
    );
    std::fs::write(
        path("config"),
        format!("Include {}", path("config").display()),
    )
    .unwrap();
    let error = read().unwrap_err().to_string();
    assert!(error.contains("include each other"), "{error}");
    let missing = SshConfig::read(&ConfigFile::File(path("missing")))
        .unwrap_err()
        .to_string();
    assert!(missing.contains("it is not there"), "{missing}");
    assert!(SshConfig::read(&ConfigFile::None).unwrap().files.is_empty());
}

proptest! {
    #[test]
    fn reading_never_panics(
        lines in proptest::collection::vec("((Host|Match|Include|Port|User|HostName|IdentityFile|ProxyJump|ConnectTimeout)[ =]{0,2})?.{0,40}", 0..12),
        host in "[a-z*?!]{1,8}",
    ) {
        let values = values_of(&lines.join("\n"), &host);
        values.host_name(&host);
    }

    #[test]
    fn tokens_never_panic(text in ".{0,40}") {
        let _ = expand(&text, &[('h', "host")]);
        let _ = expand_variables(&text, |name| (name == "A").then(|| "a".into()));
    }
}
