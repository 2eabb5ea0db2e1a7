//! Patterns for names as OpenSSH has them: `*` for any characters, `?` for one.

/// Whether a name fits a pattern, letter case included. Takes time in proportion to the product of both lengths at most.
#[cfg(feature = "ssh")]
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    fits_by(pattern, name, |a, b| a == b)
}

/// The same, letter case aside.
pub(super) fn fits_any_case(pattern: &str, name: &str) -> bool {
    fits_by(pattern, name, |a, b| a.eq_ignore_ascii_case(&b))
}

/// Whether a name fits a list of patterns with commas between. One that begins with `!` and fits rules the name out,
/// wherever it stands.
pub(super) fn list_includes(patterns: &str, name: &str, fits: impl Fn(&str, &str) -> bool) -> bool {
    let mut included = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if fits(pattern, name) => return false,
            Some(_) => {}
            None => included |= fits(pattern, name),
        }
    }
    included
}

fn fits_by(pattern: &str, name: &str, same: impl Fn(u8, u8) -> bool) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Where to go on when a later part does not fit: behind the last star, with that star taking
    // one character more.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == b'?' || same(*c, name[n]) => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((after_star, taken)) => {
                    retry = Some((after_star, taken + 1));
                    p = after_star;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}
