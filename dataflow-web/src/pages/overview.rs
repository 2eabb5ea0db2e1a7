//! All servers at a glance: as a table, and on the wall.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use dataflow_core::lifecycle::PastRun;

use super::{Frame, page, shown, sign::Sign};
use crate::{
    fleet::{Seen, Watched},
    guard::Caller,
    panel::{Panel, Shared},
    runs::Run,
};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    servers: Vec<Row>,
    tally: Vec<(usize, Sign)>,
    /// What is wrong with the settings file as it is now.
    wrong: Option<String>,
    /// Up to which event it shows everything.
    place: String,
}

#[derive(Template)]
#[template(path = "wall.html")]
struct Wall {
    frame: Frame,
    servers: Vec<Row>,
    tally: Vec<(usize, Sign)>,
    place: String,
}

/// The row of one server alone, for open pages.
#[derive(Template)]
#[template(path = "overview_row.html")]
struct RowPart<'a> {
    server: &'a Row,
}

/// Its tile on the wall.
#[derive(Template)]
#[template(path = "wall_tile.html")]
struct TilePart<'a> {
    server: &'a Row,
}

/// How many servers stand how.
#[derive(Template)]
#[template(path = "tally.html")]
struct TallyPart {
    tally: Vec<(usize, Sign)>,
}

/// One server, as the overview has it.
struct Row {
    name: String,
    address: String,
    seen: Arc<Seen>,
    sign: Sign,
    run: Option<Arc<Run>>,
    disk: Option<Disk>,
}

/// How full the disk with the data is.
pub(super) struct Disk {
    pub(super) size: u64,
    pub(super) free: u64,
}

impl Disk {
    /// As the last look found it.
    pub(super) fn of(seen: &Seen) -> Option<Self> {
        let fitness = seen.fitness.value()?;
        Some(Self {
            size: fitness.disk_size.filter(|size| *size > 0)?,
            free: fitness.disk_free?,
        })
    }

    /// How many of a hundred parts are used.
    pub(super) fn percent(&self) -> u64 {
        let used = u128::from(self.size.saturating_sub(self.free));
        u64::try_from(used * 100 / u128::from(self.size)).unwrap_or(100)
    }

    /// What that means.
    pub(super) fn tone(&self) -> &'static str {
        match self.percent() {
            0..80 => "good",
            80..90 => "warn",
            _ => "bad",
        }
    }
}

impl Row {
    fn of(panel: &Panel, server: &Watched) -> Self {
        let (seen, run) = (server.seen(), panel.runs.at_work_on(server.name()));
        Self {
            name: server.name().to_owned(),
            address: server.address().to_owned(),
            sign: Sign::of_server(&seen, run.as_deref()),
            disk: Disk::of(&seen),
            run,
            seen,
        }
    }

    /// What is wrong, in a line; as much of it as fits into a table.
    fn problem(&self) -> Option<&str> {
        match (&self.seen.trouble, &self.seen.status) {
            (Some(trouble), _) => trouble.messages.first().map(String::as_str),
            (None, Some(status)) => status.problems.first().map(String::as_str),
            (None, None) => None,
        }
    }

    /// The newest run of its journal.
    fn last(&self) -> Option<&PastRun> {
        self.seen.history.value()?.runs.first()
    }

    /// How many prerequisites are as they must be, and which ones of the others are the worst.
    fn prerequisites(&self) -> Option<Sign> {
        let status = self.seen.status.as_deref()?;
        super::server::prerequisites_sign(status)
    }
}

fn rows(panel: &Panel) -> Vec<Row> {
    let servers = panel.fleet.servers();
    servers
        .iter()
        .map(|server| Row::of(panel, server))
        .collect()
}

/// How many servers stand how, in the order in which the words come up.
fn tally(rows: &[Row]) -> Vec<(usize, Sign)> {
    let mut tally: Vec<(usize, Sign)> = Vec::new();
    for row in rows {
        match tally.iter_mut().find(|(_, sign)| *sign == row.sign) {
            Some((number, _)) => *number += 1,
            None => tally.push((1, row.sign.clone())),
        }
    }
    tally
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    // Before it is read: what comes in between is told twice rather than not at all.
    let place = panel.live.overview.place();
    let servers = rows(&panel);
    page(&Overview {
        frame: Frame::of(&caller, "overview"),
        tally: tally(&servers),
        servers,
        wrong: panel.fleet.wrong(),
        place,
    })
}

pub(crate) async fn wall(State(panel): State<Shared>, caller: Caller) -> Response {
    let place = panel.live.overview.place();
    let servers = rows(&panel);
    page(&Wall {
        frame: Frame::of(&caller, "wall"),
        tally: tally(&servers),
        servers,
        place,
    })
}

/// What open pages are to have in the place of what they show of a server: identifiers of elements, and their text.
pub(crate) fn parts(panel: &Panel, server: &Watched) -> Vec<(String, String)> {
    let row = Row::of(panel, server);
    let tally = TallyPart {
        tally: tally(&rows(panel)),
    };
    let parts = [
        (
            format!("server-{}", row.name),
            RowPart { server: &row }.render(),
        ),
        (
            format!("tile-{}", row.name),
            TilePart { server: &row }.render(),
        ),
        ("tally".to_owned(), tally.render()),
    ];
    let made = parts
        .into_iter()
        .filter_map(|(id, html)| Some((id, html.ok()?)));
    made.collect()
}
