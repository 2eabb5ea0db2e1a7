//! Asks whether what is not done at the PBX from here is done by hand.

use std::fmt::Write;

use dataflow_core::{lifecycle::Approve, prerequisites::Prerequisite};

use crate::{printer::Printer, prompt::Terminal};

/// Puts the checklist before the operator, where there is one to ask.
pub(super) fn asked(terminal: Option<Terminal>, printer: Printer) -> Approve<Vec<Prerequisite>> {
    let Some(terminal) = terminal else {
        return Approve::default();
    };
    Approve::by(move |items: Vec<Prerequisite>| async move {
        printer.before_question(&text(&items));
        let question = "Is all of that done at the PBX by hand? It is put on record.";
        // Reading the answer blocks; the session is to be kept alive meanwhile.
        let asked = tokio::task::spawn_blocking(move || terminal.agrees(question));
        asked.await.unwrap_or(false)
    })
}

fn text(items: &[Prerequisite]) -> String {
    let mut text = "Nobody is signed in to the PBX. What Data Flow needs there:\n\n".to_owned();
    for item in items {
        let _ = writeln!(text, "{}: {}", item.title, item.seen);
        for step in &item.remedy {
            let _ = writeln!(text, "  - {step}");
        }
    }
    text
}
