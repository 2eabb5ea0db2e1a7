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
    docker::{Health, State, Update},
    host::{Address, SignIn},
    spec::RestartPolicy,
};

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

/// As Docker 20.10 answers, cut to what is read.
const CONTAINER_20_10: &str = r#"{
  "Id": "b09372b7ed0f", "Created": "2026-11-22T11:16:17.781934305Z", "Name": "/portsip.clickhouse",
  "State": {"Status": "running", "Running": true, "ExitCode": 0, "StartedAt": "2026-11-22T11:16:18.48460242Z",
            "Health": {"Status": "healthy", "FailingStreak": 0, "Log": []}},
  "Image": "sha256:d220a9076f2d", "RestartCount": 2, "ExecIDs": null,
  "HostConfig": {"Binds": ["/etc/localtime:/etc/localtime:rw", "/data/clickhouse/data:/var/lib/clickhouse"], "NetworkMode": "host",
    "PortBindings": null, "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
    "CapAdd": ["NET_ADMIN", "SYS_NICE", "IPC_LOCK"], "CapDrop": null, "KernelMemory": 0, "ConsoleSize": [0, 0], "Isolation": "",
    "LogConfig": {"Type": "json-file", "Config": {}}, "AutoRemove": false, "VolumeDriver": "", "VolumesFrom": null, "CgroupnsMode": "host",
    "Dns": [], "DnsOptions": [], "DnsSearch": [], "ExtraHosts": null, "GroupAdd": null, "IpcMode": "private", "Cgroup": "", "Links": null,
    "OomScoreAdj": 0, "PidMode": "", "Privileged": false, "PublishAllPorts": false, "ReadonlyRootfs": false, "SecurityOpt": null, "UTSMode": "",
    "UsernsMode": "", "ShmSize": 67108864, "Runtime": "runc", "CpuShares": 0, "Memory": 0, "NanoCpus": 0, "CgroupParent": "", "BlkioWeight": 0,
    "BlkioWeightDevice": [], "BlkioDeviceReadBps": null, "BlkioDeviceWriteBps": null, "CpuPeriod": 0, "CpuQuota": 0, "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0, "CpusetCpus": "", "CpusetMems": "", "Devices": [], "DeviceCgroupRules": null, "DeviceRequests": null,
    "KernelMemoryTCP": 0, "MemoryReservation": 0, "MemorySwap": 0, "MemorySwappiness": null, "OomKillDisable": false, "PidsLimit": null,
    "CpuCount": 0, "CpuPercent": 0, "IOMaximumIOps": 0, "IOMaximumBandwidth": 0, "MaskedPaths": ["/proc/asound"], "ReadonlyPaths": ["/proc/bus"],
    "Ulimits": [{"Name": "nofile", "Hard": 655360, "Soft": 655360}]},
  "GraphDriver": {"Data": {"LowerDir": "/a"}, "Name": "overlay2"},
  "Config": {"User": "root", "Env": ["CLICKHOUSE_DB=default", "CLICKHOUSE_PASSWORD=a=b", "PATH=/bin"], "Cmd": null, "Image": "portsip/clickhouse:25.8",
    "Entrypoint": ["/entrypoint.sh"], "Labels": {"dataflow.managed": "1", "version": "25.8.1"}, "StopTimeout": 300, "Volumes": null, "OnBuild": null,
    "Healthcheck": {"Test": ["CMD", "wget", "-q"], "Interval": 10000000000, "Timeout": 3000000000, "StartPeriod": 90000000000, "Retries": 3}},
  "NetworkSettings": {"Bridge": "", "SandboxID": "x", "Ports": {}, "Networks": {}}
}"#;

/// The same container as API 1.52 and later describe it, by that API's published definition: capabilities with their prefix, the
/// containerd image store's descriptor, no graph driver, fields left out instead of null.
const CONTAINER_29: &str = r#"{
  "Id": "b09372b7ed0f", "Created": "2026-11-22T11:16:17.781934305Z", "Name": "/portsip.clickhouse",
  "State": {"Status": "running", "Running": true, "ExitCode": 0, "StartedAt": "2026-11-22T11:16:18.48460242Z",
            "Health": {"Status": "healthy", "FailingStreak": 0, "Log": []}},
  "Image": "sha256:d220a9076f2d", "RestartCount": 2,
  "ImageManifestDescriptor": {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:1111", "size": 1024,
    "platform": {"architecture": "amd64", "os": "linux"}},
  "Storage": {"RootFS": {"Snapshot": {"Name": "overlayfs"}}},
  "HostConfig": {"Mounts": [{"Type": "bind", "Source": "/etc/localtime", "Target": "/etc/localtime"},
      {"Type": "bind", "Source": "/data/clickhouse/data", "Target": "/var/lib/clickhouse"}], "NetworkMode": "host",
    "PortBindings": {}, "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
    "CapAdd": ["CAP_IPC_LOCK", "CAP_NET_ADMIN", "CAP_SYS_NICE"],
    "LogConfig": {"Type": "journald", "Config": {"tag": "x"}}, "CgroupnsMode": "private", "IpcMode": "shareable", "ShmSize": 134217728,
    "Runtime": "crun", "MemorySwappiness": -1, "PidsLimit": -1, "Memory": -1, "MemorySwap": -1, "CpuQuota": -1, "Dns": null,
    "Ulimits": [{"Name": "nofile", "Hard": 655360, "Soft": 655360}]},
  "Config": {"User": "root", "Env": ["CLICKHOUSE_DB=default", "CLICKHOUSE_PASSWORD=a=b", "PATH=/bin"], "Image": "portsip/clickhouse:25.8",
    "Entrypoint": ["/entrypoint.sh"], "Labels": {"dataflow.managed": "1", "version": "25.8.1"}, "StopTimeout": 300,
    "Healthcheck": {"Test": ["CMD", "wget", "-q"], "Interval": 10000000000, "Timeout": 3000000000, "StartPeriod": 90000000000, "Retries": 3}},
  "NetworkSettings": {"SandboxID": "x", "Ports": {}, "Networks": {"host": {}}}
}"#;

#[tokio::test]
async fn a_container_reads_the_same_from_old_and_new_engines() {
    let old = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "GET /v1.41/containers/portsip.clickhouse/json",
            200,
            CONTAINER_20_10,
        ),
    ]);
    let new = Fake::answering(&[
        ("GET /version", 200, V29),
        (
            "GET /v1.53/containers/portsip.clickhouse/json",
            200,
            CONTAINER_29,
        ),
    ]);
    let mut read = Vec::new();
    for fake in [old, new] {
        let engine = fake.connect().await.unwrap();
        let container = engine.container("portsip.clickhouse").await.unwrap();
        read.push(container.unwrap());
    }
    assert_eq!(format!("{:?}", read[0]), format!("{:?}", read[1]));
    let container = &read[0];
    assert_eq!(container.name, "portsip.clickhouse");
    assert_eq!(
        (container.state, container.health),
        (State::Running, Some(Health::Healthy))
    );
    assert_eq!(container.cap_add, ["IPC_LOCK", "NET_ADMIN", "SYS_NICE"]);
    assert_eq!(container.mounts[1].source, "/data/clickhouse/data");
    assert_eq!(container.restarts, 2);
    assert_eq!(container.extras, [].into(), "engines fill in their own");
    assert!(
        !format!("{container:?}").contains("a=b"),
        "secrets are not shown"
    );
}

/// The image as each image store describes it: API 1.50 and later leave out what is no part of an image's definition.
#[tokio::test]
async fn an_image_reads_the_same_from_old_and_new_engines() {
    let old = Fake::answering(&[
        ("GET /version", 200, V20_10),
        (
            "GET /v1.41/images/portsip/pbx:22/json",
            200,
            r#"{"Id":"sha256:aa","RepoTags":["portsip/pbx:22"],"RepoDigests":["portsip/pbx@sha256:bb"],"Parent":"","Container":"","DockerVersion":"20.10.24",
                "Config":{"Hostname":"","User":"portsip","AttachStdin":false,"ExposedPorts":null,"Env":["PATH=/bin"],"Cmd":["serve"],"Image":"","Volumes":null,
                          "Entrypoint":null,"OnBuild":null,"Labels":{"version":"22.3.5"}},
                "Architecture":"amd64","Os":"linux","Size":1,"VirtualSize":1,"GraphDriver":{"Data":null,"Name":"overlay2"},"RootFS":{"Type":"layers","Layers":["sha256:cc"]}}"#,
        ),
    ]);
    let new = Fake::answering(&[
        ("GET /version", 200, V29),
        (
            "GET /v1.53/images/portsip/pbx:22/json",
            200,
            r#"{"Id":"sha256:aa","RepoTags":["portsip/pbx:22"],"RepoDigests":["portsip/pbx@sha256:aa"],
                "Descriptor":{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:aa","size":855},
                "Config":{"User":"portsip","Env":["PATH=/bin"],"Cmd":["serve"],"Labels":{"version":"22.3.5"}},
                "Architecture":"amd64","Os":"linux","Size":1,"RootFS":{"Type":"layers","Layers":["sha256:cc"]},"Metadata":{"LastTagTime":"2026-01-01T00:00:00Z"}}"#,
        ),
    ]);
    let mut read = Vec::new();
    for fake in [old, new] {
        let engine = fake.connect().await.unwrap();
        read.push(engine.image("portsip/pbx:22").await.unwrap().unwrap());
    }
    assert_eq!(format!("{:?}", read[0]), format!("{:?}", read[1]));
    assert_eq!(read[0].labels["version"], "22.3.5");
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
