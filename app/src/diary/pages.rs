//! Deeds as a list: what, who, when, from where, and what changed.
use leptos::prelude::*;
use market::diary::{Change, Cursor, DeedEntry, Deeds, SearchForm};
use market::kernel::FieldErrors;
use market::kernel::time::instant_text;

use super::words;
use crate::routes;
use crate::ui::form::{DayField, ErrorSummary};
use crate::ui::parts::Empty;

/// What officers most often look for: a kind of deed, by the beginning of its word.
const KINDS: [&str; 14] = [
    "consent",
    "help",
    "shop",
    "certificate",
    "product",
    "order",
    "payment",
    "paper",
    "import",
    "session",
    "person",
    "recovery",
    "authority",
    "diary",
];

/// A household's diary.
#[component]
pub fn OwnDiary(deeds: Deeds) -> impl IntoView {
    let next = deeds
        .next
        .map(|cursor| format!("{}?sau={cursor}", routes::DIARY));
    view! {
        <h1>{t!("diary.own")}</h1>
        <p>{t!("diary.own_lead")}" "<a href=routes::HELPERS>{t!("shell.seller_helpers")}</a></p>
        <List deeds=deeds.rows next shows_seller=false />
    }
}

/// What an officer looks for and finds.
#[component]
pub fn OfficerDiary(form: SearchForm, deeds: Deeds, errors: FieldErrors) -> impl IntoView {
    let labels = vec![("from", t!("reports.from")), ("to", t!("reports.to"))];
    let next = deeds.next.map(|cursor| address(&form, cursor));
    let text = |name: &'static str, label: String, typed: &str| {
        view! {
            <div class="field">
                <label class="field__label" for=name>{label}</label>
                <input class="input" id=name name=name value=typed.to_owned() autocomplete="off" maxlength="100" />
            </div>
        }
    };
    let person = text("person", t!("diary.person"), &form.person);
    let seller = text("seller", t!("diary.seller"), &form.seller);
    let from = view! { <DayField name="from" label=t!("reports.from") typed=form.from.clone() day=None errors=errors.clone() /> };
    let to = view! { <DayField name="to" label=t!("reports.to") typed=form.to.clone() day=None errors=errors.clone() /> };
    let is_other = !form.action.is_empty() && !KINDS.contains(&form.action.as_str());
    let other = is_other.then(|| view! { <option value=form.action.clone() selected>{words::deed(&form.action)}</option> });
    let kinds = KINDS
        .into_iter()
        .map(|kind| view! { <option value=kind selected=form.action == kind>{words::deed(&format!("kind.{kind}"))}</option> })
        .collect_view();
    view! {
        <h1>{t!("shell.province_diary")}</h1>
        <p>{t!("diary.officer_lead")}</p>
        <ErrorSummary errors=errors.clone() labels />
        <form class="filter-bar" action=routes::PROVINCE_DIARY method="get">
            {person}
            {seller}
            <div class="field">
                <label class="field__label" for="action">{t!("diary.action")}</label>
                <select class="input" id="action" name="action">
                    <option value="">{t!("diary.any_action")}</option>
                    {other}
                    {kinds}
                </select>
            </div>
            {from}
            {to}
            <button type="submit" class="button">{t!("diary.search")}</button>
        </form>
        <List deeds=deeds.rows next shows_seller=true />
    }
}

/// The address of the page behind `cursor`, with the same question.
fn address(form: &SearchForm, cursor: Cursor) -> String {
    let question = serde_urlencoded::to_string(form).unwrap_or_default();
    format!("{}?{question}&sau={cursor}", routes::PROVINCE_DIARY)
}

#[component]
fn List(deeds: Vec<DeedEntry>, next: Option<String>, shows_seller: bool) -> impl IntoView {
    if deeds.is_empty() {
        return view! { <Empty title=t!("diary.nothing")><p>{t!("diary.nothing_advice")}</p></Empty> }
            .into_any();
    }
    view! {
        <ol class="deeds">{deeds.into_iter().map(|deed| view! { <Deed deed shows_seller /> }).collect_view()}</ol>
        {next.map(|href| view! { <p><a class="button" rel="next" href=href>{t!("diary.older")}</a></p> })}
    }
    .into_any()
}

#[component]
fn Deed(deed: DeedEntry, shows_seller: bool) -> impl IntoView {
    let role = words::actor(&deed.actor_kind);
    let who = match deed.person {
        // Whoever signs in is a guest until then.
        Some(name) if deed.actor_kind == "guest" => name,
        Some(name) => format!("{name} ({role})"),
        None => role,
    };
    let shop = deed.seller.filter(|_| shows_seller || deed.is_on_behalf);
    let parts: Vec<String> = [
        Some(who),
        shop.map(|name| {
            if deed.is_on_behalf {
                t!("diary.on_behalf", name = name)
            } else {
                name
            }
        }),
        Some(instant_text(deed.at)),
        (!deed.address.is_empty()).then(|| t!("diary.from_where", address = deed.address)),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Numbers that only programs know tell people nothing.
    let changes: Vec<Change> = deed
        .changes
        .into_iter()
        .filter(|change| !is_number_of_a_row(&change.before) && !is_number_of_a_row(&change.after))
        .collect();
    view! {
        <li class="deed">
            <p class="deed__what">{words::deed(&deed.action)}{deed.subject.map(|name| format!(": {name}"))}</p>
            <p class="deed__who">{parts.join(" · ")}</p>
            {(!changes.is_empty()).then(|| view! {
                <ul class="deed__changes">{changes.into_iter().map(|change| view! { <li>{told(&change)}</li> }).collect_view()}</ul>
            })}
        </li>
    }
}

fn told(change: &Change) -> String {
    let field = words::field(&change.field);
    let value = |text: &str| words::value(&change.field, text);
    match (change.before.as_str(), change.after.as_str()) {
        ("", after) => format!("{field}: {}", value(after)),
        (before, "") => format!("{field}: {} → –", value(before)),
        (before, after) => format!("{field}: {} → {}", value(before), value(after)),
    }
}

fn is_number_of_a_row(text: &str) -> bool {
    text.parse::<market::kernel::PersonId>().is_ok()
}
