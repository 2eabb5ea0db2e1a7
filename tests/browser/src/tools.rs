//! What the browser's own tools do: the size of the screen, pictures of whole pages, what went wrong in scripts.

use base64::{Engine, prelude::BASE64_STANDARD};
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::Browser;

/// A picture of a whole page, as PNG.
pub struct Picture(pub Vec<u8>);

/// A command that Chromium's driver has beyond the standard.
#[derive(Debug)]
struct Extra {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    async fn tool(&self, command: &str, parameters: Value) -> Value {
        let extra = Extra {
            path: "goog/cdp/execute",
            body: json!({ "cmd": command, "params": parameters }),
        };
        self.client().issue_cmd(extra).await.expect(command)
    }

    /// Gives the page a screen of this size.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.tool("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Has the page believe that the system's colours are dark, or light.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.tool("Emulation.setEmulatedMedia", features).await;
    }

    /// Has pages be without script, or with it.
    pub async fn allow_script(&self, allowed: bool) {
        let value = json!({ "value": !allowed });
        self.tool("Emulation.setScriptExecutionDisabled", value)
            .await;
    }

    /// A picture of the whole page.
    pub async fn picture(&self) -> Picture {
        let how = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.tool("Page.captureScreenshot", how).await;
        let data = taken["data"].as_str().expect("a picture");
        Picture(BASE64_STANDARD.decode(data).expect("base64"))
    }

    /// What scripts and the content policy have complained about since the last time it was asked.
    pub async fn complaints(&self) -> Vec<String> {
        let extra = Extra {
            path: "se/log",
            body: json!({ "type": "browser" }),
        };
        let said = self.client().issue_cmd(extra).await.expect("the log");
        let lines = said.as_array().cloned().unwrap_or_default();
        let severe = lines.iter().filter(|line| line["level"] == "SEVERE");
        severe
            .filter_map(|line| line["message"].as_str().map(str::to_owned))
            .collect()
    }
}
