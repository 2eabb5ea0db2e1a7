/// The checks that judge the machine on which the lab is, and not the lab's server. What they find differs from one to the other.
pub const OF_THE_MACHINE: [&str; 9] = [
    "cpu.count",
    "cpu.vector",
    "memory.size",
    "memory.per-cpu",
    "disk.size",
    "disk.free",
    "disk.kind",
    "disk.file-system",
    "kernel.nofile",
];

/// Arguments that have checks ignored.
pub fn ignoring<'a>(checks: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let flags = checks.into_iter().map(|check| ["--ignore", check]);
    flags.flatten().collect()
}
