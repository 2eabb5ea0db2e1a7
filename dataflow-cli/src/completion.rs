//! Completion of words in a shell: the shell calls this program with the words so far in a variable's service.

use clap::CommandFactory;
use clap_complete::CompleteEnv;

use crate::args::Cli;

/// The variable with which a shell asks for completions.
pub(crate) const VARIABLE: &str = "DATAFLOW_COMPLETE";

/// Answers a shell that asks for completions; whether one did.
pub(crate) fn is_answered() -> bool {
    // What goes wrong here would only disturb the line that is being typed.
    std::env::var_os(VARIABLE).is_some()
        && CompleteEnv::with_factory(Cli::command)
            .var(VARIABLE)
            .try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref())
            .unwrap_or(true)
}
