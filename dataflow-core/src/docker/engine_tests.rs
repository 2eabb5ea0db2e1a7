//! A fake engine on a socket: answers as engines of several releases give them, and what was really asked.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Mutex,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;

use super::*;
use crate::{
    docker::{LogRange, Update},
    host::{Address, SignIn},
    spec::RestartPolicy,
};

#[path = "recorded_tests.rs"]
mod recorded;

/// An engine that gives fixed answers, by path.
struct Fake {
    directory: tempfile::TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    /// The body of the last request.
    received: Arc<Mutex<String>>,
}

impl Fake {
    fn answering(answers: &'static [(&'static str, u16, &'static str)]) -> Self {
        let fake = Self {
            directory: tempfile::tempdir().unwrap(),
            asked: Arc::default(),
            received: Arc::default(),
        };
        let listener = tokio::net::UnixListener::bind(fake.socket()).unwrap();
        let (asked, received) = (Arc::clone(&fake.asked), Arc::clone(&fake.received));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                asked.lock().unwrap().push("connection".to_owned());
                let (asked, received) = (Arc::clone(&asked), Arc::clone(&received));
                let answer = service_fn(move |request: Request<Incoming>| {
                    let line = format!("{} {}", request.method(), request.uri());
                    asked.lock().unwrap().push(line.clone());
                    let received = Arc::clone(&received);
                    async move {
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        *received.lock().unwrap() = String::from_utf8(body.into()).unwrap();
                        Ok::<_, Infallible>(answer_to(&line, answers))
                    }
                });
                let served = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(served);
            }
        });
        fake
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("docker.sock")
    }

    async fn connect(&self) -> Result<Engine, DockerError> {
        connect_to(&self.socket()).await
    }

    fn body(&self) -> String {
        self.received.lock().unwrap().clone()
    }

    fn asked(&self) -> String {
        self.asked.lock().unwrap().join("\n")
    }
}

async fn connect_to(socket: &Path) -> Result<Engine, DockerError> {
    let host = Host::connect(&Address::Local, &SignIn::default()).await?;
    connect::connect(&host, socket.to_str().unwrap()).await
}

fn answer_to(line: &str, answers: &[(&'static str, u16, &'static str)]) -> Response<Full<Bytes>> {
    let found = answers.iter().find(|(asked, ..)| *asked == line);
    let (status, body) = found.map_or(
        (404, r#"{"message":"no such thing"}"#),
        |(_, status, body)| (*status, *body),
    );
    Response::builder()
        .status(status)
        .header("Content-Type", "application/json")
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap()
}

const V20_10: &str =
    r#"{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux"}"#;
const V29: &str = r#"{"Version":"29.3.1","ApiVersion":"1.53","MinAPIVersion":"1.44","Os":"linux"}"#;

#[tokio::test]
async fn every_request_after_the_first_carries_the_negotiated_version_on_one_connection() {
    let fake = Fake::answering(&[("GET /version", 200, V20_10)]);
    let engine = fake.connect().await.unwrap();
    assert!(
        engine
            .container("portsip.dataflow")
            .await
            .unwrap()
            .is_none()
    );
    assert!(engine.image("portsip/pbx:22").await.unwrap().is_none());
    insta::assert_snapshot!(fake.asked(), @"
    connection
    GET /version
    GET /v1.41/containers/portsip.dataflow/json
    GET /v1.41/images/portsip/pbx:22/json
    ");
    assert_eq!(engine.release(), "20.10.24");
}

#[tokio::test]
async fn a_newer_engine_is_asked_in_its_own_version() {
    let fake = Fake::answering(&[("GET /version", 200, V29)]);
    let engine = fake.connect().await.unwrap();
    engine.start("portsip.dataflow").await.unwrap_err();
    assert!(
        fake.asked()
            .ends_with("POST /v1.53/containers/portsip.dataflow/start"),
        "{}",
        fake.asked()
    );
}

#[tokio::test]
async fn an_engine_that_is_too_old_is_refused() {
    let fake = Fake::answering(&[(
        "GET /version",
        200,
        r#"{"Version":"19.03.15","ApiVersion":"1.40","MinAPIVersion":"1.12"}"#,
    )]);
    let error = fake.connect().await.err().unwrap();
    insta::assert_snapshot!(error, @"local: Docker 19.03.15 speaks API 1.40; this program needs 1.41 to 1.53");
}

#[tokio::test]
async fn a_pull_that_the_registry_refuses_in_mid_stream_is_an_error_of_the_image() {
    let fake = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "POST /v1.41/images/create?fromImage=portsip%2Fpbx%3A22&platform=",
            200,
            "{\"status\":\"Pulling from portsip/pbx\",\"id\":\"22\"}\r\n{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\r\n",
        ),
    ]);
    let engine = fake.connect().await.unwrap();
    let image = "portsip/pbx:22".parse().unwrap();
    let error = engine.pull(&image, None, |_| {}).await.unwrap_err();
    insta::assert_snapshot!(error, @"local: could not fetch image portsip/pbx:22: the connection to the registry was cut: unexpected EOF");
}

#[tokio::test]
async fn the_progress_of_a_pull_is_the_sum_of_its_layers() {
    let fake = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "POST /v1.41/images/create?fromImage=portsip%2Fpbx%3A22&platform=",
            200,
            "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1000000,\"total\":4000000},\"id\":\"a\"}\r\n\
             {\"status\":\"Downloading\",\"progressDetail\":{\"current\":2000000,\"total\":6000000},\"id\":\"b\"}\r\n\
             {\"status\":\"Extracting\",\"progressDetail\":{\"current\":1,\"total\":2},\"id\":\"a\"}\r\n\
             {\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"a\"}\r\n",
        ),
    ]);
    let engine = fake.connect().await.unwrap();
    let mut told = Vec::new();
    let image = "portsip/pbx:22".parse().unwrap();
    engine
        .pull(&image, None, |progress| told.push(progress.to_string()))
        .await
        .unwrap();
    assert_eq!(
        told,
        [
            "the registry: 1 of 4 MB fetched",
            "the registry: 3 of 10 MB fetched",
            "the registry: 6 of 10 MB fetched",
        ]
    );
}

#[tokio::test]
async fn a_container_that_is_taken_away_leaves_no_nameless_volume() {
    let fake = Fake::answering(&[("GET /version", 200, V20_10)]);
    let engine = fake.connect().await.unwrap();
    engine.remove("portsip.dataflow").await.unwrap();
    let asked = fake.asked();
    let last = asked.lines().last().unwrap();
    assert!(
        last.starts_with("DELETE /v1.41/containers/portsip.dataflow?"),
        "{last}"
    );
    assert!(
        last.contains("v=true") && last.contains("force=true"),
        "{last}"
    );
}

#[tokio::test]
async fn what_is_changed_in_place_is_one_request_in_which_only_minus_one_takes_a_limit_away() {
    let fake = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "POST /v1.41/containers/portsip.dataflow/update",
            200,
            r#"{"Warnings":null}"#,
        ),
    ]);
    let engine = fake.connect().await.unwrap();
    let updates = [
        Update::Restart(RestartPolicy::UnlessStopped),
        Update::NoProcessLimit,
        Update::NoCpuQuota,
    ];
    engine.update("portsip.dataflow", &updates).await.unwrap();
    let body = fake.body();
    insta::assert_snapshot!(body, @r#"{"CpuQuota":-1,"PidsLimit":-1,"RestartPolicy":{"Name":"unless-stopped"}}"#);
}

#[tokio::test]
async fn a_container_that_the_engine_is_removing_by_itself_is_waited_for() {
    let path = "/v1.41/containers/portsip.dataflow";
    const TAKEN: &str =
        r#"{"message":"removal of container portsip.dataflow is already in progress"}"#;
    let fake = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "DELETE /v1.41/containers/portsip.dataflow?v=true&force=true&link=false",
            409,
            TAKEN,
        ),
    ]);
    let engine = fake.connect().await.unwrap();
    engine.remove("portsip.dataflow").await.unwrap();
    let asked = fake.asked();
    assert!(asked.ends_with(&format!("GET {path}/json")), "{asked}");
}

/// Everything that a container has written, as the engine gives it.
async fn log_of(fake: &Fake, range: LogRange) -> Result<Vec<String>, DockerError> {
    let engine = fake.connect().await.unwrap();
    let (sender, mut lines) = tokio::sync::mpsc::channel(8);
    let secret = "s3cret".into();
    let sent = engine
        .send_log("portsip.dataflow", range, &secret, &sender)
        .await;
    drop(sender);
    let mut told = Vec::new();
    while let Some(line) = lines.recv().await {
        told.push(format!("{} {:?} {}", line.at, line.output, line.text));
    }
    sent.map(|()| told)
}

#[tokio::test]
async fn a_log_is_read_to_its_end_without_the_secret() {
    let fake = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "GET /v1.41/containers/portsip.dataflow/json",
            200,
            r#"{"Id":"aa","Name":"/portsip.dataflow","State":{"Status":"exited","StartedAt":"2026-11-24T09:00:00Z"}}"#,
        ),
        (
            "GET /v1.41/containers/portsip.dataflow/logs?stdout=1&stderr=1&timestamps=1&since=1764000000.000000001&tail=2",
            200,
            "\u{1}\0\0\0\0\0\0\u{19}2026-11-24T10:00:00Z one\n\u{2}\0\0\0\0\0\0\u{1c}2026-11-24T10:00:01Z s3cret\n",
        ),
    ]);
    let range = LogRange {
        since: Some("2025-11-24T16:00:00.000000001Z".parse().unwrap()),
        last: Some(2),
        follow: false,
    };
    assert_eq!(
        log_of(&fake, range).await.unwrap(),
        [
            "2026-11-24T10:00:00Z Stdout one",
            "2026-11-24T10:00:01Z Stderr [password]"
        ]
    );
}

#[tokio::test]
async fn a_log_that_is_none_and_a_log_that_is_refused_are_errors_and_one_that_is_not_there_is_empty()
 {
    let range = LogRange {
        since: None,
        last: None,
        follow: false,
    };
    let inspect = (
        "GET /v1.41/containers/portsip.dataflow/json",
        200,
        r#"{"Id":"aa","Name":"/portsip.dataflow"}"#,
    );
    const LOG: &str = "GET /v1.41/containers/portsip.dataflow/logs?stdout=1&stderr=1&timestamps=1";
    let none = Fake::answering(&[("GET /version", 200, V20_10)]);
    assert_eq!(log_of(&none, range).await.unwrap(), Vec::<String>::new());
    for (status, body, error) in [
        (
            200,
            "<html>no log",
            "local: Docker gave no proper answer when asked to read the log of portsip.dataflow: what came is no log",
        ),
        (
            501,
            r#"{"message":"configured logging driver does not support reading"}"#,
            "local: Docker could not read the log of portsip.dataflow: configured logging driver does not support reading",
        ),
        (
            500,
            "no JSON",
            "local: Docker could not read the log of portsip.dataflow: no JSON",
        ),
    ] {
        let answers = vec![("GET /version", 200, V20_10), inspect, (LOG, status, body)];
        let fake = Fake::answering(answers.leak());
        assert_eq!(log_of(&fake, range).await.unwrap_err().to_string(), error);
    }
}
