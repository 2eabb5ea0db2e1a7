#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::host::{Address, Host, SignIn};

fn question() -> Question {
    Question {
        data_path: "/var/lib/portsip".to_owned(),
        count_updates: false,
        wants_sudo_password: false,
        metadata: Metadata::Off,
        pbx: None,
    }
}

async fn by_script() -> Facts {
    let host = Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap();
    read(&host, &question()).await.unwrap()
}

#[tokio::test]
async fn the_script_and_sysinfo_agree_on_this_machine() {
    let script = by_script().await;
    let own = read_local(&question()).await.unwrap();

    assert!(script.memory.total.is_known());
    assert_eq!(script.memory.total, own.memory.total);
    assert_eq!(script.memory.swap, own.memory.swap);
    assert_eq!(script.processor, own.processor);
    assert_eq!(script.system.hostname, own.system.hostname);
    assert_eq!(script.system.kernel, own.system.kernel);
    assert_eq!(script.system.architecture, own.system.architecture);
    assert_eq!(script.storage.data.medium, own.storage.data.medium);
    assert_eq!(script.storage.data.size, own.storage.data.size);
    // Others write to the same disk.
    let free = |facts: &Facts| *facts.storage.data.free.known().unwrap();
    assert!(free(&script).abs_diff(free(&own)) < 8 << 30);
}

#[tokio::test]
async fn what_every_machine_has_is_read() {
    let facts = by_script().await;

    assert!(facts.system.os.is_known());
    assert!(facts.account.user.is_known());
    assert!(facts.kernel.pid_max.is_known());
    assert!(facts.storage.data.kind.is_known());
    assert!(facts.storage.data.size.is_known());
    assert!(facts.software.processes.is_known());
    assert!(facts.network.listeners.is_known());
}

#[test]
fn nothing_that_was_read_is_nothing_that_is_known() {
    let facts = Facts::of_probe(b"", "server", "/data");

    assert!(!facts.memory.total.is_known());
    assert!(!facts.processor.usable().is_known());
    assert!(!facts.software.packages.is_known());
    assert!(!facts.network.listeners.is_known());
    assert!(!facts.time.keeper.is_known());
    assert!(!facts.network.firewall.closed.is_known());
    assert!(!facts.system.reboot_required.is_known());
}

#[test]
fn a_chain_of_devices_that_stands_on_itself_ends() {
    let probe = "#### files\n/proc/self/mountinfo:1 0 8:1 / / rw - ext4 /dev/a rw\n\
        /sys/class/block/a/dev:8:1\n/sys/class/block/b/dev:8:2\n\
        #### blocks\nat /x/a\nslave b\nat /x/b\nslave a\n#### data\nholder /\n";
    let facts = Facts::of_probe(probe.as_bytes(), "server", "/data");

    assert_eq!(facts.storage.data.devices, ["a", "b"]);
    assert!(!facts.storage.data.medium.is_known());
}

#[test]
fn facts_of_another_schema_are_refused() {
    assert!(matches!(
        Facts::from_json(r#"{"schema": 99}"#),
        Err(FactsError::Schema { found: 99, .. })
    ));
    assert!(matches!(
        Facts::from_json("{}"),
        Err(FactsError::Recorded { .. })
    ));
}

#[test]
fn text_from_the_machine_is_bounded_and_holds_no_control_characters() {
    let long = "x".repeat(1 << 20);
    let probe = format!(
        "#### files\n/proc/sys/kernel/hostname:evil\u{1b}[2J{long}\n#### cpu\nmodel name : {long}\n"
    );
    let json = Facts::of_probe(probe.as_bytes(), "server", "/data")
        .to_json()
        .unwrap();

    assert!(json.len() < 64 * 1024, "{}", json.len());
    assert!(!json.contains('\u{1b}') && !json.contains("\\u001b["));
}

/// What a real machine says, for spoiling.
const REAL: &str = include_str!("../../fixtures/machines/ec2-m6i.probe");

proptest! {
    #[test]
    fn anything_makes_facts(text in prop::collection::vec(any::<u8>(), 0..4096)) {
        let facts = Facts::of_probe(&text, "server", "/data");
        let again = Facts::from_json(&facts.to_json().unwrap()).unwrap();
        prop_assert_eq!(facts, again);
    }

    #[test]
    fn a_spoilt_answer_makes_facts(
        at in 0..REAL.len(),
        cut in 0usize..400,
        with in "[\\PC\n#/:0-9]{0,40}",
    ) {
        let mut text = REAL.as_bytes().to_vec();
        let end = (at + cut).min(text.len());
        text.splice(at..end, with.bytes());
        let facts = Facts::of_probe(&text, "server", "/data");
        let again = Facts::from_json(&facts.to_json().unwrap()).unwrap();
        prop_assert_eq!(facts, again);
    }

    #[test]
    fn an_answer_that_breaks_off_makes_facts(at in 0..REAL.len()) {
        let _ = Facts::of_probe(&REAL.as_bytes()[..at], "server", "/data");
    }

    #[test]
    fn huge_numbers_make_facts(number in any::<u128>()) {
        let probe = format!(
            "#### files\n/proc/meminfo:MemTotal: {number} kB\n/sys/devices/system/cpu/online:{number}-{number}\n\
             /sys/fs/cgroup/cpu.max:{number} {number}\n/proc/sys/kernel/pid_max:{number}\n\
             #### began\n{number}.{number}\n#### data\nf\na {number} {number} {number} 1% /\n#ended 0\n",
        );
        let _ = Facts::of_probe(probe.as_bytes(), "server", "/data");
    }
}
