//! The shape of what `--output json` prints, schema 1, as `dataflow-cli/JSON.md` describes it. What is not here may not be
//! there, so neither the page nor this falls behind the program.
#![allow(missing_docs, reason = "JSON.md says what each of these is")]

mod pbx;
mod preflight;
mod records;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use pbx::{Checked, Checklist, Entry, Listed, Listing, Prerequisite, Stands, Token};
pub use preflight::{Finding, Mended, Preflight};
pub use records::{Deed, Deployment, History, Holder, Owner, Run, Settings, Unlocked};
pub use records::{Outcome as RunOutcome, Step as RunStep};

/// The kinds of line that there are, each with what it must hold besides `schema`, `verb` and `name`.
#[derive(Debug)]
pub enum Line {
    Event(Event),
    Result(Box<Outcome>),
    Log(LogLine),
    Error(Error),
}

/// What came of a verb.
#[derive(Debug)]
pub enum Outcome {
    Planned(Planned),
    Report(Report),
    Status(Status),
    Preflight(Preflight),
    Mended(Mended),
    History(History),
    Run(Run),
    Unlocked(Unlocked),
    Checklist(Checklist),
    Checked(Checked),
    Listed(Listed),
    Listing(Listing),
    Token(Token),
    Init(Init),
    Completions(Completions),
    Man(Man),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    Connected {
        server: String,
        docker: String,
    },
    Warning {
        text: String,
    },
    WaitingForLock {
        holder: Holder,
        elapsed_ms: u64,
        patience_ms: u64,
    },
    Begun {
        run: String,
    },
    NotRecorded {
        place: String,
        reason: String,
    },
    Preflight {
        warnings: usize,
        unknown: usize,
        ignored: Vec<String>,
    },
    Planned {
        steps: Vec<Step>,
        #[serde(default)]
        forecast: Vec<Step>,
        outage: Option<String>,
        #[serde(default)]
        changed_settings: Vec<Change>,
    },
    StepStarted {
        number: usize,
        of: usize,
        what: String,
        why: String,
    },
    Waiting {
        number: usize,
        for_what: String,
        elapsed_ms: u64,
    },
    StepDone {
        number: usize,
        what: String,
        elapsed_ms: u64,
    },
    StepFailed {
        number: usize,
        what: String,
        error: String,
    },
    PuttingBack {
        what: String,
    },
    Finished {
        changed: bool,
        elapsed_ms: u64,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub what: String,
    pub why: String,
    #[serde(default)]
    pub changes: Vec<Change>,
    pub risk: Option<String>,
    pub undo: Option<String>,
    pub settles: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub setting: String,
    pub now: Option<String>,
    pub wanted: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    pub server: String,
    pub pending: bool,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub forecast: Vec<Step>,
    pub outage: Option<String>,
    #[serde(default)]
    pub changed_settings: Vec<Change>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub server: String,
    pub run: Option<String>,
    pub changed: bool,
    pub steps: Vec<String>,
    pub data_path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    pub server: String,
    pub docker: String,
    pub verdict: Verdict,
    pub problems: Vec<String>,
    pub containers: Vec<Container>,
    pub clickhouse: Option<ClickHouse>,
    pub prerequisites: Vec<Prerequisite>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Running,
    Degraded,
    Stopped,
    NotDeployed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    pub name: String,
    pub state: String,
    pub health: Option<String>,
    pub image: String,
    pub image_id: String,
    pub version: Option<String>,
    pub started_at: String,
    pub restarts: i64,
    pub made_by: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClickHouse {
    pub answers: bool,
    pub version: Option<String>,
    pub rows: Option<u64>,
    pub problem: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    File(String),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completions {
    pub script: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Man {
    pub files: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    pub container: String,
    pub at: String,
    pub output: LogOutput,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogOutput {
    Stdout,
    Stderr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
    #[serde(default)]
    pub details: Vec<String>,
    pub next: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    Failed,
    Usage,
    Precondition,
    Pending,
    Locked,
    Unreachable,
}

/// The lines of this text, which may be broken into several as people like them.
///
/// # Panics
/// With the line and what is wrong with it.
#[must_use]
pub fn lines(text: &str) -> Vec<Line> {
    serde_json::Deserializer::from_str(text)
        .into_iter::<Value>()
        .map(|value| {
            let value = value.unwrap_or_else(|error| panic!("no JSON ({error})\n{text}"));
            line(value.clone()).unwrap_or_else(|wrong| panic!("{wrong}\n{value:#}"))
        })
        .collect()
}

fn line(value: Value) -> Result<Line, String> {
    let Value::Object(mut fields) = value else {
        return Err("this is no object".to_owned());
    };
    match fields.remove("schema") {
        Some(schema) if schema == 1 => {}
        other => return Err(format!("the schema is {other:?}, not 1")),
    }
    let verb = text(&mut fields, "verb")?;
    let _ = text(&mut fields, "name")?;
    if fields.contains_key("event") {
        return read(Value::Object(fields)).map(Line::Event);
    }
    if fields.contains_key("container") {
        return read(Value::Object(fields)).map(Line::Log);
    }
    let body = fields
        .remove("result")
        .map(|result| (true, result))
        .or_else(|| fields.remove("error").map(|error| (false, error)));
    if let Some((unknown, _)) = fields.iter().next() {
        return Err(format!("{unknown} is not described"));
    }
    match body {
        Some((true, result)) => {
            outcome(verb.as_deref(), result).map(|outcome| Line::Result(Box::new(outcome)))
        }
        Some((false, error)) => read(error).map(Line::Error),
        None => Err("there is neither event nor result nor error".to_owned()),
    }
}

fn outcome(verb: Option<&str>, result: Value) -> Result<Outcome, String> {
    match verb {
        Some("plan") => read(result).map(Outcome::Planned),
        Some(
            "run" | "start" | "stop" | "restart" | "upgrade" | "rm" | "token set"
            | "token generate",
        ) => read(result).map(Outcome::Report),
        Some("token status") => read(result).map(Outcome::Token),
        Some("prerequisites") => read(result).map(Outcome::Checklist),
        Some("whitelist check") => read(result).map(Outcome::Checked),
        Some("whitelist list") => read(result).map(Outcome::Listed),
        Some("whitelist ensure" | "whitelist remove") => read(result).map(Outcome::Listing),
        Some("status") => read(result).map(Outcome::Status),
        Some("preflight") if result.get("preflight").is_some() => read(result).map(Outcome::Mended),
        Some("preflight") => read(result).map(Outcome::Preflight),
        // Of one run, where one is named.
        Some("history") if result.get("runs").is_none() => read(result).map(Outcome::Run),
        Some("history") => read(result).map(Outcome::History),
        Some("unlock") => read(result).map(Outcome::Unlocked),
        Some("init") => read(result).map(Outcome::Init),
        Some("completions") => read(result).map(Outcome::Completions),
        Some("man") => read(result).map(Outcome::Man),
        other => Err(format!("the result of {other:?} is not described")),
    }
}

fn text(fields: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match fields.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("{key} is {other}, not a text")),
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_line_that_is_not_described_when_checked_then_it_is_refused() {
        for text in [
            r#"{"verb":"rm","result":{"server":"local","changed":false,"steps":[]}}"#,
            r#"{"schema":2,"verb":"rm","result":{"server":"local","changed":false,"steps":[]}}"#,
            r#"{"schema":1,"result":{"server":"local","changed":false,"steps":[]}}"#,
            r#"{"schema":1,"verb":"rm","result":{"server":"local","changed":false,"steps":[],"new":1}}"#,
            r#"{"schema":1,"verb":"rm","result":{"changed":false,"steps":[]}}"#,
            r#"{"schema":1,"verb":"rm","new":1,"result":{"server":"local","changed":false,"steps":[]}}"#,
            r#"{"schema":1,"verb":"rm","event":"new"}"#,
            r#"{"schema":1,"verb":"rm","event":"putting-back","what":"x","new":1}"#,
            r#"{"schema":1,"error":{"kind":"new","message":"m","next":"n"}}"#,
            r#"{"schema":1}"#,
            r#"[1]"#,
        ] {
            let value = serde_json::from_str(text).expect("JSON");
            assert!(line(value).is_err(), "{text}");
        }
    }
}
