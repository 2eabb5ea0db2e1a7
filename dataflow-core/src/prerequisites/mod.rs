//! What must be so at the PBX and in the network around it for Data Flow to work: a checklist with what was seen of each
//! item and what to do where it is missing.
//!
//! It is pure: others ask the PBX and the server, and hand over what they were told ([`Known`]).

mod aws;
mod known;
mod portal;
mod reach;
#[cfg(test)]
mod tests;
mod token;
mod version;
mod whitelist;

pub use known::{Known, Service};
pub use portal::token as token_steps;
pub use whitelist::whitelist;

use serde::Serialize;

use crate::spec::Spec;

/// One thing that must be so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prerequisite {
    /// Its identifier, which stays the same for ever.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How it stands.
    pub state: State,
    /// What was seen, or why nothing was.
    pub seen: String,
    /// What to do, a line for each step. Empty where there is nothing to do.
    pub remedy: Vec<String>,
}

/// How a prerequisite stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it must be.
    Ok,
    /// Not there.
    Missing,
    /// There, and about to end.
    Expiring,
    /// There, and not as it must be.
    Wrong,
    /// Not looked at, or it could not be seen.
    NotChecked,
}

impl State {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Expiring => "expiring",
            Self::Wrong => "wrong",
            Self::NotChecked => "not checked",
        }
    }

    /// Whether Data Flow does not work as it should for it.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Missing | Self::Wrong)
    }
}

impl Prerequisite {
    fn new(id: &'static str, title: &'static str, state: State, seen: impl Into<String>) -> Self {
        Self {
            id,
            title,
            state,
            seen: seen.into(),
            remedy: Vec::new(),
        }
    }

    /// With what else to do about it.
    fn remedied(self, remedy: impl IntoIterator<Item = String>) -> Self {
        let remedy = self.remedy.into_iter().chain(remedy).collect();
        Self { remedy, ..self }
    }
}

/// All that must be so for `spec`, in the order in which the vendor's guide has it done.
#[must_use]
pub fn checklist(spec: &Spec, known: &Known) -> Vec<Prerequisite> {
    let mut items = at_pbx(spec, known);
    items.extend(reach::items(spec, known));
    items.extend(aws::item(spec, known));
    items
}

/// What of it is to be seen at the PBX and on the service's container.
#[must_use]
pub fn at_pbx(spec: &Spec, known: &Known) -> Vec<Prerequisite> {
    let known = &known.clone().explained(spec);
    let mut items = whitelist(spec.private_ip(), spec.public_ip(), known);
    items.push(token::item(spec, known));
    items.push(version::item(known));
    items
}
