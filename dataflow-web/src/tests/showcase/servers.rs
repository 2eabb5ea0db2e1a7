//! What is seen of servers in every state.

use dataflow_core::{
    docker::{Health, State as Container},
    lifecycle::{Change, Remembered},
    lifecycle::{
        ClickHouseStatus, ContainerStatus, History, Lease, Operator, Outcome, PastRun, PastStep,
        PlanSummary, Status, StepSummary, Verdict,
    },
    preflight::{Counts, Finding, Group, Profile, Report, State, Verdict as Fit},
    prerequisites::{Prerequisite, State as Standing},
};
use jiff::{SignedDuration, Timestamp};

use super::HOSTILE;
use crate::fleet::{Fitness, Trouble};

/// A server for each state. None of them is ever reached.
pub(super) const SETTINGS: &str = r#"
pbx = "192.0.2.10"
[preflight]
ignore = ["memory.size"]
[servers.frankfurt]
host = "ssh://ubuntu@192.0.2.21"
private-ip = "192.0.2.21"
[servers.london]
host = "ssh://ubuntu@192.0.2.22"
private-ip = "192.0.2.22"
[servers.madrid]
host = "ssh://ubuntu@192.0.2.23"
private-ip = "192.0.2.23"
[servers.oslo]
host = "ssh://ubuntu@192.0.2.24"
private-ip = "192.0.2.24"
[servers.paris]
host = "ssh://ubuntu@192.0.2.25"
private-ip = "192.0.2.25"
[servers.rome]
host = "ssh://ubuntu@192.0.2.26"
private-ip = "192.0.2.26"
[servers.vienna]
host = "ssh://ubuntu@192.0.2.27"
private-ip = "192.0.2.27"
[servers.warsaw]
host = "ssh://ubuntu@192.0.2.28"
private-ip = "192.0.2.28"
[servers.zurich]
host = "ssh://ubuntu@192.0.2.29"
private-ip = "192.0.2.29"
"#;

/// So many seconds ago.
pub(super) fn ago(seconds: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_secs(seconds)
}

fn container(name: &str, version: &str, state: Container) -> ContainerStatus {
    let image = match name {
        "portsip.clickhouse" => format!("clickhouse/clickhouse-server:{version}"),
        _ => format!("portsip/pbx:{version}"),
    };
    ContainerStatus {
        name: name.to_owned(),
        state,
        health: (name == "portsip.clickhouse" && state == Container::Running)
            .then_some(Health::Healthy),
        image,
        image_id: "sha256:5f8b2c".to_owned(),
        version: Some(version.to_owned()),
        started_at: ago(9 * 86_400).to_string(),
        restarts: 0,
        made_by: "dataflow",
    }
}

fn status(verdict: Verdict, containers: Vec<ContainerStatus>, problems: &[&str]) -> Status {
    Status {
        server: "ubuntu@192.0.2.21".to_owned(),
        docker: "29.1.3".to_owned(),
        verdict,
        problems: problems.iter().map(|text| (*text).to_owned()).collect(),
        containers,
        clickhouse: None,
        prerequisites: Vec::new(),
    }
}

pub(super) fn running() -> Status {
    let containers = vec![
        container("portsip.clickhouse", "25.8.2", Container::Running),
        container("portsip.dataflow", "22.3.5", Container::Running),
    ];
    Status {
        clickhouse: Some(ClickHouseStatus {
            answers: true,
            version: Some("25.8.2.29".to_owned()),
            rows: Some(184_233_907),
            problem: None,
        }),
        prerequisites: prerequisites(),
        ..status(Verdict::Running, containers, &[])
    }
}

fn prerequisites() -> Vec<Prerequisite> {
    let item = |id, title, state, seen: &str, remedy: &[&str]| Prerequisite {
        id,
        title,
        state,
        seen: seen.to_owned(),
        remedy: remedy.iter().map(|line| (*line).to_owned()).collect(),
    };
    vec![
        item(
            "whitelist.private",
            "private address on the PBX's whitelist",
            Standing::Ok,
            "192.0.2.21/32, lasts until 2031-11-24",
            &[],
        ),
        item(
            "whitelist.public",
            "public address on the PBX's whitelist",
            Standing::Expiring,
            "203.0.113.21/32, ends in 6 days",
            &["dataflow whitelist renew"],
        ),
        item(
            "token",
            "token of the server",
            Standing::Ok,
            "3f9a0c71be42, delivered",
            &[],
        ),
        item(
            "pbx.version",
            "version of the PBX",
            Standing::Ok,
            "22.3.5, and the image is 22.3.5",
            &[],
        ),
        item(
            "aws.security-group",
            "security group on AWS",
            Standing::NotChecked,
            "this is no machine of AWS",
            &[],
        ),
    ]
}

pub(super) fn degraded() -> Status {
    let mut clickhouse = container("portsip.clickhouse", "25.8.2", Container::Running);
    clickhouse.health = Some(Health::Unhealthy);
    let mut service = container("portsip.dataflow", "22.3.4", Container::Restarting);
    service.restarts = 214;
    let problems = [
        "portsip.clickhouse: its health check fails",
        "portsip.dataflow ends again and again (exit code 1, restarted 214 times)",
        "ClickHouse: the disk is full (Code: 243, NOT_ENOUGH_SPACE)",
    ];
    let mut degraded = status(Verdict::Degraded, vec![clickhouse, service], &problems);
    degraded.clickhouse = Some(ClickHouseStatus {
        answers: false,
        version: None,
        rows: None,
        problem: Some("the disk is full (Code: 243, NOT_ENOUGH_SPACE)".to_owned()),
    });
    degraded.prerequisites = prerequisites();
    degraded.prerequisites[0].state = Standing::Missing;
    degraded.prerequisites[0].seen = "192.0.2.22 is not on the whitelist".to_owned();
    degraded.prerequisites[0].remedy = vec![
        "In the portal of the PBX: Call Manager > Security > IP Whitelist > Add".to_owned(),
        "IP address 192.0.2.22, expiry as late as it can be".to_owned(),
    ];
    degraded
}

pub(super) fn hostile() -> Status {
    let mut hostile = container(HOSTILE, HOSTILE, Container::Running);
    hostile.image = HOSTILE.to_owned();
    let mut seen = status(Verdict::Degraded, vec![hostile], &[HOSTILE]);
    seen.docker = HOSTILE.to_owned();
    seen.prerequisites = prerequisites();
    seen.prerequisites[0].seen = HOSTILE.to_owned();
    seen.prerequisites[1].remedy = vec![HOSTILE.to_owned()];
    seen
}

pub(super) fn stopped() -> Status {
    let containers = vec![
        container("portsip.clickhouse", "25.8.2", Container::Exited),
        container("portsip.dataflow", "22.3.5", Container::Exited),
    ];
    let problems = [
        "portsip.clickhouse is stopped (exit code 0)",
        "portsip.dataflow is stopped (exit code 0)",
    ];
    status(Verdict::Stopped, containers, &problems)
}

pub(super) fn not_deployed() -> Status {
    status(Verdict::NotDeployed, Vec::new(), &[])
}

pub(super) fn trouble(kind: &'static str, messages: &[&str], next: &str) -> Trouble {
    Trouble {
        kind,
        messages: messages.iter().map(|text| (*text).to_owned()).collect(),
        next: next.to_owned(),
        details: Vec::new(),
    }
}

fn operator(user: &str) -> Operator {
    Operator {
        user: user.to_owned(),
        from: "ops-1".to_owned(),
        login: "ubuntu".to_owned(),
        pid: 4242,
    }
}

pub(super) fn holder(user: &str) -> Lease {
    Lease {
        v: 1,
        run: "20261124T114500Z-4f2a".to_owned(),
        verb: "upgrade".to_owned(),
        operator: operator(user),
        since: Some(ago(94)),
        step: Some("fetch portsip/pbx:22.3.6".to_owned()),
    }
}

fn step(number: usize, what: &str, why: &str, outcome: Outcome) -> PastStep {
    PastStep {
        number,
        of: 3,
        what: what.to_owned(),
        why: why.to_owned(),
        outcome,
        elapsed_ms: (outcome == Outcome::Done).then_some(2_310),
        error: (outcome == Outcome::Failed)
            .then(|| "manifest unknown: the registry has no such tag".to_owned()),
    }
}

pub(super) fn history(text: &str) -> History {
    let run = |run: &str, verb: &str, seconds, outcome, steps| PastRun {
        run: run.to_owned(),
        began: Some(ago(seconds)),
        verb: verb.to_owned(),
        operator: operator(text),
        server: "ubuntu@192.0.2.21".to_owned(),
        program: "0.1.0".to_owned(),
        outcome,
        elapsed_ms: Some(41_000),
        error: None,
        settings: None,
        changed_settings: Vec::new(),
        ignored: Vec::new(),
        steps,
        put_back: Vec::new(),
    };
    let failed = PastRun {
        error: Some("portsip/pbx:22.3.9 cannot be fetched: manifest unknown".to_owned()),
        put_back: vec!["start portsip.dataflow".to_owned()],
        changed_settings: vec![change(
            "image",
            Some("portsip/pbx:22.3.5"),
            Some("portsip/pbx:22.3.9"),
        )],
        settings: Some(deployment().settings),
        ..run(
            "20261123T091207Z-91c4",
            "upgrade",
            86_400,
            Outcome::Failed,
            vec![
                step(
                    1,
                    "stop portsip.dataflow",
                    "its image changes",
                    Outcome::Done,
                ),
                step(2, "fetch portsip/pbx:22.3.9", text, Outcome::Failed),
            ],
        )
    };
    let deploy = run(
        "20261115T100000Z-0a1b",
        "run",
        9 * 86_400,
        Outcome::Done,
        vec![
            step(
                1,
                "create portsip.clickhouse",
                "it is not there",
                Outcome::Done,
            ),
            step(
                2,
                "create portsip.dataflow",
                "it is not there",
                Outcome::Done,
            ),
        ],
    );
    let cut_off = run(
        "20261114T080000Z-77aa",
        "run",
        10 * 86_400,
        Outcome::NotFinished,
        vec![step(
            1,
            "fetch clickhouse/clickhouse-server:25.8.2",
            "it is not there",
            Outcome::NotFinished,
        )],
    );
    History {
        server: "ubuntu@192.0.2.21".to_owned(),
        holder: None,
        deployment: Some(deployment()),
        runs: vec![failed, deploy, cut_off],
    }
}

fn deployment() -> Remembered {
    let json = serde_json::json!({
        "v": 1, "run": "20261115T100000Z-0a1b", "at": ago(9 * 86_400).to_string(),
        "user": "alice", "from": "ops-1", "login": "ubuntu", "pid": 1,
        "settings": {
            "data-path": "/data/dataflow", "private-ip": "192.0.2.21", "pbx": "192.0.2.10",
            "image": "portsip/pbx:22.3.5", "clickhouse-image": "clickhouse/clickhouse-server:25.8.2",
            "nofile": 262144, "start-grace": 60,
        },
    });
    serde_json::from_value(json).unwrap()
}

fn change(setting: &str, now: Option<&str>, wanted: Option<&str>) -> Change {
    Change {
        setting: setting.to_owned(),
        now: now.map(str::to_owned),
        wanted: wanted.map(str::to_owned),
    }
}

/// The plan of an upgrade.
pub(super) fn plan(text: &str) -> PlanSummary {
    let step = |what: &str, why: &str| StepSummary {
        what: what.to_owned(),
        why: why.to_owned(),
        changes: Vec::new(),
        risk: None,
        undo: None,
        settles: None,
    };
    PlanSummary {
        steps: vec![
            StepSummary {
                risk: Some("no analytics until it is started again; calls are not affected"),
                undo: Some("start portsip.dataflow".to_owned()),
                ..step("stop portsip.dataflow", "its settings differ")
            },
            StepSummary {
                changes: vec![
                    change("image", Some("portsip/pbx:22.3.4"), Some("portsip/pbx:22.3.5")),
                    change("memory limit", None, Some("8 GiB")),
                    change("CLICKHOUSE_PASSWORD", None, None),
                ],
                undo: Some("remove portsip.dataflow".to_owned()),
                ..step("create portsip.dataflow", text)
            },
            StepSummary {
                settles: Some("portsip.dataflow".to_owned()),
                ..step("wait until portsip.dataflow works", "it was made anew")
            },
        ],
        forecast: vec![step("remove portsip.dataflow.previous", "its successor works")],
        outage: Some("no analytics from \"stop portsip.dataflow\" until \"wait until portsip.dataflow works\"; how long that takes is not known; calls are not affected".to_owned()),
        changed_settings: vec![change("image", Some("portsip/pbx:22.3.4"), Some("portsip/pbx:22.3.5"))],
    }
}

pub(super) fn fitness(text: &str, bad: bool, free: u64) -> Fitness {
    let finding = |id, group, title, state, seen: &str, remedy: &[&str]| Finding {
        id,
        group,
        title,
        state,
        ignored: None,
        seen: seen.to_owned(),
        required: "as the vendor's guide has it".to_owned(),
        source: "guide, section 2",
        remedy: remedy.iter().map(|line| (*line).to_owned()).collect(),
        fix: None,
        slow_ms: None,
    };
    let (worst, verdict) = match bad {
        true => (State::Error, Fit::Unfit),
        false => (State::Pass, Fit::FitWithWarnings),
    };
    let findings = vec![
        finding(
            "hardware.cpu",
            Group::Hardware,
            "processors",
            State::Pass,
            "8 processors",
            &[],
        ),
        finding(
            "hardware.memory",
            Group::Hardware,
            "memory",
            State::Pass,
            "31 GiB",
            &[],
        ),
        finding(
            "hardware.disk",
            Group::Hardware,
            "room for the data",
            worst,
            text,
            &[],
        ),
        finding(
            "system.time",
            Group::System,
            "clock kept right",
            State::Warning,
            "no program keeps the clock right",
            &["apt-get install chrony", "systemctl enable --now chrony"],
        ),
        finding(
            "kernel.overcommit",
            Group::Kernel,
            "memory overcommit",
            State::Unknown,
            "/proc/sys/vm/overcommit_memory could not be read",
            &[],
        ),
        finding(
            "forbidden.postgres",
            Group::Forbidden,
            "no other database",
            worst,
            "postgresql listens on port 5432",
            &["systemctl disable --now postgresql"],
        ),
        finding(
            "docker.engine",
            Group::Docker,
            "Docker Engine",
            State::Pass,
            "29.1.3",
            &[],
        ),
    ];
    let count = |state| findings.iter().filter(|found| found.state == state).count();
    Fitness {
        report: Report {
            schema: 1,
            host: "ubuntu@192.0.2.21".to_owned(),
            machine: "Ubuntu 24.04.3 LTS, kernel 6.8.0, x86_64, 8 processors, 31 GiB".to_owned(),
            profile: Profile::default(),
            verdict,
            counts: Counts {
                pass: count(State::Pass),
                warning: count(State::Warning),
                error: count(State::Error),
                unknown: count(State::Unknown),
                ..Counts::default()
            },
            findings,
        },
        disk_size: Some(500 << 30),
        disk_free: Some(free << 30),
    }
}
