//! From the command line to a panel that serves, and to its end.

use std::time::Duration;

use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::{
    account::Role,
    app,
    args::Serve,
    panel::{Panel, Shared, StartError},
    say, serve, tls,
};

/// How long a one-time link for an administrator can be followed.
const LINK: Duration = Duration::from_secs(60 * 60);

/// The most bytes that a thread's stack may take. What is not used takes no memory.
const STACK: usize = 16 * 1024 * 1024;

/// Serves until it is asked to end.
pub(crate) fn run(args: &Serve) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // What a run does from beginning to end is one long task; in a debug build it takes more than the usual 2 MiB.
        .thread_stack_size(STACK)
        .build()
        .map_err(|error| StartError::Machine(error.to_string()))?;
    let result = runtime.block_on(serve_until_asked(args));
    // What blocks, such as a file on a disk that hangs, must not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(5));
    result
}

async fn serve_until_asked(args: &Serve) -> Result<(), StartError> {
    serve::allow_many_files();
    let secure = is_secure(args);
    let panel = Panel::open(args, secure)?;
    let tls = match secure {
        true => Some(tls::acceptor(args, &panel.names)?),
        false => None,
    };
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.map_err(|error| {
        StartError::Machine(format!("cannot listen on {}: {error}", args.listen))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| StartError::Machine(error.to_string()))?;
    let scheme = if secure { "https" } else { "http" };
    let host = match address.ip() {
        ip if ip.is_unspecified() => panel.names.all().first().cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let place = if host.is_empty() {
        format!("{scheme}://{address}")
    } else {
        format!("{scheme}://{host}:{}", address.port())
    };
    invite(&panel, args, &place).await?;
    panel.fleet.watch(&panel);
    let mut asked = Asked::listen()?;
    let app = app::app(&panel);
    say::line(&format!("listening on {place}"));
    let serving = tokio::spawn(serve::serve(listener, tls, app, Shared::clone(&panel)));
    asked.next().await;
    panel.ending.ask();
    say::line("ending, when all that was started is over; asked again, it has that end early");
    tokio::select! {
        () = panel.runs.all_over() => {}
        () = asked.next() => {
            panel.runs.interrupt();
            panel.runs.all_over().await;
        }
    }
    panel.ending.raise();
    let _ended = serving.await;
    Ok(())
}

/// Whether it is served with TLS: always where others than this machine could listen in.
fn is_secure(args: &Serve) -> bool {
    args.tls_cert.is_some() || !args.listen.ip().is_loopback()
}

/// Where there is nobody who could let others in, whoever can read this becomes administrator.
async fn invite(panel: &Panel, args: &Serve, place: &str) -> Result<(), StartError> {
    if !args.invite_administrator && panel.accounts.kept().administrators() > 0 {
        return Ok(());
    }
    let link = panel
        .accounts
        .invite(None, Role::Administrator, LINK)
        .await?;
    say::line(&format!(
        "to become administrator, open within an hour: {place}/welcome?link={}",
        link.text()
    ));
    Ok(())
}

/// The requests to end.
struct Asked {
    pressed: Signal,
    asked: Signal,
}

impl Asked {
    fn listen() -> Result<Self, StartError> {
        let failed = |error: std::io::Error| StartError::Machine(error.to_string());
        Ok(Self {
            pressed: signal(SignalKind::interrupt()).map_err(failed)?,
            asked: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.pressed.recv() => {}
            _ = self.asked.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn beyond_this_machine_it_is_served_with_tls_whatever_is_said() {
        for (listen, secure) in [
            ("127.0.0.1:8780", false),
            ("127.9.9.9:80", false),
            ("[::1]:8780", false),
            ("0.0.0.0:8780", true),
            ("[::]:8780", true),
            ("192.0.2.7:8780", true),
            ("[::ffff:127.0.0.1]:8780", true),
        ] {
            let cli = Cli::try_parse_from(["dataflow-web", "--listen", listen]).unwrap();
            assert_eq!(is_secure(&cli.serve), secure, "{listen}");
        }
    }
}
