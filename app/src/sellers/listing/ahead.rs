//! A listing on one page. Phones keep the page, and what is typed into it, for when there is no network: `drafts.js`
//! and `worker.js` do that; without them it is a plain form.
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use market::catalog::{BasicsForm, CatalogRefusal, PriceForm, commands};
use market::kernel::{Failure, FieldErrors, Right, secret};
use serde::Deserialize;

use super::basics::{self, BasicsFields};
use super::offers::PriceFields;
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::ErrorSummary;
use crate::ui::parts::{Notice, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit};

/// What was written down, as it arrives.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::sellers) struct AheadForm {
    /// Made when it was begun: however often it arrives, it is one listing.
    khoa: String,
    /// Who wrote it at which desk, where a phone kept it.
    cua: String,
    #[serde(flatten)]
    basics: BasicsForm,
    #[serde(flatten)]
    price: PriceForm,
}

#[derive(Deserialize)]
pub(in crate::sellers) struct Asked {
    /// The copy that a phone keeps.
    luu: Option<String>,
}

pub(in crate::sellers) async fn show(
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let is_copy = asked.luu.is_some();
    if !is_copy {
        visit.desk(Right::List)?;
    }
    let form = AheadForm {
        khoa: secret::new_key().to_string(),
        ..AheadForm::default()
    };
    page(&visit, form, None, is_copy).await
}

async fn page(
    visit: &Visit,
    form: AheadForm,
    told: Option<Told>,
    is_copy: bool,
) -> Result<Response, Trouble> {
    let today = visit.site.store.today();
    let names = basics::names(visit).await?;
    let is_told = told.is_some();
    let Told {
        status,
        mut errors,
        message,
    } = told.unwrap_or_default();
    basics::at_the_set(&mut errors);
    Ok(visit.page_with(
        status,
        || Head {
            is_kept: is_copy,
            ..Head::private(t!("drafts.ahead"), Area::Seller)
        },
        || {
            let AheadForm { khoa, basics, price, .. } = form;
            let mut labels = basics::labels();
            labels.extend([
                ("price_vnd", t!("sellers.price")),
                ("unit", t!("listing.unit")),
                ("unit_note", t!("listing.unit_note")),
            ]);
            view! {
                <div class="wizard stack" data-gap="l">
                    <h1>{t!("drafts.ahead")}</h1>
                    <p>{t!("drafts.ahead_hint")}</p>
                    <Drafts is_kept=is_copy />
                    {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
                    <ErrorSummary errors=errors.clone() labels />
                    <form method="post" action=routes::SELLER_AHEAD class="form" novalidate="" data-draft="name" data-photos="gui-hinh" data-then="xem" data-told=is_told.then_some("")>
                        <input type="hidden" name="khoa" value=khoa />
                        <input type="hidden" name="cua" value="" />
                        <ChosenPhotos />
                        <BasicsFields form=basics errors=errors.clone() names today />
                        <PriceFields price=price.price_vnd unit=price.unit unit_note=price.unit_note errors />
                        <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("drafts.finish")}</button></div>
                    </form>
                </div>
            }
        },
    ))
}

/// Photographs that wait on the phone until they are sent; without JavaScript they come in the next step.
#[component]
fn ChosenPhotos() -> impl IntoView {
    view! {
        <div class="upload" data-with-scripts="" hidden=true>
            <label class="upload__title" for="photos">{t!("listing.pick")}</label>
            <input id="photos" type="file" accept="image/jpeg,image/png,image/webp" multiple=true />
            <ul class="photos" data-chosen=""></ul>
            <p class="field__hint" role="status" data-preparing=t!("listing.preparing") data-no-room=t!("drafts.no_room") data-full=lang::refusal(&CatalogRefusal::TooManyPhotos)></p>
            <template data-photo="">
                <li class="photo"><img alt="" /><button type="button" class="button" data-kind="quiet"><Icon name="trash" />{t!("cart.remove")}</button></li>
            </template>
        </div>
    }
}

/// What this phone keeps and has not sent yet; `drafts.js` fills it, and nothing is seen of it without.
#[component]
pub(in crate::sellers) fn Drafts(
    /// The page comes from the phone, since there was no network.
    #[prop(optional)]
    is_kept: bool,
) -> impl IntoView {
    view! {
        <section
            class="drafts stack"
            hidden=true
            aria-labelledby="ban-viet-san"
            data-drafts=""
            data-kept=is_kept.then_some("")
            data-sign-in-at=routes::SIGN_IN
            data-unnamed=t!("sellers.unnamed")
            data-offline=t!("drafts.offline")
            data-nobody=t!("drafts.nobody")
            data-elsewhere=t!("drafts.elsewhere")
            data-typing=t!("drafts.typing")
            data-ready=t!("drafts.ready")
            data-sending=t!("drafts.sending")
            data-photos=t!("drafts.photos", count = "{count}")
            data-refused=t!("drafts.refused")
            data-sign-in=t!("drafts.sign_in")
            data-to-sign-in=t!("shell.sign_in")
            data-other=t!("drafts.other")
            data-sent=t!("drafts.sent")
            data-see=t!("drafts.see")
            data-sure=t!("drafts.sure")
        >
            <p class="drafts__net" role="status"></p>
            <h2 id="ban-viet-san">{t!("drafts.title")}</h2>
            <ul class="stack"></ul>
            <template>
                <li class="draft panel stack" data-gap="s">
                    <p><strong class="draft__name"></strong></p>
                    <p class="draft__said" role="status"></p>
                    <div class="cluster">
                        <a class="button" href=routes::SELLER_AHEAD hidden=true>{t!("drafts.go_on")}</a>
                        <button type="button" class="button" hidden=true><Icon name="arrow" /><span>{t!("drafts.now")}</span></button>
                        <button type="button" class="button" data-kind="quiet" hidden=true><Icon name="trash" /><span>{t!("drafts.drop")}</span></button>
                    </div>
                </li>
            </template>
        </section>
    }
}

pub(in crate::sellers) async fn write(
    visit: Visit,
    Form(form): Form<AheadForm>,
) -> Result<Response, Trouble> {
    let seller = visit.desk(Right::List)?;
    if !form.cua.is_empty() && visit.desk_mark().as_ref() != Some(&form.cua) {
        // Written for another household, or by somebody else who uses this phone.
        let told = Told {
            status: StatusCode::CONFLICT,
            errors: FieldErrors::default(),
            message: Some(lang::speaking(visit.lang, || t!("drafts.other"))),
        };
        return page(&visit, form, Some(told), false).await;
    }
    let (basics, pricing) = match understood(&form, &visit) {
        Ok(understood) => understood,
        Err(errors) => {
            let told = Told {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                errors,
                message: None,
            };
            return page(&visit, form, Some(told), false).await;
        }
    };
    let key = match form.khoa.trim() {
        "" => secret::new_key().to_string(),
        key => key.to_owned(),
    };
    let (key, basics, pricing) = (key.as_str(), &basics, &pricing);
    let outcome: Result<_, Failure<CatalogRefusal>> = market::transact!(visit.site.store, &visit.actor, work => commands::write_ahead(work, seller, key, basics, pricing).await);
    match visit.told_of(outcome)? {
        Ok(id) => Ok(visit.see_other(&routes::listing(id, "anh"))),
        Err(told) => page(&visit, form, Some(told), false).await,
    }
}

/// Both halves, with all that is wrong in either.
fn understood(
    form: &AheadForm,
    visit: &Visit,
) -> Result<(market::catalog::Basics, market::catalog::Pricing), FieldErrors> {
    match (
        form.basics.parse(visit.site.store.today()),
        form.price.parse(),
    ) {
        (Ok(basics), Ok(pricing)) => Ok((basics, pricing)),
        (basics, pricing) => {
            let errors = [basics.err(), pricing.err()];
            Err(FieldErrors(
                errors.into_iter().flatten().flat_map(|it| it.0).collect(),
            ))
        }
    }
}
