//! The page that the code on a package opens: what, whose, until when, valid or not.
use axum::extract::Path;
use axum::response::Response;
use leptos::prelude::*;
use market::certificates::{Gives, PublicCertificate, queries};
use market::kernel::time::day_text;
use time::Date;

use super::words::{self, fact};
use crate::catalog;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::Head;
use crate::ui::parts::{Breadcrumbs, Stars};
use crate::ui::qr::Qr;
use crate::ui::shell::Icon;
use crate::visit::Visit;

pub(super) async fn page(visit: Visit, Path(code): Path<String>) -> Result<Response, Trouble> {
    let found = queries::public(visit.site.store.reader(), &code)
        .await?
        .ok_or(Trouble::NotFound)?;
    let today = visit.site.store.today();
    let path = routes::certificate(&found.code);
    let address = format!("{}{path}", visit.site.base_url);
    Ok(visit.page(
        || {
            let what = words::heading(&found.gives);
            let title = format!("{what}: {}", found.product_name);
            Head {
                description: t!(
                    "certificates.description",
                    what = what,
                    name = found.product_name.clone(),
                    holder = found.seller_name.clone()
                ),
                canonical: Some(path.clone()),
                ..Head::new(title)
            }
        },
        || view! { <CertificatePage found=found.clone() today address /> },
    ))
}

#[component]
fn CertificatePage(found: PublicCertificate, today: Date, address: String) -> impl IntoView {
    let is_valid = found.is_valid_on(today);
    let is_mark = found.gives.is_mark();
    let heading = words::heading(&found.gives);
    let label = |name: &str| words::field_of(is_mark, name);
    let grade = match found.gives {
        Gives::Stars(grade) => Some(grade),
        Gives::Mark(_) => None,
    };
    let stars = grade.as_ref().map(|grade| grade.stars);
    let group = grade.as_ref().and_then(|grade| grade.group);
    let verdict = match found.revoked_on {
        Some(day) => t!("certificates.revoked_on", day = day_text(day)),
        None if is_valid => t!("certificates.is_valid", day = day_text(found.valid_to)),
        None => t!("certificates.has_ended", day = day_text(found.valid_to)),
    };
    let steps = vec![
        (t!("shell.home"), Some(routes::HOME.to_owned())),
        (heading.clone(), None),
    ];
    view! {
        <Breadcrumbs steps />
        <h1>{found.product_name.clone()}</h1>
        <p class="verdict" data-state=is_valid.then_some("valid")><Icon name=if is_valid { "check" } else { "alert" } />{verdict}</p>
        {found.followed_by.map(|code| view! { <p><a href=routes::certificate(&code)>{t!("certificates.see_next")}</a></p> })}
        <div class="beside">
            <section class="certificate">
                <h2>{heading}</h2>
                {stars.filter(|_| is_valid).map(|stars| view! { <Stars stars /> })}
                <dl class="facts">
                    {fact(t!("certificates.product_name"), Some(found.product_name))}
                    <div><dt>{t!("certificates.holder")}</dt><dd><a href=routes::shop(&found.seller_slug)>{found.seller_name}</a></dd></div>
                    {fact(t!("catalog.commune"), Some(format!("{}, {}", found.commune_name, found.province_name)))}
                    {fact(t!("certificates.given_stars"), stars.map(|stars| t!("parts.stars", count = stars)))}
                    {fact(t!("catalog.group"), group.map(catalog::words::group))}
                    {fact(label("number"), Some(found.number))}
                    {fact(label("issuer"), Some(found.issuer))}
                    {fact(label("decided_on"), Some(day_text(found.decided_on)))}
                    {fact(t!("catalog.valid_to"), Some(day_text(found.valid_to)))}
                    {fact(label("regime"), grade.map(|grade| grade.regime))}
                </dl>
                {found.is_sample.then(|| view! { <p class="muted small">{t!("catalog.certificate_is_sample")}</p> })}
            </section>
            <section class="stack">
                <h2>{t!("certificates.code")}</h2>
                <Qr text=address label=t!("certificates.qr", code = found.code.clone()) />
                <p class="muted small">{found.code}</p>
            </section>
        </div>
        {(!found.products.is_empty()).then(|| view! {
            <section class="section">
                <h2>{t!("certificates.on_sale")}</h2>
                <ul class="stack" data-gap="s">
                    {found.products.into_iter().map(|(slug, name)| view! { <li><a href=routes::product(&slug)>{name}</a></li> }).collect_view()}
                </ul>
            </section>
        })}
    }
}
