//! What people type about accounts, and what becomes of it.
use serde::Deserialize;

use crate::kernel::text::clean_line;
use crate::kernel::{FieldErrors, Permission, Phone, Role};

/// Name and e-mail address, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// How to greet them.
    pub name: String,
    /// May be empty.
    pub email: String,
}

/// Name and e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// How to greet them.
    pub name: String,
    /// Where it has one.
    pub email: Option<String>,
}

impl ProfileForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(&self) -> Result<Profile, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("name", &self.name, 100);
        let email = errors.email("email", &self.email);
        if errors.is_empty() {
            Ok(Profile { name, email })
        } else {
            Err(errors)
        }
    }
}

/// Another telephone, as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewPhoneForm {
    /// The new one.
    pub phone: String,
    /// The password, for who has one.
    pub current: String,
}

/// A person whose telephone is lost, as whoever met them types it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RecoveryForm {
    /// The lost one.
    pub phone: String,
    /// The one to sign in with from now on.
    pub new_phone: String,
    /// How it was seen who it is: whose card, who knows them.
    pub reason: String,
    /// `yes` once ticked: met in person.
    pub met: String,
}

/// A person whose telephone is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The lost one.
    pub phone: Phone,
    /// The one to sign in with from now on.
    pub new_phone: Phone,
    /// How it was seen who it is.
    pub reason: String,
}

impl RecoveryForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field; nobody vouches who has not met the person.
    pub fn parse(&self) -> Result<Recovery, FieldErrors> {
        let mut errors = FieldErrors::default();
        let phone = errors.phone("phone", &self.phone);
        let new_phone = errors.phone("new_phone", &self.new_phone);
        if phone.is_some() && phone == new_phone {
            errors.add("new_phone", "same_phone");
        }
        let reason = errors.line("reason", &self.reason, 300);
        if self.met != "yes" {
            errors.add("met", "met");
        }
        match (phone, new_phone) {
            (Some(phone), Some(new_phone)) if errors.is_empty() => Ok(Recovery {
                phone,
                new_phone,
                reason,
            }),
            _ => Err(errors),
        }
    }
}

/// What somebody is trusted with, as an administrator types it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TrustForm {
    /// How to greet them.
    pub name: String,
    /// By which they sign in.
    pub phone: String,
    /// `helper`, `officer`, `admin`.
    pub roles: Vec<String>,
    /// Of an officer.
    pub permissions: Vec<String>,
    /// Where an officer works, codes of communes one a line; empty: the whole province.
    pub office: String,
    /// Where a helper helps, one a line: a commune's code, and where it is not all of it a hamlet: `31338, Ấp 1`.
    pub areas: String,
}

/// What somebody is trusted with; communes are still codes, which the database knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// How to greet them.
    pub name: String,
    /// By which they sign in.
    pub phone: Phone,
    /// Of helper, officer and admin.
    pub roles: Vec<Role>,
    /// Of an officer.
    pub permissions: Vec<Permission>,
    /// Codes of an officer's communes.
    pub office: Vec<String>,
    /// A helper's communes by code, with a hamlet or an empty one.
    pub areas: Vec<(String, String)>,
}

impl TrustForm {
    /// Understands what was typed.
    ///
    /// # Errors
    /// All that is wrong, field by field: a helper without a place to help in, an officer without any work.
    pub fn parse(&self) -> Result<Trust, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.line("name", &self.name, 100);
        let phone = errors.phone("phone", &self.phone);
        let roles: Vec<Role> = [Role::Helper, Role::Officer, Role::Admin]
            .into_iter()
            .filter(|role| self.roles.iter().any(|given| given == role.as_str()))
            .collect();
        let permissions: Vec<Permission> = Permission::ALL
            .into_iter()
            .filter(|part| self.permissions.iter().any(|given| given == part.as_str()))
            .collect();
        let office = lines(&self.office).map(str::to_owned).collect();
        let areas: Vec<(String, String)> = lines(&self.areas)
            .map(|line| match line.split_once(',') {
                Some((code, hamlet)) => (code.trim().to_owned(), clean_line(hamlet)),
                None => (line.to_owned(), String::new()),
            })
            .collect();
        if roles.contains(&Role::Officer) && permissions.is_empty() {
            errors.add("permissions", "choose");
        }
        if roles.contains(&Role::Helper) && areas.is_empty() {
            errors.add("areas", "required");
        }
        match phone {
            Some(phone) if errors.is_empty() => Ok(Trust {
                name,
                phone,
                roles,
                permissions,
                office,
                areas,
            }),
            _ => Err(errors),
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_vouches_unseen() {
        let form = RecoveryForm {
            phone: "0912345678".to_owned(),
            new_phone: "0912 345 678".to_owned(),
            ..RecoveryForm::default()
        };
        let errors = form.parse().expect_err("wrong");
        let told: Vec<_> = errors
            .0
            .iter()
            .map(|error| (error.field.as_str(), error.code.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("new_phone", "same_phone"),
                ("reason", "required"),
                ("met", "met")
            ]
        );
    }

    #[test]
    fn areas_are_communes_or_hamlets() {
        let form = TrustForm {
            name: "Tâm".to_owned(),
            phone: "0912345678".to_owned(),
            roles: vec!["helper".to_owned(), "seller".to_owned()],
            areas: "31338\n 31471 ,  Ấp 1 \n".to_owned(),
            ..TrustForm::default()
        };
        let trust = form.parse().expect("right");
        assert_eq!(trust.roles, [Role::Helper]);
        assert_eq!(
            trust.areas,
            [
                ("31338".to_owned(), String::new()),
                ("31471".to_owned(), "Ấp 1".to_owned())
            ]
        );
        let officer = TrustForm {
            roles: vec!["officer".to_owned()],
            ..form
        };
        assert!(
            officer
                .parse()
                .expect_err("wrong")
                .of("permissions")
                .is_some()
        );
    }
}
