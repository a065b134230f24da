//! A shop in words.
use market::kernel::time::day_text;
use market::sellers::{
    Delivers, Residence, SellerKind, Shop, ShopEvent, ShopField, ShopHistory, Standing, Step,
    TaxKind,
};

/// Where a shop stands.
pub fn standing(standing: Standing) -> String {
    match standing {
        Standing::Draft => t!("shops.standing_draft"),
        Standing::Submitted => t!("shops.standing_submitted"),
        Standing::Returned => t!("shops.standing_returned"),
        Standing::Approved => t!("shops.standing_approved"),
        Standing::Suspended => t!("shops.standing_suspended"),
        Standing::Closed => t!("shops.standing_closed"),
    }
}

/// A page of the checklist.
pub fn step(step: Step) -> String {
    match step {
        Step::Who => t!("shops.step_who"),
        Step::Address => t!("shops.step_address"),
        Step::Bank => t!("shops.step_bank"),
        Step::Delivery => t!("shops.step_delivery"),
        Step::About => t!("shops.step_about"),
        Step::Tax => t!("shops.step_tax"),
    }
}

/// Something that is asked.
pub fn field(field: ShopField) -> String {
    match field {
        ShopField::Kind => t!("shops.kind"),
        ShopField::OwnerName => t!("shops.owner_name"),
        ShopField::Number => t!("shops.number"),
        ShopField::Papers => t!("shops.papers"),
        ShopField::Commune => t!("orders.commune"),
        ShopField::Hamlet => t!("shops.hamlet"),
        ShopField::ShopName => t!("shops.shop_name"),
        ShopField::Story => t!("shops.story"),
        ShopField::Picture => t!("shops.picture"),
        ShopField::Delivers => t!("shops.delivers"),
        ShopField::Account => t!("shops.account"),
        ShopField::Residence => t!("shops.residence"),
        ShopField::TaxKind => t!("shops.tax_kind"),
    }
}

/// All fields with their names, for the summary of what is wrong.
pub fn labels() -> Vec<(&'static str, String)> {
    let more = [
        ("street", t!("shops.street")),
        ("bank", t!("shops.bank")),
        ("account_name", t!("shops.account_name")),
        ("notes", t!("shops.notes")),
        ("reason", t!("sellers.reason")),
        ("day", t!("shops.suspend_day")),
        ("order_reason", t!("sellers.reason")),
        ("order_no", t!("shops.order_no")),
        ("current", t!("accounts.password_now")),
        ("owner_phone", t!("shops.owner_phone")),
    ];
    ShopField::ALL
        .into_iter()
        .map(|one| (one.as_str(), field(one)))
        .chain(more)
        .collect()
}

/// Household, cooperative, enterprise: what it means.
pub fn kind_note(kind: SellerKind) -> String {
    match kind {
        SellerKind::Household => t!("shops.kind_household"),
        SellerKind::Cooperative => t!("shops.kind_cooperative"),
        SellerKind::Enterprise => t!("shops.kind_enterprise"),
    }
}

/// How goods are sent, and what that means.
pub fn delivers(delivers: Delivers) -> (String, String) {
    match delivers {
        Delivers::Carrier => (t!("shops.by_carrier"), t!("shops.by_carrier_note")),
        Delivers::CarrierAndOwn => (t!("shops.by_own"), t!("shops.by_own_note")),
    }
}

/// Residence, and what that means.
pub fn residence(residence: Residence) -> (String, String) {
    match residence {
        Residence::Resident => (t!("shops.resident"), t!("shops.resident_note")),
        Residence::NonResident => (t!("shops.non_resident"), t!("shops.non_resident_note")),
    }
}

/// What a seller does, for tax, and what that means.
pub fn tax_kind(kind: TaxKind) -> (String, String) {
    match kind {
        TaxKind::Grower => (t!("shops.tax_grower"), t!("shops.tax_grower_note")),
        TaxKind::Maker => (t!("shops.tax_maker"), t!("shops.tax_maker_note")),
        TaxKind::Trader => (t!("shops.tax_trader"), t!("shops.tax_trader_note")),
        TaxKind::Service => (t!("shops.tax_service"), t!("shops.tax_service_note")),
        TaxKind::Declares => (t!("shops.tax_declares"), t!("shops.tax_declares_note")),
    }
}

/// A line of the history.
pub fn event(line: &ShopHistory) -> String {
    let day = line.day.map(day_text).unwrap_or_default();
    match line.event {
        ShopEvent::Begun => t!("shops.event_begun"),
        ShopEvent::Submitted => t!("shops.event_submitted", day = day),
        ShopEvent::Withdrawn => t!("shops.event_withdrawn"),
        ShopEvent::Returned => t!("shops.event_returned"),
        ShopEvent::Approved => t!("shops.event_approved"),
        ShopEvent::BankChanged => t!("shops.event_bank_changed"),
        ShopEvent::Paused if line.day.is_some() => t!("shops.event_paused_until", day = day),
        ShopEvent::Paused => t!("shops.event_paused"),
        ShopEvent::Resumed => t!("shops.event_resumed"),
        ShopEvent::SuspensionAnnounced => t!("shops.event_announced", day = day),
        ShopEvent::SuspensionCalledOff => t!("shops.event_called_off"),
        ShopEvent::Suspended if !line.order_no.is_empty() => {
            t!("shops.event_suspended_by", order = line.order_no)
        }
        ShopEvent::Suspended => t!("shops.event_suspended"),
        ShopEvent::Lifted => t!("shops.event_lifted"),
        ShopEvent::OwnerNamed => t!("shops.event_owner_named"),
        ShopEvent::HandedOver => t!("shops.event_handed_over"),
        ShopEvent::Closed => t!("shops.event_closed"),
    }
}

/// What stands in a step already, in a line.
pub fn filled(shop: &Shop, step: Step) -> String {
    let parts: Vec<String> = match step {
        Step::Who => vec![
            crate::catalog::words::seller_kind(shop.kind),
            shop.owner_name.clone(),
            shop.number_masked.clone(),
        ],
        Step::Address => vec![
            shop.street.clone(),
            shop.hamlet.clone(),
            shop.commune_address.clone(),
        ],
        Step::Bank => vec![
            shop.bank_name().unwrap_or_default().to_owned(),
            shop.bank_account_masked.clone(),
            shop.bank_account_name.clone(),
        ],
        Step::Delivery => vec![shop.delivers.map(|one| delivers(one).0).unwrap_or_default()],
        Step::About => vec![shop.name.clone()],
        Step::Tax => vec![
            shop.residence
                .map(|one| residence(one).0)
                .unwrap_or_default(),
            shop.tax_kind.map(|one| tax_kind(one).0).unwrap_or_default(),
        ],
    };
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}
