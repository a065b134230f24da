//! Addresses of e-mail.

/// Characters of an e-mail address at most (RFC 5321, 4.5.3.1).
const EMAIL_MAX: usize = 254;

/// Whether it looks like an address: only a message that arrives proves one.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.len() <= EMAIL_MAX
        && !local.is_empty()
        && !text.contains(char::is_whitespace)
        && !local.contains('@')
        && domain
            .split_once('.')
            .is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty())
        && !domain.ends_with('.')
        && !domain.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_look_like_addresses() {
        for right in ["a@b.vn", "nguyen.van+1@xa.haugiang.gov.vn"] {
            assert!(is_email(right), "{right}");
        }
        for wrong in [
            "a", "a@b", "@b.vn", "a@.vn", "a@b.", "a b@c.vn", "a@b@c.vn", "a@b..vn",
        ] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
