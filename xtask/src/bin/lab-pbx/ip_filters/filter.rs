//! The query option `filter`: comparisons and functions of fields, joined by `and` and `or`, of which `and` binds tighter.

use super::IpFilter;
use super::page::{FIELDS, value};
use crate::rest::answer::Refused;

/// One of these lists has to hold whole.
#[derive(Debug)]
pub(super) struct Filter(Vec<Vec<Condition>>);

#[derive(Debug)]
struct Condition {
    field: String,
    operator: String,
    value: String,
}

const OPERATORS: [&str; 6] = ["eq", "ne", "gt", "ge", "lt", "le"];
const FUNCTIONS: [&str; 3] = ["startswith", "endswith", "contains"];

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        parse(text)
            .map(Self)
            .ok_or_else(|| Refused::invalid("filter", "is no such expression"))
    }

    pub(super) fn takes(&self, rule: &IpFilter) -> bool {
        self.0
            .iter()
            .any(|all| all.iter().all(|condition| condition.holds(rule)))
    }
}

impl Condition {
    /// A field that is blank fulfils none.
    fn holds(&self, rule: &IpFilter) -> bool {
        let Some(field) = value(rule, &self.field) else {
            return false;
        };
        let (field, wanted) = (field.as_str(), self.value.as_str());
        match self.operator.as_str() {
            "eq" => field == wanted,
            "ne" => field != wanted,
            "gt" => field > wanted,
            "ge" => field >= wanted,
            "lt" => field < wanted,
            "le" => field <= wanted,
            "startswith" => field.starts_with(wanted),
            "endswith" => field.ends_with(wanted),
            _ => field.contains(wanted),
        }
    }
}

fn parse(text: &str) -> Option<Vec<Vec<Condition>>> {
    let mut any = vec![Vec::new()];
    let mut rest = text.trim();
    loop {
        let (condition, after) = condition(rest)?;
        any.last_mut()?.push(condition);
        let after = after.trim_start();
        if after.is_empty() {
            return Some(any);
        }
        let (word, next) = after.split_once(' ')?;
        match word {
            "and" => {}
            "or" => any.push(Vec::new()),
            _ => return None,
        }
        rest = next.trim_start();
    }
}

/// `field eq 'value'` or `contains(field,'value')`, and what follows.
fn condition(text: &str) -> Option<(Condition, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (word, rest) = text.split_at(end);
    let (field, operator, rest, is_function) = if FUNCTIONS.contains(&word) {
        let (field, rest) = rest.strip_prefix('(')?.split_once(',')?;
        (field.trim(), word, rest, true)
    } else {
        let (operator, rest) = rest.trim_start().split_once(' ')?;
        (word, operator, rest, false)
    };
    let is_known = FIELDS.contains(&field) && (is_function || OPERATORS.contains(&operator));
    let (value, rest) = quoted(rest.trim_start())?;
    let rest = match is_function {
        true => rest.trim_start().strip_prefix(')')?,
        false => rest,
    };
    let condition = Condition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value,
    };
    is_known.then_some((condition, rest))
}

/// A text in quotes, in which a doubled quote is one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, after)),
        }
    }
}
