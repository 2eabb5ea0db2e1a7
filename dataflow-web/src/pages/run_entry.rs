//! What a run has told, line by line: a step is one line from its beginning to its end.

use dataflow_core::lifecycle::Event;

use super::{shown, sign::Sign};
use crate::runs::Heard;

/// One line.
pub(super) struct Entry {
    /// Names it in its page.
    pub(super) id: String,
    /// What it says.
    pub(super) what: What,
}

/// What a line says.
pub(super) enum What {
    /// A step.
    Step {
        number: usize,
        what: String,
        why: String,
        sign: Sign,
        /// How long it took.
        took: String,
        error: Option<String>,
    },
    /// Something that happened beside the steps.
    Note { sign: Option<Sign>, text: String },
}

impl Entry {
    /// The line of an event, if it has one; `before`: the events that came before it.
    pub(super) fn of(heard: &Heard, before: &[Heard]) -> Option<Self> {
        let id = |number: usize| format!("event-{number}");
        let (at, what) = match &heard.event {
            Event::StepStarted {
                number, what, why, ..
            } => {
                let step = What::Step {
                    number: *number,
                    what: what.clone(),
                    why: why.clone(),
                    sign: Sign::work("at work"),
                    took: String::new(),
                    error: None,
                };
                (heard.number, step)
            }
            Event::StepDone {
                number,
                what,
                elapsed,
            } => {
                let (began, why) = beginning(*number, before)?;
                let step = What::Step {
                    number: *number,
                    what: what.clone(),
                    why,
                    sign: Sign::good("done"),
                    took: shown::took(elapsed),
                    error: None,
                };
                (began, step)
            }
            Event::StepFailed {
                number,
                what,
                error,
            } => {
                let (began, why) = beginning(*number, before)?;
                let step = What::Step {
                    number: *number,
                    what: what.clone(),
                    why,
                    sign: Sign::bad("failed"),
                    took: String::new(),
                    error: Some(error.clone()),
                };
                (began, step)
            }
            other => (heard.number, note(other)?),
        };
        Some(Self { id: id(at), what })
    }
}

/// Which event said that a step begins, and why it is done. Numbers begin anew with each plan, so it is the last one.
fn beginning(step: usize, before: &[Heard]) -> Option<(usize, String)> {
    before.iter().rev().find_map(|heard| match &heard.event {
        Event::StepStarted { number, why, .. } if *number == step => {
            Some((heard.number, why.clone()))
        }
        _ => None,
    })
}

fn note(event: &Event) -> Option<What> {
    let (sign, text) = match event {
        Event::Connected { server, docker } => (None, format!("Reached {server}, Docker {docker}")),
        Event::Warning { text } => (Some(Sign::warn("warning")), text.clone()),
        Event::Preflight {
            warnings,
            unknown,
            ignored,
        } => {
            let mut text = "The server is fit".to_owned();
            for (number, what) in [(warnings, "warnings"), (unknown, "unknown")] {
                if *number > 0 {
                    text.push_str(&format!(", {number} {what}"));
                }
            }
            if !ignored.is_empty() {
                text.push_str(&format!("; ignored: {}", ignored.join(", ")));
            }
            (None, text)
        }
        Event::Planned { plan } => (None, format!("Planned: {}", shown::steps(plan.steps.len()))),
        Event::Begun { run } => (
            None,
            format!("Has the server's lock; in the journal as {run}"),
        ),
        Event::NotRecorded { place, reason } => (
            Some(Sign::warn("warning")),
            format!("Could not be recorded in {place}: {reason}"),
        ),
        Event::PuttingBack { what } => (Some(Sign::work("putting back")), what.clone()),
        Event::Finished { changed, elapsed } => {
            let text = if *changed {
                "All is as wanted, and was looked at again"
            } else {
                "Nothing was to be done"
            };
            let took = shown::took(elapsed);
            (
                Some(Sign::good("finished")),
                format!("{text}, after {took}"),
            )
        }
        _ => return None,
    };
    Some(What::Note { sign, text })
}

/// All lines of what was told so far.
pub(super) fn entries(events: &[Heard]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, heard) in events.iter().enumerate() {
        let Some(entry) = Entry::of(heard, events.get(..index).unwrap_or_default()) else {
            continue;
        };
        match entries.iter_mut().rev().find(|known| known.id == entry.id) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
    }
    entries
}

/// What an event says is being waited for.
pub(super) fn waited_for(heard: &Heard) -> Option<String> {
    match &heard.event {
        Event::Waiting {
            for_what, elapsed, ..
        } => Some(format!("Waiting for {for_what}: {} s", elapsed.as_secs())),
        Event::WaitingForLock {
            holder,
            elapsed,
            patience,
        } => Some(format!(
            "Waiting for the lock of {holder}: {} of {} s",
            elapsed.as_secs(),
            patience.as_secs()
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    fn heard(events: impl IntoIterator<Item = Event>) -> Vec<Heard> {
        let numbered = events.into_iter().zip(1..);
        numbered
            .map(|(event, number)| Heard {
                number,
                at: Timestamp::UNIX_EPOCH,
                event,
            })
            .collect()
    }

    fn started(number: usize, what: &str) -> Event {
        Event::StepStarted {
            number,
            of: 2,
            what: what.to_owned(),
            why: format!("{what} is wanted"),
        }
    }

    fn done(number: usize, what: &str) -> Event {
        Event::StepDone {
            number,
            what: what.to_owned(),
            elapsed: Duration::from_secs(2),
        }
    }

    #[test]
    fn a_step_is_one_line_also_where_numbers_begin_anew_with_a_second_plan() {
        let events = heard([
            started(1, "fetch"),
            done(1, "fetch"),
            started(1, "stop"),
            Event::Waiting {
                number: 1,
                for_what: "its end".to_owned(),
                elapsed: Duration::from_secs(1),
            },
            done(1, "stop"),
            started(2, "start"),
            Event::StepFailed {
                number: 2,
                what: "start".to_owned(),
                error: "no".to_owned(),
            },
        ]);
        let lines: Vec<String> = entries(&events)
            .iter()
            .map(|entry| match &entry.what {
                What::Step {
                    what, sign, why, ..
                } => format!("{} {what}: {}, {why}", entry.id, sign.word),
                What::Note { text, .. } => panic!("{text}"),
            })
            .collect();
        assert_eq!(
            lines,
            [
                "event-1 fetch: done, fetch is wanted",
                "event-3 stop: done, stop is wanted",
                "event-6 start: failed, start is wanted",
            ]
        );
    }
}
