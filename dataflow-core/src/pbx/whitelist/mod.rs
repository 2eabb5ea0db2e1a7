//! What the PBX's list says of an address, and what has to change. Pure.

mod changes;
mod standing;

pub use changes::{Cause, WhitelistChange, changes};
pub use standing::{SOON, Standing, judge};

#[cfg(test)]
mod tests;
