//! Commands on this machine; what runs over SSH is tested on a server.
#![allow(clippy::unwrap_used)]
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::super::{Address, Endpoint, SignIn, Status};
use super::*;

async fn local() -> Host {
    Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap()
}

async fn exec(command: Command) -> Result<Output, HostError> {
    local().await.exec(&command).await
}

/// Waits until no process has this on its command line.
async fn wait_until_gone(words: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    while std::process::Command::new("pgrep")
        .args(["-f", words])
        .output()
        .unwrap()
        .status
        .success()
    {
        assert!(Instant::now() < end, "{words} still runs");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn output_and_status_come_back_as_they_are() {
    let output = exec(Command::shell("printf 'out$1'; echo $LC_ALL $1 >&2; exit 3").arg("a  b"))
        .await
        .unwrap();
    assert_eq!(output.stdout, b"out$1");
    assert_eq!(output.stderr, b"C a b\n");
    assert_eq!(output.status, Status::Exited(3));
}

#[tokio::test]
async fn an_end_by_signal_is_told() {
    assert_eq!(
        exec(Command::shell("kill -KILL $$")).await.unwrap().status,
        Status::Signaled("KILL".into())
    );
}

#[tokio::test]
async fn much_input_and_output_pass_at_the_same_time() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(1_000_000).collect();
    assert_eq!(
        exec(Command::new("cat").stdin(bytes.clone()))
            .await
            .unwrap()
            .stdout,
        bytes
    );
}

#[tokio::test]
async fn a_command_need_not_read_its_input() {
    assert!(
        exec(Command::new("true").stdin(vec![0; 1_000_000]))
            .await
            .unwrap()
            .success()
    );
}

#[tokio::test]
async fn too_much_output_is_an_error_and_stops_the_command() {
    let error = exec(Command::shell("yes 24e81a").limit(1000))
        .await
        .unwrap_err();
    assert!(
        matches!(error, HostError::TooMuchOutput { limit: 1000, .. }),
        "{error}"
    );
    wait_until_gone("yes 24e81[a]").await;
}

#[tokio::test]
async fn the_deadline_stops_the_command_with_all_it_started() {
    let slow = Command::shell("echo working >&2; sleep 86411 & sleep 86411")
        .deadline(Duration::from_millis(200));
    let HostError::Deadline { stderr, .. } = exec(slow).await.unwrap_err() else {
        unreachable!("it sleeps for a day");
    };
    assert_eq!(stderr, "working");
    wait_until_gone("sleep 8641[1]").await;
}

#[tokio::test]
async fn dropping_the_future_stops_the_command() {
    let cancelled = timeout(
        Duration::from_millis(200),
        exec(Command::shell("sleep 86412; true")),
    )
    .await;
    assert!(cancelled.is_err());
    wait_until_gone("sleep 8641[2]").await;
}

#[tokio::test]
async fn a_pipe_carries_bytes_both_ways_and_ends_with_the_command() {
    let mut stream = local().await.pipe(&Command::new("cat")).await.unwrap();
    stream.write_all(b"ping").await.unwrap();
    let mut four = [0; 4];
    stream.read_exact(&mut four).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!((&four, rest.len()), (b"ping", 0));
}

#[tokio::test]
async fn a_pipe_tells_why_its_command_failed() {
    let mut stream = local()
        .await
        .pipe(&Command::shell("echo broken >&2; exit 2"))
        .await
        .unwrap();
    let error = stream
        .read_to_end(&mut Vec::new())
        .await
        .unwrap_err()
        .into_inner()
        .unwrap();
    let error = error.downcast::<HostError>().unwrap();
    assert!(
        matches!(*error, HostError::Ended { status: Status::Exited(2), stderr, .. } if stderr == "broken")
    );
}

#[tokio::test]
async fn a_closed_port_and_a_missing_socket_are_told() {
    // Bound and not listening: nobody else can come to listen there meanwhile.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = closed.local_addr().unwrap().port();
    for to in [
        Endpoint::Tcp(port),
        Endpoint::Unix("/nonexistent.sock".into()),
    ] {
        let error = local().await.dial(&to).await.err().unwrap();
        assert!(
            matches!(&error, HostError::ForwardingRefused { what, .. } if *what == to),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_file_is_replaced_as_a_whole_with_its_mode() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a 'quoted' $name");
    std::fs::write(&path, "old and longer than the new").unwrap();
    let before = std::fs::metadata(&path).unwrap().ino();
    let file = FileWrite::new(path.to_str().unwrap(), 0o640, "new\n");
    local().await.write_file(&file).await.unwrap();
    let metadata = std::fs::metadata(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new\n");
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
    assert_ne!(metadata.ino(), before, "it was not written in place");
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

/// Given a connection that breaks while the content is on its way, which the machine sees as the
/// end of the input, then the old file stays.
#[tokio::test]
async fn content_that_arrives_incomplete_does_not_replace_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, "old").unwrap();
    let file = FileWrite::new(path.to_str().unwrap(), 0o600, "the whole content");
    let output = exec(file.command().unwrap().stdin("the who"))
        .await
        .unwrap();
    assert_eq!(
        (output.success(), output.stderr_shown().as_str()),
        (false, "the content arrived incomplete")
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told_with_the_reason() {
    let missing = local()
        .await
        .write_file(&FileWrite::new("/nonexistent/file", 0o600, "x"))
        .await
        .unwrap_err();
    assert!(
        matches!(&missing, HostError::WriteFile { reason, .. } if reason.contains("No such file")),
        "{missing}"
    );
    let directory = local()
        .await
        .write_file(&FileWrite::new("/tmp", 0o600, "x"))
        .await
        .unwrap_err();
    assert!(
        matches!(&directory, HostError::WriteFile { reason, .. } if reason.contains("directory")),
        "{directory}"
    );
    for path in [
        "",
        "file",
        "./file",
        "/",
        "/tmp/",
        "/tmp/..",
        "/tmp/a\nb",
        "/tmp/a\0b",
    ] {
        let error = local()
            .await
            .write_file(&FileWrite::new(path, 0o600, "x"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, HostError::BadPath { .. }),
            "{path}: {error}"
        );
    }
}

#[cfg(not(feature = "ssh"))]
#[tokio::test]
async fn a_build_without_ssh_says_so() {
    let error = Host::connect(&"ssh://root@host".parse().unwrap(), &SignIn::default())
        .await
        .unwrap_err();
    assert!(matches!(error, HostError::NoSsh { .. }));
}

/// The futures go into tasks of a runtime with many threads.
#[test]
fn futures_can_be_sent_between_threads() {
    fn check<T: Send>(_: impl FnOnce(&'static Host, &'static Command, &'static SignIn) -> T) {}
    check(|host, command, _| host.exec(command));
    check(|host, command, _| host.pipe(command));
    check(|host, _, sign_in| Host::connect(host.address(), sign_in));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_argument_reaches_the_program_as_it_is(words in proptest::collection::vec("[^\0]{0,20}", 0..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let command = Command::new("printf").arg("%s\\0").args(words.clone());
        let output = runtime.block_on(exec(command)).unwrap().stdout;
        // Without words, printf writes its format once.
        let wanted = if words.is_empty() { "\0".to_owned() } else { words.iter().map(|word| format!("{word}\0")).collect() };
        prop_assert_eq!(String::from_utf8(output).unwrap(), wanted);
    }
}
