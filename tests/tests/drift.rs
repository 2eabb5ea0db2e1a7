//! What somebody has changed on the server since the deploy is named and put right, and nothing else is touched.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE};

/// What becomes of a container while it is put right.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It goes on as it is.
    Untouched,
    /// The same container, started again.
    Restarted,
    /// Another container.
    Replaced,
}
use Fate::{Replaced, Restarted, Untouched};

/// One thing that happens to a deployment.
struct Case {
    /// What is done on the server.
    drift: &'static str,
    /// What the next run has to name.
    causes: &'static [&'static str],
    /// What becomes of ClickHouse and of the service.
    fates: [Fate; 2],
}

const fn case(
    drift: &'static str,
    causes: &'static [&'static str],
    clickhouse: Fate,
    service: Fate,
) -> Case {
    Case {
        drift,
        causes,
        fates: [clickhouse, service],
    }
}

/// The service with nothing as wanted but its name, its label and its image.
const OTHER_SERVICE: &str = "docker rm --force portsip.dataflow && docker create --name portsip.dataflow --label dataflow.managed=1 \
    --network bridge --user root --entrypoint /bin/sh --restart always --stop-timeout 10 --volume /tmp:/mnt \
    --volume /var/lib/portsip/dataflow:/var/lib/portsip/dataflow:ro --ulimit nproc=100:200 --cap-add NET_RAW --cap-drop CHOWN \
    --privileged --pid host --ipc host --device /dev/null --security-opt no-new-privileges --read-only --tmpfs /run --group-add 7 \
    --cpus 0.5 --cpu-shares 100 --memory-reservation 50m --health-cmd true --env EXTRA=canary-of-a-value portsip/pbx:22 -c 'sleep 1'";

/// The same for ClickHouse, which has its data where it belongs.
const OTHER_CLICKHOUSE: &str = "docker stop --time 60 portsip.clickhouse && docker rm portsip.clickhouse && docker create --name portsip.clickhouse \
    --label dataflow.managed=1 --network host --user root --restart unless-stopped --stop-timeout 300 \
    --mount type=bind,source=/etc/localtime,target=/etc/localtime \
    --mount type=bind,source=/var/lib/portsip/clickhouse/data,target=/var/lib/clickhouse \
    --ulimit nofile=1024:2048 --cap-add NET_ADMIN --env CLICKHOUSE_PASSWORD=canary-of-a-value portsip/clickhouse:25.8 --debug";

/// The service as wanted, but the engine is to remove it when it stops.
const VANISHING_SERVICE: &str = "docker rm --force portsip.dataflow && docker run --detach --rm --name portsip.dataflow --label dataflow.managed=1 \
    --network host --user portsip --stop-timeout 300 --mount type=bind,source=/etc/localtime,target=/etc/localtime \
    --mount type=bind,source=/var/lib/portsip/dataflow,target=/var/lib/portsip/dataflow \
    portsip/pbx:22 /usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 198.18.16.133";

/// The service ends again and again since it can't read its password, until the engine waits for some seconds before the next start; then
/// it can read it again.
const ENDS_AGAIN_AND_AGAIN: &str = "file=/var/lib/portsip/dataflow/system.ini owner=$(stat -c %u:%g $file) mode=$(stat -c %a $file)
    chown 0:0 $file; chmod 600 $file; docker restart --time 5 portsip.dataflow
    is() { docker inspect --format '{{.State.Status}} {{.RestartCount}}' portsip.dataflow | grep -qE \"$1\"; }
    for try in $(seq 300); do if is 'restarting [6-9]'; then break; fi; sleep 0.1; done
    chown $owner $file; chmod $mode $file; is 'restarting [6-9]'";

/// The same name for another image of the same version.
const MOVED_TAG: &str = "printf 'FROM portsip/pbx:22\\nLABEL moved=1\\n' | DOCKER_BUILDKIT=0 docker build --quiet --tag portsip/pbx:22 -";

const CASES: &[Case] = &[
    case(
        "docker update --restart=no portsip.dataflow",
        &[
            "correct container portsip.dataflow in place",
            "restart policy: no, wanted: unless-stopped",
        ],
        Untouched,
        Untouched,
    ),
    case(
        "docker update --restart=on-failure:3 portsip.clickhouse",
        &[
            "correct container portsip.clickhouse in place",
            "restart policy: on-failure:3, wanted: unless-stopped",
        ],
        Untouched,
        Untouched,
    ),
    case(
        "docker update --cpus 0.9 --memory 300m --memory-swap 600m --restart=no portsip.dataflow",
        &[
            "memory limit: 300 MiB, 600 MiB with swap, wanted: none",
            "CPU limit: 0.9 CPUs, wanted: none",
            "restart policy: no, wanted: unless-stopped",
        ],
        Untouched,
        Replaced,
    ),
    case(
        "docker update --pids-limit 300 --cpu-period 100000 --cpu-quota 90000 portsip.dataflow",
        &[
            "limit of processes: 300, wanted: none",
            "CPU quota: 90000 of 100000 us, wanted: none",
        ],
        Untouched,
        Untouched,
    ),
    case(
        "docker stop portsip.dataflow",
        &["start portsip.dataflow (it is stopped"],
        Untouched,
        Restarted,
    ),
    case(
        "docker pause portsip.dataflow",
        &["start portsip.dataflow (it is paused"],
        Untouched,
        Untouched,
    ),
    case(
        ENDS_AGAIN_AND_AGAIN,
        &[
            "stop portsip.dataflow (it is restarting",
            "start portsip.dataflow (it is restarting",
        ],
        Untouched,
        Restarted,
    ),
    case(
        "docker rm --force portsip.dataflow",
        &["there is no such container"],
        Untouched,
        Replaced,
    ),
    case(
        "docker stop --time 60 portsip.clickhouse && docker update --restart=no portsip.clickhouse",
        &[
            "start portsip.clickhouse (it is stopped",
            "restart policy: no, wanted: unless-stopped",
        ],
        Restarted,
        Untouched,
    ),
    case(
        "docker pause portsip.clickhouse",
        &["start portsip.clickhouse (it is paused"],
        Untouched,
        Untouched,
    ),
    case(
        "docker stop --time 60 portsip.clickhouse && docker rm portsip.clickhouse",
        &["there is no such container"],
        Replaced,
        Untouched,
    ),
    case(
        "chown 0:0 /var/lib/portsip/dataflow; chmod 700 /var/lib/portsip/dataflow",
        &[
            "owner of /var/lib/portsip/dataflow: 0:0, wanted: 888:888",
            "mode of /var/lib/portsip/dataflow: 700, wanted: 755",
        ],
        Untouched,
        Untouched,
    ),
    case(
        "chmod 777 /var/lib/portsip/clickhouse/data; chmod 2775 /var/lib/portsip",
        &[
            "mode of /var/lib/portsip: 2775, wanted: 755",
            "mode of /var/lib/portsip/clickhouse/data: 777, wanted: 755",
        ],
        Untouched,
        Untouched,
    ),
    // The image gives it to the user that ClickHouse runs as there; that is remembered.
    case(
        "chown 0:0 /var/lib/portsip/clickhouse/data",
        &["owner of /var/lib/portsip/clickhouse/data: 0:0, wanted: 101:101"],
        Untouched,
        Untouched,
    ),
    case(
        OTHER_SERVICE,
        &[
            "network: bridge, wanted: host",
            "user: root, wanted: portsip",
            "entry point: /bin/sh, wanted: none",
            "command: -c sleep 1, wanted: /usr/local/bin/dataflow serve",
            "restart policy: always, wanted: unless-stopped",
            "time to stop: 10 s, wanted: 300 s",
            "mount on /mnt: /tmp, wanted: none",
            "mount on /etc/localtime: none, wanted: /etc/localtime",
            "mount on /var/lib/portsip/dataflow: /var/lib/portsip/dataflow (read-only), wanted: /var/lib/portsip/dataflow;",
            "limit of processes of the user: 100 at first, 200 at most, wanted: none",
            "added capabilities: NET_RAW, wanted: none",
            "dropped capabilities: CHOWN, wanted: none",
            "privileged: yes, wanted: none",
            "PID mode: host, wanted: none",
            "IPC mode: host, wanted: none",
            "devices: /dev/null, wanted: none",
            "security options: ",
            "read-only root: yes, wanted: none",
            "tmpfs: /run, wanted: none",
            "added groups: 7, wanted: none",
            "CPU limit: 0.5 CPUs, wanted: none",
            "CPU shares: 100, wanted: none",
            "memory reservation: 50 MiB, wanted: none",
            "health check: \"CMD-SHELL true\"",
            "variable EXTRA: set, wanted: none",
        ],
        Untouched,
        Replaced,
    ),
    case(
        OTHER_CLICKHOUSE,
        &[
            "command: --debug, wanted: none",
            "mount on /var/log/clickhouse-server: none, wanted: /var/lib/portsip/clickhouse/log",
            "added capabilities: NET_ADMIN, wanted: IPC_LOCK NET_ADMIN SYS_NICE",
            "limit of open files: 1024 at first, 2048 at most, wanted: ",
            "health check: none, wanted: \"wget --spider",
            "variable CLICKHOUSE_DB: none, wanted: the release's value",
            "variable CLICKHOUSE_PASSWORD: another value, wanted: (secret)",
        ],
        Replaced,
        Restarted,
    ),
    case(
        VANISHING_SERVICE,
        &[
            "removal when it stops: yes, wanted: none",
            "restart policy: no, wanted: unless-stopped",
            "it was made to be removed when it stops",
        ],
        Untouched,
        Replaced,
    ),
    case(
        MOVED_TAG,
        &[
            "image: portsip/pbx:22 22.3.5 (",
            "), wanted: portsip/pbx:22 22.3.5 (",
        ],
        Untouched,
        Replaced,
    ),
];

/// Each container's identifier and since when it runs; nothing where it is gone.
fn lives(lab: &Lab) -> [Option<(String, String)>; 2] {
    let listed = lab.containers();
    [CLICKHOUSE, SERVICE].map(|name| {
        let line = listed
            .lines()
            .find(|line| line.starts_with(&format!("/{name} ")))?;
        let words: Vec<&str> = line.split(' ').collect();
        Some((words[1].to_owned(), words[4].to_owned()))
    })
}

fn fate(before: &Option<(String, String)>, now: &Option<(String, String)>) -> Fate {
    match (before, now) {
        (Some((id, since)), Some((now, now_since))) if id == now && since == now_since => Untouched,
        (Some((id, _)), Some((now, _))) if id == now => Restarted,
        _ => Replaced,
    }
}

/// What a run does wrong about one thing that has happened, if anything.
fn wrong(lab: &Lab, case: &Case) -> Option<String> {
    lab.exec(&format!("set -e\n{}", case.drift));
    let before = lives(lab);
    let ended = lab.dataflow(["run"]).run();
    let now = lives(lab);
    let again = lab.dataflow(["run"]).run();
    let told = &ended.stderr;
    let became = [fate(&before[0], &now[0]), fate(&before[1], &now[1])];
    let mut wrong: Vec<String> = case
        .causes
        .iter()
        .filter(|cause| !told.contains(*cause))
        .map(|cause| format!("does not name: {cause}"))
        .collect();
    if ended.code != Some(0) || told.contains("canary") || became != case.fates {
        wrong.push(format!(
            "ended with {:?}; the containers: {became:?}",
            ended.code
        ));
    }
    if !again.stdout.contains("nothing was changed") || lives(lab) != now {
        wrong.push(format!(
            "the next run is not without changes: {}",
            again.stderr
        ));
    }
    (!wrong.is_empty()).then(|| format!("{}\n{}\n{told}", case.drift, wrong.join("\n")))
}

#[test]
fn given_a_deployment_when_it_drifts_then_run_names_the_cause_and_puts_that_right_and_nothing_else()
{
    let lab = Lab::deployed();
    let failed: Vec<String> = CASES.iter().filter_map(|case| wrong(&lab, case)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
    // The next test is to find the real image under this name.
    lab.forget_images(&["portsip/pbx:22"]);
}

/// A service that somebody made by hand, at work with the deployment's data.
const SERVICE_BY_HAND: &str = "docker rm --force portsip.dataflow && docker run --detach --name portsip.dataflow --network host --user portsip \
    --volume /var/lib/portsip/dataflow:/var/lib/portsip/dataflow \
    portsip/pbx:22 /usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 198.18.16.133";

#[test]
fn given_somebody_elses_container_when_run_then_it_is_replaced_only_if_that_is_asked_for_and_put_back_if_the_new_one_fails()
 {
    let lab = Lab::deployed();
    lab.exec(SERVICE_BY_HAND);
    let by_hand = lives(&lab);

    let refused = lab.dataflow(["run"]).run();
    assert_eq!(refused.code, Some(3), "{refused:?}");
    insta::assert_snapshot!("somebody_elses_container", refused.snapshot());
    assert_eq!(lives(&lab), by_hand);
    let arguments = ["run", "--adopt", "-i", "portsip/pbx:crashes"];
    let failed = lab.dataflow(arguments).run();
    assert_eq!(failed.code, Some(1), "{failed:?}");
    let [clickhouse, service] = lives(&lab);
    assert_eq!(clickhouse, by_hand[0]);
    assert_eq!(
        service.as_ref().map(|(id, _)| id),
        by_hand[1].as_ref().map(|(id, _)| id)
    );
    assert_eq!(lab.inspect(SERVICE)["State"]["Status"], "running");

    let adopted = lab.dataflow(["run", "--adopt"]).run().expect_success();
    insta::assert_snapshot!("somebody_elses_container_adopted", adopted.snapshot());
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    assert_eq!(lives(&lab)[0], by_hand[0]);
    lab.wait_for_more_rows();
    // Data that is not where the deployment has its own would be lost.
    lab.exec(
        "docker rm --force portsip.dataflow && docker create --name portsip.dataflow portsip/pbx:22 sleep 60",
    );
    let refused = lab.dataflow(["upgrade", "--adopt"]).run();
    assert_eq!(refused.code, Some(3), "{refused:?}");
    insta::assert_snapshot!("somebody_elses_data", refused.snapshot());
}

#[test]
fn given_a_deployment_when_clickhouse_would_become_more_than_a_year_newer_then_that_has_to_be_asked_for()
 {
    let lab = Lab::deployed();
    let before = lives(&lab);

    let refused = lab
        .dataflow(["upgrade", "-d", "portsip/clickhouse:27.1"])
        .run();

    assert_eq!(refused.code, Some(3), "{refused:?}");
    insta::assert_snapshot!("more_than_a_year", refused.snapshot());
    assert_eq!(lives(&lab), before);
    let arguments = ["upgrade", "-d", "portsip/clickhouse:27.1", "--allow-jump"];
    let _ = lab.dataflow(arguments).run().expect_success();
    assert_eq!(fate(&before[1], &lives(&lab)[1]), Restarted);
    let back = lab
        .dataflow(["upgrade", "-d", "portsip/clickhouse:25.8"])
        .run();
    assert_eq!(back.code, Some(3), "{back:?}");
    insta::assert_snapshot!("back_to_an_older_clickhouse", back.snapshot());
}
