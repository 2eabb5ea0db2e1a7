//! `dataflow rm`: removes the containers and keeps the data.

use dataflow_core::lifecycle::{Report, Server};

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn rm(session: Session) -> Result<ExitStatus, Failure> {
    session.change(Server::remove, outcome).await
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    match (&report.data_path, report.changed) {
        (_, false) => format!("Data Flow is not deployed on {server}; nothing was changed"),
        (Some(path), true) => format!(
            "Data Flow is removed from {server}. Its data is kept there in {path}; dataflow run uses it again"
        ),
        (None, true) => format!(
            "Data Flow is removed from {server}. Its data is kept there; dataflow run uses it again"
        ),
    }
}
