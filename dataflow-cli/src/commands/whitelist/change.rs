//! `dataflow whitelist ensure` and `remove`: put the server on the PBX's whitelist, and take it off again.

use std::net::IpAddr;

use dataflow_core::{
    lifecycle::{PlanSummary, StepSummary},
    pbx::{
        Cidr, IpFilter, Pbx,
        whitelist::{self, Standing, WhitelistChange},
    },
};
use jiff::Timestamp;
use serde::Serialize;

use super::Entry;
use crate::{
    args::Output,
    error::{CliError, Failure},
    exit::ExitStatus,
    plan_view, width,
};

/// What was done.
#[derive(Debug, Serialize)]
struct Changed {
    /// The PBX, as the URL of its API.
    pbx: String,
    /// Whether anything had to be done.
    changed: bool,
    /// What was done, in order.
    steps: Vec<String>,
}

/// One change.
enum Change {
    Put(WhitelistChange),
    TakeAway(IpFilter),
}

pub(super) async fn ensure(entry: Entry) -> Result<ExitStatus, Failure> {
    let addresses = entry.addresses()?;
    let changed = entry
        .at_pbx(async |pbx| {
            let entries = pbx.whitelist().await?;
            let changes = whitelist::changes(&entries, &addresses, Timestamp::now(), &entry.label);
            let changed = entry
                .carry_out(pbx, changes.into_iter().map(Change::Put).collect())
                .await?;
            let entries = match changed.changed {
                true => pbx.whitelist().await?,
                false => entries,
            };
            see_accepted(&changed.pbx, &entries, &addresses)?;
            Ok(changed)
        })
        .await?;
    let outcome = match changed.changed {
        true => "the PBX lets the server through",
        false => "the PBX lets the server through already; nothing was changed",
    };
    Ok(entry.say(&changed, outcome))
}

pub(super) async fn remove(entry: Entry) -> Result<ExitStatus, Failure> {
    let addresses = entry.addresses()?;
    let own: Vec<Cidr> = addresses.into_iter().map(Cidr::of).collect();
    let changed = entry
        .at_pbx(async |pbx| {
            let entries = pbx.whitelist().await?.into_iter();
            let ours = entries.filter(|found| found.is_ours() && own.contains(&found.cidr));
            entry
                .carry_out(pbx, ours.map(Change::TakeAway).collect())
                .await
        })
        .await?;
    let outcome = match changed.changed {
        true => "what this program had put on the PBX's whitelist for the server is gone",
        false => {
            "the PBX's whitelist has nothing of this program's for the server; nothing was changed"
        }
    };
    Ok(entry.say(&changed, outcome))
}

/// A DENY wins or may win over what was put there, and an entry may not be what was asked for.
fn see_accepted(pbx: &str, entries: &[IpFilter], addresses: &[IpAddr]) -> Result<(), CliError> {
    let now = Timestamp::now();
    let problem = addresses.iter().find_map(|address| {
        let standing = whitelist::judge(entries, *address, now);
        let through = matches!(standing, Standing::Accepted(_) | Standing::Expiring(_));
        (!through).then(|| format!("{address}: {standing}"))
    });
    match problem {
        None => Ok(()),
        Some(problem) => Err(CliError::NotThrough {
            pbx: pbx.to_owned(),
            problem,
        }),
    }
}

impl Entry {
    /// Has the changes approved and makes them.
    async fn carry_out(&self, pbx: &Pbx, changes: Vec<Change>) -> Result<Changed, Failure> {
        let plan = PlanSummary {
            steps: changes.iter().map(Change::summary).collect(),
            ..PlanSummary::default()
        };
        if !changes.is_empty() && !self.approves(&plan).await {
            return Err(CliError::Declined {
                place: self.access.url.to_string(),
            }
            .into());
        }
        let mut steps = Vec::new();
        for change in &changes {
            match change {
                Change::Put(change) => pbx.apply(change).await?,
                Change::TakeAway(found) => pbx.destroy(&found.id).await?,
            }
            let what = change.summary().what;
            self.printer.note(&format!("done: {what}"));
            steps.push(what);
        }
        Ok(Changed {
            pbx: self.access.url.to_string(),
            changed: !steps.is_empty(),
            steps,
        })
    }

    async fn approves(&self, plan: &PlanSummary) -> bool {
        let Some(terminal) = self.terminal.filter(|_| self.confirm) else {
            return true;
        };
        self.printer
            .before_question(&plan_view::text(plan, width::of_stderr()));
        let asked = tokio::task::spawn_blocking(move || terminal.agrees("Go ahead?"));
        asked.await.unwrap_or(false)
    }

    fn say(&self, changed: &Changed, outcome: &str) -> ExitStatus {
        match self.printer.output() {
            Output::Human => self.printer.result(&format!("{}: {outcome}", changed.pbx)),
            Output::Json => self.printer.json_result(self.name.as_deref(), changed),
        }
        ExitStatus::Success
    }
}

impl Change {
    fn summary(&self) -> StepSummary {
        let step = |what: String, why: String, risk| StepSummary {
            what,
            why,
            changes: Vec::new(),
            risk,
            undo: None,
            settles: None,
        };
        match self {
            Self::Put(change) => step(change.to_string(), change.cause(), None),
            Self::TakeAway(found) => step(
                format!("take {} off the PBX's whitelist", found.cidr),
                "it was asked for".to_owned(),
                Some("the PBX throttles the service, unless another entry accepts its address"),
            ),
        }
    }
}
