//! What containers write, as far as it is shown when they fail: its end, without secrets.

use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};

use super::{
    engine::{ANSWER, Engine},
    error::DockerError,
};

/// How much is kept, in bytes.
const KEPT: usize = 64 * 1024;

impl Engine {
    /// The last `lines` lines that a container has written, bounded, free of control characters and of the secret.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn last_lines(
        &self,
        name: &str,
        lines: u32,
        secret: &SecretString,
    ) -> Result<Vec<String>, DockerError> {
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail(&lines.to_string())
            .build();
        let mut said = self.docker.logs(name, Some(options));
        let read = async {
            let mut written = Vec::new();
            while let Some(piece) = said.next().await {
                append(&mut written, piece?.as_ref());
            }
            Ok(written)
        };
        let doing = format!("read the log of {name}");
        let written = self.within(ANSWER, &doing, read).await?;
        Ok(shown_without(secret.expose_secret(), &written))
    }
}

/// Appends, and forgets the beginning of what has become too long.
pub(super) fn append(written: &mut Vec<u8>, piece: &[u8]) {
    written.extend_from_slice(piece);
    if written.len() > 2 * KEPT {
        written.drain(..written.len() - KEPT);
    }
}

/// The lines, without the secret: a program may repeat what it was given, above all when it fails.
pub(super) fn shown_without(secret: &str, written: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(written);
    let text = if secret.is_empty() {
        text.into_owned()
    } else {
        text.replace(secret, "[password]")
    };
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| crate::host::shown(line.as_bytes()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let mut written = vec![b'x'; 2 * KEPT];
        append(&mut written, b"end");
        assert_eq!(written.len(), KEPT);
        assert!(written.ends_with(b"xend"));
    }

    #[test]
    fn a_program_that_repeats_its_password_does_not_have_it_shown() {
        let written = b"+ initdt --password s3cret\r\n\nfailed\n";
        assert_eq!(
            shown_without("s3cret", written),
            ["+ initdt --password [password]", "failed"]
        );
        assert_eq!(shown_without("", b"x\n"), ["x"]);
    }
}
