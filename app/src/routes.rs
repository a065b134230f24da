//! Every path once, with functions that build addresses.
use market::catalog::Group;
use market::imports::commands::Scope;
use market::kernel::{
    AuthorityRequestId, CertificateId, CodeId, ConsentId, ImportId, InvitationId, LotId, OrderCode,
    PaperId, PersonId, PhotoId, ProductId, SellerId, SellerOrderId, SessionId, VariantId,
};
use market::media::papers::Pass;
use market::sellers::Step;
use market::trace::{Lot, LotCode};

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
/// Where the goods of a cart would go.
pub const CART_PLACE: &str = "/gio-hang/noi-giao";
/// Makes a link of a cart.
pub const CART_SHARE: &str = "/gio-hang/chia-se";
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
/// Another telephone for one's account.
pub const ACCOUNT_PHONE: &str = "/tai-khoan/so-dien-thoai";
/// Closes one's account.
pub const ACCOUNT_CLOSE: &str = "/tai-khoan/dong";
/// Gives an account back whose telephone is lost.
pub const RECOVERY: &str = "/khoi-phuc";
/// Those who are trusted with something.
pub const PEOPLE: &str = "/quan-tri/nguoi";
/// Sign out.
pub const SIGN_OUT: &str = "/dang-xuat";
/// Changes the language.
pub const LANGUAGE: &str = "/ngon-ngu";
/// A seller's day.
pub const SELLER: &str = "/ban-hang";
/// A seller's products.
pub const SELLER_PRODUCTS: &str = "/ban-hang/san-pham";
/// Prices and stock of all goods in one table.
pub const SELLER_TABLE: &str = "/ban-hang/san-pham/bang";
/// Price cards and the stall's card, to print.
pub const SELLER_CARDS: &str = "/ban-hang/the-gia";
/// Begins a listing.
pub const SELLER_NEW: &str = "/ban-hang/dang-ban";
/// A listing on one page, which phones keep for when there is no network.
pub const SELLER_AHEAD: &str = "/ban-hang/dang-ban/viet-san";
/// Begins a shop.
pub const SELLER_BEGIN: &str = "/ban-hang/mo-gian-hang";
/// A seller's own shop: the checklist.
pub const SELLER_SHOP: &str = "/ban-hang/gian-hang";
/// Closes it.
pub const SELLER_CLOSE: &str = "/ban-hang/gian-hang/dong";
/// Who sells with the household.
pub const SELLER_MEMBERS: &str = "/ban-hang/nguoi-cung-ban";
/// Stops selling with a household.
pub const SELLER_LEAVE: &str = "/ban-hang/nguoi-cung-ban/thoi";
/// What a seller takes along of its own.
pub const SELLER_DATA: &str = "/ban-hang/du-lieu";
/// A seller's orders.
pub const SELLER_ORDERS: &str = "/ban-hang/don-hang";
/// What waits, to be called from paper.
pub const SELLER_CALL_LIST: &str = "/ban-hang/don-hang/goi-dien";
/// An order that the seller types while the buyer is on the telephone.
pub const SELLER_BY_PHONE: &str = "/ban-hang/don-hang/moi";
/// A seller's certificates.
pub const SELLER_CERTIFICATES: &str = "/ban-hang/chung-nhan";
/// Enters a certificate.
pub const SELLER_CERTIFICATE_NEW: &str = "/ban-hang/chung-nhan/moi";
/// A seller's lots.
pub const SELLER_LOTS: &str = "/ban-hang/lo-hang";
/// Writes a lot down.
pub const SELLER_LOT_NEW: &str = "/ban-hang/lo-hang/moi";
/// Where goods come from: asks for the code on a package.
pub const TRACE: &str = "/truy-xuat";
/// Lots that were recalled, for officers.
pub const PROVINCE_LOTS: &str = "/tinh/lo-hang";
/// The province's overview.
pub const PROVINCE: &str = "/tinh";
/// The province's tables.
pub const PROVINCE_SALES: &str = "/tinh/doanh-so";
/// Files that officers bring.
pub const PROVINCE_IMPORTS: &str = "/tinh/nhap-lieu";
/// Files that a shop brings.
pub const SELLER_IMPORTS: &str = "/ban-hang/nhap-lieu";
/// The households that a helper helps.
pub const TEAM: &str = "/to-so";
/// Begins a shop for a household.
pub const TEAM_NEW: &str = "/to-so/ho-moi";
/// The form of consent, to be printed and signed.
pub const TEAM_FORM: &str = "/to-so/mau-dong-y";
/// Leaves a household's desk.
pub const TEAM_STOP: &str = "/to-so/thoi";
/// Who may act for a household.
pub const HELPERS: &str = "/ban-hang/nguoi-giup";
/// What was done in a household's name.
pub const DIARY: &str = "/ban-hang/nhat-ky";
/// Papers of consent that wait, and consents that hold.
pub const PROVINCE_CONSENTS: &str = "/tinh/dong-y";
/// What the province counts of guided households.
pub const PROVINCE_TEAM: &str = "/tinh/to-so";
/// Who did what.
pub const PROVINCE_DIARY: &str = "/tinh/nhat-ky";
/// Certificates that officers look after.
pub const PROVINCE_CERTIFICATES: &str = "/tinh/chung-nhan";
/// The province's decision list, to look at first.
pub const PROVINCE_CERTIFICATE_LIST: &str = "/tinh/chung-nhan/danh-sach";
/// Takes the list in.
pub const PROVINCE_CERTIFICATE_TAKE: &str = "/tinh/chung-nhan/danh-sach/nhan";
/// The list's template.
pub const PROVINCE_CERTIFICATE_TEMPLATE: &str = "/tinh/chung-nhan/mau.csv";
/// Authorities' requests.
pub const PROVINCE_REQUESTS: &str = "/tinh/yeu-cau";
/// Enters one.
pub const PROVINCE_REQUEST_NEW: &str = "/tinh/yeu-cau/moi";
/// The shops that an officer looks after.
pub const PROVINCE_SHOPS: &str = "/tinh/gian-hang";
/// Goods that wait for an officer.
pub const PROVINCE_LISTINGS: &str = "/tinh/hang-hoa";
/// What is looked for: words, pinned products, searches in vain.
pub const PROVINCE_SEARCH: &str = "/tinh/tim-kiem";
/// What buyers look for and nobody sells, for shops.
pub const SELLER_WANTED: &str = "/ban-hang/nguoi-mua-tim";
/// What is on sale, in the format of Google Merchant.
pub const MERCHANT_FEED: &str = "/feeds/merchant.xml";
/// What went on sale last, as RSS.
pub const NEWS_FEED: &str = "/feeds/new.xml";
/// How lists are ranked.
pub const RANKING: &str = "/xep-hang";
/// The published rules and deadlines.
pub const RULES: &str = "/quy-dinh";

/// Where a code to sign in is typed.
pub fn sign_in_code(id: CodeId) -> String {
    format!("{SIGN_IN}/ma/{id}")
}

/// Where a code for a new telephone is typed.
pub fn phone_code(id: CodeId) -> String {
    format!("{ACCOUNT_PHONE}/{id}")
}

/// What somebody is trusted with.
pub fn person(id: PersonId) -> String {
    format!("{PEOPLE}/{id}")
}

/// Where files of a scope are brought.
pub const fn imports(scope: Scope) -> &'static str {
    match scope {
        Scope::Office => PROVINCE_IMPORTS,
        Scope::Seller(_) => SELLER_IMPORTS,
    }
}

/// What a file comes to.
pub fn import(scope: Scope, id: ImportId) -> String {
    format!("{}/{id}", imports(scope))
}

/// Ends the session of a device.
pub fn device(id: SessionId) -> String {
    format!("{ACCOUNT}/thiet-bi/{id}")
}

/// Sits down at a household's desk.
pub fn team_act(slug: &str) -> String {
    format!("{TEAM}/ho/{slug}/lam-giup")
}

/// Asks a household for its consent, by a code.
pub fn team_ask(slug: &str) -> String {
    format!("{TEAM}/ho/{slug}/dong-y")
}

/// The same, by a signed paper.
pub fn team_paper(slug: &str) -> String {
    format!("{TEAM}/ho/{slug}/dong-y/giay")
}

/// Where the code that a household tells is typed.
pub fn team_code(id: CodeId) -> String {
    format!("{TEAM}/ma/{id}")
}

/// Ends a consent of one's own household.
pub fn helper_end(id: ConsentId) -> String {
    format!("{HELPERS}/{id}/cham-dut")
}

/// An officer's step on a consent: `duyet`, `tu-choi`, `cham-dut`.
pub fn province_consent(id: ConsentId, step: &str) -> String {
    format!("{PROVINCE_CONSENTS}/{id}/{step}")
}

/// A page of the checklist.
pub fn shop_step(step: Step) -> String {
    format!("{SELLER_SHOP}/{}", step.path())
}

/// Something done with one's own shop: `gui-duyet`, `rut-lai`, `nghi`, `mo-lai`.
pub fn shop_deed(deed: &str) -> String {
    format!("{SELLER_SHOP}/{deed}")
}

/// Something done about somebody who sells with the household: `bo`, `giao`.
pub fn member(person: PersonId, deed: &str) -> String {
    format!("{SELLER_MEMBERS}/{person}/{deed}")
}

/// Something done about an invitation to sell with a household: `rut` by its owner, `nhan`, `tu-choi` by who is asked.
pub fn invitation(invitation: InvitationId, deed: &str) -> String {
    format!("{SELLER_MEMBERS}/moi/{invitation}/{deed}")
}

/// Takes over a shop that waits for the visitor.
pub fn claim(shop: SellerId) -> String {
    format!("/ban-hang/nhan-gian-hang/{shop}")
}

/// The code by which an officer names the owner of a shop.
pub fn owner_code(shop: SellerId, code: CodeId) -> String {
    format!("{}/chu/{code}", office_shop(shop))
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

/// A cart as its owner has shown it to others.
pub fn shared_cart(code: &str) -> String {
    format!("{CART}/chung/{code}")
}

/// An order's page right after it was placed.
pub fn new_order(code: &OrderCode, token: &str) -> String {
    format!("{}&moi=1", order(code, token))
}

/// An order's page for who has tried to place it again with something else in it.
pub fn earlier_order(code: &OrderCode, token: &str) -> String {
    format!("{}&truoc=1", order(code, token))
}

/// A paper that few may see, with what opens it.
pub fn paper(id: PaperId, pass: Option<&Pass>) -> String {
    match pass {
        Some(pass) => format!("/giay-to/{id}?den={}&ky={}", pass.until, pass.signature),
        None => format!("/giay-to/{id}"),
    }
}

/// A file of the media store.
pub fn media(key: &str) -> String {
    format!("/media/{key}")
}

/// Something done with a listing: `ngung`, `them-giong`, `rut-lai`, `go`.
pub fn listing_deed(product: ProductId, deed: &str) -> String {
    format!("{SELLER_PRODUCTS}/{product}/{deed}")
}

/// One of several ways in which a product is sold: its id, or `moi`.
pub fn listing_offer(product: ProductId, which: &str) -> String {
    format!("{SELLER_PRODUCTS}/{product}/gia/{which}")
}

/// What one of them is made of.
pub fn listing_combo(product: ProductId, variant: VariantId) -> String {
    format!("{SELLER_PRODUCTS}/{product}/gia/{variant}/gom")
}

/// Ends one of them.
pub fn listing_offer_end(product: ProductId, variant: VariantId) -> String {
    format!("{SELLER_PRODUCTS}/{product}/gia/{variant}/bo")
}

/// What waits of a listing, at the province's desk.
pub fn office_listing(product: ProductId) -> String {
    format!("{PROVINCE_LISTINGS}/{product}")
}

/// What an officer makes of it: `duyet`, `tra-lai`.
pub fn office_listing_step(product: ProductId, step: &str) -> String {
    format!("{PROVINCE_LISTINGS}/{product}/{step}")
}

/// A listing's desk: `buoc` is `anh`, `hang`, `gia`, `chi-tiet`, `xem`, `vu-mua`.
pub fn listing(product: ProductId, step: &str) -> String {
    format!("{SELLER_PRODUCTS}/{product}/{step}")
}

/// A photograph on a listing.
pub fn listing_photo(product: ProductId, photo: PhotoId) -> String {
    format!("{SELLER_PRODUCTS}/{product}/anh/{photo}")
}

/// What is done with it: `cho` (its place), `loi` (its words).
pub fn listing_photo_step(product: ProductId, photo: PhotoId, step: &str) -> String {
    format!("{SELLER_PRODUCTS}/{product}/hinh/{photo}/{step}")
}

/// Where photographs of a listing are sent in pieces.
pub fn listing_upload(product: ProductId) -> String {
    format!("{SELLER_PRODUCTS}/{product}/gui-hinh")
}

/// A certificate's public page, which the code on a package opens.
pub fn certificate(code: &str) -> String {
    format!("/chung-nhan/{code}")
}

/// A certificate at its seller's desk.
pub fn seller_certificate(id: CertificateId) -> String {
    format!("{SELLER_CERTIFICATES}/{id}")
}

/// What a seller does with one: `sua`, `hang`, `tem`.
pub fn seller_certificate_step(id: CertificateId, step: &str) -> String {
    format!("{SELLER_CERTIFICATES}/{id}/{step}")
}

/// Enters the certificate of another mark than OCOP.
pub fn new_mark() -> String {
    format!("{SELLER_CERTIFICATE_NEW}?loai=khac")
}

/// Enters the one that follows another.
pub fn next_certificate(id: CertificateId) -> String {
    format!("{SELLER_CERTIFICATE_NEW}?thay={id}")
}

/// A certificate at the province's desk.
pub fn office_certificate(id: CertificateId) -> String {
    format!("{PROVINCE_CERTIFICATES}/{id}")
}

/// What an officer does with one: `xac-nhan`, `tra-lai`, `thu-hoi`.
pub fn office_certificate_step(id: CertificateId, step: &str) -> String {
    format!("{PROVINCE_CERTIFICATES}/{id}/{step}")
}

/// A seller's part of an order.
pub fn seller_order(part: SellerOrderId) -> String {
    format!("{SELLER_ORDERS}/{part}")
}

/// An authority's request.
pub fn request(id: AuthorityRequestId) -> String {
    format!("{PROVINCE_REQUESTS}/{id}")
}

/// What an officer does with one: `van-ban`, `buoc`, `xuat`.
pub fn request_step(id: AuthorityRequestId, step: &str) -> String {
    format!("{PROVINCE_REQUESTS}/{id}/{step}")
}

/// A shop as an officer sees it, with the number of an authority's order to suspend it by.
pub fn office_shop_by_order(shop: SellerId, order_no: &str) -> String {
    let query = serde_urlencoded::to_string([("van_ban", order_no)]).unwrap_or_default();
    format!("{}?{query}#tam-ngung", office_shop(shop))
}

/// Where goods of a lot come from.
pub fn trace(code: &LotCode) -> String {
    format!("{TRACE}/{code}")
}

/// What the code on a lot's labels opens: of GS1 Digital Link where the package has a GTIN, else the lot's own page.
pub fn label(lot: &Lot) -> String {
    match &lot.gtin {
        Some(gtin) => format!("/01/{}/10/{}", gtin.as_str(), lot.code),
        None => trace(&lot.code),
    }
}

/// A lot at its seller's desk.
pub fn seller_lot(id: LotId) -> String {
    format!("{SELLER_LOTS}/{id}")
}

/// What a seller does with one: `vat-tu`, `hinh`, `buoc/ban`, `nhan.pdf`, `thu-hoi`, `nhan-tin`.
pub fn seller_lot_step(id: LotId, step: &str) -> String {
    format!("{SELLER_LOTS}/{id}/{step}")
}

/// Writes a lot of a product down.
pub fn new_lot_of(product: ProductId) -> String {
    format!("{SELLER_LOT_NEW}?hang={product}")
}

/// A lot as an officer sees it.
pub fn office_lot(id: LotId) -> String {
    format!("{PROVINCE_LOTS}/{id}")
}

/// What an officer does with one: `thu-hoi`, `nhan-tin`.
pub fn office_lot_step(id: LotId, step: &str) -> String {
    format!("{PROVINCE_LOTS}/{id}/{step}")
}

/// The form by which a product is put first for a text.
#[must_use]
pub fn pin_for(text: &str) -> String {
    let query = serde_urlencoded::to_string([("chu", text)]).unwrap_or_default();
    format!("{PROVINCE_SEARCH}?{query}#ghim")
}
