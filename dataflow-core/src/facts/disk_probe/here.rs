//! On the machine this program runs on.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use super::{super::answer::kept, BLOCK, LONGEST, WRITES, WriteLatency};

const HOW: &str = "timed by this program";

/// Writes 4 KiB again and again into a file of its own in `directory`, each time waiting until the disk has it, and removes the
/// file. Blocks for up to three seconds.
#[must_use]
pub fn write_latency(directory: &Path) -> WriteLatency {
    match measure(directory) {
        Ok(took) => WriteLatency::of(took, HOW),
        Err(error) => {
            let place = directory.display();
            let reason = format!("no file could be written in {place}: {error}");
            WriteLatency::unknown(&kept(&reason), HOW)
        }
    }
}

fn measure(directory: &Path) -> io::Result<Vec<u64>> {
    let path = directory.join(format!(".dataflow-disk-probe-{}", std::process::id()));
    // Never through a link or into a file that is there.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)?;
    let mut probe = Probe { file, path };
    let block = [0x5a; BLOCK];
    let began = Instant::now();
    let mut took = Vec::with_capacity(WRITES);
    while took.len() < WRITES && began.elapsed() < LONGEST {
        let before = Instant::now();
        probe.file.seek(SeekFrom::Start(0))?;
        probe.file.write_all(&block)?;
        probe.file.sync_data()?;
        took.push(u64::try_from(before.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(took)
}

/// The file, which goes with the measurement however that ends.
struct Probe {
    file: File,
    path: PathBuf,
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Nothing more can be done about one that can't be removed.
        let _ = std::fs::remove_file(&self.path);
    }
}
