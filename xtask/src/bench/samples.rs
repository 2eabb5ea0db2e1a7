//! Several measurements of the same thing.

use serde::Serialize;

/// In the order in which they were taken.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Samples(Vec<f64>);

impl Samples {
    pub(super) fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle one, or the mean of the two in the middle. Not a number where there is none.
    pub(super) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            count if count % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    pub(super) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    pub(super) fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn all(&self, mut holds: impl FnMut(f64) -> bool) -> bool {
        self.0.iter().all(|value| holds(*value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        Samples(values.to_vec())
    }

    #[test]
    fn given_an_odd_count_then_the_median_is_the_middle_one_whatever_the_order() {
        assert_eq!(samples(&[9.0, 1.0, 2.0]).median().to_string(), "2");
    }

    #[test]
    fn given_an_even_count_then_the_median_lies_between_the_two_in_the_middle() {
        assert_eq!(samples(&[4.0, 1.0, 2.0, 100.0]).median().to_string(), "3");
    }

    #[test]
    fn given_none_then_there_is_no_median() {
        assert!(samples(&[]).median().is_nan());
    }

    #[test]
    fn the_spread_is_from_the_least_to_the_most() {
        let given = samples(&[3.0, 1.0, 2.0]);
        assert_eq!((given.least() as i32, given.most() as i32), (1, 3));
    }
}
