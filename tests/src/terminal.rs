use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::stable::stable;
use crate::wait::wait_until;

/// How long an answer of the program may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at a terminal of its own: standard input, standard output and standard error are the terminal, and Ctrl-C reaches
/// it as it does an operator's.
pub struct Terminal {
    keyboard: File,
    child: Child,
    screen: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

/// How a program left its terminal.
#[derive(Debug)]
pub struct Left {
    /// Exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// All that was on the screen, with what was typed.
    pub screen: String,
}

impl Left {
    /// Exit code and screen as one text for a snapshot, without what varies from run to run.
    #[must_use]
    pub fn snapshot(&self) -> String {
        stable(&format!(
            "exit: {:?}\n{}",
            self.code,
            self.screen.trim_end()
        ))
    }
}

impl Terminal {
    /// Starts this command at a terminal of 100 columns. `setsid` from util-linux makes the terminal the one that Ctrl-C
    /// is pressed at.
    ///
    /// # Panics
    /// Where there is no terminal to be had, or the command can't be started.
    #[must_use]
    pub fn start(command: &Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&master).expect("the right to its other end");
        unlockpt(&master).expect("its other end unlocked");
        let name = ptsname(&master, Vec::new()).expect("the name of its other end");
        let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())
            .expect("its other end");
        let size = Winsize {
            ws_row: 50,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).expect("its size set");

        let end = || slave.try_clone().expect("one more handle");
        let mut at_terminal = Command::new("setsid");
        at_terminal
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args())
            .stdin(end())
            .stdout(end())
            .stderr(end());
        if let Some(directory) = command.get_current_dir() {
            at_terminal.current_dir(directory);
        }
        at_terminal.env_clear().env("TERM", "xterm");
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                at_terminal.env(name, value);
            }
        }
        if at_terminal.get_envs().all(|(name, _)| name != "PATH") {
            at_terminal.env("PATH", "/usr/bin:/bin");
        }
        let child = at_terminal.spawn().expect("setsid starts");
        drop(at_terminal);
        drop(slave);

        let keyboard = File::from(master.try_clone().expect("one more handle"));
        let screen = Arc::new(Mutex::new(String::new()));
        let reader = std::thread::spawn({
            let screen = Arc::clone(&screen);
            move || read_all(master, &screen)
        });
        Self {
            keyboard,
            child,
            screen,
            reader,
        }
    }

    /// Waits until this is on the screen.
    ///
    /// # Panics
    /// Where it does not come, with what was there instead.
    pub fn wait_for(&self, text: &str) {
        let shown = || self.screen.lock().expect("the screen").clone();
        let begun = std::time::Instant::now();
        while !shown().contains(text) {
            assert!(
                begun.elapsed() < PATIENCE,
                "{text:?} did not come; the screen has:\n{}",
                shown()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types this; `\u{3}` is Ctrl-C, `\u{4}` at the beginning of a line ends the input.
    ///
    /// # Panics
    /// Where the terminal is gone.
    pub fn type_in(&mut self, text: &str) {
        self.keyboard
            .write_all(text.as_bytes())
            .expect("a terminal to type at");
    }

    /// Waits for the program's end.
    ///
    /// # Panics
    /// Where it does not end.
    #[must_use]
    pub fn left(mut self) -> Left {
        let mut status = None;
        wait_until("the program at the terminal to end", PATIENCE, || {
            status = self.child.try_wait().expect("its status");
            status.is_some()
        });
        self.reader.join().expect("the screen read to its end");
        let status = status.expect("it ended");
        let screen = self
            .screen
            .lock()
            .expect("the screen")
            .replace("\r\n", "\n");
        Left {
            code: status.code(),
            signal: status.signal(),
            screen,
        }
    }
}

/// Reads until the last one at the other end is gone, which a terminal tells by an error.
fn read_all(master: OwnedFd, screen: &Mutex<String>) {
    let mut master = File::from(master);
    let mut buffer = [0; 4096];
    let mut bytes = Vec::new();
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
        *screen.lock().expect("the screen") = String::from_utf8_lossy(&bytes).into_owned();
    }
}
