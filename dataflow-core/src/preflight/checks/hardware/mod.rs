//! Processor, memory and disks.

mod cpu_count;
mod cpu_vector;
mod data_directory;
mod disk_file_system;
mod disk_free;
mod disk_kind;
mod disk_latency;
mod disk_read_ahead;
mod disk_size;
mod memory_available;
mod memory_per_cpu;
mod memory_size;

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    cpu_count::CHECK,
    cpu_vector::CHECK,
    memory_size::CHECK,
    memory_per_cpu::CHECK,
    memory_available::CHECK,
    disk_size::CHECK,
    disk_free::CHECK,
    disk_kind::CHECK,
    disk_file_system::CHECK,
    data_directory::CHECK,
    disk_read_ahead::CHECK,
    disk_latency::CHECK,
];
