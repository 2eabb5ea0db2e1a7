//! The text of an ssh_config file as blocks of settings.

use super::line::Line;
use super::matching::Condition;

/// A file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) items: Vec<Item>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// From here on, settings are for hosts that meet this.
    When(Condition),
    /// A setting.
    Set {
        keyword: String,
        arguments: Vec<String>,
        line: usize,
    },
    /// Other files, as they are named here; their texts come in when they are read.
    Include {
        names: Vec<String>,
        texts: Vec<(String, Text)>,
    },
    /// What can't be read; why.
    Odd { line: usize, reason: &'static str },
}

impl Text {
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().zip(1..);
        let items = lines.filter_map(|(text, number)| Some(item(&Line::read(text)?, number)));
        Self {
            items: items.collect(),
        }
    }
}

fn item(line: &Line<'_>, number: usize) -> Item {
    let odd = |reason| Item::Odd {
        line: number,
        reason,
    };
    if line.keyword == "match" {
        return Item::When(Condition::of_match(line.rest));
    }
    let Some(arguments) = line.arguments() else {
        return odd("a quote is not closed");
    };
    match line.keyword.as_str() {
        _ if arguments.is_empty() => odd("there is nothing behind the keyword"),
        "host" => Item::When(Condition::Host(arguments)),
        "include" => Item::Include {
            names: arguments,
            texts: Vec::new(),
        },
        _ => Item::Set {
            keyword: line.keyword.clone(),
            arguments,
            line: number,
        },
    }
}
