//! Signing in, with the operator's answers where the settings do not say enough.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use dataflow_core::{
    host::{Consult, HostError, KeyProblem, known_hosts},
    spec::Target,
};

use crate::{
    printer::Printer,
    prompt::{self, Operator},
};

/// Asks for what the error says is missing and puts it into the target: whether it is worth trying again. Each thing is
/// asked for once, so a wrong answer ends in the error that says so.
pub(crate) fn answer(
    error: &HostError,
    target: &mut Target,
    operator: &dyn Operator,
    printer: &Printer,
) -> bool {
    let sign_in = &mut target.sign_in;
    let answers = &mut sign_in.answers;
    match error {
        // A host that is known by keys of other types deserves distrust, and more than a quick yes.
        HostError::UnknownHostKey {
            host,
            algorithm,
            fingerprint,
            new,
            strict: false,
            other,
        } if other.is_empty() => {
            let known = (new.name.clone(), fingerprint.clone());
            if answers.host_keys.contains(&known)
                || !operator.accepts_host_key(host, algorithm, fingerprint)
            {
                return false;
            }
            if let Err(error) = known_hosts::remember(new) {
                printer.warn(&format!("the host key was not remembered: {error}"));
            }
            answers.host_keys.push(known);
            true
        }
        HostError::KeyFile {
            path,
            problem: KeyProblem::Encrypted,
        } if !answers.passphrases.contains_key(path) => {
            let passphrase = operator.passphrase(path);
            let given = passphrase.is_some();
            answers.passphrases.insert(path.clone(), passphrase);
            given
        }
        // Where none is given, the next thing to ask for has its turn.
        HostError::AuthFailed { locked, .. } if !locked.is_empty() => {
            for path in locked {
                let passphrase = operator.passphrase(path);
                answers.passphrases.insert(path.clone(), passphrase);
            }
            true
        }
        HostError::AuthFailed {
            host,
            user,
            accepted,
            ..
        } if takes_passwords(accepted)
            && sign_in.password.is_none()
            && !answers.passwords.contains_key(host) =>
        {
            let password = operator.password(user, host);
            let given = password.is_some();
            answers
                .passwords
                .extend(password.map(|password| (host.clone(), password)));
            given
        }
        HostError::SudoPasswordNeeded { host } if sign_in.sudo_password.is_none() => {
            sign_in.sudo_password = operator.sudo_password(host);
            sign_in.sudo_password.is_some()
        }
        _ => false,
    }
}

/// What is asked by keyboard-interactive, the server has asked the operator by itself.
fn takes_passwords(accepted: &[String]) -> bool {
    accepted.iter().any(|method| method == "password")
}

/// Has the operator told what is worth knowing, and asked what the server asks, where there is a terminal.
pub(crate) fn consult(printer: Printer, terminal: bool) -> Consult {
    let told = Mutex::new(HashSet::new());
    let consult = Consult::default().telling(move |note| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(note.to_owned()) {
            printer.warn(note);
        }
    });
    if !terminal {
        return consult;
    }
    consult.asking(async |questions| {
        let asking = tokio::task::spawn_blocking(move || prompt::answers(&questions));
        asking.await.ok().flatten()
    })
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
