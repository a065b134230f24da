//! What is asked of a search, with the communes, shops, marks and facts in it looked up.
use sqlx::PgPool;

use super::form;
use super::types::{Asked, Names};
use crate::catalog::sets;
use crate::certificates::marks;
use crate::kernel::Fault;
use crate::{places, sellers};

/// Understands parameters as [`form::parse`] does and looks up what they name. A commune's
/// code of before July 2025 that isn't on today's map stands for all that the commune became; what nobody
/// knows is left out and told.
pub async fn understand(db: &PgPool, pairs: &[(String, String)]) -> Result<Asked, Fault> {
    let (mut query, mut errors) = form::parse(pairs);
    let filter = &mut query.filter;
    let mut names = Names::default();
    let mut unknown =
        |field: &str, value: String| errors.add_with(field, "unknown", &[("value", value)]);
    filter.sets.retain(|number| {
        let is_known = sets::all().iter().any(|set| set.number == *number);
        if !is_known {
            unknown("set", number.to_string());
        }
        is_known
    });
    filter.marks.retain(|code| {
        let is_known = marks::named(code).is_some();
        if !is_known {
            unknown("mark", code.clone());
        }
        is_known
    });
    filter.facts.retain(|said| {
        let is_known = sets::facets().any(|(fact, _)| {
            let mut choices = fact.choices().iter();
            fact.code == said.fact && choices.any(|choice| choice.code == said.value)
        });
        if !is_known {
            unknown("facts", said.to_string());
        }
        is_known
    });
    if !filter.communes.is_empty() {
        let today = places::queries::today_by_codes(db, &filter.communes).await?;
        for code in filter.communes.drain(..) {
            if !today.iter().any(|found| found.asked == code) {
                unknown("commune", code);
            }
        }
        for found in today {
            names.former.extend(found.former);
            let commune = found.commune;
            names.communes.push((commune.code, commune.full_name));
        }
        names.former.dedup();
        names.communes.sort();
        names.communes.dedup();
        filter
            .communes
            .extend(names.communes.iter().map(|(code, _)| code.clone()));
    }
    if !filter.sellers.is_empty() {
        names.sellers = sellers::queries::names(db, &filter.sellers).await?;
        for slug in filter.sellers.drain(..) {
            if !names.sellers.iter().any(|(known, _)| *known == slug) {
                unknown("seller", slug);
            }
        }
        filter
            .sellers
            .extend(names.sellers.iter().map(|(slug, _)| slug.clone()));
    }
    Ok(Asked {
        query,
        names,
        errors,
    })
}
