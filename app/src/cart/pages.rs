//! The cart's page.
use leptos::prelude::*;
use market::cart::{Cart, CartLine, CartPart, LineProblem};

use super::islands::QuantityStepper;
use crate::catalog::words;
use crate::routes;
use crate::ui::parts::{Empty, Notice, Tone};
use crate::ui::shell::Icon;

/// The cart, by household.
pub fn cart(cart: Cart, added: bool, error: Option<String>) -> impl IntoView {
    let empty = cart.is_empty();
    let has_problems = cart.has_problems();
    let can_order = !cart.order_lines().is_empty();
    let items = cart.items();
    view! {
        <h1>{t!("shell.cart")}</h1>
        {(added && error.is_none()).then(|| view! { <Notice tone=Tone::Success><p>{t!("cart.added")}</p></Notice> })}
        {error.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
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
                    <div class="stack" data-gap="l">{cart.parts.into_iter().map(|part| view! { <Part part /> }).collect_view()}</div>
                    <aside class="panel sticky" aria-label=t!("cart.sum")>
                        <dl class="totals">
                            <div><dt>{t!("cart.items")}</dt><dd>{items.to_string()}</dd></div>
                            <div><dt>{t!("cart.shipping")}</dt><dd>{t!("cart.shipping_later")}</dd></div>
                        </dl>
                        {has_problems.then(|| view! { <p class="muted small">{t!("cart.problems")}</p> })}
                        {can_order.then(|| view! { <p><a class="button" data-kind="primary" data-size="l" data-wide="" href=routes::CHECKOUT>{t!("cart.check_out")}</a></p> })}
                        <p><a href=routes::PRODUCTS>{t!("cart.go_on")}</a></p>
                    </aside>
                </div>
            }.into_any()
        }}
    }
}

#[component]
fn Part(part: CartPart) -> impl IntoView {
    view! {
        <section class="panel cart-seller">
            <header class="cart-seller__head"><h2><a href=routes::shop(&part.seller_slug)>{part.seller_name}</a></h2><span class="muted small">{part.commune_name}</span></header>
            {part.lines.into_iter().map(|line| view! { <Line line /> }).collect_view()}
            <p class="cart-seller__foot"><span>{t!("cart.part_sum")}</span><strong>{part.items.to_string()}</strong></p>
        </section>
    }
}

#[component]
fn Line(line: CartLine) -> impl IntoView {
    let id = line.variant.to_string();
    let name = if line.variant_name.is_empty() {
        line.name.clone()
    } else {
        format!("{} · {}", line.name, line.variant_name)
    };
    let problem = line
        .problem
        .map(|problem| line_problem(problem, &line.unit));
    let remove_label = t!("cart.remove_named", name = name);
    let state = problem.is_some().then_some("changed");
    view! {
        <article class="order-line" data-state=state>
            {match line.image_key {
                Some(key) => view! { <img class="order-line__photo" src=routes::media(&key) alt="" width="80" height="80" loading="lazy" /> }.into_any(),
                None => view! { <span class="order-line__photo"></span> }.into_any(),
            }}
            <div>
                <p class="order-line__name"><a href=routes::product(&line.slug)>{name.clone()}</a></p>
                <p class="order-line__note">{line.price.to_string()}" / "{words::unit(&line.unit, &line.unit_note)}</p>
                {problem.map(|text| view! { <p class="field__error"><Icon name="alert" />{text}</p> })}
            </div>
            <p class="order-line__total">{line.line.to_string()}</p>
            <form class="order-line__actions" method="post" action=routes::CART_SET>
                <input type="hidden" name="variant_id" value=id.clone() />
                <QuantityStepper
                    name=format!("quantity-{id}")
                    value=line.quantity.to_string()
                    minimum=i32::try_from(line.minimum.thousandths()).unwrap_or(1000)
                    step=i32::try_from(line.step.thousandths()).unwrap_or(1000)
                    label=t!("cart.quantity_of", name = name, unit = line.unit)
                    less=t!("cart.less_of", name = name)
                    more=t!("cart.more_of", name = name)
                />
                <button type="submit" class="button" data-kind="quiet">{t!("cart.update")}</button>
                <button type="submit" name="remove" value="1" class="button" data-kind="quiet" aria-label=remove_label><Icon name="trash" />{t!("cart.remove")}</button>
            </form>
        </article>
    }
}

/// What keeps a line from being bought, in words.
#[must_use]
pub fn line_problem(problem: LineProblem, unit: &str) -> String {
    match problem {
        LineProblem::NotOnSale => t!("cart.not_on_sale"),
        LineProblem::SoldOut => t!("catalog.sold_out"),
        LineProblem::OnlyLeft(left) => t!("cart.only_left", count = left, unit = unit),
        LineProblem::Step { minimum, step } => {
            t!("cart.step", minimum = minimum, step = step, unit = unit)
        }
    }
}
