//! A topic as the answer to a request.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Topic, topic::Listener};
use crate::{account::Role, guard::Caller, panel::Shared};

/// Time between two signs of life where nothing happens. With each it is seen whether the listener may still listen.
const SIGN: Duration = Duration::from_secs(15);

/// From where on a page listens.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct After {
    /// The place up to which the page shows everything.
    pub(crate) from: Option<String>,
}

struct Stream {
    panel: Shared,
    caller: Caller,
    listener: Listener,
}

/// Tells the topic's events to whoever asked, until they go, or may not listen any more, or the panel ends.
pub(crate) fn answer(
    panel: Shared,
    caller: Caller,
    topic: &Topic,
    headers: &HeaderMap,
    after: &After,
) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let listener = topic.listen(last, after.from.as_deref());
    let stream = Stream {
        panel,
        caller,
        listener,
    };
    let events = futures_util::stream::unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<Bytes, Infallible>(event), stream))
    });
    let kind = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (kind, Body::from_stream(events)).into_response()
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        if !self.may_listen() {
            return None;
        }
        tokio::select! {
            // What was told before the panel's end is heard before it.
            biased;
            event = self.listener.next() => event,
            () = self.panel.ending.wait() => None,
            () = tokio::time::sleep(SIGN) => Some(Bytes::from_static(b": still here\n\n")),
        }
    }

    /// Whether who asked may still do so: the session is not over, the user is still there. For one who may only look, to listen
    /// is to use the panel: a screen on the wall stays signed in for as long as any session may last.
    fn may_listen(&self) -> bool {
        let Some(session) = &self.caller.session else {
            return true;
        };
        let kept = self.panel.accounts.kept();
        let user = kept.users.get(&session.user);
        user.is_some_and(|user| {
            let only_looks = user.role == Role::Viewer;
            self.panel.sessions.lasts(&session.id, only_looks)
        })
    }
}
