//! What a machine must be: checks over [`Facts`](crate::facts::Facts), and the report they make.
//!
//! Each check is a small file under `checks`, a pure function with an identifier that stays. What the vendor's guide demands is an
//! error, what ClickHouse or the guide advises a warning or a note. What could not be seen is unknown, and never a pass.

mod check;
mod check_id;
mod checks;
mod error;
mod expectations;
mod fix;
mod judge;
mod outcome;
mod remedy;
pub mod render;
mod report;
mod size;

pub use check::{Check, Group};
pub use check_id::CheckId;
pub use checks::all;
pub use error::PreflightError;
pub use expectations::{Expectations, Profile};
pub use fix::{Fix, Recipe};
#[cfg(feature = "pbx")]
pub(crate) use judge::finding;
pub use judge::judge;
pub use outcome::{Outcome, State};
pub use report::{Counts, Finding, Report, Verdict};

/// The check of this identifier.
///
/// # Errors
/// [`PreflightError::UnknownCheck`] with the nearest one.
pub fn find(id: &str) -> Result<&'static Check, PreflightError> {
    all()
        .find(|check| check.id == id)
        .ok_or_else(|| PreflightError::unknown_check(id))
}

#[cfg(test)]
mod tests;
