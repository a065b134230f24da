//! How goods come to their buyers, as calls say and answer it.
use app::site::Site;
use market::kernel::time::{iso_day, parse_day};
use market::kernel::{Fault, FieldErrors};
use market::orders::PartWay;
use market::sellers;
use market::shipping::{Choice, WayKind, Wish, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Given, Object};

/// Shops of which one call says something at most.
const MOST: usize = 100;

/// How one seller's goods come. Of sellers that are not named, as comes cheapest by itself, before parcels share a
/// fee; what is fetched is named.
#[derive(Deserialize, ToSchema)]
pub struct NewWay {
    /// The shop's slug.
    #[serde(default)]
    #[schema(required, value_type = String)]
    seller: Given<String>,
    /// carrier; own: the household brings them; farm, point: they are fetched.
    #[serde(default)]
    #[schema(required, value_type = String)]
    way: Given<String>,
    /// Of own: `2026-12-01`, a day on which the household comes; without one the next.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    day: Given<String>,
    /// Of point.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    point_id: Given<String>,
}

/// Understands what was sent; what is wrong is noted.
pub async fn read(
    site: &Site,
    given: Given<Vec<Given<Object<NewWay>>>>,
    errors: &mut FieldErrors,
) -> Result<Vec<Wish>, Fault> {
    let given = given.read(errors, "ways").unwrap_or_default();
    if given.len() > MOST {
        errors.add_with("ways", "too_many", &[("max", MOST.to_string())]);
        return Ok(Vec::new());
    }
    let mut named = Vec::with_capacity(given.len());
    for (index, way) in given.into_iter().enumerate() {
        let at = format!("ways.{index}");
        let Some(Object(way)) = way.required(errors, &at) else {
            continue;
        };
        let seller = way.seller.required(errors, &format!("{at}.seller"));
        let kind = way.way.required(errors, &format!("{at}.way"));
        let day = way.day.text(errors, &format!("{at}.day"));
        let point = way.point_id.text(errors, &format!("{at}.point_id"));
        let (Some(seller), Some(kind)) = (seller, kind) else {
            continue;
        };
        let choice = match WayKind::parse(&kind) {
            Some(WayKind::Carrier) => Choice::Carrier,
            Some(WayKind::Farm) => Choice::Farm,
            Some(WayKind::Own) => match (day.as_str(), parse_day(&day)) {
                ("", _) => Choice::Own(None),
                (_, Some(day)) => Choice::Own(Some(day)),
                _ => {
                    errors.add(&format!("{at}.day"), "day");
                    continue;
                }
            },
            Some(WayKind::Point) => {
                let Ok(point) = point.parse() else {
                    errors.add(&format!("{at}.point_id"), "id");
                    continue;
                };
                Choice::Point(point)
            }
            None => {
                errors.add(&format!("{at}.way"), "choose");
                continue;
            }
        };
        named.push((at, seller, choice));
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let slugs: Vec<String> = named.iter().map(|(_, slug, _)| slug.clone()).collect();
    let sellers = sellers::queries::ids(site.store.reader(), &slugs).await?;
    let mut wishes = Vec::with_capacity(named.len());
    for (at, slug, choice) in named {
        match sellers.iter().find(|(found, _)| *found == slug) {
            Some((_, seller)) => wishes.push(Wish {
                seller: *seller,
                harvest: None,
                choice,
            }),
            None => errors.add(&format!("{at}.seller"), "unknown_seller"),
        }
    }
    Ok(wishes)
}

/// How a part comes to its buyer, as it was on the day of sale.
#[derive(Serialize, ToSchema)]
pub struct WayOut {
    /// carrier, own, farm, point.
    way: String,
    /// By what the fee was counted: market, shop, free, flat, fetched, rest.
    basis: String,
    /// commune, province, region, country; missing of old orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// On which day the household comes, `2026-12-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// The other shops that share its fee, by name, with commas between.
    #[serde(skip_serializing_if = "String::is_empty")]
    pooled_with: String,
    /// Where it is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceOut>,
}

#[derive(Serialize, ToSchema)]
struct PlaceOut {
    /// Of a pick-up point.
    #[serde(skip_serializing_if = "Option::is_none")]
    point_id: Option<String>,
    name: String,
    address: String,
    hours: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    /// Who keeps a pick-up point.
    #[serde(skip_serializing_if = "Option::is_none")]
    keeper: Option<KeeperOut>,
}

#[derive(Serialize, ToSchema)]
struct KeeperOut {
    name: String,
    phone: String,
}

/// A way as calls answer it.
pub fn way_out(way: PartWay) -> WayOut {
    let point = way.point;
    WayOut {
        way: way.kind.as_str().to_owned(),
        basis: way.basis.as_str().to_owned(),
        zone: way.zone.map(Zone::as_str).map(str::to_owned),
        day: way.day.map(iso_day),
        pooled_with: way.pooled_with,
        place: way.place.map(|place| PlaceOut {
            point_id: point.map(|point| point.to_string()),
            name: place.name,
            address: place.address,
            hours: place.hours,
            note: place.note,
            keeper: place.keeper.map(|keeper| KeeperOut {
                name: keeper.name,
                phone: keeper.phone.as_str().to_owned(),
            }),
        }),
    }
}
