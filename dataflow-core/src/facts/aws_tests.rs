//! A stand-in for the metadata service, which answers to nobody without its token; and what is made of what it says.
#![allow(clippy::unwrap_used)]

use std::{
    convert::Infallible,
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;

use super::*;
use crate::facts::pbx_node::{INSTANCE, instance_here, pbx_node};

const TOKEN: &str = "AQAEAL-stand_in-token==";

/// What it says by path.
const EC2: &[(&str, &str)] = &[
    ("mac", "02:1a:2b:3c:4d:58"),
    ("instance-id", "i-0a1b2c3d4e5f60158"),
    ("instance-type", "m6i.2xlarge"),
    ("local-ipv4", "172.31.16.158"),
    ("public-ipv4", "54.215.234.68"),
    ("placement/region", "us-west-1"),
    ("placement/availability-zone", "us-west-1a"),
    (
        "network/interfaces/macs/02:1a:2b:3c:4d:58/vpc-id",
        "vpc-0123",
    ),
    (
        "network/interfaces/macs/02:1a:2b:3c:4d:58/subnet-id",
        "subnet-0123",
    ),
    (
        "network/interfaces/macs/02:1a:2b:3c:4d:58/security-group-ids",
        "sg-0123\nsg-0456",
    ),
];

/// The stand-in: its token, the status with which it gives it, and what it says.
#[derive(Clone)]
struct Service {
    token: &'static str,
    token_status: u16,
    says: Vec<(&'static str, &'static str)>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn of(says: &[(&'static str, &'static str)]) -> Self {
        Self {
            token: TOKEN,
            token_status: 200,
            says: says.to_vec(),
            asked: Arc::default(),
        }
    }

    /// One thing said otherwise.
    fn but(mut self, path: &str, text: &'static str) -> Self {
        for (name, said) in &mut self.says {
            if name.ends_with(path) {
                *said = text;
            }
        }
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.says.retain(|(name, _)| !name.ends_with(path));
        self
    }

    async fn start(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = service.clone();
                let answer = service_fn(move |request| {
                    let answer = service.answer(&request);
                    async { Ok::<_, Infallible>(answer) }
                });
                let served = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(served);
            }
        });
        address
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let line = format!("{} {path}", request.method());
        self.asked.lock().unwrap().push(line);
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let answer = |status: u16, text: &'static str| {
            let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            answer
        };
        if path == "/latest/api/token" {
            let seconds = header("x-aws-ec2-metadata-token-ttl-seconds");
            let seconds: Option<u32> = seconds.and_then(|text| text.parse().ok());
            let valid = request.method() == Method::PUT
                && seconds.is_some_and(|seconds| (1..=21_600).contains(&seconds));
            return if valid {
                answer(self.token_status, self.token)
            } else {
                answer(400, "")
            };
        }
        if request.method() != Method::GET || header("x-aws-ec2-metadata-token") != Some(TOKEN) {
            return answer(401, "<html>Unauthorized</html>");
        }
        let name = path.strip_prefix("/latest/meta-data/").unwrap_or_default();
        let said = self.says.iter().find(|(path, _)| *path == name);
        said.map_or_else(
            || answer(404, "<html>Not Found</html>"),
            |(_, text)| answer(200, text),
        )
    }
}

fn at(address: SocketAddr) -> Metadata {
    Metadata::At(format!("http://{address}/").parse().unwrap())
}

async fn told(service: Service) -> Aws {
    instance_here(&at(service.start().await)).await
}

async fn instance(service: Service) -> Instance {
    told(service).await.instance().unwrap().clone()
}

fn reason<T: std::fmt::Debug>(fact: &Fact<T>) -> String {
    fact.get().unwrap_err().0
}

#[tokio::test]
async fn an_instance_says_what_it_is_once_it_is_asked_with_a_token() {
    let service = Service::of(EC2);
    let found = instance(service.clone()).await;

    assert_eq!(found.id, Fact::Known("i-0a1b2c3d4e5f60158".to_owned()));
    assert_eq!(found.kind, Fact::Known("m6i.2xlarge".to_owned()));
    let (private, public) = ("172.31.16.158", "54.215.234.68");
    assert_eq!(found.private_ip, Fact::Known(private.parse().unwrap()));
    assert_eq!(found.public_ip, Fact::Known(public.parse().ok()));
    assert_eq!(found.vpc, Fact::Known("vpc-0123".to_owned()));
    assert_eq!(found.subnet, Fact::Known("subnet-0123".to_owned()));
    let groups = vec!["sg-0123".to_owned(), "sg-0456".to_owned()];
    assert_eq!(found.security_groups, Fact::Known(groups));
    assert_eq!(found.region, Fact::Known("us-west-1".to_owned()));
    assert_eq!(found.zone, Fact::Known("us-west-1a".to_owned()));
    let asked = service.asked.lock().unwrap();
    assert_eq!(asked[0], "PUT /latest/api/token");
    assert_eq!(asked.len(), EC2.len() + 1);
}

#[tokio::test]
async fn an_instance_without_a_public_address_is_known_to_have_none() {
    let found = instance(Service::of(EC2).without("public-ipv4")).await;
    assert_eq!(found.public_ip, Fact::Known(None));
}

#[tokio::test]
async fn what_the_service_does_not_say_is_unknown_and_says_why() {
    let found = instance(Service::of(EC2).without("subnet-id")).await;
    assert!(reason(&found.subnet).contains("subnet-id (HTTP status 404)"));
    assert!(found.vpc.is_known());

    let found = instance(Service::of(EC2).without("mac")).await;
    assert!(reason(&found.vpc).contains("was not asked for vpc-id"));
    assert!(found.id.is_known());
}

#[tokio::test]
async fn what_could_do_harm_in_a_command_is_no_identifier() {
    let evil = Service::of(EC2)
        .but("instance-id", "i-0; reboot")
        .but("security-group-ids", "sg-0123\n$(reboot)")
        .but("vpc-id", "--help")
        .but("public-ipv4", "54.215.234.68.evil");
    let found = instance(evil).await;
    assert!(!found.id.is_known() && !found.security_groups.is_known() && !found.vpc.is_known());
    assert!(!found.public_ip.is_known());

    // An address of a network card that is none does not become a part of a path.
    let service = Service::of(EC2).but("mac", "../../user-data\"");
    let found = instance(service.clone()).await;
    assert!(!found.vpc.is_known());
    assert_eq!(service.asked.lock().unwrap().len(), EC2.len() - 2);
}

#[tokio::test]
async fn without_a_token_nothing_more_is_asked() {
    for (token, token_status, said) in [
        ("", 403, "is turned off for this instance"),
        ("", 200, "gave no token"),
        ("with \"quotes\"", 200, "gave no token"),
        ("<html>", 502, "gave no token (HTTP status 502)"),
    ] {
        let service = Service {
            token,
            token_status,
            ..Service::of(EC2)
        };
        let Aws::Silent(reason) = told(service.clone()).await else {
            unreachable!("{token} was taken for a token")
        };
        assert!(reason.contains(said), "{reason}");
        assert_eq!(service.asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_makes_all_unknown() {
    let service = Service {
        token: "another-token",
        ..Service::of(EC2)
    };
    let found = instance(service).await;
    assert!(reason(&found.id).contains("HTTP status 401"));
    assert!(!found.public_ip.is_known());
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_not_waited_for_long() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let began = Instant::now();
    let told = instance_here(&at(silent.local_addr().unwrap())).await;

    assert!(matches!(&told, Aws::Silent(reason) if reason.contains("did not answer")));
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn where_it_is_not_to_be_asked_it_is_not() {
    let told = instance_here(&Metadata::Off).await;
    assert!(matches!(told, Aws::NotAsked(reason) if reason.contains("turned off")));
}

#[tokio::test]
async fn the_token_is_no_argument_of_any_process() {
    let address = Service::of(EC2).start().await;
    let directory = tempfile::tempdir().unwrap();
    let (curl, log) = (directory.path().join("curl"), directory.path().join("log"));
    let path = std::env::var("PATH").unwrap();
    let shim = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$*\" \"$(env)\" >>'{}'\nPATH='{path}' exec curl \"$@\"\n",
        log.display()
    );
    std::fs::write(&curl, shim).unwrap();
    std::fs::set_permissions(&curl, std::fs::Permissions::from_mode(0o755)).unwrap();

    let output = tokio::process::Command::new("sh")
        .args(["-c", &format!("{INSTANCE}\ninstance \"$1\""), "sh"])
        .arg(format!("http://{address}"))
        .env("PATH", format!("{}:{path}", directory.path().display()))
        .output()
        .await
        .unwrap();

    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("i-0a1b2c3d4e5f60158") && !said.contains(TOKEN));
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("--silent").count(), 3, "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

#[tokio::test]
async fn the_pbx_node_is_asked_only_where_this_program_runs_on_it() {
    let metadata = at(Service::of(EC2).start().await);
    let server = instance_here(&metadata).await;
    let is_asked = async |pbx: &str| pbx_node(&server, pbx.parse().ok(), &metadata).await;

    assert!(is_asked("127.0.0.1").await.instance().is_some());
    // Its Elastic IP is on no interface.
    assert!(is_asked("54.215.234.68").await.instance().is_some());
    let Aws::NotAsked(reason) = is_asked("192.0.2.133").await else {
        unreachable!("192.0.2.133 is not here")
    };
    assert!(reason.contains("does not run on the PBX node"), "{reason}");
    let off_aws = Aws::NotAsked("not on AWS".to_owned());
    let told = pbx_node(&off_aws, "127.0.0.1".parse().ok(), &metadata).await;
    assert_eq!(told.instance(), None);
}
