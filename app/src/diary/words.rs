//! Deeds and their fields in words: the texts under `deed.`; a deed without a text shows its code.
use market::assistance::Method;
use market::kernel::Task;
use market::orders::OrderState;

use crate::assistance;
use crate::orders;
use crate::ui::lang::lookup;

/// What was done.
#[must_use]
pub fn deed(action: &str) -> String {
    known(&format!("deed.{action}")).unwrap_or_else(|| action.to_owned())
}

/// What a changed field is called.
#[must_use]
pub fn field(name: &str) -> String {
    known(&format!("deed.field.{name}")).unwrap_or_else(|| name.to_owned())
}

/// As what somebody did it.
#[must_use]
pub fn actor(kind: &str) -> String {
    known(&format!("deed.actor.{kind}")).unwrap_or_else(|| kind.to_owned())
}

/// A value of a field; codes of other slices in their words.
#[must_use]
pub fn value(field: &str, value: &str) -> String {
    let words = match field {
        "state" => OrderState::parse(value).map(orders::words::state),
        "method" => Method::parse(value).map(assistance::words::method),
        "tasks" => value
            .split(", ")
            .map(Task::parse)
            .collect::<Option<Vec<Task>>>()
            .map(|tasks| assistance::words::tasks(&tasks)),
        _ => None,
    };
    words.unwrap_or_else(|| value.to_owned())
}

fn known(key: &str) -> Option<String> {
    let text = lookup(key, &[]);
    (!text.ends_with(key)).then_some(text)
}
