//! Reads records back.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::batches::Batch;
use super::frame;
use super::segment::Segment;
use super::{Entry, JournalError, Position};
use crate::analytics::read::{Delivery, EventId, Source};

/// What comes before the body of what was delivered: the source, the event, the time.
const ENVELOPE: usize = 1 + 16 + 8;

/// Puts a delivery into a buffer as a record.
pub(super) fn put(buffer: &mut Vec<u8>, position: Position, delivery: &Delivery) {
    let mut envelope = [0; ENVELOPE];
    let fields = [delivery.source.code()].into_iter();
    let fields = fields
        .chain(delivery.event.0.to_le_bytes())
        .chain(delivery.received_ms.to_le_bytes());
    for (to, from) in envelope.iter_mut().zip(fields) {
        *to = from;
    }
    frame::put(buffer, position, &[&envelope, &delivery.body]);
}

fn delivery(body: &[u8]) -> Option<Delivery> {
    let (source, rest) = body.split_first()?;
    let (event, rest) = rest.split_first_chunk::<16>()?;
    let (received, body) = rest.split_first_chunk::<8>()?;
    Some(Delivery {
        source: Source::of(*source)?,
        event: EventId(u128::from_le_bytes(*event)),
        received_ms: u64::from_le_bytes(*received),
        body: body.to_vec(),
    })
}

/// Reads the records of a range from these segments.
pub(super) fn read(segments: &[Segment], batch: Batch) -> Result<Vec<Entry>, JournalError> {
    let mut entries = Vec::new();
    for segment in segments {
        let (from, bytes) = bytes_of(segment, batch)?;
        let found = frame::all(&bytes, from).filter(|found| found.position >= batch.first);
        let found = found.take_while(|found| found.position <= batch.last);
        entries.extend(found.filter_map(|found| {
            Some(Entry {
                position: found.position,
                delivery: delivery(found.body)?,
            })
        }));
    }
    Ok(entries)
}

/// The bytes from the last mark before the range to the first after it, with the position at the former.
fn bytes_of(segment: &Segment, batch: Batch) -> Result<(Position, Vec<u8>), JournalError> {
    let failed = |error| JournalError::io("reading", &segment.path, &error);
    let (position, begin) = segment.before(batch.first);
    let past = segment.marks.iter().find(|(mark, _)| *mark > batch.last);
    let end = past.map_or(segment.bytes, |(_, offset)| *offset);
    let mut file = File::open(&segment.path).map_err(failed)?;
    file.seek(SeekFrom::Start(begin)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(end.saturating_sub(begin))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok((position, bytes))
}
