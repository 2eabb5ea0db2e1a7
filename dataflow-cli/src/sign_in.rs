//! Signing in, with the operator's answers where the settings do not say enough.

use dataflow_core::{
    host::{Address, HostError, known_hosts},
    spec::Target,
};

use crate::{printer::Printer, prompt::Operator};

/// Asks for what the error says is missing and puts it into the target: whether it is worth trying again. Each thing is
/// asked for once, so a wrong answer ends in the error that says so.
pub(crate) fn answer(
    error: &HostError,
    target: &mut Target,
    operator: &dyn Operator,
    printer: &Printer,
) -> bool {
    let sign_in = &mut target.sign_in;
    match error {
        // A host that is known by keys of other types deserves distrust, and more than a quick yes.
        HostError::UnknownHostKey {
            host,
            algorithm,
            fingerprint,
            key,
            other,
        } if other.is_empty() && sign_in.host_key.is_none() => {
            if !operator.accepts_host_key(host, algorithm, fingerprint) {
                return false;
            }
            if let (Address::Ssh(address), Some(file)) =
                (&target.address, sign_in.known_hosts.first())
                && let Err(error) = known_hosts::remember(file, address, key)
            {
                printer.warn(&format!("the host key was not remembered: {error}"));
            }
            sign_in.host_key = Some(fingerprint.clone());
            true
        }
        HostError::AuthFailed {
            host,
            user,
            accepted,
            ..
        } if sign_in.password.is_none() && takes_passwords(accepted) => {
            sign_in.password = operator.password(user, host);
            sign_in.password.is_some()
        }
        HostError::SudoPasswordNeeded { host } if sign_in.sudo_password.is_none() => {
            sign_in.sudo_password = operator.sudo_password(host);
            sign_in.sudo_password.is_some()
        }
        _ => false,
    }
}

fn takes_passwords(accepted: &[String]) -> bool {
    accepted
        .iter()
        .any(|method| matches!(method.as_str(), "password" | "keyboard-interactive"))
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
