//! A record in a file: its length, a checksum, its position, its body.

use crc32fast::Hasher;

use super::{Position, RECORD_LIMIT};

/// Length and checksum of four bytes, a position of eight.
pub(super) const HEAD: usize = 16;

/// Puts a record at the end of a buffer.
pub(super) fn put(buffer: &mut Vec<u8>, position: Position, body: &[&[u8]]) {
    let length: usize = body.iter().map(|part| part.len()).sum();
    // Checked before: no record is longer than RECORD_LIMIT.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&checksum(length, position, body).to_le_bytes());
    buffer.extend_from_slice(&position.to_le_bytes());
    for part in body {
        buffer.extend_from_slice(part);
    }
}

fn checksum(length: u32, position: Position, body: &[&[u8]]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(&position.to_le_bytes());
    for part in body {
        hasher.update(part);
    }
    hasher.finalize()
}

/// A record found in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) position: Position,
    /// Where it begins.
    pub(super) offset: usize,
    /// Where the next one begins.
    pub(super) end: usize,
    pub(super) body: &'a [u8],
}

/// The record that begins there, if one does.
pub(super) fn at(bytes: &[u8], offset: usize) -> Option<Frame<'_>> {
    let head = bytes.get(offset..offset.checked_add(HEAD)?)?;
    let (length, rest) = head.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    let position = Position::from_le_bytes(*rest.first_chunk::<8>()?);
    let size = usize::try_from(length)
        .ok()
        .filter(|size| *size <= RECORD_LIMIT)?;
    let end = (offset + HEAD).checked_add(size)?;
    let body = bytes.get(offset + HEAD..end)?;
    let good = checksum(length, position, &[body]) == u32::from_le_bytes(*sum);
    good.then_some(Frame {
        position,
        offset,
        end,
        body,
    })
}

/// The records in some bytes, past what is damaged; their positions grow, from at least this one on.
pub(super) fn all(bytes: &[u8], first: Position) -> impl Iterator<Item = Frame<'_>> {
    let mut offset = 0;
    let mut expected = first;
    std::iter::from_fn(move || {
        let whole = at(bytes, offset).filter(|found| found.position >= expected);
        let found = whole.or_else(|| resume(bytes, offset + 1, expected))?;
        offset = found.end;
        expected = found.position + 1;
        Some(found)
    })
}

/// The first record at or after that offset whose position is at least this: past what is damaged.
fn resume(bytes: &[u8], from: usize, least: Position) -> Option<Frame<'_>> {
    // Damage does not make positions leap: this passes over nearly all offsets without a checksum.
    let likely = least..=least.saturating_add(1 << 32);
    (from..bytes.len().saturating_sub(HEAD - 1)).find_map(|offset| {
        let position = bytes.get(offset + 8..)?.first_chunk::<8>()?;
        let position = Position::from_le_bytes(*position);
        likely
            .contains(&position)
            .then(|| at(bytes, offset))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_record_is_found_again_and_not_when_a_byte_of_it_differs() {
        let mut bytes = Vec::new();
        put(&mut bytes, 7, &[b"one", b"more"]);
        let frame = at(&bytes, 0).unwrap();
        assert_eq!(
            (frame.position, frame.body, frame.end),
            (7, &b"onemore"[..], bytes.len())
        );
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 0x10;
            assert_eq!(at(&other, 0), None, "byte {place}");
        }
        for end in 0..bytes.len() {
            assert_eq!(at(&bytes[..end], 0), None, "cut at {end}");
        }
    }

    #[test]
    fn what_follows_damage_is_found() {
        let mut bytes = Vec::new();
        put(&mut bytes, 7, &[b"first"]);
        let second = bytes.len();
        put(&mut bytes, 8, &[b"second"]);
        bytes[3] = 0xff;
        let frame = resume(&bytes, 1, 7).unwrap();
        assert_eq!((frame.position, frame.offset), (8, second));
        assert_eq!(resume(&bytes, second + 1, 7), None);
    }
}
