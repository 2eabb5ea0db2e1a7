#![allow(clippy::unwrap_used)]

use dataflow_core::lifecycle::{Operator, PastStep};

use super::*;

fn step(number: usize, what: &str, why: &str, outcome: Outcome) -> PastStep {
    PastStep {
        number,
        of: 10,
        what: what.into(),
        why: why.into(),
        outcome,
        elapsed_ms: (outcome != Outcome::AtWork).then_some(1234),
        error: (outcome == Outcome::Failed).then(|| "it ended with exit code 1".into()),
    }
}

fn run(outcome: Outcome) -> PastRun {
    let over = !matches!(outcome, Outcome::AtWork | Outcome::NotFinished);
    PastRun {
        run: "20261124T114500Z-4f2a".into(),
        began: "2026-11-24T11:45:00.5Z".parse().ok(),
        verb: "upgrade".into(),
        operator: Operator {
            user: "alice".into(),
            from: "node1".into(),
            login: "pbx".into(),
            pid: 7,
        },
        server: "pbx@172.31.16.158".into(),
        program: "0.1.0".into(),
        outcome,
        elapsed_ms: over.then_some(125_999),
        error: (outcome == Outcome::Failed)
            .then(|| "pbx@172.31.16.158: could not see portsip.dataflow keep running".into()),
        settings: Some(DeployedSettings {
            data_path: "/var/lib/portsip".into(),
            pbx: "172.31.16.133".into(),
            ..DeployedSettings::default()
        }),
        changed_settings: Vec::new(),
        ignored: (outcome == Outcome::Failed)
            .then(|| "cpu.count".into())
            .into_iter()
            .collect(),
        steps: vec![
            step(
                1,
                "wait until ClickHouse answers",
                "the service needs it",
                Outcome::Done,
            ),
            step(2, "stop portsip.dataflow", "it is replaced", Outcome::Done),
            step(
                10,
                "see portsip.dataflow keep running",
                "a start alone proves nothing",
                outcome,
            ),
        ],
        put_back: vec![],
    }
}

fn history(runs: Vec<PastRun>) -> History {
    History {
        server: "pbx@172.31.16.158".into(),
        holder: None,
        deployment: None,
        runs,
    }
}

#[test]
fn runs_are_listed_one_a_line() {
    let mut changed = run(Outcome::Done);
    changed.changed_settings = vec![
        Change {
            setting: "pbx".into(),
            now: Some("172.31.16.133".into()),
            wanted: Some("172.31.16.134".into()),
        },
        Change {
            setting: "public-ip".into(),
            now: None,
            wanted: Some("203.0.113.7".into()),
        },
    ];
    let mut torn = run(Outcome::NotFinished);
    (torn.began, torn.steps) = (None, Vec::new());
    let runs = vec![run(Outcome::AtWork), run(Outcome::Failed), changed, torn];
    insta::assert_snapshot!(all(&history(runs), None), @"
    RUN                    WHEN                     VERB     WHO                               OUTCOME       TOOK       CAUSE
    20261124T114500Z-4f2a  2026-11-24 11:45:00 UTC  upgrade  alice on node1, signed in as pbx  at work       -          stop portsip.dataflow: it is replaced
    20261124T114500Z-4f2a  2026-11-24 11:45:00 UTC  upgrade  alice on node1, signed in as pbx  failed        2 min 5 s  see portsip.dataflow keep running: it ended with exit code 1
    20261124T114500Z-4f2a  2026-11-24 11:45:00 UTC  upgrade  alice on node1, signed in as pbx  done          2 min 5 s  pbx 172.31.16.133 -> 172.31.16.134, public-ip none -> 203.0.113.7
    20261124T114500Z-4f2a  -                        upgrade  alice on node1, signed in as pbx  not finished  -          -
    ");
}

#[test]
fn nothing_on_record_is_said_so() {
    insta::assert_snapshot!(all(&history(vec![]), None), @"nothing is on record on pbx@172.31.16.158");
}

#[test]
fn a_run_is_shown_with_all_its_steps() {
    insta::assert_snapshot!(one(&run(Outcome::AtWork)), @"
    run 20261124T114500Z-4f2a: upgrade on pbx@172.31.16.158
    by alice on node1, signed in as pbx (process 7, dataflow 0.1.0), 2026-11-24 11:45:00 UTC
    at work

    [ 1/10] wait until ClickHouse answers (the service needs it; 1.2 s)
    [ 2/10] stop portsip.dataflow (it is replaced; 1.2 s)
    [10/10] see portsip.dataflow keep running (a start alone proves nothing): at work

    data-path         /var/lib/portsip
    pbx               172.31.16.133
    image
    clickhouse-image
    nofile            0
    start-grace       0
    ");
    let mut failed = run(Outcome::Failed);
    failed.put_back = vec!["start portsip.dataflow".into()];
    insta::assert_snapshot!(one(&failed), @"
    run 20261124T114500Z-4f2a: upgrade on pbx@172.31.16.158
    by alice on node1, signed in as pbx (process 7, dataflow 0.1.0), 2026-11-24 11:45:00 UTC
    failed after 2 min 5 s
    ignored: cpu.count

    [ 1/10] wait until ClickHouse answers (the service needs it; 1.2 s)
    [ 2/10] stop portsip.dataflow (it is replaced; 1.2 s)
    [10/10] see portsip.dataflow keep running (a start alone proves nothing): failed
      because: it ended with exit code 1
    put back: start portsip.dataflow

    error: pbx@172.31.16.158: could not see portsip.dataflow keep running

    data-path         /var/lib/portsip
    pbx               172.31.16.133
    image
    clickhouse-image
    nofile            0
    start-grace       0
    ");
}
