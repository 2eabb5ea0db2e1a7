//! One server: what it is doing, what differs from what is wanted, what it takes of the machine, and what can be done.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use dataflow_core::lifecycle::Status;
use dataflow_core::prerequisites::Prerequisite;

use super::{Frame, chart::Chart, charts, overview::Disk, page, shown, sign::Sign};
use crate::{
    fleet::{Seen, Watched},
    guard::Caller,
    panel::{Panel, Shared},
    refusal::Refusal,
    runs::{Run, Verb},
};

#[derive(Template)]
#[template(path = "server.html")]
struct Shown {
    frame: Frame,
    head: Head,
    view: View,
    place: String,
}

/// What the pages of one server have above them.
pub(super) struct Head {
    /// The server.
    pub(super) name: String,
    /// Where it is.
    pub(super) address: String,
    /// Which of its pages this is.
    pub(super) tab: &'static str,
    /// How it stands.
    pub(super) sign: Sign,
    /// What was seen of it.
    pub(super) seen: Arc<Seen>,
}

impl Head {
    /// Above a page of this server.
    pub(super) fn of(panel: &Panel, server: &Watched, tab: &'static str) -> Self {
        let (seen, run) = (server.seen(), panel.runs.at_work_on(server.name()));
        Self {
            name: server.name().to_owned(),
            address: server.address().to_owned(),
            tab,
            sign: Sign::of_server(&seen, run.as_deref()),
            seen,
        }
    }
}

/// What is shown of one server.
struct View {
    name: String,
    seen: Arc<Seen>,
    sign: Sign,
    standing: Sign,
    run: Option<Arc<Run>>,
    disk: Option<Disk>,
    charts: Vec<Chart>,
}

impl View {
    fn of(panel: &Panel, server: &Watched) -> Self {
        let (seen, run) = (server.seen(), panel.runs.at_work_on(server.name()));
        Self {
            name: server.name().to_owned(),
            sign: Sign::of_server(&seen, run.as_deref()),
            standing: Sign::of_standing(&seen),
            disk: Disk::of(&seen),
            charts: charts::of(&server.series()),
            run,
            seen,
        }
    }

    fn prerequisites(&self) -> &[Prerequisite] {
        self.seen.status.as_deref().map_or(&[], prerequisites)
    }
}

macro_rules! part {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            view: &'a View,
        }
    };
}
part!(StatePart, "server_state.html");
part!(ContainersPart, "server_containers.html");
part!(DriftPart, "server_drift.html");
part!(PrerequisitesPart, "server_prerequisites.html");
part!(MachinePart, "server_machine.html");
part!(ChartsPart, "server_charts.html");

/// What was seen of the prerequisites.
pub(super) fn prerequisites(status: &Status) -> &[Prerequisite] {
    &status.prerequisites
}

/// How the prerequisites stand as a whole; `None` where nothing is known of them.
pub(super) fn prerequisites_sign(status: &Status) -> Option<Sign> {
    use dataflow_core::prerequisites::State as S;
    let all = prerequisites(status);
    let count = |states: &[S]| {
        all.iter()
            .filter(|item| states.contains(&item.state))
            .count()
    };
    let (bad, expiring, unseen) = (
        count(&[S::Missing, S::Wrong]),
        count(&[S::Expiring]),
        count(&[S::NotChecked]),
    );
    match (all.len(), bad, expiring, unseen) {
        (0, ..) => None,
        (_, 0, 0, 0) => Some(Sign::good("met")),
        (_, 0, 0, unseen) if unseen == all.len() => Some(Sign::unknown("not checked")),
        (_, 0, 0, unseen) => Some(Sign::unknown(format!("{unseen} not checked"))),
        (_, 0, expiring, _) => Some(Sign::warn(format!("{expiring} expiring"))),
        (_, bad, ..) => Some(Sign::bad(format!("{bad} not met"))),
    }
}

/// The server of this name, or the page that says there is none.
pub(super) fn find(panel: &Panel, name: &str) -> Result<Arc<Watched>, Response> {
    let server = panel.fleet.find(name);
    server.ok_or_else(|| Refusal::Missing(format!("server {name}")).at("/servers"))
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    let server = match find(&panel, &name) {
        Ok(server) => server,
        Err(missing) => return missing,
    };
    // Before it is read: what comes in between is told twice rather than not at all.
    let place = server.topic.place();
    page(&Shown {
        frame: Frame::of(&caller, "server"),
        head: Head::of(&panel, &server, "server"),
        view: View::of(&panel, &server),
        place,
    })
}

/// Has the server looked at now, whole, and shows the page it was asked on again.
pub(crate) async fn look(
    State(panel): State<Shared>,
    Path(name): Path<String>,
    axum::Form(asked): axum::Form<Looking>,
) -> Response {
    match find(&panel, &name) {
        Ok(server) => {
            server.look_at_all();
            Redirect::to(&super::sign_in::local(asked.back)).into_response()
        }
        Err(missing) => missing,
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Looking {
    /// The page it was asked on.
    #[serde(default)]
    back: String,
}

/// What open pages of this server are to have in the place of what they show: identifiers of elements, and their text.
pub(crate) fn parts(panel: &Panel, server: &Watched) -> Vec<(&'static str, String)> {
    let view = &View::of(panel, server);
    let parts = [
        ("server-state", StatePart { view }.render()),
        ("server-containers", ContainersPart { view }.render()),
        ("server-drift", DriftPart { view }.render()),
        ("server-prerequisites", PrerequisitesPart { view }.render()),
        ("server-machine", MachinePart { view }.render()),
        ("server-charts", ChartsPart { view }.render()),
    ];
    let made = parts
        .into_iter()
        .filter_map(|(id, html)| Some((id, html.ok()?)));
    made.collect()
}

/// What can be done to a server, in the order in which it is offered.
fn verbs() -> [Verb; 6] {
    [
        Verb::Upgrade,
        Verb::Start,
        Verb::Restart,
        Verb::Stop,
        Verb::Rm,
        Verb::Unlock,
    ]
}
