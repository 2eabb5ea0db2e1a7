//! The machine this program runs on.

use std::future::Future as _;
use std::os::unix::process::ExitStatusExt as _;
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll, ready};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::{TcpStream, ToSocketAddrs, UnixStream};
use tokio::process::{Child, ChildStderr, ChildStdout};

use super::process::{Event, Lost, Names, Process};
use super::stream::{Endpoint, Stream};
use super::{HostError, Status, process};

/// Starts a program in a process group of its own.
pub(super) fn start(argv: &[String], names: Names) -> Result<Process, HostError> {
    let failed = |reason: String| HostError::Start {
        host: names.host.clone(),
        command: names.command.clone(),
        reason,
    };
    let (program, arguments) = argv
        .split_first()
        .ok_or_else(|| failed("there is nothing to run".into()))?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let input = child
        .stdin
        .take()
        .ok_or_else(|| failed("it has no standard input".into()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let events = Events {
        child,
        group,
        stdout,
        stderr,
        status: None,
    };
    Ok(Process {
        input: Box::new(input),
        events: process::Events::Local(Box::new(events)),
        names,
    })
}

/// Connects to a socket or a port of this machine.
pub(super) async fn dial(to: &Endpoint) -> std::io::Result<Stream> {
    Ok(match to {
        Endpoint::Unix(path) => Box::new(UnixStream::connect(path).await?),
        Endpoint::Tcp(port) => Box::new(tcp(("127.0.0.1", *port)).await?),
        Endpoint::Remote(address) => Box::new(tcp(address).await?),
    })
}

async fn tcp(to: impl ToSocketAddrs) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The output and the end of a child process.
pub(super) struct Events {
    child: Child,
    group: Option<Pid>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    status: Option<ExitStatus>,
}

impl Events {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Lost>> {
        if let Poll::Ready(Some(bytes)) = poll_pipe(&mut self.stdout, cx) {
            return Poll::Ready(Ok(Event::Stdout(bytes)));
        }
        if let Poll::Ready(Some(bytes)) = poll_pipe(&mut self.stderr, cx) {
            return Poll::Ready(Ok(Event::Stderr(bytes)));
        }
        if self.stdout.is_some() || self.stderr.is_some() {
            return Poll::Pending;
        }
        let status = match ready!(pin!(self.child.wait()).poll(cx)) {
            Ok(status) => status,
            Err(_) => return Poll::Ready(Err(Lost::Status)),
        };
        self.status = Some(status);
        Poll::Ready(Ok(Event::Ended(match (status.code(), status.signal()) {
            (Some(code), _) => Status::Exited(code.unsigned_abs()),
            (None, Some(signal)) => Status::Signaled(signal_name(signal)),
            (None, None) => return Poll::Ready(Err(Lost::Status)),
        })))
    }
}

/// Bytes from a pipe; `None` and the pipe gone at its end.
fn poll_pipe<R: AsyncRead + Unpin>(
    pipe: &mut Option<R>,
    cx: &mut Context<'_>,
) -> Poll<Option<Vec<u8>>> {
    const CHUNK: usize = 16 * 1024;
    let Some(open) = pipe else {
        return Poll::Ready(None);
    };
    let mut chunk = [0; CHUNK];
    let mut buffer = ReadBuf::new(&mut chunk);
    let read = ready!(Pin::new(open).poll_read(cx, &mut buffer));
    if read.is_err() || buffer.filled().is_empty() {
        *pipe = None;
        return Poll::Ready(None);
    }
    Poll::Ready(Some(buffer.filled().to_vec()))
}

impl Drop for Events {
    fn drop(&mut self) {
        if let (None, Some(group)) = (self.status, self.group) {
            // Fails where all have ended meanwhile, which is what is wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn signal_name(number: i32) -> String {
    let name = match number {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        10 => "USR1",
        11 => "SEGV",
        12 => "USR2",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        _ => return number.to_string(),
    };
    name.to_owned()
}
