//! `dataflow start`: starts what is stopped.

use dataflow_core::lifecycle::{Report, Server};

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn start(session: Session) -> Result<ExitStatus, Failure> {
    session.change(Server::start, outcome).await
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    if report.changed {
        format!("Data Flow on {server} is started")
    } else {
        format!("Data Flow on {server} was running already; nothing was changed")
    }
}
