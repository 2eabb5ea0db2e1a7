//! The engine's stream of what a container has written, taken apart into lines.
//!
//! The stream comes in frames: eight bytes that say which output and how long, then the text. With timestamps asked for, the text
//! begins with one. The engine cuts a long line into several frames, of which only the last one ends with a line feed. Whatever
//! lengths a frame claims and however long a line is, no more than [`LONGEST`] of each output is kept.

use jiff::Timestamp;

/// The most bytes of one line that are kept.
const LONGEST: usize = 256 * 1024;

/// The most bytes that a timestamp takes.
const TIMESTAMP: usize = 40;

/// Where a container has written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogOutput {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line as a container wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawLine {
    pub(super) at: Timestamp,
    pub(super) output: LogOutput,
    pub(super) bytes: Vec<u8>,
    /// How many bytes of it were too many.
    pub(super) cut: usize,
}

/// What came makes no sense as a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Garbled;

/// Takes the stream apart, in pieces of any size.
#[derive(Default)]
pub(super) struct Frames {
    header: Vec<u8>,
    /// Bytes of the present frame that are still to come, and where they belong.
    left: usize,
    output: Option<LogOutput>,
    lines: [Line; 2],
}

/// A line on its way.
#[derive(Default)]
struct Line {
    /// The present frame's timestamp as far as it has come; `None` once it is complete.
    stamp: Option<Vec<u8>>,
    at: Option<Timestamp>,
    bytes: Vec<u8>,
    cut: usize,
}

impl Frames {
    /// Takes the next piece, and gives the lines that it completes.
    pub(super) fn take(&mut self, mut piece: &[u8]) -> Result<Vec<RawLine>, Garbled> {
        let mut complete = Vec::new();
        while !piece.is_empty() {
            if self.left == 0 {
                let missing = 8 - self.header.len();
                let (head, rest) = piece.split_at(missing.min(piece.len()));
                self.header.extend_from_slice(head);
                piece = rest;
                if self.header.len() == 8 {
                    self.begin()?;
                }
                continue;
            }
            let (text, rest) = piece.split_at(self.left.min(piece.len()));
            self.left -= text.len();
            piece = rest;
            if let Some(output) = self.output {
                self.lines[output as usize].write(text, output, &mut complete)?;
            }
        }
        Ok(complete)
    }

    /// The lines that were begun and will not be ended, since the stream is over.
    pub(super) fn end(&mut self) -> Vec<RawLine> {
        [LogOutput::Stdout, LogOutput::Stderr]
            .into_iter()
            .filter_map(|output| {
                let line = &mut self.lines[output as usize];
                (!line.bytes.is_empty())
                    .then(|| line.finish(output))
                    .flatten()
            })
            .collect()
    }

    fn begin(&mut self) -> Result<(), Garbled> {
        let output = match self.header[..] {
            [1, 0, 0, 0, ..] => LogOutput::Stdout,
            [2, 0, 0, 0, ..] => LogOutput::Stderr,
            _ => return Err(Garbled),
        };
        self.left = self.header[4..]
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte));
        self.header.clear();
        self.output = Some(output);
        self.lines[output as usize].stamp = Some(Vec::new());
        Ok(())
    }
}

impl Line {
    fn write(
        &mut self,
        mut text: &[u8],
        output: LogOutput,
        complete: &mut Vec<RawLine>,
    ) -> Result<(), Garbled> {
        if let Some(stamp) = &mut self.stamp {
            let Some(end) = text.iter().position(|byte| *byte == b' ') else {
                stamp.extend_from_slice(text);
                return if stamp.len() > TIMESTAMP {
                    Err(Garbled)
                } else {
                    Ok(())
                };
            };
            stamp.extend_from_slice(&text[..end]);
            text = &text[end + 1..];
            let at = std::str::from_utf8(stamp)
                .ok()
                .and_then(|text| text.parse().ok());
            let at = at.ok_or(Garbled)?;
            // A line in several frames is of the time of the first.
            if self.bytes.is_empty() {
                self.at = Some(at);
            }
            self.stamp = None;
        }
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            self.keep(&text[..end]);
            complete.extend(self.finish(output));
            text = &text[end + 1..];
        }
        self.keep(text);
        Ok(())
    }

    fn keep(&mut self, text: &[u8]) {
        let room = LONGEST - self.bytes.len();
        self.bytes.extend_from_slice(&text[..room.min(text.len())]);
        self.cut += text.len().saturating_sub(room);
    }

    fn finish(&mut self, output: LogOutput) -> Option<RawLine> {
        Some(RawLine {
            at: self.at?,
            output,
            bytes: std::mem::take(&mut self.bytes),
            cut: std::mem::take(&mut self.cut),
        })
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
