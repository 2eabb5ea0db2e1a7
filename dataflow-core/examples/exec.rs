//! Runs a command on a machine: `cargo run --example exec -- ssh://user@host 'uname -a'`.
//!
//! The login password is taken from standard input, if it is not a terminal.

use std::io::{IsTerminal as _, Read as _, Write as _};

use dataflow_core::Explain as _;
use dataflow_core::host::{Address, Command, Host, HostError, SignIn};

async fn run(address: &str, script: &str, password: Option<String>) -> Result<Vec<u8>, HostError> {
    let address: Address = address.parse()?;
    let sign_in = SignIn {
        password: password.map(Into::into),
        ..SignIn::default()
    };
    let host = Host::connect(&address, &sign_in).await?;
    let output = host.exec(&Command::shell(script)).await?;
    host.close().await;
    Ok(output.stdout)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let (address, script) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut password = String::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_to_string(&mut password)?;
    }
    let password = (!password.is_empty()).then(|| password.trim_end().to_owned());
    match run(&address, &script, password).await {
        Ok(output) => std::io::stdout().write_all(&output),
        Err(error) => Err(std::io::Error::other(format!(
            "{error}. {}",
            error.next_step()
        ))),
    }
}
