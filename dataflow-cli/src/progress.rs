//! What happens, shown while it happens: one line for each step.

use std::{
    io::IsTerminal,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dataflow_core::lifecycle::Event;
use indicatif::{ProgressBar, ProgressStyle};
use owo_colors::OwoColorize;

use crate::{args::Output, plan_view, printer::Printer, width};

/// Where there is no terminal, a step that lasts is mentioned this often.
const REMINDER: Duration = Duration::from_secs(10);

/// Shows events on standard error; with `--output json`, on standard output as one JSON object a line.
#[derive(Clone)]
pub(crate) struct Progress {
    printer: Printer,
    /// The server's name in the settings file, where it has one.
    name: Option<String>,
    /// Whether a plan is shown in full by the one who asks about it.
    asked: bool,
    terminal: bool,
    /// The line of the step at work, on a terminal, while there is one: before the first step, and when another plan is made, it would
    /// be drawn over a question.
    line: Arc<Mutex<Option<ProgressBar>>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    of: usize,
    what: String,
    why: String,
    /// The time from which on it is mentioned again that something lasts.
    reminded: Duration,
}

impl Progress {
    pub(crate) fn new(printer: Printer, name: Option<String>, asked: bool) -> Self {
        Self {
            printer,
            name,
            asked,
            terminal: std::io::stderr().is_terminal() && printer.is_chatty(),
            line: Arc::default(),
            state: Arc::default(),
        }
    }

    /// Takes the line of the step at work away.
    pub(crate) fn end(&self) {
        if let Some(line) = self.line().take() {
            line.finish_and_clear();
        }
    }

    fn line(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows one event.
    pub(crate) fn show(&self, event: &Event) {
        if self.printer.output() == Output::Json {
            self.printer.json_event(self.name.as_deref(), event);
            return;
        }
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        match event {
            Event::Connected { server, docker } => {
                self.say(&format!("connected to {server} (Docker {docker})"));
            }
            Event::Warning { text } => self.warn(text),
            Event::Planned { plan } => {
                self.end();
                self.say(&match plan.steps.len() {
                    0 => "looked: nothing to do".to_owned(),
                    _ => format!("planned: {}", plan_view::count(plan)),
                });
                if !self.asked && self.printer.is_verbose() && !plan.steps.is_empty() {
                    self.say(&plan_view::text(plan, width::of_stderr()));
                }
            }
            // No line that is redrawn: a question may come next.
            Event::WaitingForLock {
                holder, elapsed, ..
            } => {
                if *elapsed >= state.reminded {
                    state.reminded = *elapsed + REMINDER;
                    self.say(&format!("waiting for {holder}"));
                }
            }
            Event::Preflight {
                warnings, unknown, ..
            } => self.printer.detail(&format!(
                "preflight: fit, {warnings} to mend, {unknown} not seen; dataflow preflight shows them"
            )),
            Event::Begun { run } => self.printer.detail(&format!("run {run}")),
            Event::NotRecorded { place, reason } => {
                self.warn(&format!("could not be written to {place}: {reason}"));
            }
            Event::StepStarted {
                number,
                of,
                what,
                why,
            } => {
                *state = State {
                    of: *of,
                    what: what.clone(),
                    why: why.clone(),
                    reminded: REMINDER,
                };
                self.work(&format!("{} {what} {}", count(*number, *of), dimmed(why)));
            }
            Event::Waiting {
                number,
                for_what,
                elapsed,
            } => {
                let place = count(*number, state.of);
                let waiting = format!("waiting for {for_what}, {}", short(*elapsed));
                if self.terminal {
                    self.work(&format!("{place} {} {}", state.what, dimmed(&waiting)));
                } else if *elapsed >= state.reminded {
                    state.reminded = *elapsed + REMINDER;
                    self.say(&format!("{place} {waiting}"));
                }
            }
            Event::StepDone {
                number,
                what,
                elapsed,
            } => self.say(&format!(
                "{} {what} {}",
                count(*number, state.of),
                dimmed(&format!("{}; {}", state.why, short(*elapsed)))
            )),
            Event::StepFailed { number, what, .. } => {
                self.say(&format!(
                    "{} {what} {}",
                    count(*number, state.of),
                    "failed".red().bold()
                ));
            }
            Event::PuttingBack { what } => self.say(&format!("        putting back: {what}")),
            Event::Finished { elapsed, .. } => {
                self.say(&format!("finished in {}", short(*elapsed)));
            }
        }
    }

    /// A line that stays.
    fn say(&self, text: &str) {
        match &*self.line() {
            Some(line) => line.suspend(|| self.printer.note(text)),
            None => self.printer.note(text),
        }
    }

    fn warn(&self, text: &str) {
        match &*self.line() {
            Some(line) => line.suspend(|| self.printer.warn(text)),
            None => self.printer.warn(text),
        }
    }

    /// The line of the step at work, which the next one replaces.
    fn work(&self, text: &str) {
        if self.terminal {
            // What goes through the printer loses its colours where they are not wanted; this doesn't.
            let plain =
                anstream::AutoStream::choice(&std::io::stderr()) == anstream::ColorChoice::Never;
            self.line().get_or_insert_with(line).set_message(if plain {
                anstream::adapter::strip_str(text).to_string()
            } else {
                text.to_owned()
            });
        }
    }
}

fn line() -> ProgressBar {
    let line = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{wide_msg} {spinner}") {
        line.set_style(style.tick_chars(r"|/-\ "));
    }
    line.enable_steady_tick(Duration::from_millis(100));
    line
}

fn count(number: usize, of: usize) -> String {
    let width = of.to_string().len();
    format!("[{number:>width$}/{of}]")
}

fn dimmed(text: &str) -> String {
    format!("({text})").dimmed().to_string()
}

fn short(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(60) {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!(
            "{} min {} s",
            elapsed.as_secs() / 60,
            elapsed.as_secs() % 60
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::args::Cli;
    use dataflow_core::lifecycle::PlanSummary;

    #[test]
    fn nothing_is_drawn_while_a_question_may_be_open() {
        let cli = Cli::try_parse_from(["dataflow", "-q", "status"]).unwrap();
        let progress = Progress {
            terminal: true,
            ..Progress::new(Printer::new(&cli), None, false)
        };
        progress.show(&Event::Connected {
            server: "pbx@server".to_owned(),
            docker: "29.0.0".to_owned(),
        });
        assert!(progress.line().is_none());
        progress.show(&Event::StepStarted {
            number: 1,
            of: 1,
            what: "start".to_owned(),
            why: "it is stopped".to_owned(),
        });
        assert!(progress.line().is_some());
        progress.show(&Event::Planned {
            plan: PlanSummary::default(),
        });
        assert!(progress.line().is_none(), "asked again after a fetch");
        progress.end();
    }
}
