//! Who receives an order and where: what is typed, and the form.
use leptos::prelude::*;
use market::kernel::FieldErrors;
use market::orders::{CheckoutForm, KeptAddress, PaymentMethod};
use market::shipping::Wish;
use serde::Deserialize;

use super::words;
use crate::places::{Choice, CommuneField, TypedCommune};
use crate::routes;
use crate::ui::form::{ErrorOf, ErrorSummary, Field, TextArea};
use crate::ui::lang;

/// Everything that travels through the steps.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub name: String,
    pub phone: String,
    pub commune: String,
    /// Of the commune that was chosen from the list.
    pub commune_code: String,
    /// The text that choices were offered for, and the code that was chosen among them.
    pub commune_asked: String,
    pub commune_choice: String,
    pub street: String,
    pub note: String,
    pub is_gift: String,
    pub buyer_name: String,
    pub buyer_phone: String,
    pub gift_words: String,
    pub wants_invoice: String,
    pub invoice_name: String,
    pub invoice_tax_code: String,
    pub invoice_address: String,
    pub invoice_email: String,
    /// The address is kept for the next order, of who is signed in.
    pub keep: String,
    pub payment_method: String,
    /// How each household's goods come, as [`Wish::text`] has it.
    pub ways: String,
    /// Made when the form was first shown: the same key twice is one order.
    pub key: String,
    /// The lines and the total that the buyer saw last.
    pub seen: String,
    pub seen_total: String,
    pub edit: Option<String>,
    /// The language to go on in, once what was typed is kept.
    pub to: Option<String>,
}

impl Typed {
    /// What the buyer typed earlier on the way to an order.
    pub fn of_draft(draft: &str) -> Self {
        let draft: Self = serde_urlencoded::from_str(draft).unwrap_or_default();
        Self {
            name: draft.name,
            phone: draft.phone,
            commune: draft.commune,
            commune_code: draft.commune_code,
            street: draft.street,
            note: draft.note,
            is_gift: draft.is_gift,
            buyer_name: draft.buyer_name,
            buyer_phone: draft.buyer_phone,
            gift_words: draft.gift_words,
            wants_invoice: draft.wants_invoice,
            invoice_name: draft.invoice_name,
            invoice_tax_code: draft.invoice_tax_code,
            invoice_address: draft.invoice_address,
            invoice_email: draft.invoice_email,
            keep: draft.keep,
            ways: draft.ways,
            key: draft.key,
            ..Self::default()
        }
    }

    /// All that travels through the steps, of a form that has more in it.
    pub fn of_pairs(pairs: &[(String, String)]) -> Self {
        serde_urlencoded::to_string(pairs)
            .ok()
            .and_then(|text| serde_urlencoded::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// How each household's goods come, as far as the buyer has said it.
    pub fn wishes(&self) -> Vec<Wish> {
        Wish::parse(&self.ways)
    }

    /// What is kept on the buyer's device until the order is placed, as a cookie takes it: without the ways, which can
    /// be asked again, where they make it too long, and then without the note.
    pub fn draft(&self) -> Option<String> {
        let fields = self.fields();
        (0..=2)
            .map(|dropped| &fields[..fields.len() - dropped])
            .filter_map(|fields| serde_urlencoded::to_string(fields).ok())
            .find(|draft| draft.len() <= LONGEST_DRAFT)
    }

    /// Whether a draft has all that was typed.
    pub fn is_kept_by(&self, draft: &str) -> bool {
        Self::of_draft(draft).fields() == self.fields()
    }

    /// What is kept once the order is placed: which one it was, for who goes back a page.
    pub fn forgotten(&self) -> String {
        format!("key={}", self.key)
    }

    /// As the use case takes it.
    pub fn form(&self) -> CheckoutForm {
        CheckoutForm {
            name: self.name.clone(),
            phone: self.phone.clone(),
            commune_code: self.commune_code.clone(),
            street: self.street.clone(),
            note: self.note.clone(),
            is_gift: self.is_gift.clone(),
            buyer_name: self.buyer_name.clone(),
            buyer_phone: self.buyer_phone.clone(),
            gift_words: self.gift_words.clone(),
            wants_invoice: self.wants_invoice.clone(),
            invoice_name: self.invoice_name.clone(),
            invoice_tax_code: self.invoice_tax_code.clone(),
            invoice_address: self.invoice_address.clone(),
            invoice_email: self.invoice_email.clone(),
            payment_method: if self.payment_method.is_empty() {
                PaymentMethod::Cod.as_str().to_owned()
            } else {
                self.payment_method.clone()
            },
        }
    }

    /// All that was typed; last what a draft can do without.
    fn fields(&self) -> [(&'static str, &str); 18] {
        [
            ("key", &self.key),
            ("name", &self.name),
            ("phone", &self.phone),
            ("commune", &self.commune),
            ("commune_code", &self.commune_code),
            ("street", &self.street),
            ("is_gift", &self.is_gift),
            ("buyer_name", &self.buyer_name),
            ("buyer_phone", &self.buyer_phone),
            ("gift_words", &self.gift_words),
            ("wants_invoice", &self.wants_invoice),
            ("invoice_name", &self.invoice_name),
            ("invoice_tax_code", &self.invoice_tax_code),
            ("invoice_address", &self.invoice_address),
            ("invoice_email", &self.invoice_email),
            ("keep", &self.keep),
            ("note", &self.note),
            ("ways", &self.ways),
        ]
    }
}

/// Browsers take cookies of up to 4096 bytes.
const LONGEST_DRAFT: usize = 3800;

/// All that was typed, carried on to the next step.
pub(super) fn hidden_fields(typed: &Typed) -> impl IntoView + use<> {
    let steps = [
        ("payment_method", typed.payment_method.as_str()),
        ("seen", &typed.seen),
        ("seen_total", &typed.seen_total),
    ];
    typed
        .fields()
        .into_iter()
        .chain(steps)
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned() /> })
        .collect_view()
}

/// The id of the form of the first step.
pub(super) const FORM: &str = "nguoi-nhan";

/// What the fields are called.
fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("name", t!("orders.name")),
        ("phone", t!("orders.phone")),
        ("commune", t!("orders.commune")),
        ("street", t!("orders.street")),
        ("buyer_name", t!("orders.buyer_name")),
        ("buyer_phone", t!("orders.buyer_phone")),
        ("gift_words", t!("orders.gift_words")),
        ("invoice_name", t!("orders.invoice_name")),
        ("invoice_tax_code", t!("orders.invoice_tax_code")),
        ("invoice_address", t!("orders.invoice_address")),
        ("invoice_email", t!("orders.invoice_email")),
        ("note", t!("orders.note")),
        ("payment_method", t!("orders.pay")),
    ]
}

/// The first step; with `places`, which of them is meant is asked. `kept`: where who is signed in had goods sent before;
/// `None` for a guest.
#[component]
pub(super) fn ContactForm(
    typed: Typed,
    errors: FieldErrors,
    places: Vec<Choice>,
    kept: Option<Vec<KeptAddress>>,
) -> impl IntoView {
    let can_keep = kept.is_some();
    let kept = kept.unwrap_or_default();
    let commune_error = errors.of("commune").map(lang::field);
    let method_error = errors.of("payment_method").map(lang::field);
    let commune = TypedCommune::known(&typed.commune, &typed.commune_code);
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li aria-current="step">{t!("orders.step_contact")}</li><li>{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("orders.checkout")}</h1>
            <ErrorSummary errors=errors.clone() labels=labels() />
            {(!kept.is_empty()).then(|| view! { <Kept kept /> })}
            <form id=FORM method="post" action=routes::CHECKOUT class="form" novalidate="">
                <input type="hidden" name="key" value=typed.key />
                <input type="hidden" name="ways" value=typed.ways />
                <input type="hidden" name="seen" value=typed.seen />
                <input type="hidden" name="seen_total" value=typed.seen_total />
                <fieldset class="fieldset">
                    <legend>{t!("orders.contact")}</legend>
                    <Field name="name" label=t!("orders.name") value=typed.name errors=errors.clone() autocomplete="name" />
                    <Field name="phone" label=t!("orders.phone") value=typed.phone errors=errors.clone() kind="tel" inputmode="tel" autocomplete="tel" hint=t!("orders.phone_hint") />
                </fieldset>
                <fieldset class="fieldset">
                    <legend>{t!("orders.address")}</legend>
                    <CommuneField typed=commune places error=commune_error />
                    <Field name="street" label=t!("orders.street") value=typed.street errors=errors.clone() autocomplete="street-address" hint=t!("orders.street_hint") />
                    {can_keep.then(|| view! { <Check name="keep" label=t!("orders.keep") note=t!("orders.keep_hint") checked={!typed.keep.is_empty()} /> })}
                </fieldset>
                <details class="disclosure" open={!typed.is_gift.is_empty()}>
                    <summary>{t!("orders.gift")}</summary>
                    <div class="disclosure__body stack">
                        <Check name="is_gift" label=t!("orders.is_gift") note=t!("orders.gift_hint") checked={!typed.is_gift.is_empty()} />
                        <Field name="buyer_name" label=t!("orders.buyer_name") value=typed.buyer_name errors=errors.clone() />
                        <Field name="buyer_phone" label=t!("orders.buyer_phone") value=typed.buyer_phone errors=errors.clone() kind="tel" inputmode="tel" hint=t!("orders.buyer_phone_hint") />
                        <TextArea name="gift_words" label=t!("orders.gift_words") value=typed.gift_words errors=errors.clone() hint=t!("orders.gift_words_hint") />
                    </div>
                </details>
                <details class="disclosure" open={!typed.wants_invoice.is_empty()}>
                    <summary>{t!("orders.invoice")}</summary>
                    <div class="disclosure__body stack">
                        <Check name="wants_invoice" label=t!("orders.wants_invoice") note=t!("orders.invoice_hint") checked={!typed.wants_invoice.is_empty()} />
                        <Field name="invoice_name" label=t!("orders.invoice_name") value=typed.invoice_name errors=errors.clone() autocomplete="organization" />
                        <Field name="invoice_tax_code" label=t!("orders.invoice_tax_code") value=typed.invoice_tax_code errors=errors.clone() inputmode="numeric" hint=t!("orders.invoice_tax_code_hint") />
                        <Field name="invoice_address" label=t!("orders.invoice_address") value=typed.invoice_address errors=errors.clone() />
                        <Field name="invoice_email" label=t!("orders.invoice_email") value=typed.invoice_email errors=errors.clone() kind="email" inputmode="email" />
                    </div>
                </details>
                <fieldset class="fieldset">
                    <legend>{t!("orders.pay")}</legend>
                    <label class="choice"><input type="radio" id="payment_method" name="payment_method" value="cod" checked aria-describedby=method_error.is_some().then_some("payment_method-error") /><span class="choice__text"><span class="choice__name">{words::method(PaymentMethod::Cod)}</span><span class="choice__note">{t!("orders.cod_hint")}</span></span></label>
                    <ErrorOf name="payment_method" text=method_error />
                </fieldset>
                <TextArea name="note" label=t!("orders.note") value=typed.note errors=errors.clone() hint=t!("orders.note_hint") />
                <div class="form__actions"><button type="submit" class="button" data-kind="primary" data-size="l">{t!("orders.to_review")}</button></div>
            </form>
        </div>
    }
}

/// A box to tick.
#[component]
fn Check(name: &'static str, label: String, note: String, checked: bool) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="checkbox" name=name value="1" checked=checked />
            <span class="choice__text"><span class="choice__name">{label}</span><span class="choice__note">{note}</span></span>
        </label>
    }
}

/// Where the buyer had goods sent before: one tap fills the form.
#[component]
fn Kept(kept: Vec<KeptAddress>) -> impl IntoView {
    view! {
        <section aria-labelledby="dia-chi-cu">
            <h2 id="dia-chi-cu">{t!("orders.kept")}</h2>
            <ul class="choices" data-rows="">
                {kept
                    .into_iter()
                    .map(|address| view! {
                        <li><a class="button" data-kind="quiet" href=format!("{}?dia-chi={}", routes::CHECKOUT, address.id)>{format!("{}, {}: {}, {}", address.name, address.phone, address.street, address.commune)}</a></li>
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_keeps_what_was_typed_and_fits_a_cookie() {
        let mut typed = Typed {
            name: "Trần Thị Thử; “Út” 🍍".to_owned(),
            commune: "Xã Hỏa Lựu, Cần Thơ".to_owned(),
            street: "12 ấp 3, gần chợ = cầu".to_owned(),
            note: "Gọi trước\nbuổi chiều".to_owned(),
            seen: "x".repeat(5000),
            key: "k".to_owned(),
            ..Typed::default()
        };
        let draft = typed.draft().expect("short");
        assert!(
            draft
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
        );
        assert!(typed.is_kept_by(&draft));
        assert_eq!(Typed::of_draft(&draft).seen, "");
        // Of fifty households: they are asked again.
        typed.ways = format!("{}=own:2026-12-01,", "a".repeat(65)).repeat(50);
        let draft = Typed::of_draft(&typed.draft().expect("without the ways"));
        assert_eq!(
            (draft.ways.as_str(), draft.note.as_str()),
            ("", typed.note.as_str())
        );
        assert_eq!(draft.name, typed.name);
        typed.ways = String::new();
        typed.note = "ế".repeat(500);
        let draft = typed.draft().expect("without the note");
        assert!(!typed.is_kept_by(&draft));
        assert_eq!(Typed::of_draft(&draft).name, typed.name);
        typed.street = "ế".repeat(500);
        assert_eq!(typed.draft(), None);
        assert_eq!(
            Typed::of_draft(&typed.forgotten()).fields(),
            Typed {
                key: typed.key,
                ..Typed::default()
            }
            .fields()
        );
    }
}
