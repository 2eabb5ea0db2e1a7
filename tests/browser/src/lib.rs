//! A real browser for tests: Chromium, driven by its own driver, both from Debian's packages, with a new profile each time.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod axe;
mod driver;
mod tools;

use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

pub use fantoccini;
pub use tools::Picture;

/// How long a page may take to show what is waited for, where nothing else is said.
pub const SOON: Duration = Duration::from_secs(15);

/// A browser. It ends when it is dropped.
pub struct Browser {
    client: Client,
    axe: std::sync::OnceLock<String>,
    _driver: driver::Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one with a new, empty profile.
    pub async fn open() -> Self {
        let (driver, profile) = (driver::Driver::start(), tempfile::tempdir().unwrap());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let wanted = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
            // What is asked about is answered by the test, never by itself.
            "unhandledPromptBehavior": "ignore",
        });
        let Value::Object(wanted) = wanted else {
            unreachable!("it is an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver.address())
            .await
            .expect("the browser starts");
        Self {
            client,
            axe: std::sync::OnceLock::new(),
            _driver: driver,
            _profile: profile,
        }
    }

    /// What drives it, for what this has no word for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Loads a page.
    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.expect(address);
    }

    /// Where it is.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// The text of the page, as it is seen.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.unwrap();
        body.text().await.unwrap()
    }

    /// The first element that a selector finds.
    pub async fn find(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(SOON)
            .for_element(Locator::Css(css));
        match found.await {
            Ok(found) => found,
            Err(error) => panic!("{css} is not on the page: {error}\n{}", self.text().await),
        }
    }

    /// Whether a selector finds anything now.
    pub async fn has(&self, css: &str) -> bool {
        !self
            .client
            .find_all(Locator::Css(css))
            .await
            .unwrap()
            .is_empty()
    }

    /// Writes into the field of this name.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self
            .find(&format!("[name='{name}']:not([type=hidden])"))
            .await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses the button with exactly this text.
    pub async fn press(&self, text: &str) {
        self.click(&format!("//button[normalize-space()='{text}']"))
            .await;
    }

    /// Follows the link with exactly this text.
    pub async fn follow(&self, text: &str) {
        self.click(&format!("//main//a[normalize-space()='{text}']"))
            .await;
    }

    async fn click(&self, path: &str) {
        let until = Instant::now() + SOON;
        loop {
            let clicked = match self.client.find(Locator::XPath(path)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return,
                // A live part may have been put in its place just then.
                Err(_) if Instant::now() < until => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("{path}: {error}\n{}", self.text().await),
            }
        }
    }

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str, patience: Duration) {
        let until = Instant::now() + patience;
        loop {
            // Between two pages there is none.
            let body = self.client.find(Locator::Css("body")).await;
            let shown = match body {
                Ok(body) => body.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if shown.contains(text) {
                return;
            }
            assert!(
                Instant::now() < until,
                "the page does not show {text:?} within {patience:?}, but:\n{shown}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let ran: Result<Value, CmdError> = self.client.execute(script, arguments).await;
        ran.expect("the script runs")
    }
}
