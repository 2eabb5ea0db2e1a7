//! Who may do what: users and their roles, passwords, sessions, tokens for programs, and a record of what was done.

mod audit;
mod change;
mod password;
mod secret;
mod session;
mod store;
mod throttle;
mod user;

pub(crate) use audit::{Audit, Deed};
pub(crate) use password::{Hasher, LONGEST, SHORTEST, Whose};
pub(crate) use secret::{Hash, Secret};
pub(crate) use session::{COOKIE, Session, Sessions};
pub(crate) use store::{AccountError, Accounts};
pub(crate) use throttle::{Refused, Throttle};
pub(crate) use user::{Invitation, Role};
