//! `dataflow logs`: shows what the containers write.

use std::io;

use dataflow_core::lifecycle::{Control, LogOf, LogQuery, Logs};
use tokio::signal::unix::{SignalKind, signal};

use super::several::Servers;
use crate::{
    args::{LogsArgs, Output},
    error::Failure,
    exit::ExitStatus,
    log_line,
    printer::Printer,
};

/// How many of the last lines of each container are shown where nothing says which.
const LAST: u32 = 100;

/// Of several servers, each line says which one's it is.
pub(super) async fn logs(servers: Servers, args: &LogsArgs) -> Result<ExitStatus, Failure> {
    let (query, several) = (query(args), servers.are_several());
    let answers = servers.ask(async |session| {
        let (printer, name) = (session.printer, session.name.clone());
        session
            .on_server(Control::default(), async |server| {
                let mut logs = server.logs(query.clone()).await?;
                let mut asked_to_end = signals();
                tokio::select! {
                    shown = show(&mut logs, args, printer, (name.as_deref(), several)) => shown,
                    () = &mut asked_to_end => Ok(ExitStatus::Interrupted),
                }
            })
            .await
    });
    answers.await.worst()
}

fn query(args: &LogsArgs) -> LogQuery {
    let chosen = args.since.is_some() || args.grep.is_some();
    LogQuery {
        only: args.only.map(LogOf::from),
        since: args.since,
        last: args.lines.or((!chosen).then_some(LAST)),
        grep: args.grep.clone(),
        follow: args.follow,
    }
}

async fn show(
    logs: &mut Logs,
    args: &LogsArgs,
    printer: Printer,
    (name, several): (Option<&str>, bool),
) -> Result<ExitStatus, dataflow_core::lifecycle::LifecycleError> {
    while let Some(line) = logs.next().await? {
        let written = match printer.output() {
            Output::Human => {
                let both = args.only.is_none();
                printer.line(&log_line::human(
                    &line,
                    name.filter(|_| several),
                    both,
                    args.timestamps,
                ))
            }
            Output::Json => printer.json_line(name, &line),
        };
        // Whoever read this has seen enough.
        if written.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            break;
        }
    }
    Ok(ExitStatus::Success)
}

/// Ends when Ctrl-C is pressed or the program is asked to end.
fn signals() -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {
        let (Ok(mut pressed), Ok(mut asked)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = pressed.recv() => {}
            _ = asked.recv() => {}
        }
    })
}
