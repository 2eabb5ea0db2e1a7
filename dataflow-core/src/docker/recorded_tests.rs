//! What engines of several releases were seen to answer, and that it reads the same.

use super::*;
use crate::docker::{Health, State};

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
