//! `dataflow upgrade`: changes what is deployed to other images.

use dataflow_core::lifecycle::Report;

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn upgrade(session: Session) -> Result<ExitStatus, Failure> {
    let settings = session.settings.clone();
    session
        .change(async |server| server.upgrade(&settings).await, outcome)
        .await
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    let only_fetched = report.steps.iter().all(|step| step.starts_with("fetch "));
    if only_fetched {
        format!("Data Flow on {server} has these images already; it was not touched")
    } else {
        format!("Data Flow on {server} is upgraded and works")
    }
}
