#![allow(clippy::unwrap_used)]

use insta::{assert_debug_snapshot, assert_snapshot};

use super::*;
use crate::{Explain, Kind};

fn spec(private_ip: Option<&str>, public_ip: Option<&str>) -> Spec {
    let ip = |text: &str| text.parse().unwrap();
    Spec::new(ip("172.31.16.133"), private_ip.map(ip), public_ip.map(ip)).unwrap()
}

fn command(container: &ContainerSpec) -> String {
    container.command.clone().unwrap().join(" ")
}

#[test]
fn the_database_container_is_the_vendors() {
    let spec = spec(Some("172.31.16.158"), None).with_data_path("/data".parse().unwrap());
    assert_debug_snapshot!(Release::portsip().clickhouse(&spec, &"canary".into()), @r#"
    ContainerSpec {
        name: "portsip.clickhouse",
        image: ImageRef {
            registry: "docker.io",
            path: "portsip/clickhouse",
            tag: Some(
                "25.8",
            ),
            digest: None,
        },
        user: Some(
            "root",
        ),
        entrypoint: None,
        command: None,
        env: [
            (
                "CLICKHOUSE_DB",
                "default",
            ),
            (
                "CLICKHOUSE_USER",
                "default",
            ),
            (
                "CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT",
                "1",
            ),
            (
                "CLICKHOUSE_PASSWORD",
                <secret>,
            ),
        ],
        binds: [
            Bind {
                source: "/etc/localtime",
                target: "/etc/localtime",
                read_only: false,
            },
            Bind {
                source: "/data/clickhouse/data",
                target: "/var/lib/clickhouse",
                read_only: false,
            },
            Bind {
                source: "/data/clickhouse/log",
                target: "/var/log/clickhouse-server",
                read_only: false,
            },
        ],
        cap_add: [
            "NET_ADMIN",
            "SYS_NICE",
            "IPC_LOCK",
        ],
        nofile: Some(
            655360,
        ),
        restart: UnlessStopped,
        network_host: true,
        health: Some(
            HealthCheck {
                command: [
                    "wget",
                    "--spider",
                    "-q",
                    "http://localhost:8123/ping",
                ],
                interval: 10s,
                timeout: 3s,
                retries: 3,
                start_period: 90s,
            },
        ),
        stop_timeout: 300s,
        labels: [
            (
                "dataflow.managed",
                "1",
            ),
        ],
    }
    "#);
}

#[test]
fn the_service_container_is_the_vendors() {
    let spec = spec(Some("172.31.16.158"), Some("54.215.234.68"));
    assert_debug_snapshot!(Release::portsip().service(&spec), @r#"
    ContainerSpec {
        name: "portsip.dataflow",
        image: ImageRef {
            registry: "docker.io",
            path: "portsip/pbx",
            tag: Some(
                "22",
            ),
            digest: None,
        },
        user: Some(
            "portsip",
        ),
        entrypoint: None,
        command: Some(
            [
                "/usr/local/bin/dataflow",
                "serve",
                "-D",
                "/var/lib/portsip/dataflow",
                "-a",
                "172.31.16.133",
                "-x",
                "172.31.16.158",
                "-z",
                "54.215.234.68",
            ],
        ),
        env: [],
        binds: [
            Bind {
                source: "/var/lib/portsip/dataflow",
                target: "/var/lib/portsip/dataflow",
                read_only: false,
            },
            Bind {
                source: "/etc/localtime",
                target: "/etc/localtime",
                read_only: false,
            },
        ],
        cap_add: [],
        nofile: None,
        restart: UnlessStopped,
        network_host: true,
        health: None,
        stop_timeout: 300s,
        labels: [
            (
                "dataflow.managed",
                "1",
            ),
        ],
    }
    "#);
}

#[test]
fn the_services_arguments_name_only_the_addresses_that_are_given() {
    let arguments = |spec| command(&Release::portsip().service(&spec));
    assert_snapshot!(arguments(spec(Some("172.31.16.158"), None)), @"/usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 172.31.16.133 -x 172.31.16.158");
    assert_snapshot!(arguments(spec(None, Some("2001:db8::1"))), @"/usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 172.31.16.133 -z 2001:db8::1");
}

#[test]
fn the_initialisation_container_holds_no_password_and_is_not_restarted() {
    let init = Release::portsip().init(&spec(Some("172.31.16.158"), None));
    assert_eq!(
        command(&init),
        "/usr/local/bin/initdt_dataflow.sh /var/lib/portsip/dataflow"
    );
    assert!(init.env.is_empty());
    assert_eq!(init.name, "portsip.dataflow_initdt");
    assert_eq!(init.user.as_deref(), Some("root"));
    assert_eq!(init.restart, RestartPolicy::No);
    assert!(init.network_host);
}

/// Runs the initialisation's script with this program in the place of the vendor's, and returns what that prints.
fn initialise_with(program: &str) -> String {
    use std::{io::Write, os::unix::fs::PermissionsExt, process};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("init");
    std::fs::write(&path, program).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut shell = process::Command::new("/bin/sh")
        .args(["-c", INIT_SCRIPT])
        .arg(&path)
        .arg("/the/data")
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::piped())
        .spawn()
        .unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(b"ca'n\\a $r\"y\n")
        .unwrap();
    let output = shell.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(7),
        "the program's exit code is passed on"
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .replace(path.to_str().unwrap(), "PROGRAM")
}

#[test]
fn the_initialisation_gets_the_password_and_nobody_sees_it_in_the_process_list() {
    for shell in ["#!/bin/sh", "#!/usr/bin/env bash", "#! /bin/bash -e"] {
        let print = "printf '%s\\n' \"$0\" \"$@\"; grep -c \"ca'n\" /proc/$$/cmdline; exit 7";
        assert_eq!(
            initialise_with(&format!("{shell}\n{print}\n")),
            "PROGRAM\ninitdt\n-D\n/the/data\n--password\nca'n\\a $r\"y\n0\n",
            "{shell}"
        );
    }
}

#[test]
fn a_program_that_is_no_shell_script_gets_the_password_as_its_interface_demands() {
    let program = "#!/usr/bin/perl\nprint join(\"|\", @ARGV), \"\\n\"; exit 7;\n";
    assert_eq!(
        initialise_with(program),
        "initdt|-D|/the/data|--password|ca'n\\a $r\"y\n"
    );
}

#[test]
fn directories_come_after_the_one_that_holds_them() {
    let directories = Release::portsip().directories(&spec(Some("172.31.16.158"), None));
    let lines: Vec<String> = directories
        .iter()
        .map(|d| {
            format!(
                "{} {:o} {:?}",
                d.path,
                d.mode,
                d.owner.map(|o| (o.uid, o.gid))
            )
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @"
            /var/lib/portsip 755 None
            /var/lib/portsip/dataflow 755 Some((888, 888))
            /var/lib/portsip/clickhouse 755 None
            /var/lib/portsip/clickhouse/data 755 None
            /var/lib/portsip/clickhouse/log 755 None
            ");
}

#[test]
fn the_password_is_kept_in_the_services_directory() {
    assert_eq!(
        Release::portsip().password_path(&spec(Some("172.31.16.158"), None)),
        "/var/lib/portsip/dataflow/system.ini"
    );
}

#[test]
fn images_from_22_3_0_on_are_accepted() {
    let release = Release::portsip();
    let image: ImageRef = "portsip/pbx:x".parse().unwrap();
    for label in [
        "22.3",
        "22.3.0",
        "22.3.0.1234",
        "22.10.1",
        "23.0",
        "23.1.2",
        " 22.8.0\n",
    ] {
        assert!(
            release.image_version(&image, Some(label)).is_ok(),
            "{label:?} was refused"
        );
    }
    for label in ["16.2.0", "22.2.9", "22.2.99", "22.3.0-beta.1", "21.9", "0"] {
        let error = release.image_version(&image, Some(label)).unwrap_err();
        assert!(
            matches!(error, SpecError::ImageTooOld { .. }),
            "{label:?}: {error}"
        );
        assert_eq!(error.kind(), Kind::Precondition);
    }
    for label in [None, Some(""), Some("  "), Some("latest")] {
        assert_eq!(
            release.image_version(&image, label).unwrap_err().kind(),
            Kind::Precondition,
            "{label:?}"
        );
    }
}
