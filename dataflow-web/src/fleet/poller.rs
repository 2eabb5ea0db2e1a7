//! Looks at one server again and again, over one session that stays open.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use dataflow_core::{
    lifecycle::{Control, Server, Status, Usage},
    pbx::PbxLink,
    spec::{Release, Spec},
};
use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use super::{Load, Sample, Trouble, Watched, deep, pbx};
use crate::panel::Shared;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(15);

/// The same while somebody has its page, or the overview, before them.
const WATCHED: Duration = Duration::from_secs(5);

/// The longest time between two tries to reach a server that can't be reached.
const LONGEST: Duration = Duration::from_secs(120);

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long what takes commands on the server may take.
const DEEP_PATIENCE: Duration = Duration::from_secs(180);

/// Time between two looks at who has the lock and what was done.
const HISTORY: Duration = Duration::from_secs(60);

/// Time between two looks at what `run` would do and whether the machine is fit.
const DEEP: Duration = Duration::from_secs(10 * 60);

/// How many past runs are read.
const RUNS: usize = 50;

/// What goes on from one look to the next.
#[derive(Default)]
struct Round {
    session: Option<Server>,
    /// The PBX that the session knows.
    pbx: PbxLink,
    /// What is wanted of the server.
    wanted: Option<Spec>,
    failures: u32,
    /// What containers had used at the look before.
    used: Vec<Usage>,
    history: Option<Instant>,
    deep: Option<Instant>,
}

/// Looks at the server until the panel ends.
pub(super) async fn poll(panel: Shared, watched: Arc<Watched>) {
    let mut round = Round::default();
    loop {
        round.look(&panel, &watched).await;
        let rest = rest(round.failures, is_watched(&panel, &watched));
        tokio::select! {
            () = sleep(rest) => {}
            () = watched.look.notified() => {}
            () = watched.end(&panel) => break,
        }
    }
    if let Some(session) = round.session {
        session.close().await;
    }
    pbx::sign_out(round.pbx).await;
}

/// The time until the next look: longer each time where the server can't be reached, and never the same for all servers.
fn rest(failures: u32, is_watched: bool) -> Duration {
    let time = match failures {
        0 if is_watched => WATCHED,
        _ => EVERY.saturating_mul(1 << failures.min(4)).min(LONGEST),
    };
    time.mul_f64(rand::random_range(0.9..1.1))
}

fn is_watched(panel: &Shared, watched: &Watched) -> bool {
    panel.live.overview.listeners() + watched.topic.listeners() > 0
}

impl Round {
    async fn look(&mut self, panel: &Shared, watched: &Watched) {
        let all = watched.is_all_wanted();
        let looked = timeout(PATIENCE, self.see(watched)).await;
        let looked = looked.unwrap_or_else(|_| Err(silent(watched, PATIENCE)));
        self.failures = match &looked {
            Ok(_) => 0,
            Err(_) => self.failures.saturating_add(1),
        };
        watched.count_look(looked.is_err());
        note(watched, looked);
        if self.failures > 0 {
            // It may have been lost half-way.
            self.session = None;
            self.used.clear();
            pbx::sign_out(std::mem::take(&mut self.pbx)).await;
        }
        let due =
            |last: Option<Instant>, every| all || last.is_none_or(|last| last.elapsed() >= every);
        if self.session.is_some() && due(self.history, HISTORY) {
            self.history = Some(Instant::now());
            self.read_history(watched).await;
        }
        // What a run changes at this moment is not what it will be.
        let at_work = panel.runs.at_work_on(watched.name()).is_some();
        let reachable = self.session.is_some() || all;
        if reachable && !at_work && due(self.deep, DEEP) {
            self.deep = Some(Instant::now());
            self.try_pbx_again(watched).await;
            let looking = deep::look(watched, self.session.as_ref());
            if timeout(DEEP_PATIENCE, looking).await.is_err() {
                watched.change(|seen| {
                    seen.looking = false;
                    seen.fitness.take(Err(silent(watched, DEEP_PATIENCE)));
                });
                self.session = None;
            }
        }
    }

    /// What it is doing, without a command on it.
    async fn see(&mut self, watched: &Watched) -> Result<(Status, Sample), Trouble> {
        let server = match self.session.take() {
            Some(server) => server,
            None => {
                let (server, link, wanted) = open(watched).await?;
                (self.pbx, self.wanted) = (link, wanted);
                server
            }
        };
        let (status, used) = tokio::join!(server.status_of(self.wanted.as_ref()), server.usage());
        let status = status.map_err(|error| Trouble::of(&error))?;
        // Without figures it is still known what it does.
        let used = used.unwrap_or_default();
        let sample = self.sample(&status, &used);
        self.used = used;
        self.session = Some(server);
        Ok((status, sample))
    }

    fn sample(&self, status: &Status, used: &[Usage]) -> Sample {
        let names = Release::portsip();
        let load = |name: &str| {
            let of = |all: &[Usage]| all.iter().find(|usage| usage.name == name).cloned();
            let Some(now) = of(used) else {
                return Load::default();
            };
            Load {
                processors: of(&self.used).and_then(|before| now.processors_busy_since(&before)),
                memory: Some(now.memory),
            }
        };
        let clickhouse = status.clickhouse.as_ref();
        Sample {
            at: Timestamp::now(),
            rows: clickhouse.and_then(|clickhouse| clickhouse.rows),
            clickhouse: load(names.clickhouse_name),
            service: load(names.service_name),
        }
    }

    /// Where it could not be signed in to, it may be by now.
    async fn try_pbx_again(&mut self, watched: &Watched) {
        if !matches!(self.pbx, PbxLink::Failed(_)) {
            return;
        }
        if let Ok(settings) = watched.settings().await
            && let Ok(link) = pbx::sign_in(&settings).await
            && let Some(server) = self.session.take()
        {
            self.session = Some(server.with_pbx(link.clone()));
            self.pbx = link;
        }
    }

    async fn read_history(&self, watched: &Watched) {
        let Some(server) = &self.session else {
            return;
        };
        let records = server.records();
        let history = match timeout(PATIENCE, records.history(RUNS)).await {
            Ok(history) => history.map_err(|error| Trouble::of(&error)),
            Err(_) => Err(silent(watched, PATIENCE)),
        };
        watched.change(|seen| seen.history.take(history));
    }
}

/// A session, the PBX that it knows, and what is wanted of the server, where the settings say that.
async fn open(watched: &Watched) -> Result<(Server, PbxLink, Option<Spec>), Trouble> {
    let settings = watched
        .settings()
        .await
        .map_err(|error| Trouble::of(&error))?;
    let target = settings.target().map_err(|error| Trouble::of(&error))?;
    let (server, link) = tokio::join!(
        Server::open(&target, Control::default()),
        pbx::sign_in(&settings)
    );
    let server = server.map_err(|error| Trouble::of(&error))?;
    let link = link.map_err(|error| Trouble::of(&error))?;
    Ok((server.with_pbx(link.clone()), link, settings.spec().ok()))
}

fn note(watched: &Watched, looked: Result<(Status, Sample), Trouble>) {
    let now = Timestamp::now();
    match looked {
        Ok((status, sample)) => {
            watched.measured(sample);
            watched.change(|seen| {
                seen.at = Some(now);
                seen.answered = Some(now);
                seen.status = Some(Arc::new(status));
                seen.sample = Some(sample);
                seen.trouble = None;
            });
        }
        Err(trouble) => watched.change(|seen| {
            seen.at = Some(now);
            seen.trouble = Some(trouble);
        }),
    }
}

fn silent(watched: &Watched, patience: Duration) -> Trouble {
    Trouble {
        kind: "unreachable",
        messages: vec![format!(
            "{} did not answer within {} s",
            watched.address(),
            patience.as_secs()
        )],
        next: "See whether the server or the way to it is overloaded.".to_owned(),
        details: Vec::new(),
    }
}
