//! The browser's driver: a program that listens on a port of this machine until it is ended.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// What it says when it listens, before the port.
const READY: &str = "was started successfully on port ";

pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts one on a port that is free.
    pub(crate) fn start() -> Self {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (Debian's package chromium-driver)");
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = said.read_line(&mut line).unwrap();
            assert!(read > 0, "chromedriver ended before it listened");
            if let Some((_, port)) = line.split_once(READY) {
                break port.trim().trim_end_matches('.').parse().expect(&line);
            }
        };
        // It goes on writing, and must not come to a stop over it.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { child, port }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browsers that it has started end with it where they are asked to first.
        let shutdown = std::net::TcpStream::connect(("127.0.0.1", self.port));
        if let Ok(mut stream) = shutdown {
            use std::io::{Read, Write};
            let ask = "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            let patience = Some(std::time::Duration::from_secs(5));
            let _asked = stream.set_read_timeout(patience);
            let _asked = stream.write_all(ask.as_bytes());
            let _answered = stream.read(&mut [0; 64]);
        }
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
