//! The cart's page.
use leptos::prelude::*;
use market::cart::{Along, Cart, CartLine, CartPart, LineProblem};
use market::kernel::quantity::QuantityError;
use market::kernel::time::day_text;
use market::kernel::{FieldErrors, VariantId, Vnd};
use market::places::Commune;

use super::islands::QuantityStepper;
use crate::catalog::words;
use crate::places::{Choice, CommuneField, TypedCommune};
use crate::routes;
use crate::shipping::parts::{ComesAlong, OfferedWays};
use crate::ui::form::ErrorSummary;
use crate::ui::lang;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;

/// A quantity that could not be understood.
#[derive(Clone)]
pub struct Refused {
    /// Of this line.
    pub variant: VariantId,
    /// As typed.
    pub typed: String,
    /// What is wrong with it.
    pub error: QuantityError,
}

/// Where the goods go, as known or as typed.
pub struct Place {
    /// What stands in the field.
    pub typed: TypedCommune,
    /// The communes that may be meant.
    pub choices: Vec<Choice>,
    /// What is wrong with it.
    pub errors: FieldErrors,
    /// Delivery is counted for it.
    pub is_known: bool,
}

impl Place {
    /// As this device knows it.
    pub fn of(commune: Option<&Commune>) -> Self {
        Self {
            typed: commune.map_or_else(TypedCommune::default, |commune| {
                TypedCommune::known(&commune.address(), &commune.code)
            }),
            choices: Vec::new(),
            errors: FieldErrors::default(),
            is_known: commune.is_some(),
        }
    }
}

/// The cart, by household; with what to say about it first, and with what was typed where it was refused.
pub fn cart(
    cart: Cart,
    along: Vec<Along>,
    place: Place,
    notice: Option<(Tone, String)>,
    refused: Option<Refused>,
) -> impl IntoView {
    let empty = cart.is_empty();
    let shipping = cart.shipping().filter(|_| place.is_known);
    let unknown = if place.is_known {
        t!("shipping.not_chosen")
    } else {
        t!("cart.shipping_later")
    };
    let saved = cart.saved.clone();
    let place_errors = place.errors.clone();
    let has_problems = cart.has_problems();
    let can_order = !cart.order_lines().is_empty();
    let items = cart.items();
    view! {
        <h1>{t!("shell.cart")}</h1>
        {notice.map(|(tone, text)| view! { <Notice tone><p>{text}</p></Notice> })}
        {refused.as_ref().map(|refused| {
            let mut errors = FieldErrors::default();
            errors.add(&field(refused.variant), refused.error.code());
            let name = cart.lines().find(|line| line.variant == refused.variant).map(|line| line_name(&line.name, &line.variant_name));
            view! { <ErrorSummary errors labels=vec![("quantity", name.unwrap_or_default())] /> }
        })}
        <ErrorSummary errors=place_errors labels=vec![("commune", t!("orders.commune"))] />
        {if empty {
            view! {
                <Empty title=t!("cart.empty")>
                    <p>{t!("cart.empty_advice")}</p>
                    <div class="cluster"><a class="button" data-kind="primary" href=routes::PRODUCTS>{t!("cart.look_around")}</a></div>
                </Empty>
            }.into_any()
        } else {
            view! {
                <div class="beside">
                    <div class="stack" data-gap="l">{cart.parts.into_iter().map(|part| view! { <Part part refused=refused.clone() /> }).collect_view()}<ComesAlong goods=along /></div>
                    <aside class="panel sticky" aria-label=t!("cart.sum")>
                        <dl class="totals">
                            <div><dt>{t!("cart.items")}</dt><dd>{items.to_string()}</dd></div>
                            <div><dt>{t!("cart.shipping")}</dt><dd>{shipping.map_or(unknown, |fee| fee.to_string())}</dd></div>
                            {shipping.map(|fee| view! { <div class="totals__sum"><dt>{t!("cart.total")}</dt><dd>{Vnd(items.0.saturating_add(fee.0)).to_string()}</dd></div> })}
                        </dl>
                        <PlaceForm place />
                        {has_problems.then(|| view! { <p class="muted small">{t!("cart.problems")}</p> })}
                        {can_order.then(|| view! { <p><a class="button" data-kind="primary" data-size="l" data-wide="" href=routes::CHECKOUT>{t!("cart.check_out")}</a></p> })}
                        <div class="cluster">
                            <a class="button" data-kind="quiet" href=routes::PRODUCTS>{t!("cart.go_on")}</a>
                            <form method="post" action=routes::CART_SHARE><button type="submit" class="button" data-kind="quiet"><Icon name="share" />{t!("cart.share")}</button></form>
                        </div>
                    </aside>
                </div>
            }.into_any()
        }}
        {(!saved.is_empty()).then(|| view! {
            <section class="panel" aria-labelledby="de-danh">
                <h2 id="de-danh">{t!("cart.saved")}</h2>
                {saved.into_iter().map(|line| view! { <SavedLine line /> }).collect_view()}
            </section>
        })}
    }
}

/// To which commune the goods go.
#[component]
fn PlaceForm(place: Place) -> impl IntoView {
    let error = place.errors.of("commune").map(lang::field);
    let is_wrong = error.is_some();
    let summary = if place.is_known {
        t!("cart.to_place", place = place.typed.commune)
    } else {
        t!("cart.ask_place")
    };
    view! {
        <details class="disclosure" open=is_wrong>
            <summary>{summary}</summary>
            <form class="disclosure__body stack" method="post" action=routes::CART_PLACE novalidate="">
                <CommuneField typed=place.typed places=place.choices error />
                <button type="submit" class="button">{t!("cart.count_shipping")}</button>
            </form>
        </details>
    }
}

/// What is kept for later.
#[component]
fn SavedLine(line: CartLine) -> impl IntoView {
    let name = line_name(&line.name, &line.variant_name);
    let problem = line
        .problem
        .map(|problem| line_problem(problem, &line.unit));
    let remove_label = t!("cart.remove_named", name = name);
    view! {
        <article class="order-line" data-size="s">
            {photo(line.image_key, "56")}
            <div>
                <p class="order-line__name"><a href=routes::product(&line.slug)>{name.clone()}</a></p>
                <p class="order-line__note">{format!("{} × {} / {}", line.quantity, line.price, words::unit(&line.unit, &line.unit_note))}</p>
                {line.was.map(price_moved(line.price))}
                {problem.map(|text| view! { <p class="order-line__note">{text}</p> })}
            </div>
            <form class="order-line__actions" method="post" action=routes::CART_SET>
                <input type="hidden" name="variant_id" value=line.variant.to_string() />
                <button type="submit" name="back" value="1" class="button" aria-label=t!("cart.back_named", name = name)>{t!("cart.back")}</button>
                <button type="submit" name="remove" value="1" class="button" data-kind="quiet" aria-label=remove_label><Icon name="trash" />{t!("cart.remove")}</button>
            </form>
        </article>
    }
}

/// A cart that somebody shows to others; to its owner with the link to send.
pub fn shared(cart: Cart, code: &str, link: Option<String>) -> impl IntoView + use<> {
    let can_take = !cart.order_lines().is_empty();
    let action = routes::shared_cart(code);
    let lines: Vec<(String, Vec<CartLine>)> = cart
        .parts
        .into_iter()
        .map(|part| (part.seller_name, part.lines))
        .collect();
    view! {
        <div class="narrow stack" data-gap="l">
            <h1>{t!("cart.shared")}</h1>
            {match link {
                Some(link) => view! {
                    <Notice tone=Tone::Success>
                        <p>{t!("cart.share_made")}</p>
                        <p><a href=link.clone()>{link.clone()}</a></p>
                    </Notice>
                }.into_any(),
                None => view! { <p>{t!("cart.shared_lead")}</p> }.into_any(),
            }}
            {lines.into_iter().map(|(seller, lines)| view! {
                <section class="panel">
                    <h2>{seller}</h2>
                    {lines.into_iter().map(|line| {
                        let name = line_name(&line.name, &line.variant_name);
                        let problem = line.problem.map(|problem| line_problem(problem, &line.unit));
                        view! {
                            <article class="order-line" data-size="s">
                                {photo(line.image_key, "56")}
                                <div>
                                    <p class="order-line__name"><a href=routes::product(&line.slug)>{name}</a></p>
                                    <p class="order-line__note">{format!("{} × {} / {}", line.quantity, line.price, words::unit(&line.unit, &line.unit_note))}</p>
                                    {problem.map(|text| view! { <p class="field__error"><Icon name="alert" />{text}</p> })}
                                </div>
                                <p class="order-line__total">{line.line.to_string()}</p>
                            </article>
                        }
                    }).collect_view()}
                </section>
            }).collect_view()}
            {can_take.then(|| view! { <form method="post" action=action><button type="submit" class="button" data-kind="primary" data-size="l" data-wide="">{t!("cart.take_shared")}</button></form> })}
        </div>
    }
}

fn photo(key: Option<String>, size: &'static str) -> AnyView {
    match key {
        Some(key) => view! { <img class="order-line__photo" src=routes::media(&key) alt="" width=size height=size loading="lazy" /> }.into_any(),
        None => view! { <span class="order-line__photo"></span> }.into_any(),
    }
}

/// Another price than the buyer saw last.
fn price_moved(now: Vnd) -> impl FnOnce(Vnd) -> AnyView {
    move |was| {
        let text = if now > was {
            t!("cart.price_rose", was = was)
        } else {
            t!("cart.price_fell", was = was)
        };
        view! { <p class="order-line__note dated"><Icon name="info" />{text}</p> }.into_any()
    }
}

#[component]
fn Part(part: CartPart, refused: Option<Refused>) -> impl IntoView {
    let together = delivered_together(&part);
    let ways = (!part.delivery.ways.is_empty()).then(|| part.delivery.clone());
    view! {
        <section class="panel cart-seller">
            <header class="cart-seller__head"><h2><a href=routes::shop(&part.seller_slug)>{part.seller_name}</a></h2><span class="muted small">{part.commune_name}</span></header>
            {part
                .lines
                .into_iter()
                .map(|line| {
                    let refused = refused.clone().filter(|refused| refused.variant == line.variant);
                    view! { <Line line refused /> }
                })
                .collect_view()}
            {together}
            <p class="cart-seller__foot"><span>{t!("cart.part_sum")}</span><strong>{part.items.to_string()}</strong></p>
            {part.shipping.map(|fee| view! { <p class="cart-seller__foot"><span>{t!("cart.part_shipping")}</span><strong>{fee.to_string()}</strong></p> })}
            {ways.map(|delivery| view! { <OfferedWays delivery /> })}
        </section>
    }
}

/// The name and id of a line's number.
fn field(variant: VariantId) -> String {
    format!("quantity-{variant}")
}

#[component]
fn Line(line: CartLine, refused: Option<Refused>) -> impl IntoView {
    let id = line.variant.to_string();
    let field = field(line.variant);
    let name = line_name(&line.name, &line.variant_name);
    let error = match &refused {
        Some(refused) => Some(lang::field_code(refused.error.code())),
        None => line
            .problem
            .map(|problem| line_problem(problem, &line.unit)),
    };
    let error_id = error.as_ref().map(|_| format!("{field}-error"));
    let remove_label = t!("cart.remove_named", name = name);
    let save_label = t!("cart.save_named", name = name);
    let state = error.is_some().then_some("changed");
    view! {
        <article class="order-line" data-state=state>
            {photo(line.image_key, "80")}
            <div>
                <p class="order-line__name"><a href=routes::product(&line.slug)>{name.clone()}</a></p>
                <p class="order-line__note">{line.price.to_string()}" / "{words::unit(&line.unit, &line.unit_note)}</p>
                {line.was.map(price_moved(line.price))}
                {words::supply(line.supply).map(|text| view! { <p class="order-line__note dated"><Icon name="clock" />{text}</p> })}
                {words::combo(&line.parts).into_iter().skip(1).map(|text| view! { <p class="order-line__note">{text}</p> }).collect_view()}
                {error.map(|text| view! { <p class="field__error" id=error_id.clone()><Icon name="alert" />{text}</p> })}
            </div>
            <p class="order-line__total">{line.line.to_string()}</p>
            <form class="order-line__actions" method="post" action=routes::CART_SET>
                <input type="hidden" name="variant_id" value=id />
                <QuantityStepper
                    name=field
                    value=refused.map_or_else(|| line.quantity.plain(), |refused| refused.typed)
                    minimum=line.minimum
                    step=line.step
                    label=t!("cart.quantity_of", name = name, unit = line.unit)
                    less=t!("cart.less_of", name = name)
                    more=t!("cart.more_of", name = name)
                    error=error_id.unwrap_or_default()
                />
                <button type="submit" class="button" data-kind="quiet">{t!("cart.update")}</button>
                <button type="submit" name="save" value="1" class="button" data-kind="quiet" aria-label=save_label>{t!("cart.save")}</button>
                <button type="submit" name="remove" value="1" class="button" data-kind="quiet" aria-label=remove_label><Icon name="trash" />{t!("cart.remove")}</button>
            </form>
        </article>
    }
}

/// Why a part goes by itself, or what of it waits for what: a part goes in one parcel, for one fee.
#[must_use]
pub fn delivered_together(part: &CartPart) -> Option<impl IntoView + use<>> {
    let last = part.promise()?;
    let words = if part.harvest.is_some() {
        t!("cart.ahead_part", days = last.text())
    } else if part.waits_for_others() {
        t!("cart.delivered_together", day = day_text(last.to))
    } else {
        return None;
    };
    Some(view! { <p class="muted small">{words}</p> })
}

/// The name of a line: the product's, and the variant's where there are several.
#[must_use]
pub fn line_name(product: &str, variant: &str) -> String {
    if variant.is_empty() {
        product.to_owned()
    } else {
        format!("{product} · {variant}")
    }
}

/// What keeps a line from being bought, in words.
#[must_use]
pub fn line_problem(problem: LineProblem, unit: &str) -> String {
    match problem {
        LineProblem::NotOnSale => t!("cart.not_on_sale"),
        LineProblem::ShopPaused(None) => t!("cart.shop_paused"),
        LineProblem::ShopPaused(Some(day)) => {
            t!("cart.shop_paused_until", day = day_text(day))
        }
        LineProblem::ShopSuspended => t!("cart.shop_suspended"),
        LineProblem::NotReached => t!("cart.not_reached"),
        LineProblem::SoldOut => t!("catalog.sold_out"),
        LineProblem::OnlyLeft(left) => t!("cart.only_left", count = left, unit = unit),
        LineProblem::Step { minimum, step } => {
            t!("cart.step", minimum = minimum, step = step, unit = unit)
        }
    }
}
