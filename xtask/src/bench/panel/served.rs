//! The panel as a process, with an administrator who has signed in and a token of theirs.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{self, Answer, Connection};
use crate::bench::program::Program;
use crate::failure::{Context, Failure, Result};
use crate::wait;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";
pub(super) const ORIGIN: &str = "Origin: http://localhost";

/// The administrator and their password.
pub(super) const SIGN_IN: &str = "name=alice&password=correct+horse+battery";

/// A panel that looks after the lab's server.
pub(super) struct Served {
    child: Child,
    state: PathBuf,
    pub(super) address: SocketAddr,
    /// `Cookie: …` of the administrator's session, and of their browser.
    pub(super) cookie: String,
    /// `Authorization: Bearer …`.
    pub(super) token: String,
}

impl Served {
    /// Starts it with the settings and the home that the program has.
    pub(super) fn start(binary: &Path, program: &Program) -> Result<Self> {
        let state = program.directory().join("panel");
        let _was_there = fs::remove_dir_all(&state);
        let said = program.directory().join("panel-said");
        let child = Command::new(binary)
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(program.settings())
            .arg("--state")
            .arg(&state)
            .env("HOME", program.home())
            .env_remove("SSH_AUTH_SOCK")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&said).context(said.display())?)
            .spawn()
            .context(binary.display())?;
        let mut served = Self {
            child,
            state,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            cookie: String::new(),
            token: String::new(),
        };
        let text = wait::until("the panel's link", Duration::from_secs(20), || {
            let text = fs::read_to_string(&said).ok()?;
            (text.contains("listening on ") && text.contains("link=") && text.ends_with('\n'))
                .then_some(text)
        })?;
        let after = |what: &str| text.split(what).nth(1).and_then(|rest| rest.lines().next());
        let address = after("listening on http://").context("where it listens")?;
        served.address = address.parse().context("where it listens")?;
        let link = after("link=").context("its link")?.to_owned();
        served.become_administrator(&link)?;
        Ok(served)
    }

    fn become_administrator(&mut self, link: &str) -> Result<()> {
        let form = format!("link={link}&{SIGN_IN}&again=correct+horse+battery");
        let welcome = self.ask("POST", "/welcome", &[ORIGIN, FORM], &form)?;
        let cookies: Vec<_> = welcome
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, cookie)| cookie.split(';').next())
            .collect();
        if cookies.is_empty() {
            let status = welcome.status;
            return Err(Failure::new(format!("the panel's link led to {status}")));
        }
        self.cookie = format!("Cookie: {}", cookies.join("; "));
        let page = self.ask("GET", "/", &[&self.cookie], "")?;
        let page = String::from_utf8_lossy(&page.body).into_owned();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1);
        let csrf = csrf.and_then(|rest| rest.split('"').next());
        let csrf = format!("X-CSRF-Token: {}", csrf.context("a form on the page")?);
        let wanted = r#"{"name":"bench","role":"administrator"}"#;
        let headers = [&self.cookie, ORIGIN, &csrf, JSON];
        let made = self.ask("POST", "/api/v1/tokens", &headers, wanted)?;
        let made: Value = serde_json::from_slice(&made.body).context("the panel's token")?;
        let token = made["token"].as_str().context("the panel's token")?;
        self.token = format!("Authorization: Bearer {token}");
        Ok(())
    }

    pub(super) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> Result<Answer> {
        let request = http::request(method, path, headers, body);
        Connection::open(self.address)?.ask(&request)
    }

    /// Signs the administrator in from the browser that they are known in; gives the status.
    pub(super) fn sign_in(&self) -> Result<u16> {
        let headers = [&self.cookie, ORIGIN, FORM];
        Ok(self.ask("POST", "/sign-in", &headers, SIGN_IN)?.status)
    }

    /// What the API says at this path, below `/api/v1`.
    pub(super) fn get(&self, path: &str) -> Result<Value> {
        let answer = self.ask("GET", &format!("/api/v1{path}"), &[&self.token], "")?;
        serde_json::from_slice(&answer.body).context(path)
    }

    /// The name of its one server.
    pub(super) fn server(&self) -> Result<String> {
        let servers = self.get("/servers")?;
        let name = servers["servers"][0]["name"].as_str();
        Ok(name.context("the panel's server")?.to_owned())
    }

    /// Starts a deploy, which will ask; gives what it goes by.
    pub(super) fn deploy(&self) -> Result<String> {
        let path = format!("/api/v1/servers/{}/runs", self.server()?);
        let order = json!({"verb": "run"}).to_string();
        let run = self.ask("POST", &path, &[&self.token, JSON], &order)?;
        let run: Value = serde_json::from_slice(&run.body).context("the panel's run")?;
        Ok(run["id"].as_str().context("the panel's run")?.to_owned())
    }

    /// Says yes to whatever a run asks; gives what it came to, once it is over.
    pub(super) fn approve(&self, run: &str) -> Result<Option<String>> {
        let standing = self.get(&format!("/runs/{run}"))?["standing"].clone();
        if let Some(digest) = standing["digest"].as_str() {
            let path = format!("/api/v1/runs/{run}/approval");
            let yes = json!({"plan": digest, "approve": true}).to_string();
            let answer = self.ask("POST", &path, &[&self.token, JSON], &yes)?;
            // It may have been answered since.
            if !matches!(answer.status, 202 | 409) {
                let status = answer.status;
                return Err(Failure::new(format!(
                    "the panel answered {status} to a yes"
                )));
            }
        }
        match standing["outcome"].as_str() {
            Some("done") | None => Ok(standing["outcome"].as_str().map(str::to_owned)),
            Some(_) => Err(Failure::new(format!("the panel's deploy: {standing}"))),
        }
    }

    /// The most resident memory that it has had, in MB.
    pub(super) fn peak(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).context(&path)?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
        let peak: f64 = peak.context(&path)?.trim().parse().context(&path)?;
        Ok(peak * 1024.0 / 1e6)
    }

    /// The users as they are kept.
    pub(super) fn users(&self) -> Result<Vec<u8>> {
        let file = self.state.join("users.json");
        fs::read(&file).context(file.display())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
