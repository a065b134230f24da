//! A shop as its owner takes it along, and as it is taken out by law.
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Shop;
use crate::kernel::Fault;
use crate::kernel::table::Table;
use crate::kernel::time::{day_text, instant_text};

/// What is kept of a shop, without papers. `number` and `account` are shown as they are given: masked for its
/// owner's file, whole where the law asks for them.
#[must_use]
pub fn data(shop: &Shop, number: &str, account: &str) -> Value {
    json!({
        "name": shop.name, "slug": shop.slug, "kind": shop.kind.as_str(), "standing": shop.standing.as_str(),
        "owner": shop.owner_name, "phone": shop.phone.as_str(), "story": shop.story,
        "commune": { "code": shop.commune_code, "name": shop.commune_address, "former": shop.former_name },
        "hamlet": shop.hamlet, "street": shop.street,
        "number": number,
        "bank": { "bin": shop.bank_bin, "name": shop.bank_name(), "account": account, "holder": shop.bank_account_name },
        "begun_at": shop.created_at.unix_timestamp(),
        "verified_at": shop.verified_at.map(OffsetDateTime::unix_timestamp),
    })
}

/// Everything that happened to a shop, as a table, the newest first.
pub fn history(shop: &Shop) -> Result<Vec<u8>, Fault> {
    let mut table = Table::new(&["at", "event", "by", "reason", "notes", "day", "order_no"])?;
    for line in &shop.history {
        let notes: Vec<String> = line
            .notes
            .iter()
            .map(|note| format!("{}: {}", note.field, note.reason))
            .collect();
        table.row([
            instant_text(line.at).as_str(),
            line.event.as_str(),
            line.who.as_str(),
            line.reason.as_str(),
            notes.join("; ").as_str(),
            line.day.map(day_text).unwrap_or_default().as_str(),
            line.order_no.as_str(),
        ])?;
    }
    table.into_bytes()
}
