//! Every path once, with functions that build addresses.
use market::catalog::Group;
use market::kernel::{
    CodeId, OrderCode, PaperId, PhotoId, ProductId, SellerId, SellerOrderId, SessionId,
};
use market::sellers::Step;

/// Home.
pub const HOME: &str = "/";
/// List and search.
pub const PRODUCTS: &str = "/san-pham";
/// The cart.
pub const CART: &str = "/gio-hang";
/// Puts into the cart.
pub const CART_ADD: &str = "/gio-hang/them";
/// Changes a line of the cart.
pub const CART_SET: &str = "/gio-hang/sua";
/// Contact and address.
pub const CHECKOUT: &str = "/thanh-toan";
/// Summary to correct before it counts.
pub const CHECKOUT_REVIEW: &str = "/thanh-toan/xem-lai";
/// Places the order.
pub const CHECKOUT_PLACE: &str = "/thanh-toan/dat-hang";
/// Follow an order by code and token or phone.
pub const FOLLOW: &str = "/don-hang";
/// Communes for the picker, JSON.
pub const PLACES: &str = "/dia-danh";
/// Sign in.
pub const SIGN_IN: &str = "/dang-nhap";
/// Makes a new account.
pub const SIGN_UP: &str = "/dang-ky";
/// One's own account.
pub const ACCOUNT: &str = "/tai-khoan";
/// Sign out.
pub const SIGN_OUT: &str = "/dang-xuat";
/// Changes the language.
pub const LANGUAGE: &str = "/ngon-ngu";
/// A seller's day.
pub const SELLER: &str = "/ban-hang";
/// A seller's products.
pub const SELLER_PRODUCTS: &str = "/ban-hang/san-pham";
/// Begins a listing.
pub const SELLER_NEW: &str = "/ban-hang/dang-ban";
/// Begins a shop.
pub const SELLER_BEGIN: &str = "/ban-hang/mo-gian-hang";
/// A seller's own shop: the checklist.
pub const SELLER_SHOP: &str = "/ban-hang/gian-hang";
/// What a seller takes along of its own.
pub const SELLER_DATA: &str = "/ban-hang/du-lieu";
/// A seller's orders.
pub const SELLER_ORDERS: &str = "/ban-hang/don-hang";
/// The province's overview.
pub const PROVINCE: &str = "/tinh";
/// The province's tables.
pub const PROVINCE_SALES: &str = "/tinh/doanh-so";
/// The shops that an officer looks after.
pub const PROVINCE_SHOPS: &str = "/tinh/gian-hang";
/// How lists are ranked.
pub const RANKING: &str = "/xep-hang";
/// The published rules and deadlines.
pub const RULES: &str = "/quy-dinh";

/// Where a code to sign in is typed.
pub fn sign_in_code(id: CodeId) -> String {
    format!("{SIGN_IN}/ma/{id}")
}

/// Ends the session of a device.
pub fn device(id: SessionId) -> String {
    format!("{ACCOUNT}/thiet-bi/{id}")
}

/// A page of the checklist.
pub fn shop_step(step: Step) -> String {
    format!("{SELLER_SHOP}/{}", step.path())
}

/// Something done with one's own shop: `gui-duyet`, `rut-lai`, `nghi`, `mo-lai`.
pub fn shop_deed(deed: &str) -> String {
    format!("{SELLER_SHOP}/{deed}")
}

/// A shop as an officer sees it.
pub fn office_shop(shop: SellerId) -> String {
    format!("{PROVINCE_SHOPS}/{shop}")
}

/// The list of an OCOP group.
pub fn group(group: Group) -> String {
    format!("{PRODUCTS}?group={}", group.as_str())
}

/// The list of a commune, by its code on today's map.
pub fn commune(code: &str) -> String {
    format!("{PRODUCTS}?commune={code}")
}

/// The list of a seller's goods, to filter and sort.
pub fn seller_goods(slug: &str) -> String {
    format!("{PRODUCTS}?seller={slug}")
}

/// A product's page.
pub fn product(slug: &str) -> String {
    format!("{PRODUCTS}/{slug}")
}

/// A shop's page.
pub fn shop(slug: &str) -> String {
    format!("/gian-hang/{slug}")
}

/// An order's page; the token opens it.
pub fn order(code: &OrderCode, token: &str) -> String {
    format!("{FOLLOW}/{code}?token={token}")
}

/// An order's page right after it was placed.
pub fn new_order(code: &OrderCode, token: &str) -> String {
    format!("{}&moi=1", order(code, token))
}

/// An order's page for who has tried to place it again with something else in it.
pub fn earlier_order(code: &OrderCode, token: &str) -> String {
    format!("{}&truoc=1", order(code, token))
}

/// A paper that few may see.
pub fn paper(id: PaperId) -> String {
    format!("/giay-to/{id}")
}

/// A file of the media store.
pub fn media(key: &str) -> String {
    format!("/media/{key}")
}

/// A listing's desk: `buoc` is `anh`, `hang`, `gia`, `xem`.
pub fn listing(product: ProductId, step: &str) -> String {
    format!("{SELLER_PRODUCTS}/{product}/{step}")
}

/// A photograph on a listing.
pub fn listing_photo(product: ProductId, photo: PhotoId) -> String {
    format!("{SELLER_PRODUCTS}/{product}/anh/{photo}")
}

/// A seller's part of an order.
pub fn seller_order(part: SellerOrderId) -> String {
    format!("{SELLER_ORDERS}/{part}")
}
