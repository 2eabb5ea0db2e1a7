//! How a machine is reached.

mod address;

pub use address::{Address, Fingerprint, HostError, SignIn, SshAddress};
