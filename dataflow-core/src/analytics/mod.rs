//! The engine's heart, without network and database: what a call, a queue's visit and an agent's interval are; how the PBX's
//! messages are read; what the one final row of a call is, however often and in whatever order it was told; the durable journal; the
//! live state of queues and agents; what every figure means, and over which stretch of time.
//!
//! One direction: a message is put into the [`journal`], [`read`] from there, and goes to [`live`] and, through
//! [`settle`](version::settle), to the tables. Nothing here prints, and only the journal does I/O.

pub mod figures;
pub mod journal;
pub mod live;
pub mod model;
pub mod read;
pub mod version;
mod visits;
pub mod windows;

pub use visits::{MaxWait, visits};
