//! How something stands: a word and a shape, and a colour besides; none of them says it alone.

use askama::{Template, filters::HtmlSafe};
use dataflow_core::{
    docker::{Health, State as ContainerState},
    lifecycle::{ContainerStatus, Lease, Outcome as PastOutcome},
    preflight::{State as CheckState, Verdict as Fit},
    prerequisites::State as PrerequisiteState,
};

use crate::{
    fleet::Seen,
    runs::{Outcome, Run, State, Verb},
};

/// A state as pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "sign.html")]
pub(crate) struct Sign {
    /// The colour, by what it means: `good`, `warn`, `bad`, `idle`, `work`.
    pub(crate) tone: &'static str,
    /// The shape.
    pub(crate) shape: &'static str,
    /// The word.
    pub(crate) word: String,
}

/// Its template has escaped the word.
impl HtmlSafe for Sign {}

impl Sign {
    fn new(tone: &'static str, shape: &'static str, word: impl Into<String>) -> Self {
        Self {
            tone,
            shape,
            word: word.into(),
        }
    }

    /// As it must be.
    pub(crate) fn good(word: impl Into<String>) -> Self {
        Self::new("good", "disc", word)
    }

    /// It should be looked at.
    pub(crate) fn warn(word: impl Into<String>) -> Self {
        Self::new("warn", "triangle", word)
    }

    /// It does not work.
    pub(crate) fn bad(word: impl Into<String>) -> Self {
        Self::new("bad", "cross", word)
    }

    /// Nothing is happening, and nothing is meant to.
    pub(crate) fn idle(word: impl Into<String>) -> Self {
        Self::new("idle", "ring", word)
    }

    /// Nobody knows.
    pub(crate) fn unknown(word: impl Into<String>) -> Self {
        Self::new("idle", "dots", word)
    }

    /// Something is being done.
    pub(crate) fn work(word: impl Into<String>) -> Self {
        Self::new("work", "turning", word)
    }

    /// A server: what is being done to it, else how it was seen.
    pub(crate) fn of_server(seen: &Seen, run: Option<&Run>) -> Self {
        match (run, seen.holder()) {
            (Some(run), _) => Self::of_work(run),
            (None, Some(holder)) => Self::of_holder(holder),
            (None, None) => Self::of_standing(seen),
        }
    }

    /// A server that nothing is being done to.
    pub(crate) fn of_standing(seen: &Seen) -> Self {
        use crate::fleet::Standing as S;
        let standing = seen.standing();
        let word = standing.word();
        match standing {
            S::Running => Self::good(word),
            S::Degraded => Self::warn(word),
            S::Stopped => Self::new("idle", "square", word),
            S::NotDeployed => Self::idle(word),
            S::Unreachable => Self::bad(word),
            S::NoAnswer => Self::new("bad", "diamond", word),
            S::Unknown => Self::unknown(word),
        }
    }

    fn of_work(run: &Run) -> Self {
        match run.state() {
            state if state.asks().is_some() => Self::new("warn", "diamond", "waits for a yes"),
            _ => Self::work(doing(run.order().verb)),
        }
    }

    fn of_holder(holder: &Lease) -> Self {
        let verb = Verb::of(&holder.verb).map_or("locked", doing);
        Self::work(verb)
    }

    /// A container.
    pub(crate) fn of_container(container: &ContainerStatus) -> Self {
        match (container.state, container.health) {
            (ContainerState::Running, Some(Health::Unhealthy)) => Self::warn("running, unhealthy"),
            (ContainerState::Running, Some(Health::Starting)) => Self::work("running, starting"),
            (ContainerState::Running, Some(Health::Healthy)) => Self::good("running, healthy"),
            (ContainerState::Running, None) => Self::good("running"),
            (state @ (ContainerState::Exited | ContainerState::Created), _) => {
                Self::new("idle", "square", state.word())
            }
            (state @ (ContainerState::Paused | ContainerState::Removing), _) => {
                Self::warn(state.word())
            }
            (state @ (ContainerState::Restarting | ContainerState::Dead), _) => {
                Self::bad(state.word())
            }
        }
    }

    /// A run in the journal, or a step of one.
    pub(crate) fn of_past(outcome: &PastOutcome) -> Self {
        let word = outcome.word();
        match outcome {
            PastOutcome::Done => Self::good(word),
            PastOutcome::Failed => Self::bad(word),
            PastOutcome::Interrupted => Self::new("warn", "square", word),
            PastOutcome::AtWork => Self::work(word),
            PastOutcome::NotFinished => Self::warn(word),
        }
    }

    /// A run of the panel.
    pub(crate) fn of_run(state: &State) -> Self {
        match state {
            State::AtWork => Self::work("at work"),
            State::Asking { .. } | State::AskingByHand { .. } => {
                Self::new("warn", "diamond", "waits for a yes")
            }
            State::Over { outcome, .. } => match outcome {
                Outcome::Done => Self::good(outcome.name()),
                Outcome::Failed => Self::bad(outcome.name()),
                Outcome::Declined => Self::idle(outcome.name()),
            },
        }
    }

    /// A check of the preflight.
    pub(crate) fn of_check(state: &CheckState) -> Self {
        let word = state.name();
        match state {
            CheckState::Pass => Self::good(word),
            CheckState::Note | CheckState::Skipped => Self::idle(word),
            CheckState::Unknown => Self::unknown(word),
            CheckState::Warning => Self::warn(word),
            CheckState::Crashed | CheckState::Error => Self::bad(word),
        }
    }

    /// Whether a machine is fit.
    pub(crate) fn of_fit(verdict: &Fit) -> Self {
        match verdict {
            Fit::Fit => Self::good("fit"),
            Fit::FitWithWarnings => Self::warn("fit, with warnings"),
            Fit::Unfit => Self::bad("not fit"),
        }
    }

    /// A prerequisite at the PBX or in the network.
    pub(crate) fn of_prerequisite(state: &PrerequisiteState) -> Self {
        let word = state.word();
        match state {
            PrerequisiteState::Ok => Self::good(word),
            PrerequisiteState::Expiring => Self::warn(word),
            PrerequisiteState::Missing | PrerequisiteState::Wrong => Self::bad(word),
            PrerequisiteState::NotChecked => Self::unknown(word),
        }
    }
}

/// What is being done, in a word or two.
pub(crate) fn doing(verb: Verb) -> &'static str {
    match verb {
        Verb::Run => "deploying",
        Verb::Upgrade => "upgrading",
        Verb::Start => "starting",
        Verb::Stop => "stopping",
        Verb::Restart => "restarting",
        Verb::Rm => "being removed",
        Verb::Unlock => "being unlocked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_markup_is_shown_as_it_is_and_does_nothing() {
        let sign = Sign::bad("<script>alert(1)</script>").to_string();
        assert!(!sign.contains("<script>"), "{sign}");
        assert!(sign.contains("&#60;script&#62;"), "{sign}");
    }

    #[test]
    fn states_that_mean_different_things_have_different_shapes() {
        let signs = [
            Sign::good(""),
            Sign::warn(""),
            Sign::bad(""),
            Sign::idle(""),
            Sign::unknown(""),
            Sign::work(""),
        ];
        for (index, one) in signs.iter().enumerate() {
            assert!(
                signs
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.shape != one.shape)
            );
        }
    }
}
