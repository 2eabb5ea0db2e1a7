//! How an error is shown: one way for all of them.

use std::fmt::Write;

use dataflow_core::Explain;
use owo_colors::OwoColorize;

/// `error: …`, a line for each cause that adds something, and `next: …`; `name` is that of the server, where there are
/// several.
pub(crate) fn human(name: Option<&str>, error: &dyn Explain) -> String {
    let mut text = String::new();
    let messages = messages(error);
    let mut lines = messages.iter();
    if let Some(first) = lines.next() {
        let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
        let _ = writeln!(text, "{} {name}{first}", "error:".red().bold());
    }
    for cause in lines {
        let _ = writeln!(text, "  because: {cause}");
    }
    for line in error.details() {
        let _ = writeln!(text, "  | {line}");
    }
    let _ = writeln!(text, "{} {}", "next:".bold(), error.next_step());
    text
}

/// The error's message and those of its causes that the one before does not already contain.
pub(crate) fn messages(error: &dyn Explain) -> Vec<String> {
    let mut messages = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !messages.iter().any(|message| message.contains(&text)) {
            messages.push(text);
        }
        source = cause.source();
    }
    messages
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use dataflow_core::Kind;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the image was not fetched")]
    struct Fetch(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("the registry refused: {0}")]
    struct Middle(#[source] std::io::Error);

    impl Explain for Fetch {
        fn kind(&self) -> Kind {
            Kind::Precondition
        }

        fn next_step(&self) -> String {
            "Check the token.".to_owned()
        }
    }

    fn error() -> Fetch {
        Fetch(Middle(std::io::Error::other("denied")))
    }

    #[test]
    fn causes_are_shown_once_and_the_next_step_last() {
        insta::assert_snapshot!(anstream::adapter::strip_str(&human(None, &error())), @"
        error: the image was not fetched
          because: the registry refused: denied
        next: Check the token.
        ");
    }

    #[test]
    fn where_there_are_several_servers_the_name_comes_first() {
        let text = human(Some("paris"), &error());
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(
            text.starts_with("error: paris: the image was not fetched\n"),
            "{text}"
        );
    }

    #[test]
    fn programs_get_kind_message_and_next_step() {
        insta::assert_snapshot!(serde_json::to_string(&crate::json::error(&error())).unwrap(), @r#"{"error":{"kind":"precondition","message":"the image was not fetched: the registry refused: denied","next":"Check the token."}}"#);
    }
}
