//! One request of a person: who, in what language, with what cart.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use leptos::prelude::*;
use market::kernel::limit::{Limit, Origin, TooOften};
use market::kernel::{
    Actor, Failure, FieldErrors, Permission, PersonId, Refusal, RefusalKind, Right, Role,
};
use market::{accounts, cart};

use crate::media;
use crate::routes;
use crate::site::Site;
use crate::trouble::Trouble;
use crate::ui::shell::{Area, Head, document};
use crate::ui::{Lang, lang};

const SESSION: &str = "session";
const CART: &str = "cart";
const LANG: &str = "lang";
const DRAFT: &str = "checkout";
const PLACE: &str = "place";
const DESK: &str = "desk";

/// Who is asking, and for what.
#[derive(Clone)]
pub struct Visit {
    /// The installation.
    pub site: Site,
    /// The language of the answer.
    pub lang: Lang,
    /// Who asks.
    pub actor: Actor,
    /// The household for which the visitor was acting until its consent ended.
    pub lapsed: Option<String>,
    /// The cookie of the session, if it is alive.
    pub session: Option<String>,
    /// The cookie that tells the desk's drafts whose they are.
    mark: Option<String>,
    /// The cookie of the cart.
    pub cart: Option<String>,
    /// Code of the commune to which goods go, once somebody has said it on this device.
    pub place: Option<String>,
    /// What was typed at checkout before, while the order is not placed yet.
    pub draft: Option<String>,
    /// Lines in the cart.
    pub cart_count: i64,
    /// What is asked for.
    pub uri: Uri,
    /// Where to come back to after signing in: this page, or the one whose form was sent.
    back: String,
}

/// A cookie that scripts can't read and other sites can't send; `__Host-` where TLS is.
fn cookie(site: &Site, name: &str, value: String, days: i64) -> Cookie<'static> {
    let name = cookie_name(site, name);
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(site.is_secure)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(days))
        .build()
}

/// What was typed at checkout: sent to the checkout alone, and gone after a day.
fn draft_cookie(site: &Site, value: String) -> Cookie<'static> {
    let mut cookie = cookie(site, DRAFT, value, 1);
    cookie.set_name(part_name(site, DRAFT));
    cookie.set_path(routes::CHECKOUT);
    cookie
}

/// Who works at which desk, below `path`: read by the page that keeps drafts or marks, also without a network, and gone
/// with the session.
fn mark_cookie(site: &Site, path: &'static str, value: String) -> Cookie<'static> {
    let days = if value.is_empty() {
        0
    } else {
        accounts::commands::SESSION_LIFE.whole_days()
    };
    let mut cookie = cookie(site, DESK, value, days);
    cookie.set_name(part_name(site, DESK));
    cookie.set_path(path);
    cookie.set_http_only(false);
    cookie
}

/// Of a cookie for a part of the house; `__Host-` holds for whole hosts only.
fn part_name(site: &Site, name: &str) -> String {
    if site.is_secure {
        format!("__Secure-{name}")
    } else {
        cookie_name(site, name)
    }
}

fn cookie_name(site: &Site, name: &str) -> String {
    if site.is_secure {
        format!("__Host-{name}")
    } else {
        format!("cb_{name}")
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Trouble> {
        let jar = CookieJar::from_headers(&parts.headers);
        let value = |name: &str| {
            jar.get(&cookie_name(site, name))
                .map(|cookie| cookie.value().to_owned())
        };
        let lang = value(LANG)
            .and_then(|code| Lang::parse(&code))
            .unwrap_or_default();
        let mut session = value(SESSION);
        let mut actor = Actor::guest();
        let mut lapsed = None;
        if let Some(token) = &session {
            match accounts::queries::session(site.store.reader(), token, site.store.now()).await? {
                Some(open) => {
                    if open.is_stale {
                        accounts::commands::see(&site.store, token).await?;
                    }
                    actor = open.actor;
                    lapsed = open.lapsed;
                }
                None => session = None,
            }
        }
        let origin: Origin = parts.extensions.get().copied().unwrap_or_default();
        actor.address = origin.to_string();
        let cart = value(CART);
        let cart_count =
            cart::queries::count(site.store.reader(), actor.person, cart.as_deref()).await?;
        Ok(Self {
            site: site.clone(),
            lang,
            actor,
            lapsed,
            session,
            cart,
            place: value(PLACE),
            draft: jar
                .get(&part_name(site, DRAFT))
                .map(|cookie| cookie.value().to_owned()),
            mark: jar
                .get(&part_name(site, DESK))
                .map(|cookie| cookie.value().to_owned()),
            cart_count,
            uri: parts.uri.clone(),
            back: back(parts),
        })
    }
}

/// A form's own path answers no GET: after signing in its page is shown again.
fn back(parts: &Parts) -> String {
    let back = if parts.method == Method::GET {
        parts.uri.path_and_query().map(ToString::to_string)
    } else {
        came_from(&parts.headers)
    };
    back.unwrap_or_else(|| routes::HOME.to_owned())
}

/// The page of ours from which the visitor came, as far as the browser says.
pub(crate) fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let referer: Uri = referer.parse().ok()?;
    referer.path_and_query().map(ToString::to_string)
}

/// Of the answer to what was refused.
pub(crate) const fn status_of(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A form as it is shown again.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Of the answer.
    pub status: StatusCode,
    /// What is wrong with its fields.
    pub errors: FieldErrors,
    /// What is wrong with none of them.
    pub message: Option<String>,
}

impl Told {
    /// All that is wrong, in one sentence after the other, where no field can say it.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        lang::speaking(lang, || {
            self.message
                .clone()
                .into_iter()
                .chain(self.errors.0.iter().map(lang::field))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

impl Visit {
    /// Where this page can be asked for again: itself, or the page whose form was sent.
    #[must_use]
    pub fn back(&self) -> String {
        self.back.clone()
    }

    /// Answers a page.
    pub fn page<V: IntoView + 'static>(
        &self,
        head: impl FnOnce() -> Head,
        content: impl FnOnce() -> V,
    ) -> Response {
        self.page_with(StatusCode::OK, head, content)
    }

    /// Answers a page with another status, such as 422 for a form that was refused.
    pub fn page_with<V: IntoView + 'static>(
        &self,
        status: StatusCode,
        head: impl FnOnce() -> Head,
        content: impl FnOnce() -> V,
    ) -> Response {
        let (html, is_private, area) = lang::speaking(self.lang, || {
            let owner = Owner::new();
            let answer = owner.with(|| {
                media::provide_viewer(self);
                let head = head();
                let content = content().into_view().to_html();
                (document(self, &head, &content), head.is_private, head.area)
            });
            owner.cleanup();
            answer
        });
        let mut response = (status, Html(html)).into_response();
        let is_own = is_private || self.session.is_some() || self.cart.is_some();
        let keep = if is_own {
            "private, no-store"
        } else {
            "no-cache"
        };
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        response.headers_mut().insert(
            header::VARY,
            HeaderValue::from_static("cookie, accept-encoding"),
        );
        let mark = match area {
            Area::Seller => self.desk_mark().map(|mark| (routes::SELLER, mark)),
            Area::Team => self.team_mark().map(|mark| (routes::TEAM, mark)),
            _ => None,
        };
        match mark {
            Some((path, mark)) if self.mark.as_ref() != Some(&mark) => {
                with_cookie(response, &mark_cookie(&self.site, path, mark))
            }
            _ => response,
        }
    }

    /// Names who works at which desk, to who knows the installation's key; to anybody else it says nothing.
    #[must_use]
    pub fn desk_mark(&self) -> Option<String> {
        let (person, seller) = (self.actor.person?, self.actor.seller()?);
        Some(self.mark_of(&format!("{person} {seller}")))
    }

    /// Names who works at the team's desk, likewise.
    fn team_mark(&self) -> Option<String> {
        let person = self.actor.person.filter(|_| self.actor.is(Role::Helper))?;
        Some(self.mark_of(&format!("{person} team")))
    }

    fn mark_of(&self, said: &str) -> String {
        let digest = self.site.store.key().digest("visit.desk", said.as_bytes());
        digest[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Sends the browser on, after a form was done.
    #[must_use]
    pub fn see_other(&self, path: &str) -> Response {
        Redirect::to(path).into_response()
    }

    /// How a form is shown again after `refusal`: at its fields, or above them; as it is where there is none.
    pub fn told<R: Refusal>(&self, refusal: Option<&R>) -> Told {
        let Some(refusal) = refusal else {
            return Told::default();
        };
        let status = status_of(refusal.kind());
        let errors = FieldErrors(refusal.fields().to_vec());
        let message = errors
            .is_empty()
            .then(|| lang::speaking(self.lang, || lang::refusal(refusal)));
        Told {
            status,
            errors,
            message,
        }
    }

    /// What came of a form: what was done, or how the form is shown again.
    ///
    /// # Errors
    /// What no form can mend: a fault, what is not there, what the visitor may not.
    pub fn told_of<T, R: Refusal>(
        &self,
        outcome: Result<T, Failure<R>>,
    ) -> Result<Result<T, Told>, Trouble> {
        match outcome {
            Ok(done) => Ok(Ok(done)),
            Err(Failure::Refused(refusal))
                if !matches!(
                    refusal.kind(),
                    RefusalKind::NotFound | RefusalKind::Forbidden
                ) =>
            {
                Ok(Err(self.told(Some(&refusal))))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Whether the visitor is asked for the password before what can't be taken back.
    ///
    /// # Errors
    /// A guest is sent to sign in.
    pub async fn asks_password(&self) -> Result<bool, Trouble> {
        let (person, token) = self.signed_in()?;
        let store = &self.site.store;
        let now = store.now();
        Ok(accounts::queries::asks_password(store.reader(), person, token, now).await?)
    }

    /// Uses one of the visitor's tries at something.
    ///
    /// # Errors
    /// None is left for now.
    pub async fn take(&self, limit: &Limit) -> Result<(), Failure<TooOften>> {
        limit.of_actor(&self.actor).take(&self.site.store).await
    }

    /// Who is signed in, with the token of their cookie, or the way to the sign-in.
    ///
    /// # Errors
    /// A guest is sent to sign in.
    pub fn signed_in(&self) -> Result<(PersonId, &str), Trouble> {
        match (self.actor.person, &self.session) {
            (Some(person), Some(token)) => Ok((person, token)),
            _ => Err(Trouble::SignIn(self.back.clone())),
        }
    }

    /// The seller at whose desk the visitor may do what `right` says: `visit.desk(Right::Fulfil)`.
    ///
    /// # Errors
    /// A guest is sent to sign in; others may not.
    pub fn desk(
        &self,
        right: impl FnOnce(market::kernel::SellerId) -> Right<'static>,
    ) -> Result<market::kernel::SellerId, Trouble> {
        let seller = self.seller()?;
        if self.actor.may(right(seller)) {
            Ok(seller)
        } else {
            Err(Trouble::Forbidden)
        }
    }

    /// The visit of a seller's member, or the way to the sign-in.
    ///
    /// # Errors
    /// A guest is sent to sign in; somebody else's desk does not exist; a helper whose household has ended its
    /// consent is told so, and does nothing at another desk by mistake.
    pub fn seller(&self) -> Result<market::kernel::SellerId, Trouble> {
        if let Some(household) = &self.lapsed {
            return Err(Trouble::ConsentEnded(household.clone()));
        }
        match (self.actor.person, self.actor.seller()) {
            (None, _) => Err(Trouble::SignIn(self.back.clone())),
            (Some(_), None) => Err(Trouble::Forbidden),
            (Some(_), Some(seller)) => Ok(seller),
        }
    }

    /// The visit of somebody who may see the province's reports, or the way to the sign-in.
    ///
    /// # Errors
    /// A guest is sent to sign in; others may not.
    pub fn officer(&self) -> Result<(), Trouble> {
        match self.actor.person {
            None => Err(Trouble::SignIn(self.back.clone())),
            Some(_) if self.actor.may(Right::Province(Permission::Reports)) => Ok(()),
            Some(_) => Err(Trouble::Forbidden),
        }
    }

    /// The same answer with the cookie of a new session.
    pub fn with_session(&self, response: Response, token: String) -> Response {
        let days = accounts::commands::SESSION_LIFE.whole_days();
        let response = with_cookie(response, &cookie(&self.site, SESSION, token, days));
        self.without_marks(response)
    }

    /// The same answer with nobody at any desk.
    fn without_marks(&self, response: Response) -> Response {
        let gone = |path| mark_cookie(&self.site, path, String::new());
        with_cookie(
            with_cookie(response, &gone(routes::SELLER)),
            &gone(routes::TEAM),
        )
    }

    /// The same answer with the session's cookie gone, and what was typed at checkout: the phone may be shared.
    pub fn without_session(&self, response: Response) -> Response {
        let response = with_cookie(response, &cookie(&self.site, SESSION, String::new(), 0));
        let response = with_cookie(response, &draft_cookie(&self.site, String::new()));
        let response = with_cookie(response, &cookie(&self.site, PLACE, String::new(), 0));
        self.without_marks(response)
    }

    /// The same answer with the cookie of a new cart.
    pub fn with_cart(&self, response: Response, token: String) -> Response {
        with_cookie(response, &cookie(&self.site, CART, token, 90))
    }

    /// The same answer, with the commune kept to which goods go.
    pub fn with_place(&self, response: Response, commune: &str) -> Response {
        with_cookie(response, &cookie(&self.site, PLACE, commune.to_owned(), 90))
    }

    /// The same answer, with what was typed at checkout kept on the device.
    pub fn with_draft(&self, response: Response, draft: String) -> Response {
        with_cookie(response, &draft_cookie(&self.site, draft))
    }

    /// The same answer in another language from now on.
    pub fn with_lang(&self, response: Response, lang: Lang) -> Response {
        with_cookie(
            response,
            &cookie(&self.site, LANG, lang.code().to_owned(), 365),
        )
    }
}

fn with_cookie(mut response: Response, cookie: &Cookie<'_>) -> Response {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The same answer, saying when it is worth asking again where the refusal knows.
pub fn with_retry_after(mut response: Response, refusal: &dyn Refusal) -> Response {
    if let Some(seconds) = refusal.retry_after() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// A path on this site, whatever somebody put into a form or address; home otherwise.
#[must_use]
pub fn safe_path(path: &str) -> &str {
    let is_ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        // Browsers drop tabs and line ends before they read an address.
        && !path.contains(char::is_control);
    if is_ours { path } else { routes::HOME }
}

/// Whether a request carries nothing that makes its page anyone's own: then it may come from the cache.
#[must_use]
pub fn is_anonymous(site: &Site, jar: &CookieJar) -> bool {
    [SESSION, CART]
        .iter()
        .all(|name| jar.get(&cookie_name(site, name)).is_none())
}

/// The language that a request asks for.
#[must_use]
pub fn lang_of(site: &Site, jar: &CookieJar) -> Lang {
    jar.get(&cookie_name(site, LANG))
        .and_then(|cookie| Lang::parse(cookie.value()))
        .unwrap_or_default()
}
