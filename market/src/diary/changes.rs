//! What a deed changed, from its records.
use serde_json::Value;

use super::Change;

/// What changed between two records, field by field, in the order of the names.
#[must_use]
pub fn changes(before: Option<&Value>, after: Option<&Value>) -> Vec<Change> {
    let fields = |value: Option<&Value>| match value {
        Some(Value::Object(fields)) => fields.clone(),
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| Change {
            field: name.clone(),
            before: before.get(name).map(shown).unwrap_or_default(),
            after: after.get(name).map(shown).unwrap_or_default(),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        // A place to mend and why.
        Value::Object(fields) => fields.values().map(shown).collect::<Vec<_>>().join(": "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_told_field_by_field() {
        let (before, after) = (
            json!({ "state": "placed", "same": 1 }),
            json!({ "state": "confirmed", "same": 1, "tasks": ["list", "orders"] }),
        );
        let told: Vec<_> = changes(Some(&before), Some(&after))
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                (text("state"), text("placed"), text("confirmed")),
                (text("tasks"), String::new(), text("list, orders")),
            ]
        );
        assert!(changes(None, None).is_empty());
    }
}
