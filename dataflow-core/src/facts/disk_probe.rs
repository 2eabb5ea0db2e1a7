//! How long a disk takes to have a small write. The one thing here that writes, so it is done only when asked for.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{Fact, answer::kept};

/// The most writes, and the longest that all of them may take.
const WRITES: usize = 500;
const LONGEST: Duration = Duration::from_secs(3);

/// Fewer writes than this say nothing of one in a hundred.
const FEWEST: usize = 100;

/// Writes 4 KiB again and again into a file of its own in `directory`, each time waiting until the disk has it, and removes the
/// file. The time, in microseconds, within which 99 of 100 writes were done. Blocks for up to three seconds.
#[must_use]
pub fn write_latency(directory: &Path) -> Fact<u64> {
    match measure(directory) {
        Ok(mut took) if took.len() >= FEWEST => {
            took.sort_unstable();
            let at = took.len() * 99 / 100;
            Fact::or_unknown(took.get(at).copied(), "nothing was measured")
        }
        Ok(took) => Fact::unknown(format!(
            "only {} writes were done in {} s",
            took.len(),
            LONGEST.as_secs()
        )),
        Err(error) => Fact::unknown(kept(&format!(
            "no file could be written in {}: {error}",
            directory.display()
        ))),
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
    let block = [0x5a; 4096];
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
