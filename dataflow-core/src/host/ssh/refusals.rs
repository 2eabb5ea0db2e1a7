//! In which words a server opens no channel.
//!
//! OpenSSH gives the error of its own connection attempt as the description of the failure. The library hands it to the session's
//! handler alone, apart from the answer to who asked, and not in an order that tells whose it is. So who wants the words asks alone.

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, watch};
use tokio::time::timeout;

use super::super::ForwardingReason;

/// How long the words may come after the answer. The library tells both from the same packet.
const WORDS: Duration = Duration::from_secs(1);

/// In which words a server last opened no channel.
#[derive(Clone)]
pub(super) struct Refusals {
    words: watch::Sender<String>,
    alone: std::sync::Arc<Mutex<()>>,
}

/// The right to ask alone; with it, what the server says from now on.
pub(super) struct Alone<'a> {
    heard: watch::Receiver<String>,
    _guard: MutexGuard<'a, ()>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            words: watch::Sender::new(String::new()),
            alone: std::sync::Arc::default(),
        }
    }
}

impl Refusals {
    pub(super) fn said(&self, words: &str) {
        self.words.send_replace(words.to_owned());
    }

    pub(super) async fn alone(&self) -> Alone<'_> {
        let guard = self.alone.lock().await;
        Alone {
            heard: self.words.subscribe(),
            _guard: guard,
        }
    }
}

impl Alone<'_> {
    /// What the server said to the failure that has come.
    pub(super) async fn reason(mut self) -> ForwardingReason {
        match timeout(WORDS, self.heard.changed()).await {
            Ok(Ok(())) => reason(&self.heard.borrow()),
            _ => ForwardingReason::NotConnected,
        }
    }
}

/// What the words stand for: those of the C library for what can become of a connection attempt.
fn reason(words: &str) -> ForwardingReason {
    const KNOWN: [(&str, ForwardingReason); 4] = [
        ("connection refused", ForwardingReason::Refused),
        ("timed out", ForwardingReason::TimedOut),
        ("no route to host", ForwardingReason::NoRoute),
        ("network is unreachable", ForwardingReason::NoRoute),
    ];
    let words = words.to_ascii_lowercase();
    let known = KNOWN.into_iter().find(|(known, _)| words.contains(known));
    known.map_or(ForwardingReason::NotConnected, |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_as_openssh_and_dropbear_give_them() {
        for (words, expected) in [
            ("Connection refused", ForwardingReason::Refused),
            (
                "Error connecting: Connection refused",
                ForwardingReason::Refused,
            ),
            ("Connection timed out", ForwardingReason::TimedOut),
            ("Operation timed out", ForwardingReason::TimedOut),
            ("No route to host", ForwardingReason::NoRoute),
            ("Network is unreachable", ForwardingReason::NoRoute),
            ("open failed", ForwardingReason::NotConnected),
            ("", ForwardingReason::NotConnected),
        ] {
            assert_eq!(reason(words), expected, "{words}");
        }
    }
}
