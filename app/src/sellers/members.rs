//! Who sells with the household.
use axum::extract::{Form, Path};
use axum::response::Response;
use leptos::prelude::*;
use market::kernel::time::instant_text;
use market::kernel::{Duty, Failure, InvitationId, PersonId, Refusal, RefusalKind, Right};
use market::sellers::{Invitation, Member, MemberForm, SellersRefusal, commands, queries};

use crate::accounts::again::{AgainForm, Password, Refused};
use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::{ErrorSummary, Field};
use crate::ui::parts::{Notice, Tone};
use crate::ui::{Area, Head};
use crate::visit::{Told, Visit, with_retry_after};

pub(super) async fn show(visit: Visit) -> Result<Response, Trouble> {
    page(&visit, MemberForm::default(), None).await
}

pub(super) async fn invite(
    visit: Visit,
    Form(form): Form<MemberForm>,
) -> Result<Response, Trouble> {
    let id = visit.desk(Right::Own)?;
    let outcome = match form.parse() {
        Ok(member) => commands::invite(&visit.site.store, &visit.actor, id, &member).await,
        Err(errors) => Err(Failure::Refused(SellersRefusal::Invalid(errors))),
    };
    match outcome {
        Ok(()) => Ok(visit.see_other(routes::SELLER_MEMBERS)),
        Err(Failure::Refused(refusal)) if refusal.kind() != RefusalKind::NotFound => {
            let answer = page(&visit, form, Some(&refusal)).await?;
            Ok(with_retry_after(answer, &refusal))
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn withdraw(
    visit: Visit,
    Path(invitation): Path<InvitationId>,
) -> Result<Response, Trouble> {
    let id = visit.desk(Right::Own)?;
    market::transact!(visit.site.store, &visit.actor, work => commands::withdraw_invitation(work, id, invitation).await)?;
    Ok(visit.see_other(routes::SELLER_MEMBERS))
}

pub(super) async fn accept(
    visit: Visit,
    Path(invitation): Path<InvitationId>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::accept(work, invitation).await)?;
    Ok(visit.see_other(routes::SELLER_SHOP))
}

pub(super) async fn decline(
    visit: Visit,
    Path(invitation): Path<InvitationId>,
) -> Result<Response, Trouble> {
    visit.signed_in()?;
    market::transact!(visit.site.store, &visit.actor, work => commands::decline(work, invitation).await)?;
    Ok(visit.see_other(routes::SELLER_SHOP))
}

/// Sells no longer with the household at whose desk the visitor stands.
pub(super) async fn leave(visit: Visit) -> Result<Response, Trouble> {
    let id = visit.seller()?;
    if visit.actor.acting.is_some() {
        return Err(Trouble::Forbidden);
    }
    market::transact!(visit.site.store, &visit.actor, work => commands::leave(work, id).await)?;
    Ok(visit.see_other(routes::SELLER_SHOP))
}

pub(super) async fn remove(
    visit: Visit,
    Path(person): Path<PersonId>,
) -> Result<Response, Trouble> {
    let id = visit.desk(Right::Own)?;
    let outcome = market::transact!(visit.site.store, &visit.actor, work => commands::remove_member(work, id, person).await);
    match outcome {
        Ok(()) | Err(Failure::Refused(SellersRefusal::NotFound)) => {
            Ok(visit.see_other(routes::SELLER_MEMBERS))
        }
        Err(Failure::Refused(refusal)) => page(&visit, MemberForm::default(), Some(&refusal)).await,
        Err(failure) => Err(failure.into()),
    }
}

async fn members(visit: &Visit) -> Result<Vec<Member>, Trouble> {
    let id = visit.desk(Right::Own)?;
    Ok(queries::members(visit.site.store.reader(), id).await?)
}

async fn page(
    visit: &Visit,
    form: MemberForm,
    refusal: Option<&SellersRefusal>,
) -> Result<Response, Trouble> {
    let members = members(visit).await?;
    let id = visit.desk(Right::Own)?;
    let invitations = queries::invitations(visit.site.store.reader(), id).await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal);
    Ok(visit.page_with(
        status,
        || Head::private(t!("shops.members"), Area::Seller),
        || {
            let labels = vec![
                ("member_name", t!("shops.member_name")),
                ("member_phone", t!("shops.member_phone")),
            ];
            let asked = invitations.into_iter().map(|invitation| view! { <Asked invitation /> }).collect_view();
            let lines = members.into_iter().map(|member| view! { <Line member /> }).collect_view();
            view! {
                <div class="narrow stack" data-gap="l">
                    <p><a href=routes::SELLER_SHOP>{t!("shops.back")}</a></p>
                    <h1>{t!("shops.members")}</h1>
                    {message.map(|text| view! { <Notice tone=Tone::Error><p>{text}</p></Notice> })}
                    <ErrorSummary errors=errors.clone() labels />
                    <ul class="stack">{lines}{asked}</ul>
                    <section class="stack" aria-labelledby="them">
                        <h2 id="them">{t!("shops.member_new")}</h2>
                        <p>{t!("shops.member_lead")}</p>
                        <form method="post" action=routes::SELLER_MEMBERS class="form" novalidate="">
                            <Field name="member_name" label=t!("shops.member_name") value=form.member_name errors=errors.clone() />
                            <Field name="member_phone" label=t!("shops.member_phone") value=form.member_phone errors kind="tel" inputmode="tel" />
                            <div class="form__actions"><button type="submit" class="button" data-kind="primary">{t!("shops.member_add")}</button></div>
                        </form>
                    </section>
                </div>
            }
        },
    ))
}

/// Somebody who has not answered yet.
#[component]
fn Asked(invitation: Invitation) -> impl IntoView {
    view! {
        <li class="panel stack">
            <p><strong>{invitation.name}</strong>" · "{invitation.about}<br /><span class="muted">{t!("shops.member_asked")}</span></p>
            <form method="post" action=routes::invitation(invitation.id, "rut")><button type="submit" class="button" data-kind="quiet">{t!("shops.member_withdraw")}</button></form>
        </li>
    }
}

/// Somebody of the shop, with what the owner can do about them.
#[component]
fn Line(member: Member) -> impl IntoView {
    let Member {
        person,
        name,
        phone,
        duty,
        since,
    } = member;
    let what = match duty {
        Duty::Owner => t!("shops.duty_owner"),
        Duty::Staff => t!("shops.duty_staff"),
    };
    view! {
        <li class="panel stack">
            <p><strong>{name}</strong>" · "{phone}<br /><span class="muted">{what}" · "{t!("shops.member_since", day = instant_text(since))}</span></p>
            {(duty == Duty::Staff).then(|| view! {
                <div class="cluster">
                    <form method="post" action=routes::member(person, "bo")><button type="submit" class="button" data-kind="quiet">{t!("shops.member_remove")}</button></form>
                    <a class="button" data-kind="quiet" href=routes::member(person, "giao")>{t!("shops.hand_over")}</a>
                </div>
            })}
        </li>
    }
}

pub(super) async fn ask_hand_over(
    visit: Visit,
    Path(person): Path<PersonId>,
) -> Result<Response, Trouble> {
    hand_over_page(&visit, person, None).await
}

pub(super) async fn hand_over(
    visit: Visit,
    Path(person): Path<PersonId>,
    Form(form): Form<AgainForm>,
) -> Result<Response, Trouble> {
    let id = visit.desk(Right::Own)?;
    let again = form.of(&visit)?;
    match commands::hand_over(&visit.site.store, &visit.actor, again, id, person).await {
        Ok(()) => Ok(visit.see_other(routes::SELLER_SHOP)),
        Err(Failure::Refused(
            refusal @ (SellersRefusal::Account(_) | SellersRefusal::WrongState),
        )) => hand_over_page(&visit, person, Some(refusal)).await,
        Err(failure) => Err(failure.into()),
    }
}

async fn hand_over_page(
    visit: &Visit,
    person: PersonId,
    refusal: Option<SellersRefusal>,
) -> Result<Response, Trouble> {
    let member = members(visit)
        .await?
        .into_iter()
        .find(|member| member.person == person && member.duty == Duty::Staff)
        .ok_or(Trouble::NotFound)?;
    let is_asked = visit.asks_password().await?;
    let Told {
        status,
        errors,
        message,
    } = visit.told(refusal.as_ref());
    let account = refusal.and_then(SellersRefusal::account);
    Ok(visit.page_with(
        status,
        || Head::private(t!("shops.hand_over"), Area::Seller),
        || {
            let labels = vec![("current", t!("accounts.password_now"))];
            view! {
                <div class="narrow stack" data-gap="l">
                    <p><a href=routes::SELLER_MEMBERS>{t!("shops.members")}</a></p>
                    <h1>{t!("shops.hand_over_to", name = member.name)}</h1>
                    <Refused message refusal=account back=routes::SELLER_MEMBERS />
                    <ErrorSummary errors=errors.clone() labels />
                    <p>{t!("shops.hand_over_lead")}</p>
                    <form method="post" action=routes::member(person, "giao") class="sign-in form" novalidate="">
                        <Password is_asked errors />
                        <div class="form__actions">
                            <button type="submit" class="button" data-kind="danger">{t!("shops.hand_over_now")}</button>
                            <a class="button" data-kind="quiet" href=routes::SELLER_MEMBERS>{t!("shops.close_not")}</a>
                        </div>
                    </form>
                </div>
            }
        },
    ))
}
