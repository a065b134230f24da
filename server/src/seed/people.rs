//! The sample people and how they sign in.
use std::fmt::Write as _;

use market::accounts::commands::{NewPerson, create_person, hash_password};
use market::kernel::{Actor, Fault, Permission, Phone, Role, Store};
use market::{places, sellers};
use serde::Deserialize;

use super::catalogue::rows;
use crate::config::Config;

/// A row of `data/people.csv`.
#[derive(Clone, Debug, Deserialize)]
struct PersonRow {
    role: String,
    name: String,
    phone: String,
    password: String,
    seller_slug: String,
    communes: String,
    note: String,
}

/// Makes the sample people known.
pub async fn load(config: &Config, store: &Store) -> Result<(), Fault> {
    for row in rows::<PersonRow>(config, "people.csv")? {
        let role = Role::parse(&row.role)
            .ok_or_else(|| Fault::new(format!("people.csv: no role is called {}", row.role)))?;
        let seller = match row.seller_slug.as_str() {
            "" => None,
            slug => sellers::queries::by_slug(store.reader(), slug)
                .await?
                .map(|seller| seller.id),
        };
        let mut communes = Vec::new();
        for code in row.communes.split(';').filter(|code| !code.is_empty()) {
            communes.extend(
                places::queries::by_code(store.reader(), code)
                    .await?
                    .map(|commune| commune.id),
            );
        }
        let password = row.password.clone();
        let hash = tokio::task::spawn_blocking(move || hash_password(&password))
            .await
            .map_err(Fault::new)??;
        let person = NewPerson {
            name: row.name,
            phone: Phone::parse(&row.phone).map_err(Fault::new)?,
            password_hash: Some(hash),
            role,
            seller,
            communes,
            permissions: match (role, row.communes.as_str()) {
                (Role::Officer, "") => Permission::ALL.to_vec(),
                (Role::Officer, _) => vec![
                    Permission::Sellers,
                    Permission::Listings,
                    Permission::Certificates,
                ],
                _ => Vec::new(),
            },
            is_sample: true,
        };
        let person = &person;
        let id = market::transact_sure!(store, &Actor::system(), work => Ok(create_person(work, person).await?))?;
        if role == Role::Helper {
            super::assistance::load(store, id, &person.communes).await?;
        }
        if role == Role::Officer && person.communes.is_empty() {
            super::authorities::load(store, id).await?;
        }
    }
    Ok(())
}

/// How each sample person signs in, as a table for the terminal.
pub fn people_table(config: &Config) -> Result<String, Fault> {
    let people = rows::<PersonRow>(config, "people.csv")?;
    let width = |of: fn(&PersonRow) -> &str| {
        people
            .iter()
            .map(|row| of(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (role, phone, password) = (
        width(|row| &row.role),
        width(|row| &row.phone),
        width(|row| &row.password),
    );
    let mut table = String::new();
    for row in &people {
        let _ = writeln!(
            table,
            "{:role$}  {:phone$}  {:password$}  {} ({})",
            row.role, row.phone, row.password, row.name, row.note
        );
    }
    Ok(table)
}
