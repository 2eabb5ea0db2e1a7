//! Has the library do what was asked for.

use std::sync::Arc;

use dataflow_core::{
    Explain, Kind,
    lifecycle::{Approve, Control, DockerSource, Events, LifecycleError, Records, Report, Server},
    spec::{Settings, Spec, SpecError, Target},
};

use super::{Outcome, Run, State, Verb, run::digest};
use crate::{
    fleet::{Trouble, Watched, pbx},
    panel::Shared,
};

/// Does it, and says what came of it.
pub(super) async fn work(panel: &Shared, watched: &Watched, run: &Arc<Run>) {
    let doing = Arc::clone(run);
    let control = control(panel, run);
    let state = match perform(watched, &doing, control).await {
        Ok(summary) => State::Over {
            outcome: Outcome::Done,
            summary,
            trouble: None,
        },
        Err((kind, trouble)) => State::Over {
            outcome: match kind {
                Kind::Pending => Outcome::Declined,
                _ => Outcome::Failed,
            },
            summary: trouble.messages.first().cloned().unwrap_or_default(),
            trouble: Some(trouble),
        },
    };
    run.stands(state);
}

fn control(panel: &Shared, run: &Arc<Run>) -> Control {
    let hearing = Arc::clone(run);
    let asking = (Arc::clone(run), Shared::clone(panel));
    let by_hand = asking.clone();
    Control {
        events: Events::to(move |event| hearing.hears(event)),
        interrupt: run.interrupted_by(),
        approve: Approve::by(move |plan| {
            let (run, panel) = asking.clone();
            let digest = digest(&plan);
            run.ask(State::Asking { plan, digest }, move || {
                panel.ending.is_asked()
            })
        }),
        by_hand: Approve::by(move |prerequisites| {
            let (run, panel) = by_hand.clone();
            let digest = digest(&prerequisites);
            let asking = State::AskingByHand {
                prerequisites,
                digest,
            };
            run.ask(asking, move || panel.ending.is_asked())
        }),
        on_behalf_of: Some(run.by().to_owned()),
        ..Control::default()
    }
}

async fn perform(
    watched: &Watched,
    run: &Run,
    control: Control,
) -> Result<String, (Kind, Trouble)> {
    let settings = watched.settings().await.map_err(|error| said(&error))?;
    let order = run.order();
    let settings = order.settings(settings).map_err(|wrong| {
        let trouble = Trouble {
            kind: "usage",
            messages: vec![wrong.detail()],
            next: "Start it again with what is right.".to_owned(),
            details: Vec::new(),
        };
        (Kind::Usage, trouble)
    })?;
    let target = settings.target().map_err(|error| said(&error))?;
    let on = Place {
        settings: &settings,
        target,
        control,
        docker: order.docker(),
        spec: settings.spec(),
    };
    let result = match order.verb {
        Verb::Unlock => return on.unlock().await.map_err(|error| said(&error)),
        Verb::Run => {
            let spec = on.spec.clone().map_err(|error| said(&error))?;
            on.server(async |server| server.run(&spec).await).await
        }
        Verb::Upgrade => {
            on.server(async |server| server.upgrade(&settings).await)
                .await
        }
        Verb::Start => on.server(Server::start).await,
        Verb::Stop => on.server(Server::stop).await,
        Verb::Restart => on.server(Server::restart).await,
        Verb::Rm => on.server(Server::remove).await,
    };
    match result {
        Ok(report) => Ok(summary(order.verb, &report)),
        Err(error) => Err(said(&error)),
    }
}

/// Where it is done, and how it is followed.
struct Place<'a> {
    settings: &'a Settings,
    target: Target,
    control: Control,
    docker: Option<DockerSource>,
    spec: Result<Spec, SpecError>,
}

impl Place<'_> {
    async fn server(
        &self,
        verb: impl AsyncFnOnce(&Server) -> Result<Report, LifecycleError>,
    ) -> Result<Report, LifecycleError> {
        let control = self.control.clone();
        let open = async {
            match (self.docker, &self.spec) {
                (Some(source), Ok(spec)) => {
                    Server::open_with_docker(&self.target, control, source, spec).await
                }
                _ => Server::open(&self.target, control).await,
            }
        };
        let (server, link) = tokio::join!(open, pbx::sign_in(self.settings));
        let link = link?;
        let result = match server {
            Ok(server) => {
                let server = server.with_pbx(link.clone());
                let result = verb(&server).await;
                server.close().await;
                result
            }
            Err(error) => Err(error),
        };
        pbx::sign_out(link).await;
        result
    }

    /// Needs no Docker there.
    async fn unlock(&self) -> Result<String, LifecycleError> {
        let records = Records::open(&self.target).await?;
        let unlocked = records.unlock(true, &self.control).await;
        records.close().await;
        Ok(match unlocked?.taken_from {
            None => "Nobody had the lock; nothing was changed".to_owned(),
            Some(holder) => format!("The lock was taken away from {holder}"),
        })
    }
}

fn summary(verb: Verb, report: &Report) -> String {
    let nothing = "nothing was changed";
    match (verb, report.changed) {
        (Verb::Run, true) => "Data Flow is as wanted and works".to_owned(),
        (Verb::Run, false) => format!("Data Flow was as wanted and works; {nothing}"),
        (Verb::Upgrade, true) => "Data Flow is upgraded and works".to_owned(),
        (Verb::Upgrade, false) => format!("Data Flow has these images already; {nothing}"),
        (Verb::Start, true) => "Data Flow is started".to_owned(),
        (Verb::Start, false) => format!("Data Flow runs already; {nothing}"),
        (Verb::Stop, true) => "Data Flow is stopped".to_owned(),
        (Verb::Stop, false) => format!("Data Flow was stopped already; {nothing}"),
        (Verb::Restart, _) => "Data Flow is started again".to_owned(),
        (Verb::Rm | Verb::Unlock, false) => format!("Data Flow is not deployed; {nothing}"),
        (Verb::Rm | Verb::Unlock, true) => match &report.data_path {
            Some(path) => format!("Data Flow is removed; its data is kept in {path}"),
            None => "Data Flow is removed; its data is kept".to_owned(),
        },
    }
}

fn said(error: &dyn Explain) -> (Kind, Trouble) {
    (error.kind(), Trouble::of(error))
}
