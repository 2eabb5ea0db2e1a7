//! Looks at one server again and again, over one session that stays open.

use std::{sync::Arc, time::Duration};

use dataflow_core::lifecycle::{Control, LifecycleError, Server, Status};
use jiff::Timestamp;
use tokio::time::{sleep, timeout};

use super::{Sample, Seen, Trouble, Watched};
use crate::panel::Shared;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(15);

/// The longest time between two tries to reach a server that can't be reached.
const LONGEST: Duration = Duration::from_secs(120);

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks at the server until the panel ends.
pub(super) async fn poll(panel: Shared, watched: Arc<Watched>) {
    let mut session = None;
    let mut failures: u32 = 0;
    loop {
        let looked = timeout(PATIENCE, look(&watched, &mut session)).await;
        let looked = looked.unwrap_or_else(|_| {
            Err(Trouble {
                kind: "unreachable",
                messages: vec![format!(
                    "{} did not answer within {} s",
                    watched.address(),
                    PATIENCE.as_secs()
                )],
                next: "See whether the server is overloaded.".to_owned(),
                details: Vec::new(),
            })
        });
        failures = if looked.is_ok() {
            0
        } else {
            failures.saturating_add(1)
        };
        if failures > 0 {
            session = None;
        }
        note(&watched, looked);
        tokio::select! {
            () = sleep(rest(failures)) => {}
            () = watched.look.notified() => {}
            () = panel.ending.wait() => break,
        }
    }
    if let Some(session) = session {
        session.close().await;
    }
}

/// The time until the next look: longer each time where the server can't be reached, and never the same for all servers.
fn rest(failures: u32) -> Duration {
    let time = EVERY.saturating_mul(1 << failures.min(4)).min(LONGEST);
    time.mul_f64(rand::random_range(0.9..1.1))
}

async fn look(watched: &Watched, session: &mut Option<Server>) -> Result<Status, Trouble> {
    let server = match session.take() {
        Some(server) => server,
        None => open(watched).await?,
    };
    let status = server.status().await.map_err(|error| Trouble::of(&error))?;
    *session = Some(server);
    Ok(status)
}

async fn open(watched: &Watched) -> Result<Server, Trouble> {
    let settings = watched
        .settings()
        .await
        .map_err(|error| Trouble::of(&error))?;
    let target = settings
        .target()
        .map_err(|error| Trouble::of(&LifecycleError::from(error)))?;
    let server = Server::open(&target, Control::default()).await;
    server.map_err(|error| Trouble::of(&error))
}

fn note(watched: &Watched, looked: Result<Status, Trouble>) {
    let now = Timestamp::now();
    let before = watched.seen();
    let (seen, sample) = match looked {
        Ok(status) => {
            let rows = status
                .clickhouse
                .as_ref()
                .and_then(|clickhouse| clickhouse.rows);
            let seen = Seen {
                at: Some(now),
                status: Some(status),
                answered: Some(now),
                trouble: None,
            };
            (seen, Some(Sample { at: now, rows }))
        }
        Err(trouble) => {
            let seen = Seen {
                at: Some(now),
                trouble: Some(trouble),
                ..Seen::clone(&before)
            };
            (seen, None)
        }
    };
    watched.saw(seen, sample);
}
