//! Taking in the province's decision list: looked at first, then all of it or nothing.
use std::collections::HashSet;

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Birth, Locked, Outcome, decide, insert, write_entry};
use crate::certificates::import::Row;
use crate::certificates::{CertificateState, CertificatesRefusal, Entry, Programme, Source};
use crate::kernel::error::broken_row;
use crate::kernel::text::{fold, slug};
use crate::kernel::time::day_text;
use crate::kernel::{
    CertificateId, CommuneId, Fault, FieldErrors, Permission, Right, SellerId, Work,
};

/// What a row would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A certificate that was not known.
    New,
    /// The same, after another of the same product.
    Follows,
    /// One that its seller has entered is verified by it.
    Confirms,
    /// It is there already: nothing changes.
    Known,
    /// Something in it can't be right.
    Wrong,
}

/// A row, held against what is there.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its line in the file.
    pub line: usize,
    /// The holder as it is called here, else as it stands in the file.
    pub seller_name: String,
    /// The product as printed.
    pub product_name: String,
    /// What it would do.
    pub verdict: Verdict,
    /// What is wrong, by column.
    pub errors: FieldErrors,
    plan: Option<Plan>,
}

/// What is to be written.
#[derive(Clone, Debug)]
struct Plan {
    entry: Entry,
    seller: SellerId,
    product: Option<Uuid>,
    /// The one that is confirmed.
    confirms: Option<Uuid>,
    replaces: Option<Uuid>,
}

/// How many rows did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Certificates that were not known.
    pub new: usize,
    /// Entered ones that are verified by it.
    pub confirmed: usize,
    /// Rows that changed nothing.
    pub known: usize,
}

/// What a list would do, row by row; nothing is written. For who checks certificates in the whole province, since
/// what it brings is verified at once.
pub async fn preview(
    work: &mut Work<'_>,
    programme: &Programme,
    rows: &[Row],
) -> Outcome<Vec<Judged>> {
    if !work.actor.may(Right::Province(Permission::Certificates)) {
        return Err(CertificatesRefusal::Forbidden.into());
    }
    let today = work.today();
    let there = There::load(&mut *work.conn, rows).await?;
    let mut seen = HashSet::new();
    let mut followed = HashSet::new();
    Ok(rows
        .iter()
        .map(|row| there.judge(row, programme, today, &mut seen, &mut followed))
        .collect())
}

/// Takes a list in, all of it or nothing. The same list again changes nothing.
pub async fn apply(work: &mut Work<'_>, programme: &Programme, rows: &[Row]) -> Outcome<Imported> {
    if !work.actor.may(Right::Province(Permission::Certificates)) {
        return Err(CertificatesRefusal::Forbidden.into());
    }
    // Two officers with the same list at once: the second finds it done.
    sqlx::query!("lock table certificates in share row exclusive mode")
        .execute(&mut *work.conn)
        .await?;
    let judged = preview(work, programme, rows).await?;
    if judged.iter().any(|row| row.verdict == Verdict::Wrong) {
        return Err(CertificatesRefusal::ListHasErrors.into());
    }
    let mut imported = Imported::default();
    for row in judged {
        match row.plan {
            None => imported.known += 1,
            Some(plan) => {
                if plan.confirms.is_some() {
                    imported.confirmed += 1;
                } else {
                    imported.new += 1;
                }
                write(work, &plan).await?;
            }
        }
    }
    Ok(imported)
}

async fn write(work: &mut Work<'_>, plan: &Plan) -> Outcome<()> {
    let entry = &plan.entry;
    let id = if let Some(id) = plan.confirms {
        let id = CertificateId(id);
        write_entry(work, id, entry).await?;
        sqlx::query!(
            "update certificates set state = 'verified', state_since = $2 where id = $1",
            id.0,
            work.now
        )
        .execute(&mut *work.conn)
        .await?;
        id
    } else {
        let birth = Birth {
            state: CertificateState::Verified,
            source: Source::Import,
            seller: plan.seller,
            paper: None,
            replaces: plan.replaces,
        };
        insert(work, entry, &birth).await?
    };
    if let Some(product) = plan.product {
        sqlx::query!(
            "insert into certificate_claims (certificate_id, product_id) values ($1, $2) on conflict do nothing",
            id.0,
            product,
        )
        .execute(&mut *work.conn)
        .await?;
    }
    let locked = Locked {
        id,
        seller: plan.seller,
        commune: CommuneId(0),
        state: CertificateState::Verified,
        kind: entry.gives.code().to_owned(),
        stars: entry.gives.stars().map(|grade| i16::from(grade.stars)),
        replaces: plan.replaces,
    };
    decide::granted(work, &locked, locked.stars).await
}

struct KnownSeller {
    id: Uuid,
    slug: String,
    name: String,
}

struct KnownProduct {
    id: Uuid,
    code: String,
    seller: Uuid,
    name: String,
}

struct KnownCertificate {
    id: Uuid,
    seller: Uuid,
    number: String,
    product_name: String,
    state: CertificateState,
    stars: i16,
    decided_on: time::Date,
    replaces: Option<Uuid>,
    is_followed: bool,
}

/// What is there of all that a list names, read in three queries.
struct There {
    sellers: Vec<KnownSeller>,
    products: Vec<KnownProduct>,
    certificates: Vec<KnownCertificate>,
}

impl There {
    async fn load(db: &mut PgConnection, rows: &[Row]) -> Result<Self, Fault> {
        let names: Vec<String> = rows.iter().map(|row| row.seller.clone()).collect();
        let slugs: Vec<String> = names.iter().map(|name| slug(name)).collect();
        let sellers: Vec<_> = sqlx::query!(
            "select id, slug, name from sellers where slug = any($1) or lower(name) = any(select lower(name) from unnest($2::text[]) as asked (name))",
            &slugs,
            &names,
        )
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .map(|row| KnownSeller {
            id: row.id,
            slug: row.slug,
            name: row.name,
        })
        .collect();
        let ids: Vec<Uuid> = sellers.iter().map(|seller| seller.id).collect();
        let products = sqlx::query!(
            "select id, code, seller_id, name from products where seller_id = any($1) and status <> 'archived'",
            &ids,
        )
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .map(|row| KnownProduct {
            id: row.id,
            code: row.code,
            seller: row.seller_id,
            name: row.name,
        })
        .collect();
        let certificates = sqlx::query!(
            r#"select id, seller_id, number, product_name, state, stars as "stars!", decided_on, replaces_id,
                exists (select from certificates as next where next.replaces_id = certificates.id and next.state <> 'revoked') as "is_followed!"
            from certificates
            where seller_id = any($1) and kind = 'ocop'"#,
            &ids,
        )
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .map(|row| {
            Ok(KnownCertificate {
                state: CertificateState::parse(&row.state)
                    .ok_or_else(|| broken_row("certificates", "state", row.id))?,
                id: row.id,
                seller: row.seller_id,
                number: row.number,
                product_name: row.product_name,
                stars: row.stars,
                decided_on: row.decided_on,
                replaces: row.replaces_id,
                is_followed: row.is_followed,
            })
        })
        .collect::<Result<_, Fault>>()?;
        Ok(Self {
            sellers,
            products,
            certificates,
        })
    }

    fn judge(
        &self,
        row: &Row,
        programme: &Programme,
        today: time::Date,
        seen: &mut HashSet<(Uuid, String, String)>,
        followed: &mut HashSet<Uuid>,
    ) -> Judged {
        let mut errors = FieldErrors::default();
        let seller = self.seller(&row.seller, &mut errors);
        let product = seller.and_then(|seller| self.product(row, seller.id, &mut errors));
        let parsed = row.form.parse(programme, today);
        let mut judged = Judged {
            line: row.line,
            seller_name: seller.map_or_else(|| row.seller.clone(), |seller| seller.name.clone()),
            product_name: row.form.product_name.clone(),
            verdict: Verdict::Wrong,
            errors,
            plan: None,
        };
        let (entry, seller) = match (parsed, seller) {
            (Ok(entry), Some(seller)) => (entry, seller),
            (Err(more), _) => {
                // An old list again: what has lapsed since is there, and stays as it is.
                let is_known = seller.is_some_and(|seller| {
                    self.named(seller.id, &row.form.number, &row.form.product_name)
                        .is_some()
                });
                let only_over = more.0.iter().all(|error| error.code == "certificate_over");
                if is_known && only_over && judged.errors.is_empty() {
                    judged.verdict = Verdict::Known;
                } else {
                    judged.errors.add_untold(more);
                }
                return judged;
            }
            (Ok(_), None) => return judged,
        };
        let key = (
            seller.id,
            entry.number.to_lowercase(),
            entry.product_name.to_lowercase(),
        );
        if !seen.insert(key) {
            judged.errors.add("number", "certificate_twice");
        }
        let there = self.named(seller.id, &entry.number, &entry.product_name);
        let is_settled = there.is_some_and(|there| {
            matches!(
                there.state,
                CertificateState::Verified | CertificateState::Revoked
            )
        });
        if let Some(there) = there.filter(|_| is_settled) {
            differences(there, &entry, &mut judged.errors);
        }
        if !judged.errors.is_empty() {
            return judged;
        }
        let replaces = match there {
            Some(there) => there.replaces,
            None => self.former(seller.id, &entry, followed),
        };
        judged.verdict = match (there, replaces) {
            (Some(_), _) if is_settled => Verdict::Known,
            (Some(_), _) => Verdict::Confirms,
            (None, Some(_)) => Verdict::Follows,
            (None, None) => Verdict::New,
        };
        judged.plan = (!is_settled).then(|| Plan {
            entry,
            seller: SellerId(seller.id),
            product,
            confirms: there.map(|there| there.id),
            replaces,
        });
        judged
    }

    fn seller(&self, text: &str, errors: &mut FieldErrors) -> Option<&KnownSeller> {
        if text.is_empty() {
            errors.add("seller", "required");
            return None;
        }
        if let Some(seller) = self.sellers.iter().find(|seller| seller.slug == text) {
            return Some(seller);
        }
        let mut named = self
            .sellers
            .iter()
            .filter(|seller| fold(&seller.name) == fold(text));
        let found = named.next();
        if found.is_none() {
            errors.add("seller", "certificate_no_seller");
        }
        let twin = found.and_then(|_| named.next());
        match (found, twin) {
            (Some(one), Some(other)) => {
                let slugs = [("slugs", format!("{}, {}", one.slug, other.slug))];
                errors.add_with("seller", "certificate_which_seller", &slugs);
                None
            }
            (found, _) => found,
        }
    }

    /// The product of that code; without a code, the one of that very name, if there is one.
    fn product(&self, row: &Row, seller: Uuid, errors: &mut FieldErrors) -> Option<Uuid> {
        let mut own = self
            .products
            .iter()
            .filter(|product| product.seller == seller);
        if row.product_code.is_empty() {
            let name = fold(&row.form.product_name);
            return own
                .find(|product| fold(&product.name) == name)
                .map(|product| product.id);
        }
        let found = own.find(|product| product.code.eq_ignore_ascii_case(&row.product_code));
        if found.is_none() {
            errors.add("product_code", "certificate_no_product");
        }
        found.map(|product| product.id)
    }

    fn named(&self, seller: Uuid, number: &str, product_name: &str) -> Option<&KnownCertificate> {
        let name = product_name.to_lowercase();
        self.certificates.iter().find(|known| {
            known.seller == seller
                && known.number == number
                && known.product_name.to_lowercase() == name
        })
    }

    /// The last certificate of the same product that nothing follows yet.
    fn former(&self, seller: Uuid, entry: &Entry, followed: &mut HashSet<Uuid>) -> Option<Uuid> {
        let name = fold(&entry.product_name);
        let former = self
            .certificates
            .iter()
            .filter(|known| {
                known.seller == seller
                    && known.state == CertificateState::Verified
                    && !known.is_followed
                    && !followed.contains(&known.id)
                    && known.decided_on < entry.decided_on
                    && fold(&known.product_name) == name
            })
            .max_by_key(|known| known.decided_on)?;
        followed.insert(former.id);
        Some(former.id)
    }
}

/// A certificate that is there is not changed by a list: where they differ, somebody has to look.
fn differences(there: &KnownCertificate, entry: &Entry, errors: &mut FieldErrors) {
    let stars = entry.gives.stars().map(|grade| i16::from(grade.stars));
    if Some(there.stars) != stars {
        let value = [("value", there.stars.to_string())];
        errors.add_with("stars", "certificate_differs", &value);
    }
    if there.decided_on != entry.decided_on {
        let value = [("value", day_text(there.decided_on))];
        errors.add_with("decided_on", "certificate_differs", &value);
    }
}
