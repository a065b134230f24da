//! The forms that let people in.
use leptos::prelude::*;
use market::kernel::FieldErrors;

use super::actions::{NewForm, SignInForm};
use crate::routes;
use crate::ui::form::{ErrorOf, ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};

/// The sample people, for the demonstration: role, name, telephone, password, shop, communes, note.
const PEOPLE: &str = include_str!("../../../data/people.csv");

/// Telephone, and a password for who has one.
#[component]
pub fn SignIn(
    form: SignInForm,
    errors: FieldErrors,
    message: Option<String>,
    is_demo: bool,
) -> impl IntoView {
    let labels = vec![
        ("phone", t!("accounts.phone")),
        ("password", t!("accounts.password")),
    ];
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("shell.sign_in")}</h1>
            <p>{t!("accounts.lead")}</p>
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::SIGN_IN class="sign-in form" novalidate="">
                <input type="hidden" name="ve" value=form.ve />
                <Field name="phone" label=t!("accounts.phone") value=form.phone errors=errors.clone() kind="tel" inputmode="tel" autocomplete="username" />
                <Field name="password" label=t!("accounts.password") value="" errors required=false kind="password" autocomplete="current-password" hint=t!("accounts.password_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("accounts.go_on")}</button></div>
            </form>
            <p class="muted">{t!("accounts.lost_phone")}" "<a href=format!("{}#mat-dien-thoai", routes::RULES)>{t!("accounts.lost_phone_how")}</a></p>
            {is_demo.then(|| view! { <SamplePeople /> })}
        </div>
    }
}

/// The six digits that were sent.
#[component]
pub fn CodePage(
    /// Where the form goes.
    path: String,
    /// Where another code is asked for.
    again: Option<String>,
    /// Masked.
    phone: String,
    /// What both forms carry besides.
    hidden: Vec<(&'static str, String)>,
    /// As typed.
    code: String,
    errors: FieldErrors,
    message: Option<String>,
    /// The digits themselves, on a demonstration whose messages reach nobody.
    shown: Option<String>,
) -> impl IntoView {
    let labels = vec![("code", t!("accounts.code"))];
    let carried = || {
        let fields = hidden.clone().into_iter();
        fields
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("accounts.code_title")}</h1>
            <p>{t!("accounts.code_sent", phone = phone)}</p>
            {shown.map(|code| view! { <Notice tone=Tone::Info><p>{t!("accounts.code_demo")}" "<strong>{code}</strong></p></Notice> })}
            {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=path class="sign-in form" novalidate="">
                {carried()}
                <Field name="code" label=t!("accounts.code") value=code errors inputmode="numeric" autocomplete="one-time-code" />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("accounts.go_on")}</button></div>
            </form>
            {again.map(|path| view! {
                <form method="post" action=path>
                    {carried()}
                    <button type="submit" class="button" data-kind="quiet">{t!("accounts.code_again")}</button>
                </form>
            })}
        </div>
    }
}

/// What a new account needs: a name, and a yes.
#[component]
pub fn SignUp(form: NewForm, errors: FieldErrors) -> impl IntoView {
    let labels = vec![
        ("name", t!("accounts.your_name")),
        ("agreed", t!("accounts.personal_data")),
    ];
    let agreed = errors.of("agreed").map(crate::ui::lang::field);
    let described = agreed.is_some().then_some("agreed-error");
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("accounts.sign_up")}</h1>
            <p>{t!("accounts.sign_up_lead")}</p>
            <ErrorSummary errors=errors.clone() labels />
            <form method="post" action=routes::SIGN_UP class="sign-in form" novalidate="">
                <input type="hidden" name="proof" value=form.proof />
                <input type="hidden" name="ve" value=form.ve />
                <Field name="name" label=t!("accounts.your_name") value=form.name errors autocomplete="name" />
                <div class="field">
                    <label class="check">
                        <input type="checkbox" id="agreed" name="agreed" value="yes" checked=form.agreed == "yes" aria-invalid=described.map(|_| "true") aria-describedby=described />
                        <span>{t!("accounts.agree")}" "<a href=format!("{}#du-lieu", routes::RULES) target="_blank">{t!("accounts.personal_data")}</a></span>
                    </label>
                    <ErrorOf name="agreed" text=agreed />
                </div>
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("accounts.make")}</button></div>
            </form>
        </div>
    }
}

/// How the sample people sign in; only on a demonstration.
#[component]
fn SamplePeople() -> impl IntoView {
    let rows = PEOPLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            let (role, name, phone, password) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let phone = phone.replacen("+84", "0", 1);
            Some(view! { <tr><td>{role_name(role)}</td><td>{name.to_owned()}</td><td><code>{phone}</code></td><td><code>{password.to_owned()}</code></td></tr> })
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{t!("accounts.samples")}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=t!("accounts.samples")>
                <table class="table">
                    <thead><tr><th scope="col">{t!("accounts.role")}</th><th scope="col">{t!("accounts.name")}</th><th scope="col">{t!("accounts.phone")}</th><th scope="col">{t!("accounts.password")}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

pub(super) fn role_name(role: &str) -> String {
    match role {
        "seller" => t!("accounts.role_seller"),
        "helper" => t!("accounts.role_helper"),
        "officer" => t!("accounts.role_officer"),
        "admin" => t!("accounts.role_admin"),
        _ => t!("accounts.role_buyer"),
    }
}
