//! `dataflow stop`: stops what runs.

use dataflow_core::lifecycle::{Report, Server};

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn stop(session: Session) -> Result<ExitStatus, Failure> {
    session.change(Server::stop, outcome).await
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    if report.changed {
        format!("Data Flow on {server} is stopped")
    } else {
        format!("Data Flow on {server} was stopped already; nothing was changed")
    }
}
