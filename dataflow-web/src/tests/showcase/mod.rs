//! The panel with a server in every state, as people see it: in a real browser, in both themes, as pictures, and to an engine that finds
//! what keeps people from using a page.

mod browser;
mod servers;
mod states;

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::*;
use crate::serve;

/// What would do something if it were taken for anything but text.
const HOSTILE: &str =
    r#"<script>document.title="owned"</script>"><img src=x onerror='document.title="owned"'>"#;

/// A panel that listens, with a server in every state.
struct Showcase {
    tested: Tested,
    address: SocketAddr,
    /// Pages to be seen by an administrator.
    pages: Vec<Page>,
}

/// A page to be seen.
struct Page {
    /// What its picture is called.
    name: &'static str,
    path: String,
    /// What it has to show.
    shows: &'static str,
}

impl Showcase {
    async fn open() -> Self {
        let tested = Tested::with(servers::SETTINGS).await;
        let pages = states::bring_about(&tested).await;
        Self::serve(tested, pages).await
    }

    async fn serve(tested: Tested, pages: Vec<Page>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let panel = Shared::clone(&tested.panel);
        tokio::spawn(serve::serve(listener, None, tested.app.clone(), panel));
        Self {
            tested,
            address,
            pages,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Showcase {
    fn drop(&mut self) {
        self.tested.panel.ending.raise();
    }
}
