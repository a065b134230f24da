//! The field in which a commune is typed, under today's name or one of before July 2025, and what is made of it.
use leptos::prelude::*;
use market::kernel::Fault;
use market::places::{Commune, PlaceReading, queries};
use serde::Deserialize;

use super::islands::CommunePicker;
use super::{Choice, read};
use crate::routes;
use crate::site::Site;
use crate::ui::form::ErrorOf;

/// A commune as a form brings it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedCommune {
    /// What is typed.
    pub commune: String,
    /// Of the commune that was chosen from the list.
    pub commune_code: String,
    /// The text that choices were offered for, and the code that was chosen among them.
    pub commune_asked: String,
    /// Of the commune that was chosen among those.
    pub commune_choice: String,
}

impl TypedCommune {
    /// As a form shows a commune that is known.
    #[must_use]
    pub fn known(address: &str, code: &str) -> Self {
        Self {
            commune: address.to_owned(),
            commune_code: code.to_owned(),
            ..Self::default()
        }
    }

    /// The commune that was chosen or named beyond doubt; else those that may be meant. What was chosen counts
    /// only for the text that it was chosen for: something else may have been typed since.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn find(&mut self, site: &Site) -> Result<(Option<Commune>, Vec<Choice>), Fault> {
        let db = site.store.reader();
        let choice = std::mem::take(&mut self.commune_choice);
        let is_chosen = !choice.is_empty() && self.commune == self.commune_asked;
        if is_chosen && let Some(commune) = queries::by_code(db, &choice).await? {
            return Ok((Some(self.taken(commune)), Vec::new()));
        }
        let code = std::mem::take(&mut self.commune_code);
        if !code.is_empty()
            && let Some(commune) = queries::by_code(db, &code).await?
            && self.commune == commune.address()
        {
            return Ok((Some(self.taken(commune)), Vec::new()));
        }
        Ok(match read(site, &self.commune).await? {
            PlaceReading::Sure(commune) => (Some(self.taken(commune)), Vec::new()),
            PlaceReading::Asked(hits) => (None, hits.into_iter().map(Choice::from).collect()),
        })
    }

    fn taken(&mut self, commune: Commune) -> Commune {
        self.commune_code.clone_from(&commune.code);
        self.commune = commune.address();
        commune
    }

    /// What is wrong where [`Self::find`] found none: the code of its message under `field.`.
    #[must_use]
    pub fn wrong(&self, places: &[Choice]) -> &'static str {
        match (self.commune.trim(), places.is_empty()) {
            ("", _) => "required",
            (_, true) => "commune",
            (_, false) => "which_commune",
        }
    }
}

/// The field; with `places`, which of them is meant is asked.
#[component]
pub fn CommuneField(
    /// What was typed.
    typed: TypedCommune,
    /// The communes that may be meant.
    places: Vec<Choice>,
    /// What is wrong with it.
    error: Option<String>,
) -> impl IntoView {
    let invalid = error.is_some();
    let described_by = if invalid {
        "commune-hint commune-error"
    } else {
        "commune-hint"
    };
    let asked = typed.commune.clone();
    view! {
        <div class="field">
            <label class="field__label" for="commune">{t!("orders.commune")}</label>
            <p class="field__hint" id="commune-hint">{t!("orders.commune_hint")}</p>
            <CommunePicker
                text=typed.commune
                code=typed.commune_code
                endpoint=routes::PLACES.to_owned()
                formerly=t!("orders.formerly")
                nothing=t!("orders.no_commune")
                label=t!("orders.communes")
                described_by=described_by.to_owned()
                invalid
            />
            <ErrorOf name="commune" text=error />
            {(!places.is_empty()).then(|| view! { <PlaceChoices places asked /> })}
        </div>
    }
    .into_any()
}

/// Which of several communes is meant.
#[component]
fn PlaceChoices(places: Vec<Choice>, asked: String) -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend>{t!("orders.which_commune")}</legend>
            <input type="hidden" name="commune_asked" value=asked />
            <div class="choices" data-rows="">
            {places
                .into_iter()
                .map(|place| {
                    let former = (!place.former.is_empty()).then(|| t!("orders.formerly_named", name = place.former));
                    view! {
                        <label class="choice">
                            <input type="radio" name="commune_choice" value=place.code />
                            <span class="choice__text"><span class="choice__name">{place.name}</span>{former.map(|former| view! { <span class="choice__note">{former}</span> })}</span>
                        </label>
                    }
                })
                .collect_view()}
            </div>
        </fieldset>
    }
}
