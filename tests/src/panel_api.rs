//! The control panel, asked as a program asks it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use serde_json::Value;

use crate::{Lab, Panel, wait_until};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What it answers.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
}

impl Lab {
    /// A panel that looks after the lab's server, with an administrator and a token of theirs.
    ///
    /// # Panics
    /// Where it does not start, or an administrator can't be made.
    #[must_use]
    pub fn panel(&self) -> Panel {
        Panel::with_token(&self.settings)
    }
}

impl Panel {
    /// One for the servers of this settings file, with an administrator and a token of theirs.
    ///
    /// # Panics
    /// Where it does not start, or an administrator can't be made.
    #[must_use]
    pub fn with_token(settings: &Path) -> Self {
        let mut panel = Self::start(settings);
        panel.token = panel.make_token();
        panel
    }

    /// What a program shows.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What the API says at this path, below `/api/v1`.
    ///
    /// # Panics
    /// Where it is not JSON.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/v1{path}"), &self.bearer(), "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    /// Has the API do something.
    ///
    /// # Panics
    /// Where it is not answered.
    #[must_use]
    pub fn post(&self, path: &str, json: &Value) -> Answer {
        let headers = [
            self.bearer().as_slice(),
            &["Content-Type: application/json".to_owned()],
        ]
        .concat();
        self.ask(
            "POST",
            &format!("/api/v1{path}"),
            &headers,
            &json.to_string(),
        )
    }

    /// Starts an operation on the one server; gives what it goes by.
    ///
    /// # Panics
    /// Where it is refused.
    #[must_use]
    pub fn begin(&self, order: &Value) -> String {
        let answer = self.post(&format!("/servers/{}/runs", self.server()), order);
        assert_eq!(answer.status, 201, "{}", answer.body);
        let run: Value = serde_json::from_str(&answer.body).expect("JSON");
        text(&run["id"])
    }

    /// Waits until an operation is over, with a yes to whatever it asks; gives how it stands then.
    ///
    /// # Panics
    /// Where it is not over in time.
    #[must_use]
    pub fn finish(&self, run: &str) -> Value {
        let mut now = Value::Null;
        wait_until("the end of the run", Duration::from_secs(120), || {
            now = self.get(&format!("/runs/{run}"))["standing"].clone();
            if let Some(digest) = now["digest"].as_str() {
                let yes = serde_json::json!({"plan": digest, "approve": true});
                let _other_question = self.post(&format!("/runs/{run}/approval"), &yes);
            }
            now["state"] == "over"
        });
        now
    }

    /// The name of its one server.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn server(&self) -> String {
        text(&self.get("/servers")["servers"][0]["name"])
    }

    /// Asks it for anything, with these header lines.
    ///
    /// # Panics
    /// Where it does not answer in time.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, headers: &[String], body: &str) -> Answer {
        let address = self.address.trim_start_matches("http://");
        let gone = |error: std::io::Error| -> ! { panic!("{error}; it said: {}", self.said()) };
        let mut stream = TcpStream::connect(address).unwrap_or_else(|error| gone(error));
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it listens");
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        let _length = read.unwrap_or_else(|error| gone(error));
        let (head, body) = answer.split_once("\r\n\r\n").expect("headers");
        let mut lines = head.lines().map(str::to_owned);
        let first = lines.next().expect("a status");
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        Answer {
            status: status.expect("a status"),
            headers: lines.collect(),
            body: body.to_owned(),
        }
    }

    fn bearer(&self) -> Vec<String> {
        vec![format!("Authorization: Bearer {}", self.token)]
    }

    /// Becomes administrator with the link that it has printed, and makes a token.
    fn make_token(&self) -> String {
        let link = self.link().split("link=").nth(1).expect("a link");
        let origin = format!("Origin: {}", self.url(""));
        let kind = "Content-Type: application/x-www-form-urlencoded".to_owned();
        let form = format!("link={link}&name=alice&password=correct+horse+b&again=correct+horse+b");
        let welcome = self.ask("POST", "/welcome", &[origin.clone(), kind], &form);
        assert_eq!(welcome.status, 303, "{}", welcome.body);
        let cookie = |line: &String| {
            let line = line.split_once(": ")?.1.split(';').next()?;
            line.starts_with("__Host-session").then(|| line.to_owned())
        };
        let cookie = welcome.headers.iter().find_map(cookie).expect("a session");
        let cookie = format!("Cookie: {cookie}");
        let page = self.ask("GET", "/", std::slice::from_ref(&cookie), "");
        let csrf = page.body.split("name=\"csrf\" value=\"").nth(1);
        let csrf = csrf
            .and_then(|rest| rest.split('"').next())
            .expect("a form");
        let headers = [
            cookie,
            origin,
            format!("X-CSRF-Token: {csrf}"),
            "Content-Type: application/json".to_owned(),
        ];
        let wanted = r#"{"name":"test","role":"administrator"}"#;
        let made = self.ask("POST", "/api/v1/tokens", &headers, wanted);
        let made: Value = serde_json::from_str(&made.body).expect("JSON");
        text(&made["token"])
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
