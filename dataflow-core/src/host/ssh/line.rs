//! A command line that means the same to every login shell.

/// The line for `sh`, wrapped so that the login shell, which an SSH server has run it, takes it for three plain words: fish
/// knows other escapes inside quotes than `sh`, and csh no line breaks. What such shells would stumble over travels as octal
/// numbers.
pub(super) fn for_any_shell(line: &str) -> String {
    use std::fmt::Write as _;
    let mut wrapped = String::from("sh -c 'eval \"exec $(printf \"");
    for letter in line.chars() {
        // `%` and `\` are for printf, the others for one shell or another.
        let plain = matches!(letter, ' '..='~') && !"%\\\"$`'!".contains(letter);
        if plain {
            wrapped.push(letter);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            // Writing to a string never fails.
            let _ = write!(wrapped, "\\{byte:03o}");
        }
    }
    wrapped.push_str("\")\"'");
    wrapped
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    fn said_by(shell: &str, word: &str) -> Option<String> {
        let quoted = shlex::try_quote(word).unwrap();
        let line = for_any_shell(&format!("printf %s {quoted}"));
        // A shell that is not installed here is none to test with.
        let output = Command::new(shell).arg("-c").arg(line).output().ok()?;
        assert!(output.status.success(), "{shell}: {output:?}");
        Some(String::from_utf8(output.stdout).unwrap())
    }

    #[test]
    fn what_shells_differ_in_reaches_the_command_as_it_is() {
        let word = "a\\\\b\\'c'\"$HOME`id`!1 %s\n\ttail\u{e4}\\n*[x]{a,b}~;&|<>#";
        for shell in ["sh", "bash", "dash", "zsh", "fish", "tcsh", "csh"] {
            if let Some(said) = said_by(shell, word) {
                assert_eq!(said, word, "{shell}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_word_reaches_the_command_as_it_is(word in "[^\u{0}]{0,40}") {
            prop_assert_eq!(said_by("sh", &word).unwrap(), word);
        }
    }
}
