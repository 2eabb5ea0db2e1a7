//! Which of the rules a request is answered with: those it filters or searches for, in the order it names, a page of them.

use std::cmp::Ordering;

use super::filter::Filter;
use super::{IpFilter, in_seconds};
use crate::rest::answer::Refused;

const MOST: usize = 100;

pub(crate) struct Page {
    filter: Option<Filter>,
    search: Option<String>,
    /// Field, and whether descending.
    orderby: Vec<(String, bool)>,
    skip: usize,
    top: usize,
}

impl Page {
    pub(crate) fn of(options: &[(String, String)]) -> Result<Self, Refused> {
        let mut page = Self {
            filter: None,
            search: None,
            orderby: Vec::new(),
            skip: 0,
            top: MOST,
        };
        for (name, value) in options {
            match name.as_str() {
                "filter" => page.filter = Some(Filter::parse(value)?),
                "search" => page.search = Some(value.to_lowercase()),
                "orderby" => page.orderby = order(value)?,
                "skip" => page.skip = number(name, value, 0, i32::MAX as usize)?,
                "top" => page.top = number(name, value, 1, MOST)?,
                _ => return Err(Refused::invalid(name, "no such query option")),
            }
        }
        Ok(page)
    }

    /// How many rules there are of that kind, and the page of them.
    pub(crate) fn cut(&self, all: &[IpFilter]) -> (usize, Vec<IpFilter>) {
        let is_wanted = |rule: &&IpFilter| {
            self.filter.as_ref().is_none_or(|filter| filter.takes(rule))
                && self.search.as_ref().is_none_or(|text| has(rule, text))
        };
        let mut found: Vec<&IpFilter> = all.iter().filter(is_wanted).collect();
        found.sort_by(|one, other| self.compare(one, other));
        let page = found.iter().skip(self.skip).take(self.top);
        (found.len(), page.map(|rule| (*rule).clone()).collect())
    }

    fn compare(&self, one: &IpFilter, other: &IpFilter) -> Ordering {
        let by_field = self.orderby.iter().map(|(name, descending)| {
            let order = value(one, name).cmp(&value(other, name));
            if *descending { order.reverse() } else { order }
        });
        by_field.fold(Ordering::Equal, Ordering::then)
    }
}

/// What makes a rule match a search is for the server to decide.
fn has(rule: &IpFilter, text: &str) -> bool {
    let description = rule.entry.description.as_deref().unwrap_or_default();
    rule.entry.cidr.to_string().contains(text) || description.to_lowercase().contains(text)
}

fn order(text: &str) -> Result<Vec<(String, bool)>, Refused> {
    let one = |part: &str| {
        let mut words = part.split_whitespace();
        let (name, way) = (words.next().unwrap_or_default(), words.next());
        let is_known = FIELDS.contains(&name) && words.next().is_none();
        match way {
            None | Some("asc") if is_known => Ok((name.to_owned(), false)),
            Some("desc") if is_known => Ok((name.to_owned(), true)),
            _ => Err(Refused::invalid("orderby", "is no list of fields")),
        }
    };
    text.split(',').map(one).collect()
}

fn number(name: &str, text: &str, least: usize, most: usize) -> Result<usize, Refused> {
    text.parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Refused::invalid(name, format!("is no number from {least} to {most}")))
}

/// The fields by which rules are filtered and ordered.
pub(super) const FIELDS: [&str; 5] = ["id", "cidr", "target", "expire_at", "description"];

/// A field as a text.
pub(super) fn value(rule: &IpFilter, name: &str) -> Option<String> {
    let entry = &rule.entry;
    match name {
        "id" => Some(rule.id.clone()),
        "cidr" => Some(entry.cidr.to_string()),
        "target" => Some(format!("{:?}", entry.target).to_uppercase()),
        "expire_at" => entry.expire_at.map(in_seconds),
        _ => entry.description.clone(),
    }
}
