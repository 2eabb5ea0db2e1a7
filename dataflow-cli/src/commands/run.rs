//! `dataflow run`: deploys the server, or brings it to what is wanted.

use dataflow_core::lifecycle::Report;

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn run(session: Session) -> Result<ExitStatus, Failure> {
    let spec = session.settings.spec()?;
    session
        .change(async |server| server.run(&spec).await, outcome)
        .await
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    if report.changed {
        format!("Data Flow on {server} is as wanted and works")
    } else {
        format!("Data Flow on {server} was as wanted and works; nothing was changed")
    }
}
