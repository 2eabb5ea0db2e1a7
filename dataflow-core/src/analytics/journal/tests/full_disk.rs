//! The disk is full, or fails.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::analytics::journal::segment::Medium;

/// A disk with so many bytes of room, which keeps the part of a write that fits; syncs fail while it is told so.
#[derive(Clone, Default)]
struct Narrow {
    room: Arc<AtomicU64>,
    sync_fails: Arc<AtomicBool>,
    cut_fails: Arc<AtomicBool>,
}

struct NarrowFile {
    disk: Narrow,
    file: Mutex<fs::File>,
}

impl Disk for Narrow {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        let file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)?;
        Ok(Box::new(NarrowFile {
            disk: self.clone(),
            file: Mutex::new(file),
        }))
    }
}

impl Medium for NarrowFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = usize::try_from(self.disk.room.load(Ordering::SeqCst)).unwrap();
        let fits = room.min(bytes.len());
        io::Write::write_all(self.file.get_mut().unwrap(), &bytes[..fits])?;
        self.disk.room.fetch_sub(fits as u64, Ordering::SeqCst);
        if fits < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.disk.sync_fails.load(Ordering::SeqCst) {
            true => Err(io::Error::other("the disk is gone")),
            false => Ok(()),
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.disk.cut_fails.load(Ordering::SeqCst) && length > 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        let file = self.file.get_mut().unwrap();
        let before = file.metadata()?.len();
        file.set_len(length)?;
        self.disk
            .room
            .fetch_add(before.saturating_sub(length), Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_new_is_kept_and_nothing_old_is_lost() {
    for cut_fails in [false, true] {
        for room in (300..900).step_by(7) {
            let place = tempfile::tempdir().unwrap();
            let disk = Narrow::default();
            disk.room.store(room, Ordering::SeqCst);
            disk.cut_fails.store(cut_fails, Ordering::SeqCst);
            let (journal, _) = Journal::open_on(small(place.path()), disk.clone())
                .await
                .unwrap();
            let mut kept = Vec::new();
            for number in 0..30 {
                match journal.append(vec![delivery(number)]).await {
                    Ok(position) => kept.push((position, delivery(number))),
                    Err(error) => {
                        assert!(matches!(error, JournalError::DiskFull { .. }), "{error}");
                    }
                }
            }
            assert!(kept.len() < 30);
            disk.room.store(100_000, Ordering::SeqCst);
            for number in 30..35 {
                kept.push((
                    journal.append(vec![delivery(number)]).await.unwrap(),
                    delivery(number),
                ));
            }
            journal.close().await.unwrap();
            let (journal, recovery) = open(small(place.path())).await;
            assert_eq!(recovery.damage, [], "room {room}");
            let found = all(&journal)
                .await
                .into_iter()
                .map(|entry| (entry.position, entry.delivery));
            assert_eq!(found.collect::<Vec<_>>(), kept, "room {room}");
        }
    }
}

#[tokio::test]
async fn what_a_failed_sync_left_on_the_disk_was_refused_and_does_not_come_back() {
    for cut_fails in [false, true] {
        let place = tempfile::tempdir().unwrap();
        let disk = Narrow::default();
        disk.room.store(100_000, Ordering::SeqCst);
        let (journal, _) = Journal::open_on(small(place.path()), disk.clone())
            .await
            .unwrap();
        journal.append(vec![delivery(0)]).await.unwrap();
        disk.sync_fails.store(true, Ordering::SeqCst);
        disk.cut_fails.store(cut_fails, Ordering::SeqCst);
        let refused = journal.append(vec![delivery(1), delivery(2)]).await;
        assert!(matches!(refused, Err(JournalError::Io { .. })));
        disk.sync_fails.store(false, Ordering::SeqCst);
        assert_eq!(journal.append(vec![delivery(3)]).await.unwrap(), 1);
        journal.close().await.unwrap();
        let (journal, recovery) = open(small(place.path())).await;
        assert_eq!((recovery.end, &recovery.damage[..]), (2, &[][..]));
        let found: Vec<Delivery> = all(&journal)
            .await
            .into_iter()
            .map(|entry| entry.delivery)
            .collect();
        assert_eq!(found, [delivery(0), delivery(3)]);
    }
}

#[tokio::test]
async fn what_was_refused_does_not_come_back_when_the_next_thing_is_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let disk = Narrow::default();
    disk.room.store(100_000, Ordering::SeqCst);
    let (journal, _) = Journal::open_on(small(place.path()), disk.clone())
        .await
        .unwrap();
    journal.append(vec![delivery(0)]).await.unwrap();
    disk.sync_fails.store(true, Ordering::SeqCst);
    assert!(journal.append(vec![delivery(1)]).await.is_err());
    journal.close().await.unwrap();
    let (journal, recovery) = open(small(place.path())).await;
    assert_eq!((recovery.end, recovery.cut), (1, 0));
    assert_eq!(journal.append(vec![delivery(2)]).await.unwrap(), 1);
}
