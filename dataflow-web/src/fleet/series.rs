//! Figures over time, for charts: as many as a chart shows, and no more.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

/// How many are kept: four hours at one for each look.
const MOST: usize = 960;

/// Figures of one moment. What was not known then is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Sample {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// Rows that ClickHouse has stored.
    pub(crate) rows: Option<u64>,
    /// What ClickHouse's container takes of the machine.
    pub(crate) clickhouse: Load,
    /// What the service's container takes.
    pub(crate) service: Load,
}

/// What a container takes of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct Load {
    /// How many processors it keeps busy, on average since the look before.
    pub(crate) processors: Option<f64>,
    /// Memory, in bytes.
    pub(crate) memory: Option<u64>,
}

/// Figures over time, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(VecDeque<Sample>);

impl Series {
    /// Adds the newest; the oldest makes room.
    pub(crate) fn push(&mut self, sample: Sample) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    /// All of them.
    pub(crate) fn samples(&self) -> impl ExactSizeIterator<Item = &Sample> {
        self.0.iter()
    }
}
