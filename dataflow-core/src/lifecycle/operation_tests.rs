#![allow(clippy::panic, clippy::unwrap_used)]

use std::{fs, path::PathBuf, sync::Arc};

use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::{
    Explain, Kind,
    host::{Address, SignIn},
    lifecycle::{
        desired::Desired,
        observed::Observed,
        plan::{Action, Plan},
    },
    spec::{RegistryLogin, Release, Spec},
};

const CANARIES: [&str; 2] = ["CanaryOfTheDatabase0", "CanaryOfTheRegistry0"];

/// A server of its own, which is this machine, and a control node.
struct Lab {
    home: TempDir,
    told: Arc<Mutex<Vec<Event>>>,
}

impl Lab {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            told: Arc::default(),
        }
    }

    fn kept(&self) -> PathBuf {
        self.home.path().join("kept")
    }

    fn copies(&self) -> PathBuf {
        self.home.path().join("copies")
    }

    fn control(&self, wait: Duration) -> Control {
        let told = Arc::clone(&self.told);
        Control {
            events: Events::to(move |event| told.lock().unwrap().push(event)),
            wait,
            journal: Some(self.copies()),
            ..Control::default()
        }
    }

    async fn operation(&self, verb: &str) -> Operation {
        self.operation_sure_for(Place::default().sure, verb).await
    }

    async fn operation_sure_for(&self, sure: Duration, verb: &str) -> Operation {
        let place = Place {
            directory: self.kept().to_str().unwrap().to_owned(),
            root: false,
            sure,
            ..Place::default()
        };
        let host = Host::connect(&Address::Local, &SignIn::default())
            .await
            .unwrap();
        let control = self.control(Duration::ZERO);
        Operation::prepare_at(&place, &host, &control, verb)
            .await
            .unwrap()
    }

    /// Takes the lock, or fails at once.
    async fn take(&self, operation: &mut Operation) -> Result<(), LifecycleError> {
        operation.take(&self.control(Duration::ZERO)).await
    }

    fn journal(&self, operation: &Operation) -> String {
        let file = self.kept().join(format!("journal/{}.jsonl", operation.run));
        fs::read_to_string(file).unwrap()
    }

    fn copy(&self, operation: &Operation) -> String {
        let file = self.copies().join(format!("local/{}.jsonl", operation.run));
        fs::read_to_string(file).unwrap()
    }
}

/// A spec with a sign-in, and a plan whose steps hold all that is secret.
fn secretive() -> (Spec, Plan) {
    let spec = Spec::new(
        "172.31.16.133".parse().unwrap(),
        "172.31.16.158".parse().ok(),
        None,
    )
    .unwrap()
    .with_registry(RegistryLogin {
        server: "registry.example.com".parse().unwrap(),
        user: "operator".into(),
        token: SecretString::from(CANARIES[1]),
    });
    let password = SecretString::from(CANARIES[0]);
    let desired = Desired::new(&spec, &Release::portsip(), Some(&password));
    let mut plan = Plan::default();
    plan.add(
        Action::Create(Box::new(desired.clickhouse.clone())),
        "there is no such container",
    );
    plan.add(
        Action::Initialise(Box::new(desired.service)),
        "the service has no password for it yet",
    );
    (spec, plan)
}

#[tokio::test]
async fn given_secrets_when_a_whole_run_is_recorded_then_server_and_copy_have_all_of_it_but_them() {
    let lab = Lab::new();
    let (spec, plan) = secretive();
    let mut operation = lab.operation("run").await;
    lab.take(&mut operation).await.unwrap();
    let settings = DeployedSettings::of(&spec, &Observed::default());
    operation
        .begin(Some(settings), vec!["cpu.count".into()], &plan.summary())
        .await
        .unwrap();
    for (index, step) in plan.steps.iter().enumerate() {
        operation.step_started(index + 1, 2, step).await.unwrap();
        let failed = StepError::Initialise {
            exit_code: 1,
            last_lines: vec![CANARIES[0].to_owned()],
        };
        let result = if index == 0 { Ok(()) } else { Err(failed) };
        operation
            .step_ended(index + 1, Duration::from_millis(5), &result)
            .await;
    }
    operation.put_back("start portsip.dataflow", &Ok(())).await;
    let news = Remembered::news(None, &spec, &Observed::default(), operation.deed());
    operation.remember(&news.unwrap()).await;

    let (journal, copy) = (lab.journal(&operation), lab.copy(&operation));
    assert_eq!(journal, copy);
    let records: Vec<serde_json::Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&str> = records
        .iter()
        .filter_map(|record| record["record"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "begun",
            "planned",
            "step-started",
            "step-done",
            "step-started",
            "step-failed",
            "put-back"
        ]
    );
    assert!(records.iter().all(|record| record["v"] == 1));
    assert_eq!(records[0]["settings"]["registry-user"], "operator");
    assert_eq!(
        records[1]["plan"]["steps"][0]["why"],
        "there is no such container"
    );
    let remembered = fs::read_to_string(lab.kept().join("deployment.json")).unwrap();
    for canary in CANARIES {
        assert!(
            !journal.contains(canary) && !remembered.contains(canary),
            "{canary}"
        );
    }

    let (copies, run) = (lab.copies(), operation.run.clone());
    let failure: Result<(), LifecycleError> = Err(LifecycleError::NotAsWanted {
        host: "local".into(),
        problem: "it does not work".into(),
    });
    operation.end(&failure).await;
    let copy = fs::read_to_string(copies.join(format!("local/{run}.jsonl"))).unwrap();
    let last: serde_json::Value = serde_json::from_str(copy.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["record"], &last["outcome"]),
        (&"ended".into(), &"failed".into())
    );
    assert!(!lab.kept().join("lease.json").exists());
    assert_eq!(lab.told.lock().unwrap().as_slice(), [Event::Begun { run }]);
}

#[tokio::test]
async fn given_an_operation_at_work_when_another_one_begins_then_it_is_told_who_and_changes_nothing()
 {
    let lab = Lab::new();
    let (_, plan) = secretive();
    let mut first = lab.operation("run").await;
    lab.take(&mut first).await.unwrap();
    first
        .begin(None, Vec::new(), &plan.summary())
        .await
        .unwrap();
    first.step_started(1, 2, &plan.steps[0]).await.unwrap();

    let mut second = lab.operation("upgrade").await;
    let refused = second.refuse_locked(&lab.control(Duration::ZERO)).await;
    let error = lab.take(&mut second).await.unwrap_err();

    assert_eq!(refused.unwrap_err().to_string(), error.to_string());
    assert_eq!(error.kind(), Kind::Locked);
    let LifecycleError::Locked { holder, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(holder.run, first.run.to_string());
    let said = error.to_string();
    assert!(said.contains("(dataflow run, since 2"), "{said}");
    assert!(
        said.ends_with(
            "at the step: create container portsip.clickhouse from portsip/clickhouse:25.8)"
        ),
        "{said}"
    );
    assert!(error.next_step().contains("--wait"));
    let run = second.run.clone();
    second.end(&Err::<(), _>(error)).await;
    assert!(
        !lab.kept().join(format!("journal/{run}.jsonl")).exists(),
        "it is not on record"
    );
}

#[tokio::test]
async fn given_time_to_wait_when_the_other_one_ends_then_the_lock_is_taken() {
    let lab = Lab::new();
    let mut first = lab.operation("run").await;
    lab.take(&mut first).await.unwrap();
    let mut second = lab.operation("restart").await;
    let told = Arc::clone(&lab.told);
    let end_when_waited_for = async {
        while told.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        first.end(&Ok(())).await;
    };
    let control = lab.control(Duration::from_secs(20));
    let (taken, ()) = tokio::join!(second.take(&control), end_when_waited_for);
    taken.unwrap();
    let told = lab.told.lock().unwrap();
    let Event::WaitingForLock {
        holder, patience, ..
    } = &told[0]
    else {
        panic!("{told:?}");
    };
    assert_eq!((holder.verb.as_str(), patience.as_secs()), ("run", 20));
}

#[tokio::test]
async fn given_a_waiting_operation_when_its_time_is_over_or_it_is_interrupted_then_it_gives_up() {
    let lab = Lab::new();
    let mut first = lab.operation("run").await;
    lab.take(&mut first).await.unwrap();
    let mut second = lab.operation("restart").await;
    let short = lab.control(Duration::from_millis(50));
    let error = second.take(&short).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Locked);
    let long = lab.control(Duration::from_secs(3600));
    let raise = async { long.interrupt.raise() };
    let (given_up, ()) = tokio::join!(second.take(&long), raise);
    assert_eq!(given_up.unwrap_err().kind(), Kind::Locked);
}

#[tokio::test]
async fn given_a_lock_that_was_taken_away_when_the_next_step_comes_then_it_is_not_done() {
    let lab = Lab::new();
    let (_, plan) = secretive();
    let mut first = lab.operation("run").await;
    lab.take(&mut first).await.unwrap();
    first
        .begin(None, Vec::new(), &plan.summary())
        .await
        .unwrap();
    let mut thief = lab.operation("unlock").await;
    let taken = thief.seize().await.unwrap().unwrap();
    assert_eq!(taken.run, first.run.to_string());

    let error = first.step_started(1, 2, &plan.steps[0]).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("the lock was lost to ") && said.contains("(dataflow unlock, since"),
        "{said}"
    );
    thief.end(&Ok(())).await;
    let error = first.at("putting back").await.unwrap_err();
    insta::assert_snapshot!(error, @"the lock was lost: it was taken away, or this program was not heard of for half a minute");
}

#[tokio::test]
async fn given_a_copy_that_cannot_be_written_when_recorded_then_it_is_told_once_and_the_run_goes_on()
 {
    let lab = Lab::new();
    let (_, plan) = secretive();
    fs::write(lab.copies(), "a file").unwrap();
    let mut operation = lab.operation("run").await;
    lab.take(&mut operation).await.unwrap();
    operation
        .begin(None, Vec::new(), &plan.summary())
        .await
        .unwrap();
    operation.step_started(1, 2, &plan.steps[0]).await.unwrap();
    assert_eq!(lab.journal(&operation).lines().count(), 3);
    let told = lab.told.lock().unwrap();
    let troubles = told
        .iter()
        .filter(|event| matches!(event, Event::NotRecorded { .. }));
    assert_eq!(troubles.count(), 1, "{told:?}");
}

#[tokio::test]
async fn given_a_journal_that_cannot_be_written_when_a_step_comes_then_it_is_not_done() {
    let lab = Lab::new();
    let (_, plan) = secretive();
    let mut operation = lab.operation("run").await;
    lab.take(&mut operation).await.unwrap();
    let file = lab.kept().join(format!("journal/{}.jsonl", operation.run));
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let error = operation
        .begin(None, Vec::new(), &plan.summary())
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("local: the journal could not be begun: "),
        "{said}"
    );
    let error = operation
        .step_started(1, 2, &plan.steps[0])
        .await
        .unwrap_err();
    assert!(matches!(error, StepError::NotRecorded(_)), "{error}");
}

/// Work that is done at its third look; and how often it was looked at.
fn work(looks: &std::cell::Cell<usize>) -> impl Future<Output = Result<(), StepError>> {
    poll_fn(|cx| {
        looks.set(looks.get() + 1);
        cx.waker().wake_by_ref();
        if looks.get() < 3 {
            Poll::Pending
        } else {
            Poll::Ready(Ok(()))
        }
    })
}

#[tokio::test]
async fn given_an_owner_that_stood_still_when_it_goes_on_then_not_a_bit_is_done_before_the_keeper_was_asked()
 {
    let lab = Lab::new();
    // Every moment is too long ago.
    let mut first = lab.operation_sure_for(Duration::ZERO, "run").await;
    lab.take(&mut first).await.unwrap();
    let looks = std::cell::Cell::new(0);
    first.while_held(work(&looks)).await.unwrap();
    assert_eq!(looks.take(), 3, "it is still there, so it goes on");

    let mut thief = lab.operation("unlock").await;
    thief.seize().await.unwrap();
    let error = first.while_held(work(&looks)).await.unwrap_err();
    assert!(matches!(error, StepError::LockLost(Some(_))), "{error}");
    assert_eq!(looks.take(), 0, "it was not even begun");
}

#[tokio::test]
async fn given_an_owner_that_was_heard_when_it_works_then_the_keeper_is_not_asked() {
    let lab = Lab::new();
    let mut first = lab.operation("run").await;
    lab.take(&mut first).await.unwrap();
    let mut thief = lab.operation("unlock").await;
    thief.seize().await.unwrap();
    let looks = std::cell::Cell::new(0);
    first.while_held(work(&looks)).await.unwrap();
    assert_eq!(looks.take(), 3);
}
