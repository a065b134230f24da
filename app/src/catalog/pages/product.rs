//! A product's page.
use leptos::prelude::*;
use market::catalog::{Harvest, Product, ProductSet, ProductStatus, Supply, Variant, sets};
use market::kernel::time::{day_text, iso_day};
use market::kernel::{FieldErrors, Quantity};
use market::media::PictureFormat;
use market::search::Hit;
use market::sellers::Standing;
use market::trace::LotCode;
use serde_json::{Value, json};
use time::Date;

use crate::cart::islands::QuantityStepper;
use crate::catalog::parts::{Photo, ProductGrid, SeasonStrip};
use crate::catalog::words;
use crate::certificates::words::{field_of, mark};
use crate::routes;
use crate::ui::form::ErrorOf;
use crate::ui::parts::{Breadcrumbs, Notice, Stars, Tone};
use crate::ui::shell::Icon;
use crate::ui::{Head, lang};

/// The head, with schema.org data for search engines.
pub fn product_head(product: &Product, base: &str, today: Date) -> Head {
    let image = product
        .photos
        .first()
        .and_then(|photo| photo.picture.nearest(640, PictureFormat::Jpeg))
        .map(|variant| routes::media(&variant.key));
    let offers: Vec<_> = product
        .variants
        .iter()
        .filter_map(|variant| {
            let stock = match variant.supply {
                _ if !variant.in_stock() => "OutOfStock",
                Supply::Stock => "InStock",
                Supply::ToOrder { .. } => "MadeToOrder",
                Supply::PreOrder { .. } => "PreOrder",
            };
            let starts = match variant.supply {
                Supply::PreOrder { delivered } => Some(iso_day(delivered.from)),
                Supply::Stock | Supply::ToOrder { .. } => None,
            };
            Some(json!({
                "@type": "Offer", "sku": variant.sku, "price": variant.price?.0, "priceCurrency": "VND",
                "availability": format!("https://schema.org/{stock}"), "availabilityStarts": starts, "url": format!("{base}{}", routes::product(&product.slug)),
            }))
        })
        .collect();
    let mut data = json!({
        "@context": "https://schema.org", "@type": "Product", "name": product.name, "sku": product.code, "description": product.description,
        "image": image.as_ref().map(|path| format!("{base}{path}")),
        "brand": { "@type": "Brand", "name": product.seller.name }, "offers": offers,
    });
    let certifications = certifications(product, base, today);
    if !certifications.is_empty() {
        data["hasCertification"] = certifications.into();
    }
    let mut head = Head {
        title: product.name.clone(),
        image,
        json_ld: Some(data),
        ..Head::default()
    };
    head.description = product.description.chars().take(160).collect();
    head.canonical = Some(routes::product(&product.slug));
    head.is_private = product.status != ProductStatus::Published;
    head
}

/// The certificates that are valid today, as schema.org has them.
fn certifications(product: &Product, base: &str, today: Date) -> Vec<Value> {
    let told = |code: &str, name: String, number: &str, issuer: &str, first: Date, last: Date| {
        json!({
            "@type": "Certification", "name": name, "certificationIdentification": number,
            "certificationStatus": "https://schema.org/CertificationActive",
            "issuedBy": { "@type": "Organization", "name": issuer },
            "validFrom": iso_day(first), "expires": iso_day(last), "url": format!("{base}{}", routes::certificate(code)),
        })
    };
    let ocop = product.certificate.as_ref().and_then(|it| {
        let stars = it.stars_on(today)?;
        let name = t!("certificates.ocop_stars", count = stars);
        let mut ocop = told(
            &it.code,
            name,
            &it.number,
            &it.issuer,
            it.decided_on,
            it.valid_to,
        );
        ocop["certificationRating"] =
            json!({ "@type": "Rating", "ratingValue": stars, "bestRating": 5 });
        Some(ocop)
    });
    let marks = product.marks_on(today).map(|it| {
        let name = mark(it.kind);
        told(
            &it.code,
            name,
            &it.number,
            &it.issuer,
            it.decided_on,
            it.valid_to,
        )
    });
    ocop.into_iter().chain(marks).collect()
}

/// What was typed into the form of the cart before it was refused.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// Of the refusal.
    pub code: String,
    /// Id of the variant that was chosen.
    pub variant: String,
    /// As typed.
    pub quantity: String,
}

impl Refused {
    /// What is wrong with the quantity, if anything.
    fn wrong_quantity(&self, variants: &[Variant]) -> Option<String> {
        let quantity = match Quantity::parse(&self.quantity) {
            Ok(quantity) => quantity,
            Err(error) => return Some(lang::field_code(error.code())),
        };
        let variant = variants
            .iter()
            .find(|variant| variant.id.to_string() == self.variant)
            .filter(|variant| !quantity.fits(variant.minimum, variant.step))?;
        let mut errors = FieldErrors::default();
        errors.add_step("quantity", variant.minimum, variant.step, &variant.unit);
        errors.of("quantity").map(lang::field)
    }
}

/// The page: the product, the lot that it is sold from, and more of its household.
pub fn product(
    product: Product,
    lot: Option<(LotCode, Date)>,
    others: Vec<Hit>,
    today: Date,
    refused: Option<Refused>,
) -> impl IntoView {
    let steps = vec![
        (t!("shell.home"), Some(routes::HOME.to_owned())),
        (
            words::group(product.group),
            Some(routes::group(product.group)),
        ),
        (product.name.clone(), None),
    ];
    let hidden = product.status != ProductStatus::Published;
    let closed = shop_closed(&product);
    let seller = product.seller.clone();
    view! {
        <Breadcrumbs steps />
        {hidden.then(|| view! { <Notice tone=Tone::Info><p>{t!("catalog.only_you")}</p></Notice> })}
        {closed}
        <Listing product today refused />
        {lot.map(|(code, day)| {
            let href = routes::trace(&code);
            view! { <p><a class="chip" href=href><Icon name="leaf" />{t!("trace.sold_from", code = code, day = day_text(day))}</a></p> }
        })}
        {(!others.is_empty()).then(|| view! {
            <section class="section">
                <h2>{t!("catalog.more_of", name = seller.name.clone())}</h2>
                <ProductGrid hits=others of_one_seller=true />
            </section>
        })}
    }
}

/// Why a published product can't be bought: its shop is on holiday, or may not sell now.
fn shop_closed(product: &Product) -> Option<impl IntoView + use<>> {
    if product.status != ProductStatus::Published || product.is_on_sale() {
        return None;
    }
    let words = match (product.seller.standing, product.seller.paused_until) {
        (Standing::Approved, Some(day)) => t!("cart.shop_paused_until", day = day_text(day)),
        (Standing::Approved, None) => t!("cart.shop_paused"),
        _ => t!("cart.shop_suspended"),
    };
    let (shop, name) = (
        routes::shop(&product.seller.slug),
        product.seller.name.clone(),
    );
    Some(view! {
        <Notice tone=Tone::Warning>
            <p>{words}</p>
            <p><a href=shop>{name}</a></p>
        </Notice>
    })
}

/// What is said of a product whose shop may not sell now, instead of the product.
pub fn not_sold_now(product: &Product) -> impl IntoView + use<> {
    view! {
        <h1>{product.name.clone()}</h1>
        {shop_closed(product)}
        <p><a class="button" href=routes::group(product.group)>{words::group(product.group)}</a></p>
    }
}

/// What is said of a product that was taken off for good, instead of the product.
pub fn no_longer_sold(product: &Product) -> impl IntoView + use<> {
    let (shop, seller) = (
        routes::shop(&product.seller.slug),
        product.seller.name.clone(),
    );
    view! {
        <h1>{product.name.clone()}</h1>
        <Notice tone=Tone::Info>
            <p>{t!("catalog.no_longer_sold")}</p>
            <p><a href=shop>{seller}</a></p>
        </Notice>
        <p><a class="button" href=routes::group(product.group)>{words::group(product.group)}</a></p>
    }
}

/// A product as a buyer sees it; also the preview before it is published.
#[component]
pub fn Listing(
    /// The product.
    product: Product,
    /// Today's business day.
    today: Date,
    /// What was typed and why it was refused, after the cart refused it.
    #[prop(default = None)]
    refused: Option<Refused>,
) -> impl IntoView {
    let stars = product.stars_on(today);
    let mut names: Vec<String> = product.marks_on(today).map(|it| mark(it.kind)).collect();
    names.dedup();
    let marks = (!names.is_empty()).then(|| {
        view! {
            <ul class="marks" aria-label=t!("catalog.marks")>
                {names.into_iter().map(|name| view! { <li class="mark"><Icon name="check" />{name}</li> }).collect_view()}
            </ul>
        }
    });
    let wrong_quantity = refused
        .as_ref()
        .and_then(|refused| refused.wrong_quantity(&product.variants));
    let month = u8::from(today.month());
    let drawn = product.photos.first().is_some_and(|photo| photo.is_drawn);
    view! {
        <article class="beside listing" data-first="half">
            <div class="gallery">
                <ol class="gallery__view" tabindex="0" aria-label=product.name.clone()>
                    {product
                        .photos
                        .iter()
                        .enumerate()
                        .map(|(index, photo)| view! {
                            <li id=format!("anh-{}", index + 1)>
                                <Photo picture=photo.picture.clone() alt=words::photo(&product, index) sizes="(max-width: 60rem) 94vw, 36rem" eager=index == 0 />
                            </li>
                        })
                        .collect_view()}
                </ol>
                {(product.photos.len() > 1).then(|| view! {
                    <ul class="gallery__thumbs">
                        {product
                            .photos
                            .iter()
                            .enumerate()
                            .map(|(index, photo)| {
                                let src = photo.picture.nearest(160, PictureFormat::Webp).map(|size| routes::media(&size.key));
                                view! { <li><a href=format!("#anh-{}", index + 1) aria-label=t!("catalog.photo_number", number = index + 1)><img src=src alt="" width="80" height="80" /></a></li> }
                            })
                            .collect_view()}
                    </ul>
                })}
                {drawn.then(|| view! { <p class="muted small">{t!("catalog.drawn")}</p> })}
            </div>
            <div class="stack">
                <header class="product-head">
                    <h1>{product.name.clone()}</h1>
                    <p class="product-head__place">
                        <a href=routes::commune(&product.seller.commune_code)><Icon name="place" />{product.seller.commune_name.clone()}</a>
                        " "
                        <a href=routes::shop(&product.seller.slug)><Icon name="basket" />{product.seller.name.clone()}</a>
                    </p>
                    {stars.map(|stars| view! { <Stars stars /> })}
                    {marks}
                </header>
                {refused.as_ref().and_then(|refused| lang::known_refusal(&refused.code)).map(|text| view! {
                    <Notice tone=Tone::Error>
                        <p>{if wrong_quantity.is_some() { view! { <a href="#quantity">{text}</a> }.into_any() } else { text.into_any() }}</p>
                    </Notice>
                })}
                {(!product.variants.is_empty()).then(|| view! { <BuyForm variants=product.variants.clone() slug=product.slug.clone() can_buy=product.is_on_sale() refused=refused.clone() /> })}
                {product.price_is_sample.then(|| view! { <p class="muted small">{t!("catalog.price_is_sample")}</p> })}
                <div class="certificates">
                    <CertificateCard product=product.clone() today />
                    <MarkCards product=product.clone() today />
                </div>
                <SellerCard product=product.clone() />
            </div>
            <div class="stack" data-gap="l">
                {(!product.description.is_empty()).then(|| view! { <section class="prose"><h2>{t!("catalog.description")}</h2><p>{product.description.clone()}</p></section> })}
                {(!product.season_months.is_empty()).then(|| view! { <section><h2>{t!("catalog.season")}</h2><SeasonStrip months=product.season_months.clone() now=month /></section> })}
                {product.harvest.clone().map(|harvest| view! { <Ahead harvest /> })}
                <section>
                    <h2>{t!("catalog.facts")}</h2>
                    <dl class="facts">
                        {fact(t!("catalog.group"), words::group(product.group))}
                        {product.set.as_ref().map(|set| fact(t!("catalog.set"), match lang::current() { crate::ui::Lang::Vi => set.name_vi.clone(), crate::ui::Lang::En => set.name_en.clone() }))}
                        {facts_of(&product)}
                        {fact(t!("catalog.code"), product.code.clone())}
                    </dl>
                </section>
            </div>
        </article>
    }
}

/// What matters of goods of its set, in the order of its definition.
fn facts_of(product: &Product) -> impl IntoView + use<> {
    let known = product
        .set
        .as_ref()
        .and_then(ProductSet::definition)
        .into_iter()
        .flat_map(|set| set.facts.iter().map(|(fact, _)| *fact));
    let rest = product.facts.keys().filter_map(|code| sets::fact(code));
    let mut told = Vec::new();
    for about in known.chain(rest) {
        let name = words::fact(about);
        if let Some(value) = product.facts.get(&about.code)
            && !told.iter().any(|(known, _)| *known == name)
        {
            told.push((name, words::fact_value(about, value)));
        }
    }
    told.into_iter()
        .map(|(name, value)| fact(name, value))
        .collect_view()
}

fn fact(name: String, value: String) -> impl IntoView {
    (!value.is_empty()).then(|| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
}

/// Variants to choose from, how much, and the button.
#[component]
fn BuyForm(
    variants: Vec<Variant>,
    slug: String,
    can_buy: bool,
    refused: Option<Refused>,
) -> impl IntoView {
    let before = refused.as_ref().and_then(|refused| {
        variants
            .iter()
            .position(|variant| variant.id.to_string() == refused.variant && variant.in_stock())
    });
    let chosen = before
        .or_else(|| variants.iter().position(Variant::in_stock))
        .unwrap_or(0);
    let any = can_buy && variants.iter().any(Variant::in_stock);
    let (minimum, step) = variants
        .get(chosen)
        .map_or_else(Default::default, |variant| (variant.minimum, variant.step));
    let unit = variants
        .get(chosen)
        .map(|variant| variant.unit.clone())
        .unwrap_or_default();
    let error = refused
        .as_ref()
        .and_then(|refused| refused.wrong_quantity(&variants));
    let error_id = error.as_ref().map(|_| "quantity-error".to_owned());
    view! {
        <form class="buy" method="post" action=routes::CART_ADD>
            <input type="hidden" name="back" value=routes::product(&slug) />
            {match <[Variant; 1]>::try_from(variants) {
                Ok([only]) => view! { <OnlyVariant variant=only /> }.into_any(),
                Err(variants) => view! { <VariantChoice variants chosen /> }.into_any(),
            }}
            {if any {
                view! {
                    <ErrorOf name="quantity" text=error />
                    <div class="buy__row">
                        <QuantityStepper
                            name="quantity".to_owned()
                            value=refused.map_or_else(|| minimum.plain(), |refused| refused.quantity)
                            minimum
                            step
                            label=t!("catalog.quantity_of", unit = unit)
                            less=t!("cart.less")
                            more=t!("cart.more")
                            error=error_id.unwrap_or_default()
                        />
                        <button type="submit" class="button" data-kind="primary" data-size="l"><Icon name="cart" />{t!("catalog.add_to_cart")}</button>
                    </div>
                }.into_any()
            } else {
                // Of a draft nobody can buy yet, whatever there is of it.
                can_buy.then(|| view! { <Notice tone=Tone::Warning><p>{t!("catalog.nothing_left")}</p></Notice> }).into_any()
            }}
        </form>
    }
}

/// What is sold in one way only needs no choice.
#[component]
fn OnlyVariant(variant: Variant) -> impl IntoView {
    let per = variant.base_price().map(words::base_price);
    view! {
        <input type="hidden" name="variant_id" value=variant.id.to_string() />
        <div>
            <p class="price" data-size="l">
                <strong class="price__amount">{variant.price.map(|price| price.to_string())}</strong>
                " "<span class="price__unit">"/ "{words::unit(&variant.unit, &variant.unit_note)}</span>
                {per.map(|per| view! { " "<span class="price__per">{per}</span> })}
            </p>
            {(!variant.name.is_empty()).then(|| view! { <p>{variant.name.clone()}</p> })}
            <p class="buy__left" data-state=variant.in_stock().then_some("in")>{words::left(&variant)}</p>
            {words::supply(variant.supply).map(|text| view! { <p class="dated"><Icon name="clock" />{text}</p> })}
            {words::combo(&variant.parts).into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
        </div>
    }
}

/// One of several ways in which it is sold.
#[component]
fn VariantChoice(variants: Vec<Variant>, chosen: usize) -> impl IntoView {
    view! {
        <fieldset class="fieldset">
            <legend>{t!("catalog.variants")}</legend>
            <div class="choices" data-rows="">
                {variants
                    .into_iter()
                    .enumerate()
                    .map(|(index, variant)| {
                        let is_there = variant.in_stock();
                        let left = words::left(&variant);
                        let supply = words::supply(variant.supply);
                        let per = variant.base_price().map(words::base_price);
                        let unit = words::unit(&variant.unit, &variant.unit_note);
                        let combo = words::combo(&variant.parts);
                        view! {
                            <label class="choice">
                                <input type="radio" name="variant_id" value=variant.id.to_string() checked=index == chosen && is_there disabled=!is_there />
                                <span class="choice__text">
                                    <span class="choice__name">{words::offer_name(&variant.name, &variant.unit, &variant.unit_note)}</span>
                                    <span class="choice__note">{left}</span>
                                    {supply.map(|text| view! { <span class="choice__note">{text}</span> })}
                                    {per.map(|per| view! { <span class="choice__note">{per}</span> })}
                                    {combo.into_iter().map(|text| view! { <span class="choice__note">{text}</span> }).collect_view()}
                                </span>
                                <span class="choice__end">{variant.price.map(|price| price.to_string())}" "<small class="choice__note">"/ "{unit}</small></span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

/// The harvest ahead: when, and how much is expected.
#[component]
fn Ahead(harvest: Harvest) -> impl IntoView {
    let forecast = format!("{} {}", harvest.forecast, harvest.unit);
    view! {
        <section>
            <h2>{t!("catalog.harvest")}</h2>
            <p class="dated"><Icon name="leaf" />{t!("catalog.harvest_says", days = harvest.picked.text(), forecast = forecast)}</p>
        </section>
    }
}

#[component]
fn SellerCard(product: Product) -> impl IntoView {
    let seller = product.seller;
    view! {
        <section class="panel">
            <h2>{seller.name}</h2>
            <p>{words::seller_kind(seller.kind)}<br /><span class="muted">{[seller.hamlet, seller.commune_name, seller.province_name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")}</span></p>
            {seller.is_sample.then(|| view! { <p class="muted small">{t!("catalog.shop_is_sample")}</p> })}
            <p><a class="button" href=routes::shop(&seller.slug)>{t!("catalog.see_shop")}</a></p>
        </section>
    }
}

/// The certificate while it is valid; a lapsed one is said, without stars.
#[component]
fn CertificateCard(product: Product, today: Date) -> impl IntoView {
    product.certificate.map(|certificate| {
        if !certificate.is_valid_on(today) {
            return view! { <p class="muted">{t!("catalog.certificate_lapsed", day = day_text(certificate.valid_to))}</p> }.into_any();
        }
        view! {
            <section class="certificate">
                <h2>{t!("catalog.certificate")}</h2>
                <Stars stars=certificate.stars />
                <dl class="facts">
                    {fact(t!("catalog.certificate_number"), certificate.number)}
                    {fact(t!("catalog.issuer"), certificate.issuer)}
                    {fact(t!("catalog.valid_to"), day_text(certificate.valid_to))}
                </dl>
                <p><a href=routes::certificate(&certificate.code)>{t!("certificates.see")}</a></p>
                {certificate.is_sample.then(|| view! { <p class="muted small">{t!("catalog.certificate_is_sample")}</p> })}
            </section>
        }.into_any()
    })
}

/// The marks beside OCOP that are valid today.
#[component]
fn MarkCards(product: Product, today: Date) -> impl IntoView {
    let label = |name: &str| field_of(true, name);
    product
        .marks_on(today)
        .map(|it| {
            view! {
                <section class="certificate">
                    <h2>{t!("certificates.of_kind", mark = mark(it.kind))}</h2>
                    <dl class="facts">
                        {fact(label("number"), it.number.clone())}
                        {fact(label("issuer"), it.issuer.clone())}
                        {fact(t!("catalog.valid_to"), day_text(it.valid_to))}
                    </dl>
                    <p><a href=routes::certificate(&it.code)>{t!("certificates.see_kind", mark = mark(it.kind))}</a></p>
                    {it.is_sample.then(|| view! { <p class="muted small">{t!("catalog.certificate_is_sample")}</p> })}
                </section>
            }
        })
        .collect_view()
}
