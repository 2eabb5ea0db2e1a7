//! What `dataflow init` asks at a terminal.

use std::str::FromStr;

use dataflow_core::{
    Explain,
    host::Address,
    spec::{ServerIp, Settings},
};

use crate::{error::CliError, prompt::Terminal};

/// Asks for what must be known and is not given. Each answer is checked at once; an empty one takes what is offered.
pub(super) fn complete(settings: &mut Settings, terminal: &Terminal) -> Result<(), CliError> {
    let public_is_enough = settings.public_ip.is_some();
    if settings.private_ip.is_none() {
        let question = "Private IP of the server";
        settings.private_ip = ask(terminal, question, Empty::Nothing)?;
    }
    if settings.public_ip.is_none() {
        let empty = if settings.private_ip.is_some() || public_is_enough {
            Empty::Nothing
        } else {
            Empty::NotAllowed
        };
        settings.public_ip = ask(terminal, "Public IP of the server", empty)?;
    }
    if settings.pbx.is_none() {
        settings.pbx = ask(terminal, "IP of the PBX", Empty::NotAllowed)?;
    }
    if settings.host.is_none() {
        let empty = match settings.private_ip {
            Some(ip) => Empty::Default(over_ssh(ip)),
            None => Empty::NotAllowed,
        };
        let question = "Where SSH goes, as ssh://user@host, or local";
        settings.host = ask::<Address>(terminal, question, empty)?;
    }
    if settings.data_path.is_none() {
        let empty = Empty::Default("/var/lib/portsip".to_owned());
        settings.data_path = ask(terminal, "Directory on the server for all data", empty)?;
    }
    Ok(())
}

/// What an empty answer means.
enum Empty {
    /// This, which is offered.
    Default(String),
    /// That there is none.
    Nothing,
    /// Nothing: it is asked again.
    NotAllowed,
}

/// Asks until the answer is one that its type takes.
fn ask<T: FromStr<Err: Explain>>(
    terminal: &Terminal,
    question: &str,
    empty: Empty,
) -> Result<Option<T>, CliError> {
    let offered = match &empty {
        Empty::Default(offered) => format!(" [{offered}]"),
        Empty::Nothing => " [none]".to_owned(),
        Empty::NotAllowed => String::new(),
    };
    loop {
        let Some(answer) = terminal.ask(&format!("{question}{offered}: ")) else {
            return Err(CliError::NoAnswer);
        };
        let answer = match (answer.as_str(), &empty) {
            ("", Empty::Nothing) => return Ok(None),
            ("", Empty::Default(offered)) => offered,
            ("", Empty::NotAllowed) => {
                terminal.say("  this is needed");
                continue;
            }
            (answer, _) => answer,
        };
        match answer.parse() {
            Ok(value) => return Ok(Some(value)),
            Err(error) => terminal.say(&format!("{error}\n  next: {}", error.next_step())),
        }
    }
}

fn over_ssh(ip: ServerIp) -> String {
    let ip = ip.to_string();
    if ip.contains(':') {
        format!("ssh://[{ip}]")
    } else {
        format!("ssh://{ip}")
    }
}
