//! What the house publishes about itself, made from what it does: how lists are ranked, and its rules.
use leptos::prelude::*;
use market::accounts::PERSONAL_DATA_VERSION;
use market::accounts::commands::SESSION_LIFE;
use market::catalog::LOOKED_AT_WITHIN;
use market::claims::Deadlines;
use market::kernel::time::day_text;
use market::orders::commands::notices::REMIND_BEFORE;
use market::orders::commands::place::CONFIRM_WITHIN;
use market::orders::{OrderEvent, OrderState, Party, PaymentMethod, transition};
use market::search::ranking::{Reason, WEIGHTS};
use market::sellers::{DECIDED_WITHIN, SUSPENSION_NOTICE};
use market::shipping::{RateTable, Zone, shares};
use time::Date;

use crate::catalog::words::reason;
use crate::orders::words;
use crate::routes;
use crate::shipping::words::zone;
use crate::site::Retention;
use crate::ui::Head;

/// The head of the page about ranking.
pub fn ranking_head() -> Head {
    Head {
        description: t!("published.ranking_lead"),
        ..Head::new(t!("shell.ranking"))
    }
}

/// How lists are ranked: from the very weights in use.
pub fn ranking() -> impl IntoView {
    let weights = Reason::ALL.map(|it| (reason(it), it.weight()));
    let share = |share: f32| format!("{}", share * 100.0).replace('.', ",");
    let fields = WEIGHTS.fields;
    view! {
        <article class="prose">
            <h1>{t!("shell.ranking")}</h1>
            <p>{t!("published.ranking_lead")}</p>
            <table class="table">
                <thead><tr><th scope="col">{t!("published.what")}</th><th scope="col" class="num">{t!("published.weight")}</th></tr></thead>
                <tbody>
                    {weights.into_iter().map(|(what, weight)| view! { <tr><th scope="row">{what}</th><td class="num">{format!("{weight}").replace('.', ",")}</td></tr> }).collect_view()}
                </tbody>
            </table>
            <p>{t!("published.fields", name = share(fields.name), seller = share(fields.seller), places = share(fields.places), rest = share(fields.rest))}</p>
            <p>{t!("published.ranking_end")}</p>
        </article>
    }
}

/// The head of the rules.
pub fn rules_head() -> Head {
    Head {
        description: t!("published.rules_lead"),
        ..Head::new(t!("shell.rules"))
    }
}

/// The rules and deadlines, from the tables that enforce them.
pub fn rules(
    rates: RateTable,
    certificate_months: i16,
    identity_from: Date,
    retention: Retention,
    times: Deadlines,
) -> impl IntoView {
    let hours = CONFIRM_WITHIN.whole_hours();
    let until = |party: Party| {
        let states: Vec<String> = OrderState::ALL
            .into_iter()
            .filter(|state| transition(*state, OrderEvent::Cancel, party).is_ok())
            .map(words::state)
            .collect();
        states.join(", ")
    };
    let methods: Vec<String> = [
        PaymentMethod::Cod,
        PaymentMethod::Vietqr,
        PaymentMethod::Card,
    ]
    .into_iter()
    .filter(|method| method.is_offered())
    .map(words::method)
    .collect();
    // Counted by the rule that carts are counted by.
    let fee = |grams| rates.fee(Zone::Province, grams).unwrap_or_default();
    let (light, heavy) = (500, 1_000);
    let shares = shares(
        fee(light + heavy),
        &[(light, fee(light)), (heavy, fee(heavy))],
    );
    let [first, second] = [0, 1].map(|at| shares.get(at).copied().unwrap_or_default().to_string());
    let (together, alone) = (fee(light + heavy).to_string(), fee(heavy).to_string());
    view! {
        <article class="prose">
            <h1>{t!("shell.rules")}</h1>
            <p>{t!("published.rules_lead")}</p>
            <h2>{t!("published.orders")}</h2>
            <ul>
                <li>{t!("published.confirm", hours = hours)}" "{t!("published.remind", hours = REMIND_BEFORE.whole_hours())}</li>
                <li>{t!("published.cancel_buyer", states = until(Party::Buyer))}</li>
                <li>{t!("published.cancel_seller", states = until(Party::Seller))}</li>
                <li>{t!("published.pay", methods = methods.join(", "))}</li>
                <li>{t!("published.hands")}</li>
            </ul>
            <h2 id="gian-hang">{t!("published.shops")}</h2>
            <ul>
                <li>{t!("published.shops_decided", days = DECIDED_WITHIN)}</li>
                <li>{t!("published.shops_identity", day = day_text(identity_from))}</li>
                <li>{t!("published.listings", days = LOOKED_AT_WITHIN)}</li>
                <li>{t!("published.listings_harmless")}</li>
                <li>{t!("published.shops_notice", days = SUSPENSION_NOTICE.whole_days())}</li>
                <li>{t!("published.shops_data")}</li>
            </ul>
            <h2 id="du-lieu">{t!("published.personal_data")}</h2>
            <ul>
                <li>{t!("published.personal_kept")}</li>
                <li>{t!("published.personal_seen")}</li>
                <li>{t!("published.personal_ends", days = SESSION_LIFE.whole_days())}</li>
                <li>{t!("published.personal_orders", days = retention.orders)}</li>
                <li>{t!("published.personal_yours")}" "<a href=routes::ACCOUNT>{t!("accounts.account")}</a></li>
                <li id="mat-dien-thoai">{t!("published.personal_lost")}</li>
                <li>{t!("published.personal_never")}</li>
            </ul>
            <p class="muted">{t!("published.personal_version", version = PERSONAL_DATA_VERSION)}</p>
            <h2 id="khieu-nai">{t!("published.claims")}</h2>
            <p>{t!("published.claims_text")}</p>
            {crate::claims::deadlines(times)}
            <p>{t!("published.claims_silent")}</p>
            <h2 id="phi-giao">{t!("published.shipping")}</h2>
            <p>{t!("published.shipping_text")}</p>
            <table class="table">
                <thead><tr><th scope="col">{t!("published.zone")}</th><th scope="col" class="num">{t!("published.up_to")}</th><th scope="col" class="num">{t!("published.fee")}</th></tr></thead>
                <tbody>
                    {rates
                        .0
                        .into_iter()
                        .map(|rate| view! {
                            <tr>
                                <th scope="row">{zone(rate.zone)}</th>
                                <td class="num">{format!("{} kg", rate.up_to_grams / 1000)}</td>
                                <td class="num">{rate.fee.to_string()}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
            <h3 id="di-chung">{t!("published.pool")}</h3>
            <ul>
                <li>{t!("published.pool_what")}</li>
                <li>{t!("published.pool_share")}</li>
                <li>{t!("published.pool_example", first = first, second = second, together = together, alone = alone)}</li>
                <li>{t!("published.pool_cancelled")}</li>
            </ul>
            <h2>{t!("published.stars")}</h2>
            <p>{t!("published.stars_text", months = certificate_months)}</p>
        </article>
    }
}
