#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

/// A frame as the engine sends it.
fn frame(output: u8, text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap();
    [&[output, 0, 0, 0], &length.to_be_bytes()[..], text].concat()
}

fn told(lines: &[RawLine]) -> String {
    let told = lines.iter().map(|line| {
        let text = String::from_utf8_lossy(&line.bytes);
        format!("{} {:?} {text:?} {}\n", line.at, line.output, line.cut)
    });
    told.collect()
}

#[test]
fn lines_of_both_outputs_come_whole_whatever_pieces_they_come_in() {
    let stream = [
        frame(1, b"2026-11-24T10:00:00.1Z one\n"),
        frame(2, b"2026-11-24T10:00:00.2Z oops "),
        frame(1, b"2026-11-24T10:00:00.3Z two \xff\r\n"),
        frame(2, b"2026-11-24T10:00:00.4Z goes on\n"),
        frame(1, b"2026-11-24T10:00:00.5Z \n"),
        frame(1, b"2026-11-24T10:00:00.6Z not ended"),
    ]
    .concat();
    for size in [1, 7, stream.len()] {
        let mut frames = Frames::default();
        let mut lines = Vec::new();
        for piece in stream.chunks(size) {
            lines.extend(frames.take(piece).unwrap());
        }
        lines.extend(frames.end());
        insta::allow_duplicates! {
            insta::assert_snapshot!(told(&lines), @r#"
            2026-11-24T10:00:00.1Z Stdout "one" 0
            2026-11-24T10:00:00.3Z Stdout "two �\r" 0
            2026-11-24T10:00:00.2Z Stderr "oops goes on" 0
            2026-11-24T10:00:00.5Z Stdout "" 0
            2026-11-24T10:00:00.6Z Stdout "not ended" 0
            "#);
        }
    }
}

#[test]
fn of_a_line_without_end_only_so_much_is_kept() {
    let mut frames = Frames::default();
    let mut text = b"2026-11-24T10:00:00Z ".to_vec();
    text.extend(std::iter::repeat_n(b'x', 3 * LONGEST));
    assert!(frames.take(&frame(1, &text)).unwrap().is_empty());
    let lines = frames.take(&frame(1, b"2026-11-24T10:00:01Z \n")).unwrap();
    assert_eq!((lines[0].bytes.len(), lines[0].cut), (LONGEST, 2 * LONGEST));
}

#[test]
fn what_is_no_log_is_refused() {
    for stream in [
        b"HTTP/1.1 200 OK".to_vec(),
        frame(3, b"2026-11-24T10:00:00Z x\n"),
        frame(1, b"yesterday x\n"),
        frame(1, &[b'2'; 100]),
    ] {
        assert_eq!(Frames::default().take(&stream), Err(Garbled));
    }
}

proptest! {
    #[test]
    fn anything_is_taken_without_growing(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut frames = Frames::default();
        for piece in pieces {
            if frames.take(&piece).is_err() {
                break;
            }
            prop_assert!(frames.lines.iter().all(|line| line.bytes.len() <= LONGEST));
        }
    }
}
