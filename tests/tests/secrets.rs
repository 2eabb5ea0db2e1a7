//! No secret is seen where it has no business: canaries are planted, everything is watched while they are used, and searched after.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program};

/// The password of the database; it is in the service's file before the deploy.
const DATABASE: &str = "CanaryOfTheDatabase0";

/// It shows that the watchers see what there is to see.
const DECOY: &str = "CanaryForTheWatcher0";

/// Where the server's watcher has its files.
const WATCHED: &str = "/var/lib/dataflow-lab";

/// Watches all processes of the server until it is stopped. A process that a container runs may have the database's password
/// in its environment, as the vendor's layout has it; nothing may have it, or any other canary, in its arguments.
struct Watch<'lab>(&'lab Lab);

impl<'lab> Watch<'lab> {
    /// The canaries come from a file, so that the watcher's own arguments hold none.
    fn on(lab: &'lab Lab, canaries: &[&str]) -> Self {
        put_canaries(lab, &[canaries, &[DECOY]].concat());
        lab.exec(&format!(
            r#"cat >{WATCHED}/watch <<'END'
cd {WATCHED}
while [ ! -e stop ]; do
    echo >>rounds
    for file in $(grep -azlFf canaries /proc/[0-9]*/cmdline 2>/dev/null); do
        echo "arguments: $(tr '\0' ' ' <"$file" | head -c 300)"
    done >>seen
    for file in $(grep -azlFf canaries /proc/[0-9]*/environ 2>/dev/null); do
        process=${{file%/environ}}
        test "$(readlink "$process/ns/pid")" != "$(readlink /proc/1/ns/pid)" \
            || echo "environment: $(tr '\0' ' ' <"$process/cmdline")"
    done >>seen
done
END
            systemd-run --quiet --unit test-watch sh {WATCHED}/watch"#
        ));
        let watch = Self(lab);
        lab.exec(&format!(
            "SECRET={DECOY} perl -e 'sleep 9' in-environment & first=$!
            perl -e 'sleep 9' {DECOY} & second=$!
            seen() {{ grep -q \"$1\" {WATCHED}/seen; }}
            until seen 'environment: perl .*in-environment' && seen 'arguments: perl .*{DECOY}'; do sleep 0.05; done
            kill $first $second"
        ));
        // From here on nothing but what is tested has a canary.
        lab.exec(&format!(
            "cd {WATCHED}; rounds() {{ wc -l <rounds; }}
            then=$(rounds); until test $(rounds) -gt $((then + 1)); do sleep 0.05; done; : >seen"
        ));
        watch
    }

    /// What was seen, and how often was looked.
    fn end(&self) -> (BTreeSet<String>, u32) {
        let rounds = self.0.exec(&format!(
            "touch {WATCHED}/stop
            while systemctl is-active --quiet test-watch; do sleep 0.05; done; wc -l <{WATCHED}/rounds"
        ));
        let seen = self.0.exec(&format!("cat {WATCHED}/seen"));
        self.0.exec(&format!("rm -r {WATCHED}"));
        let rounds = rounds.trim().parse().expect("a number");
        (seen.lines().map(str::to_owned).collect(), rounds)
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let _ended_already = self.0.holds("systemctl stop test-watch");
    }
}

/// Watches the arguments of all processes of this machine.
struct WatchHere {
    stop: Arc<AtomicBool>,
    watcher: JoinHandle<BTreeSet<String>>,
}

impl WatchHere {
    fn on(canaries: &[&str]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let canaries: Vec<String> = canaries.iter().map(|&canary| canary.to_owned()).collect();
        let watcher = thread::spawn({
            let stop = Arc::clone(&stop);
            move || {
                let mut seen = BTreeSet::new();
                while !stop.load(Ordering::Relaxed) {
                    for process in fs::read_dir("/proc").expect("/proc").flatten() {
                        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
                        let line = String::from_utf8_lossy(&line).replace('\0', " ");
                        if canaries.iter().any(|canary| line.contains(canary.as_str())) {
                            seen.insert(line);
                        }
                    }
                    // Not a wait: the machine is to do something else, too.
                    thread::sleep(Duration::from_millis(10));
                }
                seen
            }
        });
        Self { stop, watcher }
    }

    fn end(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.watcher.join().expect("the watcher ends")
    }
}

fn put_canaries(lab: &Lab, canaries: &[&str]) {
    let lines = canaries.join("\n");
    lab.exec(&format!(
        "mkdir -p {WATCHED}; cat >{WATCHED}/canaries <<'END'\n{lines}\nEND"
    ));
}

fn assert_says_none(ended: &Ended, canaries: &[&str]) {
    for canary in canaries {
        assert!(
            !ended.stdout.contains(canary) && !ended.stderr.contains(canary),
            "{canary}: {ended:?}"
        );
    }
}

/// How many journals of runs are kept on this machine. None has a canary.
fn kept_here(canaries: &[&str]) -> usize {
    let mut files = 0;
    let mut directories = vec![Program::home().join(".local/state/dataflow")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory)
            .expect("copies of journals")
            .flatten()
        {
            if entry.path().is_dir() {
                directories.push(entry.path());
                continue;
            }
            files += 1;
            let text = fs::read_to_string(entry.path()).expect("text");
            for canary in canaries {
                assert!(!text.contains(canary), "{canary} in {entry:?}");
            }
        }
    }
    files
}

#[test]
fn given_planted_canaries_when_deployed_upgraded_and_removed_then_none_is_seen_where_it_has_no_business()
 {
    let lab = Lab::empty();
    let (login, token) = (lab.password("pbx"), lab.registry_password());
    let canaries = [DATABASE, login.as_str(), token.as_str()];
    lab.exec(&format!(
        "mkdir -p /var/lib/portsip/dataflow && cd /var/lib/portsip/dataflow
        printf '[dataflow]\npassword = {DATABASE}\n' >system.ini && chmod 600 system.ini && chown -R 888:888 ."
    ));
    let private = &lab.registry.private;
    let old = format!("{private}/portsip/pbx:22");
    let new = format!("{private}/portsip/pbx:22.4");
    lab.forget_images(&[&old, &new]);
    let began = lab.exec("date +%s");
    let log_end = lab.ssh_log_end();
    let watch = Watch::on(&lab, &canaries);
    let watch_here = WatchHere::on(&canaries);
    let program = |arguments: &[&str]| {
        // Signed in with a password, so that Docker is reached through sudo.
        lab.dataflow_as("pbx", arguments)
            .env("DATAFLOW_SSH_PASSWORD", &login)
            .env("DATAFLOW_SUDO_PASSWORD", &login)
            .env("DATAFLOW_REGISTRY_TOKEN", &token)
    };
    let sign_in = ["-R", private, "-U", &lab.registry.user];

    let mut said = Vec::new();
    for (options, verb, image) in [
        (&["-v"][..], "run", &old),
        (&["--output", "json"], "upgrade", &new),
    ] {
        let arguments = [options, &[verb, "-i", image], &sign_in].concat();
        said.push(program(&arguments).run().expect_success());
    }
    lab.wait_for_more_rows();
    let verbs: [&[&str]; 4] = [
        &["-v", "status"],
        &["--output", "json", "status"],
        &["-v", "restart"],
        &["run", "-x", "no-ip"],
    ];
    said.extend(verbs.map(|arguments| program(arguments).run()));

    let (seen, rounds) = watch.end();
    assert!(
        rounds > 10,
        "looked at the server's processes {rounds} times"
    );
    assert_eq!(seen, BTreeSet::new(), "processes of the server");
    assert_eq!(
        watch_here.end(),
        BTreeSet::new(),
        "processes of this machine"
    );
    for ended in &said {
        assert_says_none(ended, &canaries);
    }

    // The vendor's layout has the database's password in one place of the engine.
    let all = lab.exec("docker ps --all --quiet | xargs docker inspect");
    assert_eq!(all.matches(DATABASE).count(), 1);
    let inspected = lab.inspect(CLICKHOUSE);
    let env = inspected["Config"]["Env"].as_array().expect("variables");
    assert!(
        env.iter()
            .any(|pair| *pair == format!("CLICKHOUSE_PASSWORD={DATABASE}"))
    );
    let events = format!("docker events --since {} --until $(date +%s)", began.trim());
    let places = [
        (
            "the other containers' definitions",
            all.replace(DATABASE, ""),
        ),
        ("the engine's events", lab.exec(&events)),
        (
            "the journal",
            lab.exec(&format!(
                "journalctl --sync; journalctl --after-cursor '{log_end}' --output verbose"
            )),
        ),
        (
            "images' history",
            lab.exec(&format!("docker image history --no-trunc {new}")),
        ),
        (
            "containers' logs",
            lab.exec("docker logs portsip.dataflow 2>&1; docker logs portsip.clickhouse 2>&1"),
        ),
    ];
    for (place, text) in &places {
        for canary in canaries {
            assert!(!text.contains(canary), "{canary} in {place}");
        }
    }

    put_canaries(&lab, &canaries);
    // A sign-in that is kept would be in base64.
    let files = lab.exec(&format!(
        "grep -rlFf {WATCHED}/canaries /root /home /tmp /opt /etc /var/tmp /var/log /var/lib/portsip /var/lib/dataflow 2>/dev/null | sort
        find /root /home -name config.json -path '*docker*'"
    ));
    lab.exec(&format!("rm -r {WATCHED}"));
    assert_eq!(
        files, "/var/lib/portsip/dataflow/system.ini\n",
        "files of the server"
    );
    let copies = kept_here(&canaries);
    assert!(copies > 2, "{copies} journals here");
    let _ = program(&["rm"]).run().expect_success();
}
