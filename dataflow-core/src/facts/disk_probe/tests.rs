#![allow(clippy::unwrap_used)]

use std::{
    fs,
    io::Read,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use proptest::prelude::*;

use super::{
    on_host::{PROBE, understood},
    *,
};
use crate::host::{Address, Host, SignIn};

async fn measured_in(directory: &Path) -> WriteLatency {
    let host = Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap();
    let directory = directory.to_str().unwrap();
    write_latency_on(&host, directory).await.unwrap()
}

#[tokio::test]
async fn on_a_host_it_measures_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let latency = measured_in(directory.path()).await;

    assert!(latency.mean.is_known(), "{latency:?}");
    assert!(latency.writes > 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn given_no_such_directory_then_it_is_unknown_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let latency = measured_in(&directory.path().join("gone")).await;

    let reason = latency.p99.get().unwrap_err().0;
    assert!(reason.contains("No such file or directory"), "{reason}");
    assert_eq!(latency.writes, 0);
}

#[tokio::test]
async fn a_name_with_anything_in_it_is_a_directory_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let odd = directory.path().join("a '$(touch x)' \"b\"");
    let elsewhere = directory.path().join("elsewhere");
    fs::create_dir(&odd).unwrap();
    symlink(&odd, &elsewhere).unwrap();

    assert!(measured_in(&elsewhere).await.mean.is_known());
    assert_eq!(fs::read_dir(&odd).unwrap().count(), 0);
}

#[test]
fn given_it_is_ended_or_nobody_listens_any_more_then_nothing_is_left() {
    for ended in ["TERM", "HUP", "nobody listens"] {
        let directory = tempfile::tempdir().unwrap();
        let mut probe = Command::new("sh")
            .args(["-c", PROBE, "sh", directory.path().to_str().unwrap()])
            .args(["1000000", "60"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = probe.stdout.take().unwrap();
        said.read_exact(&mut [0; 200]).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let rest = if ended == "nobody listens" {
            drop(said);
            None
        } else {
            let id = probe.id().to_string();
            let kill = Command::new("kill").args(["-s", ended, &id]).status();
            assert!(kill.unwrap().success());
            Some(std::io::copy(&mut said, &mut std::io::sink()).unwrap())
        };

        assert!(!probe.wait().unwrap().success(), "{ended} {rest:?}");
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            0,
            "{ended}"
        );
    }
}

#[test]
fn what_dd_says_is_understood_whosever_it_is() {
    for (said, microseconds) in [
        (
            "4096 bytes (4.1 kB, 4.0 KiB) copied, 0.00270468 s, 1.5 MB/s",
            2705,
        ),
        (
            "4096 bytes (4.1 kB, 4.0 KiB) copied, 5.2e-05 s, 78.8 MB/s",
            52,
        ),
        ("4096 bytes (4.0KB) copied, 0.001234 seconds, 3.2MB/s", 1234),
        ("4096 bytes (4.1 kB) copied, 2 s, 2.0 kB/s", 2_000_000),
    ] {
        let text = format!("1+0 records in\n1+0 records out\n{said}\n").repeat(FEWEST);
        let latency = understood(&text);
        assert_eq!(latency.p99, Fact::Known(microseconds), "{said}");
        assert_eq!(latency.mean, Fact::Known(microseconds), "{said}");
    }
}

#[test]
fn one_write_in_a_hundred_may_take_longer_than_the_latency() {
    let quick: Vec<u64> = vec![100; 495];
    let with = |slow: usize| {
        let took = quick.iter().copied().chain(vec![50_000; slow]).collect();
        WriteLatency::of(took, "").p99
    };

    assert_eq!(with(4), Fact::Known(100));
    assert_eq!(with(20), Fact::Known(50_000));
}

#[test]
fn given_too_few_writes_then_the_mean_is_told_as_what_it_is() {
    let latency = WriteLatency::of(vec![80_000, 90_000], "");

    assert_eq!(latency.mean, Fact::Known(85_000));
    insta::assert_snapshot!(latency.p99.get().unwrap_err().0, @"2 writes were done in time, 85.00 ms on average, which is too few to tell of one in a hundred");
}

proptest! {
    #[test]
    fn whatever_a_server_says_is_no_more_than_unknown(text in ".*", number in "[-+.e0-9a-zN ]{0,12}") {
        let _ = understood(&text);
        let latency = understood(&format!("4096 bytes copied, {number} s, 1 MB/s"));
        prop_assert!(!latency.p99.is_known());
    }
}
