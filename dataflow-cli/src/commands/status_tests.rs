#![allow(clippy::unwrap_used)]

use dataflow_core::{
    docker::{Health, State},
    lifecycle::ClickHouseStatus,
    prerequisites::{Prerequisite, State as Stands},
};

use super::*;

fn container(name: &str, state: State, health: Option<Health>) -> ContainerStatus {
    ContainerStatus {
        name: name.to_owned(),
        state,
        health,
        image: "portsip/pbx:22".to_owned(),
        image_id: "sha256:aa".to_owned(),
        version: Some("22.3.5".to_owned()),
        started_at: "2026-01-01T00:00:00.123456789Z".to_owned(),
        restarts: 0,
        made_by: "dataflow",
    }
}

fn status() -> Status {
    Status {
        server: "pbx@172.31.16.158".to_owned(),
        docker: "20.10.24".to_owned(),
        verdict: Verdict::Running,
        problems: Vec::new(),
        containers: vec![
            container("portsip.clickhouse", State::Running, Some(Health::Healthy)),
            container("portsip.dataflow", State::Running, None),
        ],
        clickhouse: Some(ClickHouseStatus {
            answers: true,
            version: Some("25.8.1".to_owned()),
            rows: Some(1_234_567),
            problem: None,
        }),
        prerequisites: vec![
            prerequisite("whitelist.private", Stands::Ok, "172.31.16.158: accepted"),
            prerequisite("pbx.version", Stands::Ok, "the PBX has 22.3.5"),
        ],
    }
}

fn prerequisite(id: &'static str, state: Stands, seen: &str) -> Prerequisite {
    Prerequisite {
        id,
        title: "",
        state,
        seen: seen.to_owned(),
        remedy: Vec::new(),
    }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn shown(status: &Status) -> String {
    plain(&human(
        status,
        "2026-01-01T00:03:00Z".parse().unwrap(),
        None,
    ))
}

#[test]
fn a_server_that_runs_as_it_should() {
    insta::assert_snapshot!(shown(&status()), @"
    Data Flow on pbx@172.31.16.158: running

    CONTAINER           STATE             SINCE  VERSION  IMAGE
    portsip.clickhouse  running, healthy  2 min  22.3.5   portsip/pbx:22
    portsip.dataflow    running           2 min  22.3.5   portsip/pbx:22

    ClickHouse 25.8.1 answers; 1,234,567 rows are stored

    prerequisites: 2 ok
    ");
}

#[test]
fn prerequisites_are_a_line_unless_one_is_not_as_it_must_be() {
    let prerequisites = |items: &[(&'static str, Stands, &str)]| {
        let items = items
            .iter()
            .map(|(id, state, seen)| prerequisite(id, *state, seen));
        shown(&Status {
            containers: Vec::new(),
            clickhouse: None,
            prerequisites: items.collect(),
            ..status()
        })
    };
    let by_hand = "done by hand, as the settings say";
    insta::assert_snapshot!(prerequisites(&[
        ("whitelist.private", Stands::NotChecked, by_hand),
        ("pbx.version", Stands::NotChecked, by_hand),
    ]));
    insta::assert_snapshot!(
        "one_was_not_looked_at",
        prerequisites(&[
            ("whitelist.private", Stands::Ok, "172.31.16.158: accepted"),
            ("token", Stands::NotChecked, "no place is set"),
        ])
    );
    insta::assert_snapshot!(
        "one_is_missing",
        prerequisites(&[
            (
                "whitelist.private",
                Stands::Missing,
                "the PBX throttles 172.31.16.158: it is not on its whitelist"
            ),
            (
                "whitelist.public",
                Stands::Expiring,
                "54.215.234.68: ends 2026-12-24"
            ),
            (
                "pbx.version",
                Stands::Ok,
                "the PBX has 22.3.5, as the service's image"
            ),
        ])
    );
}

#[test]
fn a_server_on_which_the_service_ends_again_and_again() {
    let mut status = status();
    status.verdict = Verdict::Degraded;
    status.containers[1].state = State::Restarting;
    status.containers[1].version = None;
    status.containers[1].started_at = "0001-01-01T00:00:00Z".to_owned();
    status.problems =
        vec!["portsip.dataflow ends again and again (exit code 1, restarted 7 times)".to_owned()];
    insta::assert_snapshot!(shown(&status), @"
    Data Flow on pbx@172.31.16.158: degraded

    CONTAINER           STATE             SINCE  VERSION  IMAGE
    portsip.clickhouse  running, healthy  2 min  22.3.5   portsip/pbx:22
    portsip.dataflow    restarting        -      -        portsip/pbx:22

    ClickHouse 25.8.1 answers; 1,234,567 rows are stored

    prerequisites: 2 ok

    problem: portsip.dataflow ends again and again (exit code 1, restarted 7 times)
    next: dataflow run repairs it, or says what stands in the way
    ");
}

#[test]
fn a_server_without_data_flow() {
    let status = Status {
        verdict: Verdict::NotDeployed,
        containers: Vec::new(),
        clickhouse: None,
        prerequisites: Vec::new(),
        ..status()
    };
    insta::assert_snapshot!(shown(&status), @"
    Data Flow on pbx@172.31.16.158: not deployed
    next: dataflow run deploys it
    ");
}

#[test]
fn numbers_are_grouped_by_thousands() {
    for (number, text) in [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (12_345_678, "12,345,678"),
    ] {
        assert_eq!(grouped(number), text);
    }
}

#[test]
fn several_servers_are_a_line_each_with_their_problems_below() {
    let mut degraded = status();
    degraded.server = "pbx@10.1.0.2".to_owned();
    degraded.verdict = Verdict::Degraded;
    degraded.problems = vec!["portsip.dataflow ends again and again".to_owned()];
    degraded.clickhouse = None;
    let unreachable = dataflow_core::host::HostError::Refused {
        host: "10.2.0.2".to_owned(),
        port: 22,
    };
    let answers = [
        ("paris", Ok(status())),
        ("lima", Ok(degraded)),
        ("oslo", Err(unreachable.into())),
    ]
    .map(|(name, result)| Answer {
        name: name.to_owned(),
        result,
    });
    insta::assert_snapshot!(plain(&overview(&answers, None)), @"
    NAME   SERVER             STATE        SERVICE  CLICKHOUSE  ROWS
    paris  pbx@172.31.16.158  running      22.3.5   25.8.1      1,234,567
    lima   pbx@10.1.0.2       degraded     22.3.5   -           -
    oslo   -                  unreachable  -        -           -

    problem: lima: portsip.dataflow ends again and again
    ");
    for line in plain(&overview(&answers, Some(70))).lines().take(4) {
        assert!(width::of(line) <= 70, "{line}");
    }
}
