//! Requests of the slice `sellers`.
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use market::media::MAX_BYTES;

use super::{
    begin, by_phone, cards, checklist, close, data, desk, listing, members, office, order_lots,
    orders, owner, paper, shop, steps, table,
};
use crate::routes;
use crate::site::Site;

/// Photographs that one form can carry.
const FILES: usize = 8;

/// The slice's paths.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/gian-hang/{slug}", get(shop::shop))
        .route(routes::SELLER, get(desk::today))
        .route(routes::SELLER_PRODUCTS, get(desk::products))
        .route(routes::SELLER_TABLE, get(table::show).post(table::save))
        .route(routes::SELLER_CARDS, get(cards::show))
        .route(routes::SELLER_NEW, get(listing::begin).post(listing::start))
        .route(
            routes::SELLER_AHEAD,
            get(listing::ahead::show).post(listing::ahead::write),
        )
        .route(
            "/ban-hang/san-pham/{id}/anh",
            get(listing::photos::photos)
                .post(listing::photos::add_photos)
                .layer(DefaultBodyLimit::max(FILES * MAX_BYTES + (1 << 20))),
        )
        .route(
            "/ban-hang/san-pham/{id}/anh/{photo}",
            post(listing::photos::remove_photo),
        )
        .route(
            "/ban-hang/san-pham/{id}/hang",
            get(listing::basics::show).post(listing::basics::save),
        )
        .route(
            "/ban-hang/san-pham/{id}/gia",
            get(listing::offers::show).post(listing::offers::save),
        )
        .route(
            "/ban-hang/san-pham/{id}/gia/{which}",
            get(listing::offers::show_one).post(listing::offers::save_one),
        )
        .route(
            "/ban-hang/san-pham/{id}/gia/{variant}/bo",
            post(listing::offers::end),
        )
        .route(
            "/ban-hang/san-pham/{id}/chi-tiet",
            get(listing::facts::show).post(listing::facts::save),
        )
        .route(
            "/ban-hang/san-pham/{id}/xem",
            get(listing::preview::show).post(listing::preview::submit),
        )
        .route(
            "/ban-hang/san-pham/{id}/rut-lai",
            post(listing::preview::withdraw),
        )
        .route(
            "/ban-hang/san-pham/{id}/them-giong",
            post(listing::duplicate),
        )
        .route(
            "/ban-hang/san-pham/{id}/go",
            get(listing::preview::ask_archive).post(listing::preview::archive),
        )
        .route("/ban-hang/san-pham/{id}/ngung", post(desk::pause))
        .route(
            "/ban-hang/san-pham/{id}/so-luong",
            post(desk::set_price_and_stock),
        )
        .route(routes::SELLER_ORDERS, get(orders::board))
        .route(
            routes::SELLER_BY_PHONE,
            get(by_phone::show).post(by_phone::place),
        )
        .route(routes::SELLER_CALL_LIST, get(paper::call_list))
        .route("/ban-hang/don-hang/{id}/phieu", get(paper::slip))
        .route("/ban-hang/don-hang/{id}", get(orders::order))
        .route("/ban-hang/don-hang/{id}/lo-hang", post(order_lots::assign))
        .route("/ban-hang/don-hang/{id}/dong-goi", post(orders::pack))
        .route("/ban-hang/don-hang/{id}/nhan", post(orders::say))
        .route("/ban-hang/don-hang/{id}/{step}", post(orders::step))
        .merge(listing::combo::routes())
        .merge(listing::harvest::routes())
        .merge(listing::kept_photos::routes())
        .merge(own_shop())
        .merge(office_desk())
}

/// A household's own shop.
fn own_shop() -> Router<Site> {
    let files = || DefaultBodyLimit::max(FILES * MAX_BYTES + (1 << 20));
    Router::new()
        .route(routes::SELLER_BEGIN, get(begin::show).post(begin::start))
        .route(routes::SELLER_SHOP, get(checklist::show))
        .merge(steps::routes())
        .route(
            "/ban-hang/gian-hang/chu-the/giay-to",
            post(steps::add_papers).layer(files()),
        )
        .route(
            "/ban-hang/gian-hang/gioi-thieu/hinh",
            post(steps::set_picture).layer(files()),
        )
        .route("/ban-hang/gian-hang/gui-duyet", post(checklist::submit))
        .route("/ban-hang/gian-hang/rut-lai", post(checklist::withdraw))
        .route("/ban-hang/gian-hang/nghi", post(checklist::pause))
        .route("/ban-hang/gian-hang/mo-lai", post(checklist::resume))
        .route("/ban-hang/gian-hang/chon/{id}", post(checklist::choose))
        .route(routes::SELLER_CLOSE, get(close::show).post(close::close))
        .route(
            routes::SELLER_MEMBERS,
            get(members::show).post(members::invite),
        )
        .route(
            "/ban-hang/nguoi-cung-ban/{person}/bo",
            post(members::remove),
        )
        .route(
            "/ban-hang/nguoi-cung-ban/{person}/giao",
            get(members::ask_hand_over).post(members::hand_over),
        )
        .route("/ban-hang/nguoi-cung-ban/thoi", post(members::leave))
        .route(
            "/ban-hang/nguoi-cung-ban/moi/{invitation}/rut",
            post(members::withdraw),
        )
        .route(
            "/ban-hang/nguoi-cung-ban/moi/{invitation}/nhan",
            post(members::accept),
        )
        .route(
            "/ban-hang/nguoi-cung-ban/moi/{invitation}/tu-choi",
            post(members::decline),
        )
        .route("/ban-hang/nhan-gian-hang/{id}", post(owner::claim))
        .route(routes::SELLER_DATA, get(data::show))
        .route("/ban-hang/du-lieu/gian-hang.json", get(data::shop))
        .route("/ban-hang/du-lieu/san-pham.csv", get(data::goods))
        .route("/ban-hang/du-lieu/don-hang.csv", get(data::orders))
}

/// The officers' desk for shops.
fn office_desk() -> Router<Site> {
    Router::new()
        .route(routes::PROVINCE_SHOPS, get(office::list))
        .route("/tinh/gian-hang/{id}", get(office::show))
        .route("/tinh/gian-hang/{id}/so", post(office::see_number))
        .route("/tinh/gian-hang/{id}/duyet", post(office::approve))
        .route("/tinh/gian-hang/{id}/tra-lai", post(office::return_with))
        .route("/tinh/gian-hang/{id}/bao-ngung", post(office::announce))
        .route("/tinh/gian-hang/{id}/bo-bao-ngung", post(office::call_off))
        .route("/tinh/gian-hang/{id}/ngung", post(office::suspend))
        .route("/tinh/gian-hang/{id}/mo-lai", post(office::lift))
        .route("/tinh/gian-hang/{id}/chu", post(owner::ask))
        .route(
            "/tinh/gian-hang/{id}/chu/{code}",
            get(owner::show_code).post(owner::name),
        )
}
