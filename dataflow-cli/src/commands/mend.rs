//! `dataflow preflight --fix`: mends on a server what can be mended safely.

use dataflow_core::lifecycle::{self, Mended};

use super::{Session, preflight};
use crate::{
    args::{Output, PreflightArgs},
    error::Failure,
    exit::ExitStatus,
};

pub(super) async fn mend(session: Session, args: &PreflightArgs) -> Result<ExitStatus, Failure> {
    let (printer, name) = (session.printer, session.name.clone());
    let expectations = preflight::expectations(&session.settings, args);
    let question = preflight::question(&session, args);
    let mended: Mended = session
        .followed(async |session: Session, control| {
            session
                .signed_in(async |target| {
                    lifecycle::mend(target, &control, &question, &expectations).await
                })
                .await
        })
        .await?;
    match printer.output() {
        Output::Human => printer.result(&outcome(&mended)),
        Output::Json => printer.json_result(name.as_deref(), &mended),
    }
    Ok(preflight::status(&mended.preflight, args))
}

/// What is left, with its remedies, and what was done.
fn outcome(mended: &Mended) -> String {
    let left = preflight::what_matters(&mended.preflight);
    let done = if mended.changed {
        format!("mended on {}: {}", mended.server, mended.steps.join("; "))
    } else {
        format!("nothing on {} can be mended from here", mended.server)
    };
    format!("{}\n\n{done}", left.trim_end())
}
