//! Has open pages show what is seen of a server: the parts are made once, for however many pages.

use std::sync::Arc;

use super::Topic;
use crate::{fleet::Watched, pages, panel::Shared};

/// Renews what pages show of this server, until the panel ends.
pub(crate) async fn renew(panel: Shared, server: Arc<Watched>) {
    let mut changes = server.changes();
    loop {
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = server.end(&panel) => return,
        }
        for (id, html) in pages::overview::parts(&panel, &server) {
            part(&panel.live.overview, &id, &html);
        }
        for (id, html) in pages::server::parts(&panel, &server) {
            part(&server.topic, id, &html);
        }
    }
}

/// Tells pages to put this at the end of the element with that identifier.
pub(crate) fn add(topic: &Topic, id: &str, html: &str) {
    topic.tell(
        "add",
        &serde_json::json!({"id": id, "html": html}).to_string(),
    );
}

/// Tells pages to put this in the place of the element with that identifier.
pub(crate) fn part(topic: &Topic, id: &str, html: &str) {
    topic.tell(
        "part",
        &serde_json::json!({"id": id, "html": html}).to_string(),
    );
}
