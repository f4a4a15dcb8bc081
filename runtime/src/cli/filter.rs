//! The filter `--only`.

use std::string::{String, ToString as _};
use std::vec::Vec;

use serde_json::Value;

use super::traffic::{Record, What};

/// A filter for a type, for a field that is present, or for the value of a field. Examples are
/// `Request`, `body.topic` and `kind=3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    path: Vec<String>,
    value: Option<String>,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (path, value) = match text.split_once('=') {
            Some((path, value)) => (path, Some(value.trim().to_string())),
            None => (text, None),
        };
        let path: Vec<String> = path.trim().split('.').map(String::from).collect();
        match path.iter().any(String::is_empty) {
            true => Err("expected a type, a field, or a field and its value, as in kind=3".into()),
            false => Ok(Self { path, value }),
        }
    }

    /// Returns `true` if all filters accept a record. Malformed bytes are always accepted.
    pub(super) fn all_pass(filters: &[Self], record: &Record) -> bool {
        if filters.is_empty() || !matches!(record.what, What::Frame) {
            return true;
        }
        let value = record.json().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or(Value::Null);
        filters.iter().all(|filter| filter.passes(&record.kind.name, &value))
    }

    fn passes(&self, name: &str, value: &Value) -> bool {
        match (&self.path[..], &self.value) {
            ([only], None) if only.eq_ignore_ascii_case(name) => true,
            _ => self.is_in(value),
        }
    }

    /// Returns `true` if the filter matches anywhere in a value.
    fn is_in(&self, value: &Value) -> bool {
        if self.is_here(value) {
            return true;
        }
        match value {
            Value::Object(members) => members.values().any(|member| self.is_in(member)),
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            _ => false,
        }
    }

    /// Returns `true` if the filter's path, starting at this value, leads to a matching value.
    fn is_here(&self, value: &Value) -> bool {
        let step = |value: Option<&Value>, name: &String| match value? {
            Value::Object(members) => members.get(name).cloned(),
            Value::Array(items) => items.get(name.parse::<usize>().ok()?).cloned(),
            // A variant without fields is its name in JSON.
            Value::String(text) if text == name => Some(Value::Null),
            _ => None,
        };
        let mut at = Some(value.clone());
        for name in &self.path {
            at = step(at.as_ref(), name);
        }
        match (at, &self.value) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(Value::String(text)), Some(value)) => text == *value,
            (Some(found), Some(value)) => {
                let found = found.to_string();
                found == *value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn fields_are_found_at_any_depth() {
        let frame = serde_json::json!({
            "kind": "Picture", "body": {"Publish": {"topic": "a", "qos": 1, "list": [1, {"deep": true}]}}
        });
        let passes = |text: &str| Filter::parse(text).unwrap().passes("Message", &frame);
        for text in [
            "message",
            "kind=Picture",
            "kind.Picture",
            "Publish",
            "qos=1",
            "Publish.topic=a",
            "body.Publish.qos",
            "list.0=1",
            "deep=true",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in ["other", "kind=picture", "qos=2", "topic.qos", "list.2", "Message=1"] {
            assert!(!passes(text), "{text}");
        }
        assert!(Filter::parse("=3").is_err() && Filter::parse("a..b").is_err());
    }
}
