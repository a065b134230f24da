//! Whom the installation trusts with what: helpers, officers, administrators.
use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum_extra::extract::Form;
use leptos::prelude::*;
use market::accounts::{AccountsRefusal, Trust, TrustForm, Trusted, commands, queries};
use market::kernel::{Failure, FieldErrors, PageRequest, Permission, PersonId, Phone, Right, Role};
use serde::Deserialize;

use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::parts::{Empty, Notice, Pagination, Tone};
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route(routes::PEOPLE, get(list))
        .route("/quan-tri/nguoi/moi", get(show_new).post(save))
        .route("/quan-tri/nguoi/{id}", get(show).post(save_known))
        .route("/quan-tri/nguoi/{id}/dang-xuat", post(sign_out))
}

fn admitted(visit: &Visit) -> Result<(), Trouble> {
    visit.signed_in()?;
    if visit.actor.may(Right::Administer) {
        Ok(())
    } else {
        Err(Trouble::NotFound)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    phone: String,
    page: Option<u32>,
}

async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let mut errors = FieldErrors::default();
    let number: Option<Phone> = if asked.phone.trim().is_empty() {
        None
    } else {
        errors.phone("phone", &asked.phone)
    };
    let request = PageRequest::new(asked.page, None);
    let store = &visit.site.store;
    let (people, total) = if errors.is_empty() {
        queries::trusted(store.reader(), number.as_ref(), request, store.now()).await?
    } else {
        (Vec::new(), 0)
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page_with(
        status,
        || Head::private(t!("accounts.people"), Area::Province),
        || view! { <People people phone=asked.phone errors page=request.page pages=request.pages(total) /> },
    ))
}

async fn show_new(visit: Visit) -> Result<Response, Trouble> {
    admitted(&visit)?;
    Ok(page(&visit, None, TrustForm::default(), None))
}

async fn show(visit: Visit, Path(id): Path<PersonId>) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let form = queries::trust_of(visit.site.store.reader(), id)
        .await?
        .ok_or(Trouble::NotFound)?;
    Ok(page(&visit, Some(id), form, None))
}

async fn save(visit: Visit, Form(form): Form<TrustForm>) -> Result<Response, Trouble> {
    entrust(visit, None, form).await
}

async fn save_known(
    visit: Visit,
    Path(id): Path<PersonId>,
    Form(form): Form<TrustForm>,
) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let known = queries::trust_of(visit.site.store.reader(), id)
        .await?
        .ok_or(Trouble::NotFound)?;
    // Another telephone is its owner's to choose.
    let form = TrustForm {
        phone: known.phone,
        ..form
    };
    entrust(visit, Some(id), form).await
}

async fn entrust(visit: Visit, id: Option<PersonId>, form: TrustForm) -> Result<Response, Trouble> {
    admitted(&visit)?;
    let trust: Trust = match form.parse() {
        Ok(trust) => trust,
        Err(errors) => {
            let refusal = AccountsRefusal::Invalid(errors);
            return Ok(page(&visit, id, form, Some(&refusal)));
        }
    };
    match market::transact!(visit.site.store, &visit.actor, work => commands::entrust(work, &trust).await)
    {
        Ok(_) => Ok(visit.see_other(routes::PEOPLE)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusal)) => Ok(page(&visit, id, form, Some(&refusal))),
    }
}

async fn sign_out(visit: Visit, Path(id): Path<PersonId>) -> Result<Response, Trouble> {
    admitted(&visit)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::end_sessions_of(work, id).await)?;
    Ok(visit.see_other(routes::PEOPLE))
}

#[component]
fn People(
    people: Vec<Trusted>,
    phone: String,
    errors: FieldErrors,
    page: u32,
    pages: u32,
) -> impl IntoView {
    let is_empty = people.is_empty();
    view! {
        <h1>{t!("accounts.people")}</h1>
        <p>{t!("accounts.people_lead")}</p>
        <form method="get" action=routes::PEOPLE class="form" novalidate="">
            <Field name="phone" label=t!("accounts.people_find") value=phone errors kind="tel" inputmode="tel" required=false />
            <div class="form__actions">
                <button type="submit" class="button">{t!("accounts.find")}</button>
                <a class="button" data-kind="primary" href="/quan-tri/nguoi/moi">{t!("accounts.people_new")}</a>
            </div>
        </form>
        {is_empty.then(|| view! { <Empty title=t!("accounts.people_none")><p>{t!("accounts.people_none_hint")}</p></Empty> })}
        {(!is_empty).then(|| view! {
            <div class="table-wrap" tabindex="0" role="region" aria-label=t!("accounts.people")>
                <table class="table">
                    <thead><tr>
                        <th scope="col">{t!("accounts.name")}</th><th scope="col">{t!("accounts.phone")}</th>
                        <th scope="col">{t!("accounts.role")}</th><th scope="col">{t!("accounts.devices")}</th>
                    </tr></thead>
                    <tbody>
                        {people
                            .into_iter()
                            .map(|person| {
                                let roles: Vec<String> = person.roles.iter().map(|role| super::pages::role_name(role.as_str())).collect();
                                view! {
                                    <tr>
                                        <th scope="row"><a href=routes::person(person.person)>{person.name}</a></th>
                                        <td>{person.phone.to_string()}</td>
                                        <td>{roles.join(", ")}</td>
                                        <td><div class="cluster">
                                            {person.sessions}
                                            {(person.sessions > 0).then(|| view! {
                                                <form method="post" action=format!("{}/dang-xuat", routes::person(person.person))>
                                                    <button type="submit" class="button" data-kind="quiet">{t!("accounts.people_sign_out")}</button>
                                                </form>
                                            })}
                                        </div></td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        })}
        <Pagination page pages href=Box::new(|page| format!("{}?page={page}", routes::PEOPLE)) />
    }
}

fn page(
    visit: &Visit,
    id: Option<PersonId>,
    form: TrustForm,
    refusal: Option<&AccountsRefusal>,
) -> Response {
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    let title = || {
        if id.is_some() {
            form.name.clone()
        } else {
            t!("accounts.people_new")
        }
    };
    visit.page_with(
        status,
        || Head::private(title(), Area::Province),
        || {
            let title = title();
            view! { <TrustPage id title form=form.clone() errors message /> }
        },
    )
}

#[component]
fn TrustPage(
    id: Option<PersonId>,
    title: String,
    form: TrustForm,
    errors: FieldErrors,
    message: Option<String>,
) -> impl IntoView {
    let labels = vec![
        ("name", t!("accounts.your_name")),
        ("phone", t!("accounts.phone")),
        ("permissions", t!("accounts.permissions")),
        ("office", t!("accounts.office")),
        ("areas", t!("accounts.areas")),
    ];
    let action = id.map_or_else(|| "/quan-tri/nguoi/moi".to_owned(), routes::person);
    let check = |name: &'static str, value: &'static str, given: &[String], words: String| {
        let checked = given.iter().any(|given| given == value);
        view! { <label class="check"><input type="checkbox" name=name value=value checked=checked /><span>{words}</span></label> }
    };
    let wrong = errors.of("permissions").map(lang::field);
    view! {
        <p><a href=routes::PEOPLE>{t!("accounts.people")}</a></p>
        <div class="narrow stack" data-gap="l">
            <h1>{title}</h1>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=action class="form" novalidate="">
                {match id {
                    None => view! { <Field name="name" label=t!("accounts.your_name") value=form.name errors=errors.clone() /> }.into_any(),
                    Some(_) => view! { <input type="hidden" name="name" value=form.name /> }.into_any(),
                }}
                {match id {
                    None => view! { <Field name="phone" label=t!("accounts.phone") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" /> }.into_any(),
                    Some(_) => view! { <p>{t!("accounts.phone")}": "{Phone::parse(&form.phone).map_or(form.phone, |phone| phone.to_string())}</p> }.into_any(),
                }}
                <fieldset class="field">
                    <legend class="field__label">{t!("accounts.role")}</legend>
                    {[Role::Helper, Role::Officer, Role::Admin]
                        .map(|role| check("roles", role.as_str(), &form.roles, super::pages::role_name(role.as_str())))
                        .collect_view()}
                </fieldset>
                <TextArea name="areas" label=t!("accounts.areas") value=form.areas errors=errors.clone() hint=t!("accounts.areas_hint") />
                <fieldset class="field" id="permissions">
                    <legend class="field__label">{t!("accounts.permissions")}</legend>
                    {Permission::ALL
                        .map(|permission| check("permissions", permission.as_str(), &form.permissions, permission_name(permission)))
                        .collect_view()}
                    <ErrorOf name="permissions" text=wrong />
                </fieldset>
                <TextArea name="office" label=t!("accounts.office") value=form.office errors hint=t!("accounts.office_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("accounts.save")}</button></div>
            </form>
        </div>
    }
}

fn permission_name(permission: Permission) -> String {
    match permission {
        Permission::Sellers => t!("accounts.permission_sellers"),
        Permission::Listings => t!("accounts.permission_listings"),
        Permission::Certificates => t!("accounts.permission_certificates"),
        Permission::Feedback => t!("accounts.permission_feedback"),
        Permission::Reports => t!("accounts.permission_reports"),
        Permission::Imports => t!("accounts.permission_imports"),
        Permission::Audit => t!("accounts.permission_audit"),
        Permission::Authorities => t!("accounts.permission_authorities"),
    }
}
