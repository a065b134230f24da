//! The pages of the checklist, each of which is kept.
use axum::Router;
use axum::extract::{Form, Multipart};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use market::accounts::{AccountsRefusal, Again};
use market::kernel::time::instant_text;
use market::kernel::{CommuneId, Failure, FieldErrors, Refusal, Right, SellerId};
use market::media::{self, PaperKind, PhotoRefusal, Upload, papers};
use market::places::{Commune, named_among, queries as places_queries};
use market::sellers::commands;
use market::sellers::numbers::BANKS;
use market::sellers::{
    AboutForm, Address, BankForm, Delivers, Residence, SellerKind, SellersRefusal, Shop, Standing,
    Step, TaxForm, TaxKind, WhoForm,
};
use serde::Deserialize;

use super::checklist::{self, fault};
use super::fields::{Radios, notes};
use super::words;
use crate::accounts::again::{Password, Refused};
use crate::catalog::words::seller_kind;
use crate::media::islands::PhotoPicker;
use crate::media::{broken, paper_address, receive};
use crate::places::{Choice, CommuneField, TypedCommune};
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, Select, TextArea};
use crate::ui::{Area, Head, lang};
use crate::visit::{Told, Visit, with_retry_after};

/// Where the shop is, as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AddressForm {
    #[serde(flatten)]
    place: TypedCommune,
    former: String,
    hamlet: String,
    street: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeliveryForm {
    delivers: String,
}

/// What a page of the checklist shows.
enum Page {
    Who(WhoForm),
    Address(AddressForm, Vec<Choice>, Vec<Commune>),
    /// Whether the password is asked for, and why it was not enough.
    Bank(BankForm, bool, Option<AccountsRefusal>),
    Delivery(DeliveryForm),
    About(AboutForm),
    Tax(TaxForm),
}

/// The shop, where that step is open now; who may not fill it in is told so.
async fn open(visit: &Visit, step: Step) -> Result<Shop, Trouble> {
    match step {
        Step::Who => visit.desk(Right::HandIn)?,
        Step::Bank => visit.desk(Right::Own)?,
        _ => visit.desk(Right::List)?,
    };
    checklist::own(visit).await
}

/// The pages' paths.
pub(super) fn routes() -> Router<Site> {
    let page = |step: Step| move |visit: Visit| show(visit, step);
    Router::new()
        .route(
            "/ban-hang/gian-hang/chu-the",
            get(page(Step::Who)).post(save_who),
        )
        .route(
            "/ban-hang/gian-hang/dia-chi",
            get(page(Step::Address)).post(save_address),
        )
        .route(
            "/ban-hang/gian-hang/tai-khoan-ngan-hang",
            get(page(Step::Bank)).post(save_bank),
        )
        .route(
            "/ban-hang/gian-hang/giao-hang",
            get(page(Step::Delivery)).post(save_delivery),
        )
        .route(
            "/ban-hang/gian-hang/gioi-thieu",
            get(page(Step::About)).post(save_about),
        )
        .route(
            "/ban-hang/gian-hang/thue",
            get(page(Step::Tax)).post(save_tax),
        )
}

async fn show(visit: Visit, step: Step) -> Result<Response, Trouble> {
    let shop = open(&visit, step).await?;
    if !shop.is_open(step) {
        return Ok(visit.see_other(routes::SELLER_SHOP));
    }
    let word = |one: Option<&'static str>| one.unwrap_or_default().to_owned();
    let filled = match step {
        Step::Who => Page::Who(WhoForm {
            kind: shop.kind.as_str().to_owned(),
            owner_name: shop.owner_name.clone(),
            number: String::new(),
        }),
        Step::Address => {
            let form = AddressForm {
                place: TypedCommune::known(&shop.commune_address, &shop.commune_code),
                former: shop
                    .former_commune
                    .map(|former| former.to_string())
                    .unwrap_or_default(),
                hamlet: shop.hamlet.clone(),
                street: shop.street.clone(),
            };
            Page::Address(form, Vec::new(), formers(&visit, shop.commune).await?)
        }
        Step::Bank => {
            let form = BankForm {
                bank: shop.bank_bin.clone().unwrap_or_default(),
                account: String::new(),
                account_name: shop.bank_account_name.clone(),
                current: String::new(),
            };
            bank_page(&visit, &shop, form, None).await?
        }
        Step::Delivery => Page::Delivery(DeliveryForm {
            delivers: word(shop.delivers.map(Delivers::as_str)),
        }),
        Step::About => Page::About(AboutForm {
            shop_name: shop.name.clone(),
            story: shop.story.clone(),
        }),
        Step::Tax => Page::Tax(TaxForm {
            residence: word(shop.residence.map(Residence::as_str)),
            tax_kind: word(shop.tax_kind.map(TaxKind::as_str)),
        }),
    };
    let errors = notes(&shop, step);
    Ok(page(&visit, StatusCode::OK, shop, filled, errors))
}

/// The communes that went into one of today's map.
async fn formers(visit: &Visit, commune: CommuneId) -> Result<Vec<Commune>, Trouble> {
    places_queries::predecessors(visit.site.store.reader(), commune)
        .await
        .map_err(fault)
}

/// Where a form of a step leads: to the checklist, or back to its page with what is wrong.
fn settle(
    visit: &Visit,
    shop: Shop,
    typed: Page,
    outcome: Result<(), Failure<SellersRefusal>>,
) -> Result<Response, Trouble> {
    match outcome {
        // What was approved meanwhile is shown as it is.
        Ok(()) | Err(Failure::Refused(SellersRefusal::Locked)) => {
            Ok(visit.see_other(routes::SELLER_SHOP))
        }
        Err(Failure::Refused(
            refusal @ (SellersRefusal::Invalid(_) | SellersRefusal::Account(_)),
        )) => {
            let Told { status, errors, .. } = visit.told(Some(&refusal));
            let answer = page(visit, status, shop, typed, errors);
            Ok(with_retry_after(answer, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What can't be right before any use case is asked.
fn wrong<T>(errors: FieldErrors) -> Result<T, Failure<SellersRefusal>> {
    Err(Failure::Refused(SellersRefusal::Invalid(errors)))
}

async fn save_who(visit: Visit, Form(form): Form<WhoForm>) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Who).await?;
    let id = shop.id;
    let outcome = match form.parse(shop.number_kind) {
        Ok(who) => {
            let who = &who;
            market::transact!(visit.site.store, &visit.actor, work => commands::save_who(work, id, who).await)
        }
        Err(errors) => wrong(errors),
    };
    settle(&visit, shop, Page::Who(form), outcome)
}

async fn save_address(
    visit: Visit,
    Form(mut form): Form<AddressForm>,
) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Address).await?;
    let id = shop.id;
    let written = form.place.commune.clone();
    let (commune, places) = form.place.find(&visit.site).await?;
    let known = formers(
        &visit,
        commune.as_ref().map_or(shop.commune, |commune| commune.id),
    )
    .await?;
    let chosen = form.former.parse().ok().map(CommuneId);
    let outcome = if let Some(commune) = &commune {
        let address = &Address {
            commune: commune.id,
            former: chosen
                .filter(|chosen| known.iter().any(|former| former.id == *chosen))
                .or_else(|| named_among(&known, commune, &written).map(|former| former.id)),
            hamlet: form.hamlet.clone(),
            street: form.street.clone(),
        };
        market::transact!(visit.site.store, &visit.actor, work => commands::save_address(work, id, address).await)
    } else {
        let mut errors = FieldErrors::default();
        errors.line("hamlet", &form.hamlet, 80);
        errors.add("commune", form.place.wrong(&places));
        wrong(errors)
    };
    settle(&visit, shop, Page::Address(form, places, known), outcome)
}

async fn save_bank(visit: Visit, Form(form): Form<BankForm>) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Bank).await?;
    let id = shop.id;
    let outcome = match form.parse() {
        Ok(account) => {
            let (_, token) = visit.signed_in()?;
            let again = Again {
                token,
                password: &form.current,
            };
            commands::save_bank(&visit.site.store, &visit.actor, again, id, &account).await
        }
        Err(errors) => wrong(errors),
    };
    let typed = bank_page(&visit, &shop, form, outcome.as_ref().err()).await?;
    settle(&visit, shop, typed, outcome)
}

/// The page for the account; an approved shop's asks for the password, of who has one.
async fn bank_page(
    visit: &Visit,
    shop: &Shop,
    form: BankForm,
    failure: Option<&Failure<SellersRefusal>>,
) -> Result<Page, Trouble> {
    let is_asked = shop.standing == Standing::Approved && visit.asks_password().await?;
    let refusal = match failure {
        Some(Failure::Refused(refusal)) => refusal.clone().account(),
        _ => None,
    };
    Ok(Page::Bank(form, is_asked, refusal))
}

async fn save_delivery(visit: Visit, Form(form): Form<DeliveryForm>) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Delivery).await?;
    let id = shop.id;
    let outcome = if let Some(delivers) = Delivers::parse(&form.delivers) {
        market::transact!(visit.site.store, &visit.actor, work => commands::save_delivery(work, id, delivers).await)
    } else {
        let mut errors = FieldErrors::default();
        errors.add("delivers", "choose");
        wrong(errors)
    };
    settle(&visit, shop, Page::Delivery(form), outcome)
}

async fn save_about(visit: Visit, Form(form): Form<AboutForm>) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::About).await?;
    let id = shop.id;
    let outcome = match form.parse() {
        Ok((name, story)) => {
            let (name, story) = (name.as_str(), story.as_str());
            market::transact!(visit.site.store, &visit.actor, work => commands::save_about(work, id, name, story).await)
        }
        Err(errors) => wrong(errors),
    };
    settle(&visit, shop, Page::About(form), outcome)
}

async fn save_tax(visit: Visit, Form(form): Form<TaxForm>) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Tax).await?;
    let id = shop.id;
    let outcome = match form.parse(shop.kind) {
        Ok((residence, kind)) => {
            market::transact!(visit.site.store, &visit.actor, work => commands::save_tax(work, id, residence, kind).await)
        }
        Err(errors) => wrong(errors),
    };
    settle(&visit, shop, Page::Tax(form), outcome)
}

/// Photographed papers: identity of a household, registration of others.
pub(super) async fn add_papers(visit: Visit, form: Multipart) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::Who).await?;
    let (id, kind) = (shop.id, shop.kind);
    market::transact!(visit.site.store, &visit.actor, work => commands::may_hand_in_papers(work, id).await)?;
    let paper = match kind {
        SellerKind::Household => PaperKind::Identity,
        SellerKind::Cooperative | SellerKind::Enterprise => PaperKind::Registration,
    };
    let taken = take_all(&visit, form, id, File::Paper(paper)).await?;
    let form = WhoForm {
        kind: kind.as_str().to_owned(),
        owner_name: shop.owner_name.clone(),
        number: String::new(),
    };
    Ok(taken.answer(&visit, "papers", Step::Who, shop, Page::Who(form)))
}

/// The shop's picture: the last of those that were sent.
pub(super) async fn set_picture(visit: Visit, form: Multipart) -> Result<Response, Trouble> {
    let shop = open(&visit, Step::About).await?;
    let id = shop.id;
    let taken = take_all(&visit, form, id, File::Picture).await?;
    let form = AboutForm {
        shop_name: shop.name.clone(),
        story: shop.story.clone(),
    };
    Ok(taken.answer(&visit, "picture", Step::About, shop, Page::About(form)))
}

/// As what a file is taken in.
#[derive(Clone, Copy)]
enum File {
    Paper(PaperKind),
    Picture,
}

async fn keep(
    visit: &Visit,
    id: SellerId,
    what: File,
    upload: Upload,
) -> Result<(), Failure<PhotoRefusal>> {
    let site = &visit.site;
    let kind = match what {
        File::Paper(kind) => kind,
        File::Picture => {
            let picture =
                media::commands::accept(&site.store, &site.media, &visit.actor, id, upload).await?;
            let photo = picture.id;
            return market::transact!(site.store, &visit.actor, work => commands::set_picture(work, id, photo).await)
                .map_err(|failure| failure.map(|_| PhotoRefusal::NotASeller));
        }
    };
    papers::accept(&site.store, &site.media, &visit.actor, id, kind, upload)
        .await
        .map(|_| ())
}

/// What became of the files of a form.
#[derive(Default)]
struct Taken {
    any: bool,
    /// What is wrong, in words.
    refused: Vec<String>,
    too_often: Option<market::kernel::limit::TooOften>,
}

impl Taken {
    fn answer(
        self,
        visit: &Visit,
        field: &'static str,
        step: Step,
        shop: Shop,
        typed: Page,
    ) -> Response {
        let mut errors = FieldErrors::default();
        for text in self.refused {
            errors.add_with(field, "photo", &[("what", text)]);
        }
        if let Some(often) = &self.too_often {
            let text = lang::speaking(visit.lang, || lang::refusal(often));
            errors.add_with(field, "photo", &[("what", text)]);
            let answer = page(visit, StatusCode::TOO_MANY_REQUESTS, shop, typed, errors);
            return with_retry_after(answer, often as &dyn Refusal);
        }
        if !self.any {
            errors.add(field, "required");
        }
        if errors.is_empty() {
            return visit.see_other(&format!("{}#{field}", routes::shop_step(step)));
        }
        page(visit, StatusCode::UNPROCESSABLE_ENTITY, shop, typed, errors)
    }
}

/// Takes the files of a form in one after the other.
async fn take_all(
    visit: &Visit,
    mut form: Multipart,
    id: SellerId,
    what: File,
) -> Result<Taken, Trouble> {
    let mut taken = Taken::default();
    loop {
        let mut field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return Ok(taken),
            Err(error) => {
                taken.refused.push(broken(visit, &error));
                return Ok(taken);
            }
        };
        let upload = match receive(visit, &mut field).await? {
            Ok(upload) => upload,
            Err(error) => {
                taken.refused.push(broken(visit, &error));
                return Ok(taken);
            }
        };
        if upload.is_empty() {
            continue;
        }
        taken.any = true;
        // Not before the file is read: a browser that is still sending may not hear the answer.
        match visit.take(&visit.site.limits.upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(often)) => {
                taken.too_often = Some(often);
                continue;
            }
        }
        match keep(visit, id, what, upload).await {
            Ok(()) => {}
            Err(Failure::Fault(fault)) => return Err(fault.into()),
            Err(Failure::Refused(refusal)) => {
                taken
                    .refused
                    .push(lang::speaking(visit.lang, || lang::refusal(&refusal)));
            }
        }
    }
}

fn page(
    visit: &Visit,
    status: StatusCode,
    shop: Shop,
    typed: Page,
    errors: FieldErrors,
) -> Response {
    let step = match typed {
        Page::Who(_) => Step::Who,
        Page::Address(..) => Step::Address,
        Page::Bank(..) => Step::Bank,
        Page::Delivery(_) => Step::Delivery,
        Page::About(_) => Step::About,
        Page::Tax(_) => Step::Tax,
    };
    visit.page_with(
        status,
        || Head::private(words::step(step), Area::Seller),
        || {
            let summary = errors.clone();
            let form = match typed {
                Page::Who(form) => view! { <WhoStep shop=&shop form errors /> }.into_any(),
                Page::Address(form, places, formers) => {
                    view! { <AddressStep form places formers errors /> }.into_any()
                }
                Page::Bank(form, is_asked, refusal) => {
                    view! { <BankStep shop=&shop form is_asked refusal errors /> }.into_any()
                }
                Page::Delivery(form) => view! { <DeliveryStep form errors /> }.into_any(),
                Page::About(form) => view! { <AboutStep shop=&shop form errors /> }.into_any(),
                Page::Tax(form) => view! { <TaxStep kind=shop.kind form errors /> }.into_any(),
            };
            view! {
                <div class="wizard stack" data-gap="l">
                    <p><a href=routes::SELLER_SHOP>{t!("shops.back")}</a></p>
                    <h1>{words::step(step)}</h1>
                    <ErrorSummary errors=summary labels=words::labels() />
                    {form}
                </div>
            }
        },
    )
}

#[component]
fn Save() -> impl IntoView {
    view! { <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("shops.save")}</button></div> }
}

#[component]
fn WhoStep<'s>(shop: &'s Shop, form: WhoForm, errors: FieldErrors) -> impl IntoView + use<> {
    let kinds = SellerKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str(), seller_kind(kind), words::kind_note(kind)))
        .collect();
    let hint = match shop.number_kind {
        Some(_) => t!("shops.number_known", number = shop.number_masked),
        None => t!("shops.number_hint"),
    };
    let papers = shop
        .papers
        .iter()
        .enumerate()
        .map(|(at, paper)| view! {
            <li><a href=paper_address(paper.id)>{t!("shops.paper", number = at + 1)}</a>" "<span class="muted small">{instant_text(paper.at)}</span></li>
        })
        .collect_view();
    let paper_error = errors.of("papers").map(lang::field);
    let lead = match shop.kind {
        SellerKind::Household => t!("shops.papers_household"),
        _ => t!("shops.papers_registered"),
    };
    view! {
        <p>{t!("shops.number_private")}</p>
        <form method="post" action=routes::shop_step(Step::Who) class="form" novalidate="">
            <Radios name="kind" legend=t!("shops.kind") options=kinds value=form.kind errors=errors.clone() />
            <Field name="owner_name" label=t!("shops.owner_name") value=form.owner_name errors=errors.clone() autocomplete="name" />
            <Field name="number" label=t!("shops.number") value=form.number errors inputmode="numeric" hint />
            <Save />
        </form>
        <section class="stack" id="papers" aria-labelledby="giay-to">
            <h2 id="giay-to">{t!("shops.papers")}</h2>
            <p>{lead}</p>
            <ul class="stack" data-gap="s">{papers}</ul>
            <ErrorOf name="papers" text=paper_error />
            <form method="post" action=routes::shop_deed("chu-the/giay-to") enctype="multipart/form-data" class="form">
                <PhotoPicker name="photo".to_owned() label=t!("shops.pick_papers") sending=t!("listing.sending") />
                <button type="submit" class="button">{t!("listing.upload")}</button>
            </form>
        </section>
    }
}

#[component]
fn AddressStep(
    form: AddressForm,
    places: Vec<Choice>,
    formers: Vec<Commune>,
    errors: FieldErrors,
) -> impl IntoView {
    let commune_error = errors.of("commune").map(lang::field);
    let options: Vec<(String, String)> = formers
        .into_iter()
        .map(|former| (former.id.to_string(), former.address()))
        .collect();
    view! {
        <p>{t!("shops.address_lead")}</p>
        <form method="post" action=routes::shop_step(Step::Address) class="form" novalidate="">
            <CommuneField typed=form.place places error=commune_error />
            {(!options.is_empty()).then(|| view! { <Select name="former" label=t!("shops.former") value=form.former options errors=errors.clone() placeholder=t!("shops.former_unknown") /> })}
            <Field name="hamlet" label=t!("shops.hamlet") value=form.hamlet errors=errors.clone() hint=t!("shops.hamlet_hint") />
            <Field name="street" label=t!("shops.street") value=form.street errors required=false hint=t!("shops.street_hint") />
            <Save />
        </form>
    }
}

#[component]
fn BankStep<'s>(
    shop: &'s Shop,
    form: BankForm,
    is_asked: bool,
    refusal: Option<AccountsRefusal>,
    errors: FieldErrors,
) -> impl IntoView + use<> {
    let message = refusal
        .as_ref()
        .filter(|refusal| refusal.fields().is_empty())
        .map(|refusal| lang::refusal(refusal));
    let banks = BANKS
        .iter()
        .map(|bank| {
            (
                bank.bin.to_owned(),
                format!("{} – {}", bank.name, bank.full_name),
            )
        })
        .collect();
    let hint = match shop.bank_bin {
        Some(_) => t!("shops.account_known", account = shop.bank_account_masked),
        None => t!("shops.account_hint"),
    };
    view! {
        <p>{t!("shops.bank_lead")}</p>
        <Refused message refusal back=routes::SELLER_SHOP />
        <form method="post" action=routes::shop_step(Step::Bank) class="form" novalidate="">
            <Select name="bank" label=t!("shops.bank") value=form.bank options=banks errors=errors.clone() placeholder=t!("shops.bank_choose") />
            <Field name="account" label=t!("shops.account") value=form.account errors=errors.clone() inputmode="numeric" hint />
            <Field name="account_name" label=t!("shops.account_name") value=form.account_name errors=errors.clone() hint=t!("shops.account_name_hint") />
            <Password is_asked errors />
            <Save />
        </form>
    }
}

#[component]
fn DeliveryStep(form: DeliveryForm, errors: FieldErrors) -> impl IntoView {
    let options = Delivers::ALL
        .iter()
        .map(|one| {
            let (name, note) = words::delivers(*one);
            (one.as_str(), name, note)
        })
        .collect();
    view! {
        <p>{t!("shops.delivery_lead")}" "<a href=routes::RULES>{t!("shell.rules")}</a></p>
        <form method="post" action=routes::shop_step(Step::Delivery) class="form" novalidate="">
            <Radios name="delivers" legend=t!("shops.delivers") options value=form.delivers errors />
            <Save />
        </form>
    }
}

#[component]
fn AboutStep<'s>(shop: &'s Shop, form: AboutForm, errors: FieldErrors) -> impl IntoView + use<> {
    let picture = shop.picture_key.as_deref().map(routes::media);
    let picture_error = errors.of("picture").map(lang::field);
    view! {
        <form method="post" action=routes::shop_step(Step::About) class="form" novalidate="">
            <Field name="shop_name" label=t!("shops.shop_name") value=form.shop_name errors=errors.clone() hint=t!("shops.shop_name_hint") />
            <TextArea name="story" label=t!("shops.story") value=form.story errors hint=t!("shops.story_hint") />
            <Save />
        </form>
        <section class="stack" id="picture" aria-labelledby="hinh">
            <h2 id="hinh">{t!("shops.picture")}</h2>
            <p>{t!("shops.picture_hint")}</p>
            {picture.map(|src| view! { <ul class="photos"><li class="photo"><img src=src alt=t!("shops.picture") width="320" height="240" /></li></ul> })}
            <ErrorOf name="picture" text=picture_error />
            <form method="post" action=routes::shop_deed("gioi-thieu/hinh") enctype="multipart/form-data" class="form">
                <PhotoPicker name="photo".to_owned() label=t!("listing.pick") sending=t!("listing.sending") />
                <button type="submit" class="button">{t!("listing.upload")}</button>
            </form>
        </section>
    }
}

#[component]
fn TaxStep(kind: SellerKind, form: TaxForm, errors: FieldErrors) -> impl IntoView {
    let residences = Residence::ALL
        .iter()
        .map(|one| {
            let (name, note) = words::residence(*one);
            (one.as_str(), name, note)
        })
        .collect();
    let kinds = TaxKind::ALL
        .iter()
        .filter(|one| kind == SellerKind::Household || **one == TaxKind::Declares)
        .map(|one| {
            let (name, note) = words::tax_kind(*one);
            (one.as_str(), name, note)
        })
        .collect();
    view! {
        <p>{t!("shops.tax_lead")}</p>
        <form method="post" action=routes::shop_step(Step::Tax) class="form" novalidate="">
            <Radios name="residence" legend=t!("shops.residence") options=residences value=form.residence errors=errors.clone() />
            <Radios name="tax_kind" legend=t!("shops.tax_kind") options=kinds value=form.tax_kind errors />
            <Save />
        </form>
    }
}
