//! Asks whether what is not done at the PBX from here is done by hand.

use dataflow_core::{lifecycle::Approve, prerequisites::Prerequisite};

use super::checklist;
use crate::{printer::Printer, prompt::Terminal, width};

const HEAD: &str =
    "Nobody is signed in to the PBX. What Data Flow needs there and on the way to it:";

/// Puts the checklist before the operator, where there is one to ask.
pub(super) fn asked(terminal: Option<Terminal>, printer: Printer) -> Approve<Vec<Prerequisite>> {
    let Some(terminal) = terminal else {
        return Approve::default();
    };
    Approve::by(move |items: Vec<Prerequisite>| async move {
        let list = checklist::items(&items, width::of_stderr());
        printer.before_question(&format!("{HEAD}\n\n{list}"));
        let question = "Is all of that done at the PBX by hand? It is put on record.";
        // Reading the answer blocks; the session is to be kept alive meanwhile.
        let asked = tokio::task::spawn_blocking(move || terminal.agrees(question));
        asked.await.unwrap_or(false)
    })
}
