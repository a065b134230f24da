//! A small market that tests fill and act in.
use market::accounts::commands::{NewPerson, create_person};
use market::catalog::commands::{create, submit};
use market::catalog::{Basics, Group, Pricing, ProductStatus, queries};
use market::kernel::{
    Actor, CommuneId, Duty, Membership, PersonId, Phone, PhotoId, ProductId, Quantity, Role,
    SellerId, VariantId, Vnd, secret,
};
use market::orders::{Checkout, CheckoutForm, Contact, Entry};
use market::sellers::SellerKind;
use market::sellers::commands::{NewSeller, create as create_seller};

use super::db::TestDb;

/// Xã Hỏa Lựu, today's map.
pub const HOA_LUU: &str = "31338";

/// A database with a seller.
pub struct Shop {
    pub db: TestDb,
    pub seller: SellerId,
    pub actor: Actor,
}

impl Shop {
    /// A household called `name` in Hỏa Lựu.
    pub async fn new(name: &str) -> Self {
        let db = TestDb::new().await;
        market::places::commands::ensure_reference(&db.store)
            .await
            .unwrap();
        market::catalog::commands::reference::ensure(&db.store)
            .await
            .unwrap();
        let seller = seller(&db, name).await;
        let owner = PersonId(secret::new_key());
        sqlx::query("insert into people (id, name, phone, created_at) values ($1, $2, '+84999999901', now())")
            .bind(owner.0)
            .bind(name)
            .execute(db.store.writer())
            .await
            .unwrap();
        let actor = Actor {
            person: Some(owner),
            roles: vec![Role::Seller],
            memberships: vec![Membership {
                seller,
                duty: Duty::Owner,
            }],
            ..Actor::guest()
        };
        Self { db, seller, actor }
    }

    /// A product on sale: so many units at that price. Photographs are not what these tests are about.
    pub async fn product(&self, name: &str, stock: i64, price: i64) -> (ProductId, VariantId) {
        let basics = Basics {
            name: name.to_owned(),
            group: Group::Food,
            stock: Some(Quantity::from_thousandths(stock * 1000)),
            set: None,
            is_resold: false,
            description: String::new(),
            season_months: Vec::new(),
        };
        let pricing = Pricing {
            price: Vnd(price),
            unit: "trái".to_owned(),
            unit_note: String::new(),
            net_grams: None,
            net_ml: None,
            ship_grams: 500,
            minimum: Quantity::ONE,
            step: Quantity::ONE,
            supply: None,
        };
        let (basics, pricing, seller) = (&basics, &pricing, self.seller);
        let product = market::transact!(self.db.store, &self.actor, work => create(work, seller, basics, pricing, &[]).await).unwrap();
        sqlx::query("update products set status = 'published', published_at = now() where id = $1")
            .bind(product.0)
            .execute(self.db.store.reader())
            .await
            .unwrap();
        (product, self.variant(product).await)
    }

    /// Takes a product back to where nobody has looked at it.
    pub async fn unpublish(&self, product: ProductId) {
        sqlx::query("update products set status = 'draft', published_at = null where id = $1")
            .bind(product.0)
            .execute(self.db.store.writer())
            .await
            .unwrap();
    }

    /// A photograph of which only the rows matter.
    pub async fn photo(&self) -> PhotoId {
        let photo = PhotoId(secret::new_key());
        let key = format!("ab/{}{:06}.webp", photo.0.simple(), 0);
        sqlx::query(
            "with noted as (insert into stored_files (key) values ($3)),
                 photo as (
                     insert into photos (id, seller_id, digest, width, height, preview, created_at)
                     values ($1, $2, $3, 160, 120, '', now())
                 )
             insert into photo_variants (photo_id, width, height, format, key) values ($1, 160, 120, 'webp', $3)",
        )
        .bind(photo.0)
        .bind(self.seller.0)
        .bind(&key)
        .execute(self.db.store.writer())
        .await
        .unwrap();
        photo
    }

    pub async fn variant(&self, product: ProductId) -> VariantId {
        queries::by_id(self.db.store.reader(), product)
            .await
            .unwrap()
            .unwrap()
            .variants[0]
            .id
    }

    /// On hand and reserved, whole units.
    pub async fn stock(&self, product: ProductId) -> (i64, i64) {
        let variant = queries::by_id(self.db.store.reader(), product)
            .await
            .unwrap()
            .unwrap()
            .variants
            .remove(0);
        let on_hand = variant.on_hand.thousandths() / 1000;
        (on_hand, on_hand - variant.available.thousandths() / 1000)
    }

    /// Goods, money and histories agree, but for the rollup, which the worker makes.
    pub async fn is_sound(&self) {
        let findings: Vec<_> = market::reports::check::run(self.db.store.reader())
            .await
            .unwrap()
            .into_iter()
            .filter(|finding| !finding.starts_with("sales of"))
            .collect();
        assert_eq!(findings, Vec::<String>::new());
    }

    pub async fn try_submit(
        &self,
        product: ProductId,
    ) -> Result<ProductStatus, market::kernel::Failure<market::catalog::CatalogRefusal>> {
        market::transact!(self.db.store, &self.actor, work => submit(work, product).await)
    }
}

/// One more seller, in the same database.
pub async fn seller(db: &TestDb, name: &str) -> SellerId {
    let new = NewSeller {
        slug: market::kernel::text::slug(name),
        name: name.to_owned(),
        kind: SellerKind::Household,
        commune_id: CommuneId(131_338),
        former_commune_id: Some(CommuneId(31_339)),
        hamlet: String::new(),
        street: String::new(),
        phone: Phone::parse("0912345678").unwrap(),
        owner_name: String::new(),
        story: String::new(),
        is_sample: true,
    };
    let new = &new;
    market::transact_sure!(db.store, &Actor::system(), work => Ok(create_seller(work, new).await?))
        .unwrap()
}

/// Somebody with a password.
pub async fn person(db: &TestDb, phone: &str, password: &str) -> PersonId {
    let new = NewPerson {
        name: "Lan".to_owned(),
        phone: Phone::parse(phone).unwrap(),
        password_hash: Some(market::accounts::commands::hash_password(password).unwrap()),
        role: Role::Buyer,
        seller: None,
        communes: Vec::new(),
        permissions: Vec::new(),
        is_sample: true,
    };
    let new = &new;
    market::transact_sure!(db.store, &Actor::system(), work => Ok(create_person(work, new).await?))
        .unwrap()
}

/// A guest's contact in Hỏa Lựu.
pub fn contact() -> Contact {
    CheckoutForm {
        name: "Trần Thị Thử".to_owned(),
        phone: "0987654321".to_owned(),
        commune_code: HOA_LUU.to_owned(),
        street: "Số 1".to_owned(),
        payment_method: "cod".to_owned(),
        ..CheckoutForm::default()
    }
    .parse()
    .unwrap()
}

/// A checkout of so many whole units each.
pub fn checkout(lines: &[(VariantId, i64)]) -> Checkout {
    Checkout {
        key: secret::new_key(),
        lines: lines
            .iter()
            .map(|(variant, units)| (*variant, Quantity::from_thousandths(units * 1000)))
            .collect(),
        contact: contact(),
        ways: Vec::new(),
        seen_total: None,
        entry: Entry::Buyer,
        is_sample: false,
    }
}
