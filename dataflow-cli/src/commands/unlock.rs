//! `dataflow unlock`: takes the lock away from an operation that holds it.

use dataflow_core::lifecycle::{Control, Unlocked};

use super::{Session, journal_copies};
use crate::{
    args::{Output, UnlockArgs},
    error::Failure,
    exit::ExitStatus,
};

pub(super) async fn unlock(session: Session, args: &UnlockArgs) -> Result<ExitStatus, Failure> {
    let (printer, name) = (session.printer, session.name.clone());
    let control = Control {
        journal: journal_copies(),
        ..Control::default()
    };
    let force = args.force;
    let unlocked = session
        .on_records(async |records| records.unlock(force, &control).await)
        .await?;
    match printer.output() {
        Output::Human => printer.result(&outcome(&unlocked)),
        Output::Json => printer.json_result(name.as_deref(), &unlocked),
    }
    Ok(ExitStatus::Success)
}

fn outcome(unlocked: &Unlocked) -> String {
    let server = &unlocked.server;
    match &unlocked.taken_from {
        None => format!("nobody has the lock of {server}; nothing was changed"),
        Some(holder) => format!(
            "the lock of {server} was taken away from {holder}\nnext: dataflow status shows what runs; dataflow run finishes what was left"
        ),
    }
}
