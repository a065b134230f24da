//! Who it is, asked once more before what can't be taken back.
use leptos::prelude::*;
use market::accounts::{AccountsRefusal, Again};
use market::kernel::FieldErrors;
use serde::Deserialize;

use crate::routes;
use crate::trouble::Trouble;
use crate::ui::form::Field;
use crate::ui::parts::{Notice, Tone};
use crate::visit::Visit;

/// A form that asks for nothing but the password once more, of who has one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AgainForm {
    current: String,
}

impl AgainForm {
    /// Who asks, with what was typed.
    ///
    /// # Errors
    /// A guest is sent to sign in.
    pub fn of<'a>(&'a self, visit: &'a Visit) -> Result<Again<'a>, Trouble> {
        let (_, token) = visit.signed_in()?;
        Ok(Again {
            token,
            password: &self.current,
        })
    }
}

/// The password once more, for who has one; its field is `current`.
#[component]
pub fn Password(is_asked: bool, errors: FieldErrors) -> impl IntoView {
    is_asked.then(|| view! { <Field name="current" label=t!("accounts.password_now") value="" errors kind="password" autocomplete="current-password" /> })
}

/// What stands above the form: that it was refused, and the way to sign in again where that is what is missing.
#[component]
pub fn Refused(
    message: Option<String>,
    refusal: Option<AccountsRefusal>,
    /// Where to come back to.
    back: &'static str,
) -> impl IntoView {
    let path = format!("{}?ve={back}", routes::SIGN_IN);
    let again = refusal == Some(AccountsRefusal::SignInAgain);
    message.map(|text| {
        view! {
            <Notice tone=Tone::Error>
                <p>{text}</p>
                {again.then(|| view! { <p><a href=path>{t!("shell.sign_in")}</a></p> })}
            </Notice>
        }
    })
}
