//! What has to happen to one container.

use super::{
    compare::{Difference, differences},
    observed::Origin,
    plan::Change,
};
use crate::{
    docker::{Container, Extra, Image, State, Update},
    spec::ContainerSpec,
};

/// What has to happen to one container.
pub(super) enum Need {
    /// It is as wanted and runs.
    Nothing,
    /// It is as wanted, or is mended as it is, and has to be started.
    Start(String),
    /// There is none.
    Make(String),
    /// It has to be made anew.
    Replace(Replace),
}

/// Why and in what a container is made anew.
pub(super) struct Replace {
    pub(super) why: String,
    pub(super) changes: Vec<Change>,
    /// Whether the engine takes it away as soon as it stops, so that it can't be kept until its successor works.
    pub(super) vanishes: bool,
}

/// What is mended on a container as it is.
pub(super) struct Repair {
    pub(super) updates: Vec<Update>,
    pub(super) why: String,
    pub(super) changes: Vec<Change>,
}

impl Need {
    /// Judges a container, and what can be mended on it as it is.
    pub(super) fn of(
        wanted: &ContainerSpec,
        image: Option<&Image>,
        found: Option<&Container>,
    ) -> (Self, Option<Repair>) {
        let Some(found) = found else {
            return (Self::Make("there is no such container".to_owned()), None);
        };
        let differences = differences(wanted, image, found);
        let taken_over = taken_over(found);
        let in_place = differences.iter().all(|one| one.update.is_some());
        if taken_over.is_some() || !in_place {
            let replace = Replace {
                why: causes(taken_over, &differences),
                changes: changes(&differences),
                vanishes: found.extras.contains_key(&Extra::AutoRemove),
            };
            return (Self::Replace(replace), None);
        }
        let repair = (!differences.is_empty()).then(|| Repair {
            why: causes(None, &differences),
            changes: changes(&differences),
            updates: differences
                .into_iter()
                .filter_map(|one| one.update)
                .collect(),
        });
        let need = if found.state == State::Running {
            Self::Nothing
        } else {
            Self::Start(format!("it is {}", found.state.word()))
        };
        (need, repair)
    }

    /// It has to be made anew though its settings are as wanted.
    pub(super) fn or_replaced(self, found: &Container, why: &str) -> Self {
        match self {
            Self::Nothing | Self::Start(_) => Self::Replace(Replace {
                why: why.to_owned(),
                changes: Vec::new(),
                vanishes: found.extras.contains_key(&Extra::AutoRemove),
            }),
            need => need,
        }
    }

    /// Whether it is replaced, and kept until its successor works.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self, Self::Replace(replace) if !replace.vanishes)
    }

    pub(super) fn makes(&self) -> bool {
        matches!(self, Self::Make(_) | Self::Replace(_))
    }

    /// Whether it is replaced, and nothing is left of it that could be put back.
    pub(super) fn vanishes(&self) -> bool {
        matches!(self, Self::Replace(replace) if replace.vanishes)
    }
}

/// Why a container is made anew whatever its settings: it is not one of ours. Whether it may be was judged before.
fn taken_over(found: &Container) -> Option<&'static str> {
    match Origin::of(found) {
        Origin::Ours => None,
        Origin::Vendor => Some("made by the vendor's script"),
        Origin::Foreign => Some("made by somebody else, and it was asked to adopt it"),
    }
}

fn causes(first: Option<&str>, differences: &[Difference]) -> String {
    let first = first.into_iter().map(str::to_owned);
    let all: Vec<String> = first
        .chain(differences.iter().map(Difference::cause))
        .collect();
    all.join("; ")
}

fn changes(differences: &[Difference]) -> Vec<Change> {
    differences.iter().map(|one| one.change.clone()).collect()
}
