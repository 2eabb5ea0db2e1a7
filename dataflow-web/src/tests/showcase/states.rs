//! Brings every state about, as the pollers and operations of the panel would.

use std::{sync::Arc, time::Duration};

use dataflow_core::lifecycle::{Event, LogLine, LogOutput, Status};

use super::{HOSTILE, Page, Tested, servers::*};
use crate::{
    fleet::{Load, LogState, Sample, Seen, Watched},
    runs::{Order, Outcome, Run, State, Verb, digest},
};

/// Every state, and every page to be seen.
pub(super) async fn bring_about(tested: &Tested) -> Vec<Page> {
    let find = |name: &str| tested.panel.fleet.find(name).unwrap();
    let frankfurt = find("frankfurt");
    answered(&frankfurt, running(), |seen| {
        seen.history.take(Ok(history("alice")));
        seen.plan.take(Ok(Default::default()));
        seen.fitness.take(Ok(fitness("412 GiB free", false, 412)));
    });
    measured(&frankfurt);
    logged(&frankfurt);
    answered(&find("london"), degraded(), |seen| {
        seen.history.take(Ok(history("alice")));
        seen.plan
            .take(Ok(plan("its image and its memory limit differ")));
        seen.fitness
            .take(Ok(fitness("12 GiB free; 100 GiB are required", true, 12)));
    });
    answered(&find("madrid"), not_deployed(), |seen| {
        seen.fitness
            .take(Ok(fitness("12 GiB free; 100 GiB are required", true, 12)));
        let stands = trouble(
            "precondition",
            &["ubuntu@192.0.2.23 is not fit for Data Flow: 2 errors"],
            "See the preflight, and mend what it names.",
        );
        seen.plan.take(Err(stands));
    });
    answered(&find("oslo"), running(), |seen| {
        seen.answered = Some(ago(3 * 3600));
        seen.trouble = Some(trouble(
            "unreachable",
            &[
                "192.0.2.24 cannot be reached",
                "connection timed out after 10 s",
            ],
            "See that the server is up, and that nothing between here and there keeps port 22 closed.",
        ));
    });
    answered(&find("paris"), stopped(), |seen| {
        seen.plan.take(Ok(plan("it is stopped")));
    });
    find("rome").change(|seen| {
        seen.at = Some(ago(5));
        seen.trouble = Some(trouble(
            "precondition",
            &["Docker is not installed on ubuntu@192.0.2.26"],
            "Install it with dataflow run --install-docker.",
        ));
    });
    answered(&find("vienna"), running(), |seen| {
        let mut locked = history("bob");
        locked.holder = Some(holder("bob"));
        seen.history.take(Ok(locked));
    });
    let zurich = find("zurich");
    answered(&zurich, hostile(), |seen| {
        let mut history = history(HOSTILE);
        history.runs[0].error = Some(HOSTILE.to_owned());
        seen.history.take(Ok(history));
        seen.plan.take(Ok(plan(HOSTILE)));
        seen.fitness.take(Ok(fitness(HOSTILE, true, 400)));
    });
    hostile_log(&zurich);
    let runs = operations(tested);
    let link = tested.panel.accounts.invite(
        Some("eve".to_owned()),
        crate::account::Role::Viewer,
        Duration::from_secs(3600),
    );
    let link = link.await.unwrap().text().to_owned();
    tested.token(crate::account::Role::Viewer).await;
    pages(&runs, &link)
}

fn answered(server: &Watched, status: Status, more: impl FnOnce(&mut Seen)) {
    server.change(|seen| {
        seen.at = Some(ago(3));
        seen.answered = Some(ago(3));
        seen.status = Some(Arc::new(status));
        more(seen);
    });
}

/// Two hours of figures, with a gap in them.
fn measured(server: &Watched) {
    for number in (0_i32..480).filter(|number| !(200..215).contains(number)) {
        let wave = f64::from(number) / 30.0;
        let load = |scale: f64, memory: u64| Load {
            processors: Some(scale * (1.3 + wave.sin()) / 2.0),
            memory: Some(memory + u64::from(number.unsigned_abs()) * (1 << 20)),
        };
        server.measured(Sample {
            at: ago(i64::from(480 - number) * 15),
            rows: Some(184_000_000 + u64::from(number.unsigned_abs()) * 487),
            clickhouse: load(2.0, 6 << 30),
            service: load(0.4, 300 << 20),
        });
    }
}

pub(super) fn line(seconds: i64, container: &str, output: LogOutput, text: &str) -> LogLine {
    LogLine {
        container: container.to_owned(),
        at: ago(seconds),
        output,
        text: text.to_owned(),
    }
}

fn logged(server: &Watched) {
    let (service, clickhouse) = ("portsip.dataflow", "portsip.clickhouse");
    let lines = (0..60).map(|number| match number % 7 {
        3 => line(300 - number, clickhouse, LogOutput::Stderr, "<Information> Application: merged 12 parts in 0.4 s, 184 MiB read"),
        5 => line(300 - number, service, LogOutput::Stderr, "warning: the PBX answered after 2.1 s; this is longer than usual, and the records of that time are sent again with the next ones so that none is lost"),
        _ => line(300 - number, service, LogOutput::Stdout, "wrote 412 call records of 3 tenants"),
    });
    server.logs.take(lines.collect());
    server.logs.stands(LogState::Following);
}

fn hostile_log(server: &Watched) {
    let lines = (0..3).map(|number| line(9 - number, HOSTILE, LogOutput::Stdout, HOSTILE));
    server.logs.take(lines.collect());
    server.logs.stands(LogState::Following);
}

/// One that is at work, two that ask, one that failed, one that is done.
fn operations(tested: &Tested) -> [Arc<Run>; 5] {
    let begin = |server: &str, order: Order| {
        let run = Arc::new(Run::new(server, order, "alice"));
        tested.panel.runs.put(&run);
        run
    };
    let upgrade = Order {
        image: Some("portsip/pbx:22.3.6".to_owned()),
        ..Order::new(Verb::Upgrade)
    };
    let at_work = begin("warsaw", upgrade.clone());
    tell_steps(&at_work);
    let asks = begin("paris", Order::new(Verb::Run));
    let question = plan("it is stopped");
    asks.stands(State::Asking {
        digest: digest(&question),
        plan: question,
    });
    let by_hand = begin("madrid", Order::new(Verb::Run));
    by_hand.stands(State::AskingByHand {
        prerequisites: degraded().prerequisites,
        digest: "0".to_owned(),
    });
    let failed = begin("zurich", upgrade);
    tell_steps(&failed);
    failed.hears(Event::StepFailed {
        number: 2,
        what: format!("create {HOSTILE}"),
        error: HOSTILE.to_owned(),
    });
    failed.hears(Event::PuttingBack {
        what: "start portsip.dataflow".to_owned(),
    });
    let mut why = trouble(
        "failed",
        &[
            "portsip.dataflow does not work after it was made anew",
            HOSTILE,
        ],
        "See what it writes: dataflow logs. What was before is put back and runs.",
    );
    why.details = vec![HOSTILE.to_owned(), "exit code 1".to_owned()];
    failed.stands(State::Over {
        outcome: Outcome::Failed,
        summary: why.messages[0].clone(),
        trouble: Some(why),
    });
    let done = begin("frankfurt", Order::new(Verb::Restart));
    tell_steps(&done);
    done.hears(Event::StepDone {
        number: 2,
        what: "create portsip.dataflow".to_owned(),
        elapsed: Duration::from_millis(840),
    });
    done.stands(State::Over {
        outcome: Outcome::Done,
        summary: "Data Flow is started again".to_owned(),
        trouble: None,
    });
    [at_work, asks, by_hand, failed, done]
}

fn tell_steps(run: &Run) {
    run.hears(Event::Connected {
        server: "ubuntu@192.0.2.28".to_owned(),
        docker: "29.1.3".to_owned(),
    });
    run.hears(Event::Warning {
        text: "the clock of ubuntu@192.0.2.28 is 3 s ahead".to_owned(),
    });
    run.hears(Event::Begun {
        run: "20261124T114500Z-4f2a".parse().unwrap(),
    });
    let names = ["stop portsip.dataflow", "create portsip.dataflow"];
    for (number, what) in (1..).zip(names) {
        run.hears(Event::StepStarted {
            number,
            of: 3,
            what: what.to_owned(),
            why: "its image changes: portsip/pbx:22.3.5, wanted: portsip/pbx:22.3.6".to_owned(),
        });
        if number == 1 {
            run.hears(Event::StepDone {
                number,
                what: what.to_owned(),
                elapsed: Duration::from_millis(12_400),
            });
        }
    }
    run.hears(Event::Waiting {
        number: 2,
        for_what: "portsip.dataflow to keep running".to_owned(),
        elapsed: Duration::from_secs(7),
    });
}

fn pages(runs: &[Arc<Run>; 5], link: &str) -> Vec<Page> {
    let page = |name, path: &str, shows| Page {
        name,
        path: path.to_owned(),
        shows,
    };
    let run = |index: usize| format!("/runs/{}", runs[index].id());
    vec![
        page("overview", "/", "Servers"),
        page("wall", "/wall", "Data Flow servers"),
        page("server-running", "/servers/frankfurt", "Containers"),
        page("server-degraded", "/servers/london", "What is wrong"),
        page("server-not-deployed", "/servers/madrid", "waits for a yes"),
        page(
            "server-unreachable",
            "/servers/oslo",
            "192.0.2.24 cannot be reached",
        ),
        page("server-stopped", "/servers/paris", "stopped"),
        page(
            "server-no-docker",
            "/servers/rome",
            "Docker is not installed",
        ),
        page("server-locked", "/servers/vienna", "Locked by another"),
        page("server-upgrading", "/servers/warsaw", "upgrading"),
        page("server-hostile", "/servers/zurich", "onerror"),
        page("plan", "/servers/london/plan", "Outage"),
        page(
            "plan-nothing",
            "/servers/frankfurt/plan",
            "All is as wanted",
        ),
        page(
            "plan-refused",
            "/servers/madrid/plan",
            "something stands in the way",
        ),
        page(
            "plan-no-docker",
            "/servers/rome/plan",
            "Docker is not installed there",
        ),
        page("plan-hostile", "/servers/zurich/plan", "onerror"),
        page("preflight", "/servers/madrid/preflight", "not fit"),
        page("preflight-hostile", "/servers/zurich/preflight", "onerror"),
        page("logs", "/servers/frankfurt/logs", "wrote 412 call records"),
        page("logs-hostile", "/servers/zurich/logs", "onerror"),
        page("history", "/servers/frankfurt/history", "manifest unknown"),
        page(
            "history-run",
            "/servers/frankfurt/history/20261123T091207Z-91c4",
            "Put back",
        ),
        page("history-hostile", "/servers/zurich/history", "onerror"),
        page(
            "confirm-upgrade",
            "/servers/frankfurt/do/upgrade",
            "Type the server's name",
        ),
        page(
            "confirm-start",
            "/servers/paris/do/start",
            "Starts the containers",
        ),
        page("run-at-work", &run(0), "portsip.dataflow to keep running"),
        page("run-asks", &run(1), "Go ahead"),
        page("run-asks-by-hand", &run(2), "done by hand"),
        page("run-failed", &run(3), "It failed"),
        page("run-done", &run(4), "Data Flow is started again"),
        page("settings", "/settings", "Your password"),
        page("users", "/users", "Invite"),
        page("tokens", "/tokens", "Make one"),
        page("audit", "/audit", "signed in"),
        page("keys", "/keys", "Keyboard"),
        page("missing", "/servers/nowhere", "Not there"),
        page("method", "/sign-out", "Not with this method"),
        page(
            "welcome",
            &format!("/welcome?link={link}"),
            "Choose a password",
        ),
        page("welcome-gone", "/welcome?link=x", "used already"),
    ]
}
