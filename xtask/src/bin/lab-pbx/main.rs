//! The lab's PBX: as much of PortSIP PBX v22 as a Data Flow server and its administrator see of it, written from the vendor's
//! published API. Where that says nothing, what is done here is the lab's choice and says so.
//!
//! Each port is a file: the REST API and the service's own path on one with TLS ([`rest`], [`service`]), the control API for tests
//! ([`control`]), and the instance metadata of AWS ([`metadata`]). What they share is [`world`].

mod certificates;
mod control;
mod controls;
mod gate;
mod ip_filters;
mod listen;
mod metadata;
mod rest;
mod seen;
mod service;
mod sessions;
#[cfg(test)]
mod tests;
mod world;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use certificates::Certificates;
use world::Shared;

/// A PBX for the lab
#[derive(Parser)]
#[command(name = "lab-pbx")]
struct Arguments {
    /// Where the certificate authority is kept, and the administrator's password is read from (admin.password)
    #[arg(long, default_value = "/lab")]
    directory: PathBuf,
    /// Addresses in the certificate
    #[arg(long = "address", required = true)]
    addresses: Vec<IpAddr>,
    /// The server that the whitelist has, once it was seen to by hand
    #[arg(long)]
    server: IpAddr,
    /// Port of the REST API
    #[arg(long, default_value_t = 8887)]
    api_port: u16,
    /// Port of the control API
    #[arg(long, default_value_t = 8899)]
    control_port: u16,
    /// Port of the instance metadata
    #[arg(long, default_value_t = 1338)]
    metadata_port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "lab-pbx: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is told to stop, or can't any more.
async fn serve(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let password = fs::read_to_string(arguments.directory.join("admin.password"))?;
    let certificates = Arc::new(Certificates::load_or_make(
        &arguments.directory,
        &arguments.addresses,
    )?);
    let world = Shared::new(
        password.trim().to_owned(),
        arguments.server,
        arguments.addresses.first().copied(),
    );
    let any = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        ended = listen::with_tls(any(arguments.api_port), world.clone(), certificates.clone()) => ended?,
        ended = listen::plain(any(arguments.control_port), control::router(world.clone(), certificates)) => ended?,
        ended = listen::plain(any(arguments.metadata_port), metadata::router(world)) => ended?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
