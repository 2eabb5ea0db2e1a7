//! Days and buckets over changes of the clock, in zones of every kind.

#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Sydney",
    // The clock changes at midnight.
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Pacific/Chatham",
    // A day was skipped.
    "Pacific/Apia",
    "UTC",
];

fn at(text: &str) -> Moment {
    Moment::try_from(text.parse::<Timestamp>().unwrap()).unwrap()
}

fn day_of(name: &str, noon: &str) -> (TimeZone, Window) {
    let zone = zone(name).unwrap();
    let noon: DateTime = format!("{noon}T12:00:00").parse().unwrap();
    let noon = zone.to_timestamp(noon).unwrap();
    let day = Window::day(&zone, Moment::try_from(noon).unwrap());
    (zone, day)
}

fn minutes(window: &Window) -> u32 {
    assert_eq!(window.end.since(window.start) % 60, 0);
    window.end.since(window.start) / 60
}

#[test]
fn a_local_day_has_as_many_minutes_as_the_clock_shows_in_it() {
    for (name, date, length) in [
        ("Europe/Berlin", "2026-03-29", 1380),
        ("Europe/Berlin", "2026-10-25", 1500),
        ("Europe/Berlin", "2026-06-01", 1440),
        ("America/New_York", "2026-03-08", 1380),
        ("America/New_York", "2026-11-01", 1500),
        ("Australia/Lord_Howe", "2026-04-05", 1470),
        ("Australia/Lord_Howe", "2026-10-04", 1410),
        ("Asia/Kolkata", "2026-03-29", 1440),
        ("Asia/Kathmandu", "2026-10-25", 1440),
        ("Australia/Sydney", "2026-04-05", 1500),
        ("Australia/Sydney", "2026-10-04", 1380),
        ("America/Havana", "2026-03-08", 1380),
        ("America/Havana", "2026-11-01", 1500),
        ("America/Sao_Paulo", "2018-02-17", 1500),
        ("America/Sao_Paulo", "2018-11-04", 1380),
    ] {
        let (_, day) = day_of(name, date);
        assert_eq!(minutes(&day), length, "{name} {date}");
    }
}

#[test]
fn a_day_begins_with_the_first_instant_of_its_date() {
    // In Havana there is no midnight on that day: the clock goes from 23:59:59 to 01:00.
    let (zone, day) = day_of("America/Havana", "2026-03-08");
    assert_eq!(local(&zone, day.start), "2026-03-08T01:00:00-04:00");
    // In Kathmandu the day begins at 18:15 UTC.
    let (_, day) = day_of("Asia/Kathmandu", "2026-01-15");
    assert_eq!(day.start, at("2026-01-14T18:15:00Z"));
}

#[test]
fn buckets_over_a_change_of_the_clock() {
    let mut told = String::new();
    for (name, date) in [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Australia/Sydney", "2026-10-04"),
        ("America/Havana", "2026-11-01"),
        ("Asia/Kathmandu", "2026-03-29"),
    ] {
        let (zone, day) = day_of(name, date);
        for interval in ["1h", "2h", "8h"] {
            let buckets = day.buckets(&zone, interval.parse().unwrap()).unwrap();
            told += &format!("{name} {date} by {interval}: {} buckets\n", buckets.len());
            let usual = 60 * interval[..1].parse::<u32>().unwrap();
            for bucket in buckets.iter().filter(|bucket| minutes(bucket) != usual) {
                told += &format!(
                    "    {} has {} minutes\n",
                    local(&zone, bucket.start),
                    minutes(bucket)
                );
            }
        }
    }
    assert_snapshot!(told);
}

#[test]
fn an_hour_that_comes_twice_is_told_apart_by_its_offset() {
    let (zone, day) = day_of("Europe/Berlin", "2026-10-25");
    let hours = day.buckets(&zone, Interval::Hours(1)).unwrap();
    let shown: Vec<String> = hours.iter().map(|hour| local(&zone, hour.start)).collect();
    assert_eq!(shown[2], "2026-10-25T02:00:00+02:00");
    assert_eq!(shown[3], "2026-10-25T02:00:00+01:00");
    assert_eq!(shown[4], "2026-10-25T03:00:00+01:00");
}

#[test]
fn a_window_that_begins_between_the_hours_has_a_short_first_bucket() {
    let zone = zone("Asia/Kolkata").unwrap();
    let window = Window::read("2026-01-01T09:20:00+05:30", "2026-01-01T12:10:00+05:30").unwrap();
    let buckets = window.buckets(&zone, Interval::Hours(1)).unwrap();
    assert_eq!(
        buckets.iter().map(minutes).collect::<Vec<_>>(),
        [40, 60, 60, 10]
    );
}

#[test]
fn days_of_a_month_are_local_ones() {
    let zone = zone("America/New_York").unwrap();
    let window = Window::read("2026-11-01T00:00:00-04:00", "2026-12-01T00:00:00-05:00").unwrap();
    let days = window.buckets(&zone, Interval::Day).unwrap();
    assert_eq!(days.len(), 30);
    assert_eq!(days.iter().filter(|day| minutes(day) == 1500).count(), 1);
    assert!(
        days.iter()
            .all(|day| local(&zone, day.start).contains("T00:00:00"))
    );
}

#[test]
fn a_whole_local_day_of_25_hours_is_within_a_day() {
    let (zone, day) = day_of("Europe/Berlin", "2026-10-25");
    assert!(day.within_a_day(&zone));
    let longer = Window::new(day.start, day.end.plus(1)).unwrap();
    assert!(!longer.within_a_day(&zone));
    // 24 hours from noon before a day of 23 are 24 hours still.
    let zone = super::zone("Europe/Berlin").unwrap();
    let window = Window::read("2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00").unwrap();
    assert!(window.within_a_day(&zone));
}

#[test]
fn what_is_no_window_is_refused() {
    let good = "2026-01-01T00:00:00Z";
    for (start, end, told) in [
        (
            "yesterday",
            good,
            "start_time is no time such as 2025-09-28T00:00:00-04:00",
        ),
        (
            good,
            "2026-01-01T00:00:00",
            "end_time is no time such as 2025-09-28T00:00:00-04:00",
        ),
        (good, good, "the end is not after the start"),
        (
            "2020-01-01T00:00:00Z",
            good,
            "the window is longer than 5 years",
        ),
    ] {
        assert_eq!(Window::read(start, end).unwrap_err().to_string(), told);
    }
    assert!(zone("Mars/Olympus").is_err());
    assert!("5h".parse::<Interval>().is_err());
    let years = Window::read("2022-01-01T00:00:00Z", good).unwrap();
    let utc = TimeZone::UTC;
    assert!(years.buckets(&utc, Interval::Hours(1)).is_err());
    assert!(years.buckets(&utc, Interval::Hours(5)).is_err());
}

proptest! {
    #[test]
    fn days_follow_each_other_without_a_gap(zone in prop::sample::select(&ZONES[..]), seconds in 1_200_000_000_u32..2_500_000_000) {
        let zone = super::zone(zone).unwrap();
        let at = Moment::new(seconds).unwrap();
        let day = Window::day(&zone, at);
        prop_assert!(day.has(at));
        prop_assert_eq!(Window::day(&zone, day.start), day);
        prop_assert_eq!(Window::day(&zone, day.end.minus(1)), day);
        prop_assert_eq!(Window::day(&zone, day.end).start, day.end);
    }

    #[test]
    fn buckets_fill_their_window_and_longer_ones_are_sums_of_hours(
        zone in prop::sample::select(&ZONES[..]),
        start in 1_200_000_000_u32..2_500_000_000,
        length in 1_u32..400_000,
        hours in prop::sample::select(vec![2_u8, 3, 4, 6, 8]),
    ) {
        let zone = super::zone(zone).unwrap();
        let window = Window::new(Moment::new(start).unwrap(), Moment::new(start + length).unwrap()).unwrap();
        let single = window.buckets(&zone, Interval::Hours(1)).unwrap();
        let longer = window.buckets(&zone, Interval::Hours(hours)).unwrap();
        for buckets in [&single, &longer] {
            prop_assert_eq!(buckets.first().unwrap().start, window.start);
            prop_assert_eq!(buckets.last().unwrap().end, window.end);
            prop_assert!(buckets.windows(2).all(|pair| pair[0].end == pair[1].start));
            prop_assert!(buckets.iter().all(|bucket| bucket.start < bucket.end));
        }
        // Each edge of a longer bucket is one of an hour.
        for bucket in &longer {
            prop_assert!(single.iter().any(|hour| hour.start == bucket.start));
        }
    }
}
