//! The fourth step: what matters of goods of its set, as the set's definition asks for it.
use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::sets::{Fact, FactKind, SetDefinition};
use market::catalog::{CatalogRefusal, ProductSet, commands};
use market::kernel::{Failure, ProductId, Right};

use super::{Steps, own};
use crate::catalog::words;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// Pairs of a fact's code and what was typed.
type Typed = Vec<(String, String)>;

pub(in crate::sellers) async fn show(
    visit: Visit,
    Path(id): Path<ProductId>,
) -> Result<Response, Trouble> {
    let own = own(&visit, id).await?;
    let content = own.product.content();
    let Some(set) = content.definition() else {
        return Ok(visit.see_other(&routes::listing(id, "hang")));
    };
    let mut told = Told {
        errors: own.reasons(),
        ..Told::default()
    };
    told.errors
        .0
        .retain(|error| error.field.starts_with("fact_"));
    let typed = content.facts.into_iter().collect();
    Ok(page(&visit, id, set, typed, told))
}

fn page(
    visit: &Visit,
    id: ProductId,
    set: &'static SetDefinition,
    typed: Typed,
    told: Told,
) -> Response {
    visit.page_with(
        told.status,
        || Head::private(t!("listing.step_facts"), Area::Seller),
        || view! { <Facts id set typed told /> },
    )
}

#[component]
fn Facts(id: ProductId, set: &'static SetDefinition, typed: Typed, told: Told) -> impl IntoView {
    let Told {
        errors, message, ..
    } = told;
    let labels = set
        .facts
        .iter()
        .map(|(fact, _)| (fact.field.as_str(), words::fact(fact)))
        .collect();
    let fields = set
        .facts
        .iter()
        .map(|(fact, is_required)| {
            let values: Vec<String> = typed
                .iter()
                .filter(|(code, _)| *code == fact.code)
                .flat_map(|(_, value)| match fact.kind {
                    FactKind::Choices(_) => value.split(',').map(str::to_owned).collect(),
                    _ => vec![value.clone()],
                })
                .collect();
            let (name, label, hint) = (
                fact.field.as_str(),
                words::fact(fact),
                words::fact_hint(fact),
            );
            let value = values.first().cloned().unwrap_or_default();
            let required = *is_required;
            let errors = errors.clone();
            match fact.kind {
                FactKind::Text => {
                    view! { <Field name label value errors hint required /> }.into_any()
                }
                FactKind::Number => {
                    view! { <Field name label value errors hint required inputmode="decimal" /> }
                        .into_any()
                }
                FactKind::Long => {
                    view! { <TextArea name label value errors hint required /> }.into_any()
                }
                FactKind::Choice(_) | FactKind::Choices(_) => {
                    let error = errors.of(name).map(lang::field);
                    view! { <ChoicesOf fact values error required /> }.into_any()
                }
            }
        })
        .collect_view();
    view! {
        <div class="wizard stack" data-gap="l">
            <Steps id at="chi-tiet" />
            <h1>{t!("listing.step_facts")}</h1>
            <p>{t!("listing.facts_lead", set = words::set(set))}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors labels />
            <form method="post" action=routes::listing(id, "chi-tiet") class="form" novalidate="">
                {fields}
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("listing.see")}</button></div>
            </form>
        </div>
    }
}

/// Answers to tick: one, or as many as there are.
#[component]
fn ChoicesOf(
    fact: &'static Fact,
    values: Vec<String>,
    error: Option<String>,
    required: bool,
) -> impl IntoView {
    let kind = match fact.kind {
        FactKind::Choices(_) => "checkbox",
        _ => "radio",
    };
    let name = fact.field.as_str();
    let hint = words::fact_hint(fact);
    let described = error.is_some().then(|| format!("{name}-error"));
    let choices = fact
        .choices()
        .iter()
        .map(|choice| {
            let checked = values.contains(&choice.code);
            view! {
                <label class="choice">
                    <input type=kind name=name value=choice.code.clone() checked=checked />
                    <span class="choice__text"><span class="choice__name">{words::choice(choice)}</span></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset" id=name aria-describedby=described>
            <legend>{words::fact(fact)}{(!required).then(|| view! { " "<span class="field__optional">{t!("form.optional")}</span> })}</legend>
            {(!hint.is_empty()).then(|| view! { <p class="field__hint">{hint}</p> })}
            <div class="choices">{choices}</div>
            <ErrorOf name text=error />
        </fieldset>
    }
}

pub(in crate::sellers) async fn save(
    visit: Visit,
    Path(id): Path<ProductId>,
    Form(form): Form<Typed>,
) -> Result<Response, Trouble> {
    visit.desk(Right::List)?;
    let typed: Typed = form
        .into_iter()
        .filter_map(|(field, value)| Some((field.strip_prefix("fact_")?.to_owned(), value)))
        .collect();
    let facts = typed.as_slice();
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::save_facts(work, id, facts).await);
    match outcome {
        Err(Failure::Refused(CatalogRefusal::Invalid(errors))) => {
            let own = own(&visit, id).await?;
            let set = own.product.set.as_ref();
            let Some(set) = set.and_then(ProductSet::definition) else {
                return Ok(visit.see_other(&routes::listing(id, "hang")));
            };
            let told = visit.told(Some(&CatalogRefusal::Invalid(errors)));
            Ok(page(&visit, id, set, typed, told))
        }
        Err(failure) => Err(failure.into()),
        Ok(()) => Ok(visit.see_other(&routes::listing(id, "xem"))),
    }
}
