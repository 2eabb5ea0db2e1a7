//! Deploys a Data Flow server and prints what happens.
//!
//! `cargo run --example deploy -- ssh://pbx@172.31.16.158 172.31.16.158 172.31.16.133`: the server, its private address, the
//! PBX's address. Keys come from the SSH agent or `~/.ssh`, as `SignIn::default` has it.
#![allow(clippy::print_stdout, reason = "an example shows")]

use std::error::Error;

use dataflow_core::{
    lifecycle::{Control, Events, Server},
    spec::{PrerequisiteMode, Spec, Target},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, private_ip, pbx] = arguments.as_slice() else {
        return Err("give the server, its private address and the PBX's address".into());
    };
    let target = Target {
        address: address.parse()?,
        sign_in: Default::default(),
    };
    let spec = Spec::new(pbx.parse()?, Some(private_ip.parse()?), None)?
        .with_image("portsip/pbx:22".parse()?)
        // The server's entry on the PBX's whitelist is made by hand. Otherwise: `with_api` here, and `Server::with_pbx` below.
        .with_prerequisites(PrerequisiteMode::Manual)
        // Only for a server that does not allow the vendor's 655,360 open files, such as a container.
        .with_nofile(16_384)?
        // Only for a server that is smaller than Data Flow wants it.
        .with_ignored([
            "cpu.count".parse()?,
            "memory.size".parse()?,
            "disk.size".parse()?,
        ]);
    let control = Control {
        events: Events::to(|event| println!("{event:?}")),
        ..Control::default()
    };

    let server = Server::open(&target, control).await?;
    let report = server.run(&spec).await?;
    println!("{}: changed {}", report.server, report.changed);
    server.close().await;
    Ok(())
}
