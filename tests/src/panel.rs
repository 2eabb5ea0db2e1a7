//! The control panel on the lab's settings, asked as a program asks it.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::{Lab, Program, lab::workspace, wait_until};

/// How long it may take to listen, and to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A panel that runs, with an administrator and a token of theirs.
pub struct Panel {
    child: Child,
    state: tempfile::TempDir,
    settings: PathBuf,
    /// Where it listens: an address and a port.
    pub address: String,
    token: String,
}

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
    /// A panel that looks after the lab's server.
    ///
    /// # Panics
    /// Where it does not start, or an administrator can't be made.
    #[must_use]
    pub fn panel(&self) -> Panel {
        let mut panel = self.new_panel();
        panel.token = panel.make_token();
        panel
    }

    /// The same, with nobody yet who could sign in.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn new_panel(&self) -> Panel {
        let state = tempfile::tempdir().expect("a directory");
        let (child, address) = start(&state, &self.settings);
        Panel {
            child,
            state,
            settings: self.settings.clone(),
            address,
            token: String::new(),
        }
    }
}

impl Panel {
    /// The link that it has printed for its first administrator.
    ///
    /// # Panics
    /// Where it has printed none.
    #[must_use]
    pub fn link(&self) -> String {
        let said = std::fs::read_to_string(self.state.path().join("said")).expect("what it said");
        let link = said.split("within an hour: ").nth(1).expect("a link");
        link.trim().to_owned()
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
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

    /// Kills it at once, as a crash would, and starts it again.
    ///
    /// # Panics
    /// Where it does not start again.
    pub fn kill_and_start(&mut self) {
        self.signal("KILL");
        let _killed = self.child.wait().expect("its end");
        (self.child, self.address) = start(&self.state, &self.settings);
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// Where it does not run any more.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end; whether it ended well.
    ///
    /// # Panics
    /// Where it does not end in time.
    pub fn ends_well(&mut self) -> bool {
        let mut status = None;
        wait_until("the panel's end", Duration::from_secs(120), || {
            status = self.child.try_wait().expect("its state");
            status.is_some()
        });
        status.is_some_and(|status| status.success())
    }

    /// Asks it for anything, with these header lines.
    ///
    /// # Panics
    /// Where it does not answer in time.
    #[must_use]
    pub fn ask(&self, method: &str, path: &str, headers: &[String], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
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
        let link = self.link();
        let (_, link) = link.split_once("link=").expect("a link");
        let origin = format!("Origin: http://{}", self.address);
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

impl Drop for Panel {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Starts it; gives where it listens.
fn start(state: &tempfile::TempDir, settings: &std::path::Path) -> (Child, String) {
    let beside = std::env::var_os("DATAFLOW_BIN").map(PathBuf::from);
    let program = match beside {
        Some(program) => program.with_file_name("dataflow-web"),
        None => workspace().join("target/debug/dataflow-web"),
    };
    assert!(
        program.exists(),
        "{} is not built: run `cargo build -p dataflow-web`",
        program.display()
    );
    let said = state.path().join("said");
    let output = File::create(&said).expect("a file");
    let child = Command::new(program)
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(settings)
        .arg("--state")
        .arg(state.path().join("state"))
        .env("HOME", Program::home())
        .env_remove("SSH_AUTH_SOCK")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .expect("the panel starts");
    let mut address = None;
    wait_until("the panel to listen", PATIENCE, || {
        let lines = BufReader::new(File::open(&said).expect("what it said")).lines();
        let mut lines = lines.map_while(Result::ok);
        address =
            lines.find_map(|line| Some(line.strip_prefix("listening on http://")?.to_owned()));
        address.is_some()
    });
    (child, address.expect("an address"))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
