//! Sizes: nominal ones against what a machine shows.
//!
//! A machine is sold by round figures and shows less. Of 8 GB of memory firmware, kernel and a reserve for crash dumps take 2 to
//! 6 %, and a provider that counts in powers of ten has given 7 % less to begin with: 7.2 GiB is the least that an honest 8 GB
//! machine shows. So memory counts as N GB from 90 % of N GiB on. A disk of 128 GB (powers of ten) loses the boot partitions
//! and the file system's own tables, together up to 7 %: a file system counts as N GB from 93 % of N x 10^9 bytes on. A machine
//! of the next smaller size that is sold is far below either.

/// 1 GiB, in bytes.
pub(super) const GIB: u64 = 1 << 30;

/// 1 GB, in bytes.
pub(super) const GB: u64 = 1_000_000_000;

/// The least bytes of memory that count as so many thousandths of a GB.
pub(super) fn least_memory(thousandths: u64) -> u64 {
    (GIB / 1000 * 9 / 10).saturating_mul(thousandths)
}

/// The least bytes of a file system that count as so many GB.
pub(super) fn least_disk(gigabytes: u64) -> u64 {
    GB / 100 * 93 * gigabytes
}

/// Memory for people: `7.6 GiB`.
pub(super) fn memory(bytes: u64) -> String {
    format!("{} GiB", tenths(bytes, GIB))
}

/// Disk space for people: `124.2 GB`.
pub(super) fn disk(bytes: u64) -> String {
    format!("{} GB", tenths(bytes, GB))
}

/// CPUs for people: `4`, `2.5`.
pub(super) fn cpus(thousandths: u64) -> String {
    match thousandths % 1000 {
        0 => (thousandths / 1000).to_string(),
        rest => format!("{}.{}", thousandths / 1000, rest / 100),
    }
}

fn tenths(bytes: u64, unit: u64) -> String {
    let tenths = bytes / (unit / 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_count_as_what_they_were_sold_as() {
        // What t3.large, a cloud that counts in powers of ten, and a machine with a crash kernel of 256 MiB show.
        for shown in [7_948_000_000, 7_760_000_000, 7_900_000_000] {
            assert!(shown >= least_memory(8000), "{shown}");
        }
        // 7 GB and the 4 GB machine are not 8.
        assert!(7 * GIB < least_memory(8000));
        // A root file system on 128 GiB, and on 128 GB after 1 GB for boot and 1.6 % for inodes.
        for shown in [133_000_000_000, 124_900_000_000] {
            assert!(shown >= least_disk(128), "{shown}");
        }
        assert!(100 * GIB < least_disk(128));
    }

    #[test]
    fn sizes_are_shown_with_one_digit() {
        assert_eq!(memory(8_100_000_000), "7.5 GiB");
        assert_eq!(disk(124_230_000_000), "124.2 GB");
        assert_eq!(cpus(2500), "2.5");
        assert_eq!(cpus(4000), "4");
    }
}
