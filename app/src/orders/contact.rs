//! Who receives an order and where: what is typed, and the form.
use leptos::prelude::*;
use market::kernel::FieldErrors;
use market::orders::{CheckoutForm, PaymentMethod};
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
    pub payment_method: String,
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
            key: draft.key,
            ..Self::default()
        }
    }

    /// What is kept on the buyer's device until the order is placed, as a cookie takes it: without the note
    /// where that makes it too long.
    pub fn draft(&self) -> Option<String> {
        let fields = self.fields();
        let note = fields.len() - 1;
        [&fields[..], &fields[..note]]
            .into_iter()
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
            payment_method: if self.payment_method.is_empty() {
                PaymentMethod::Cod.as_str().to_owned()
            } else {
                self.payment_method.clone()
            },
        }
    }

    /// All that was typed, the note last.
    fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("key", &self.key),
            ("name", &self.name),
            ("phone", &self.phone),
            ("commune", &self.commune),
            ("commune_code", &self.commune_code),
            ("street", &self.street),
            ("note", &self.note),
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

/// The first step; with `places`, which of them is meant is asked.
#[component]
pub(super) fn ContactForm(typed: Typed, errors: FieldErrors, places: Vec<Choice>) -> impl IntoView {
    let labels = vec![
        ("name", t!("orders.name")),
        ("phone", t!("orders.phone")),
        ("commune", t!("orders.commune")),
        ("street", t!("orders.street")),
        ("note", t!("orders.note")),
        ("payment_method", t!("orders.pay")),
    ];
    let commune_error = errors.of("commune").map(lang::field);
    let method_error = errors.of("payment_method").map(lang::field);
    let commune = TypedCommune::known(&typed.commune, &typed.commune_code);
    view! {
        <div class="narrow stack" data-gap="l">
            <ol class="steps"><li aria-current="step">{t!("orders.step_contact")}</li><li>{t!("orders.step_review")}</li><li>{t!("orders.step_done")}</li></ol>
            <h1>{t!("orders.checkout")}</h1>
            <ErrorSummary errors=errors.clone() labels />
            <form id=FORM method="post" action=routes::CHECKOUT class="form" novalidate="">
                <input type="hidden" name="key" value=typed.key />
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
                </fieldset>
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
