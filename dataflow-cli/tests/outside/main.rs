//! The program from the outside: whole standard output, standard error and exit code, without any server.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a panic is how a test reports, and a line how it says that it was skipped"
)]

mod completions;
mod files;
mod help;
mod init;
mod json;
mod manual;
mod mistakes;
mod pbx;
mod place;
mod preflight;
mod secrets;
mod servers;
