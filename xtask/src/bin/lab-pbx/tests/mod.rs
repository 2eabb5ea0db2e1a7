//! That this PBX is as strict as the documentation lets a client expect.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

mod client;
mod instances;
mod list;
mod rules;
mod service;
mod sign_in;
mod strict;
mod trouble;

use client::Client;
