//! What people see. Pages are components rendered on the server; islands run in the browser too and live in
//! the `islands` module of their slice; actions are axum handlers of a few lines that call one use case.
#[cfg(feature = "ssr")]
rust_i18n::i18n!("locales", fallback = "vi");

/// The text of a key in the language of the page, with what it mentions: `t!("cart.left", count = 3)`.
/// The build fails where a language lacks the key.
#[cfg(feature = "ssr")]
macro_rules! t {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        rust_i18n::t!($key, locale = $crate::ui::lang::current().code() $(, $name = $value)*).into_owned()
    };
}
pub mod accounts;
pub mod assistance;
pub mod authorities;
pub mod cart;
pub mod catalog;
pub mod certificates;
pub mod claims;
pub mod diary;
pub mod imports;
pub mod media;
pub mod orders;
pub mod parcels;
pub mod places;
pub mod reports;
pub mod sellers;
pub mod shipping;
pub mod trace;

#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod trouble;
#[cfg(feature = "ssr")]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod visit;

/// Wakes the islands of a page; called once in the browser.
#[cfg(feature = "hydrate")]
pub fn start_islands() {
    leptos::mount::hydrate_islands();
}

#[cfg(feature = "ssr")]
mod router {
    use axum::Router;
    use axum::extract::Form;
    use axum::response::Response;
    use axum::routing::post;

    use crate::site::Site;
    use crate::ui::Lang;
    use crate::visit::{Visit, safe_path};
    use crate::{
        accounts, assistance, authorities, cart, catalog, certificates, claims, diary, home,
        imports, media, orders, parcels, places, reports, routes, sellers, shipping, trace,
    };

    /// All pages and form actions, with the pages of what goes wrong.
    pub fn router(site: &Site) -> Router {
        Router::new()
            .route(routes::LANGUAGE, post(choose_language))
            .merge(home::routes())
            .merge(accounts::routes())
            .merge(catalog::routes())
            .merge(certificates::routes())
            .merge(cart::routes())
            .merge(orders::routes())
            .merge(claims::routes())
            .merge(parcels::routes())
            .merge(places::routes())
            .merge(media::routes())
            .merge(sellers::routes())
            .merge(shipping::routes())
            .merge(reports::routes())
            .merge(imports::routes())
            .merge(authorities::routes())
            .merge(trace::routes())
            .merge(assistance::routes())
            .merge(diary::routes())
            .fallback(async || crate::trouble::Trouble::NotFound)
            .layer(axum::middleware::from_fn_with_state(
                site.clone(),
                crate::trouble::pages,
            ))
            .with_state(site.clone())
    }

    #[derive(serde::Deserialize)]
    struct LanguageForm {
        to: String,
        back: String,
    }

    async fn choose_language(visit: Visit, Form(form): Form<LanguageForm>) -> Response {
        let answer = visit.see_other(safe_path(&form.back));
        visit.with_lang(answer, Lang::parse(&form.to).unwrap_or_default())
    }
}
#[cfg(feature = "ssr")]
pub use router::router;
