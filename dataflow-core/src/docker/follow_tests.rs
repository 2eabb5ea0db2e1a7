#![allow(clippy::unwrap_used)]
use super::*;

fn line(bytes: &[u8], cut: usize) -> RawLine {
    RawLine {
        at: Timestamp::UNIX_EPOCH,
        output: LogOutput::Stdout,
        bytes: bytes.to_vec(),
        cut,
    }
}

#[test]
fn a_line_is_shown_without_the_secret_and_without_control_characters() {
    let cases: [(&[u8], usize, &str); 6] = [
        (b"plain\r", 0, "plain"),
        (b"a\tb", 0, "a\tb"),
        (b"\x1b[31mred\x07", 0, "\\u{1b}[31mred\\u{7}"),
        (
            b"\xffpassword s3cret, s3cret",
            0,
            "\u{fffd}password [password], [password]",
        ),
        (b"long, and s3c", 100, "long, a [106 more bytes]"),
        (b"s3cret", 1, "[pas [7 more bytes]"),
    ];
    for (bytes, cut, shown) in cases {
        assert_eq!(text_of(&line(bytes, cut), "s3cret"), shown);
    }
    assert_eq!(
        text_of(&line(b"no password known", 0), ""),
        "no password known"
    );
}
