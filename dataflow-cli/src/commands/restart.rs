//! `dataflow restart`: stops what runs and starts it again.

use dataflow_core::lifecycle::Server;

use super::Session;
use crate::{error::Failure, exit::ExitStatus};

pub(super) async fn restart(session: Session) -> Result<ExitStatus, Failure> {
    session
        .change(Server::restart, |report| {
            format!("Data Flow on {} is restarted", report.server)
        })
        .await
}
