//! The copy of an order to keep: what was bought of whom, for how much, as a PDF of A4 pages.
use market::kernel::time::instant_text;
use market::kernel::{Fault, Vnd};
use market::orders::{Order, OrderState, SellerOrder};

use super::words;
use crate::cart::line_name;
use crate::shipping;
use crate::ui::pdf::{Face, Faces, MM, Sheet};

/// A4, millimetres.
const PAGE: (f32, f32) = (210.0, 297.0);
const MARGIN: f32 = 18.0;
/// Points between a line's foot and the next's, for a size of one.
const LEADING: f32 = 1.45;

/// A line of the document before it has a place: text on the left, an amount on the right.
struct Row {
    left: String,
    right: String,
    size: f32,
    is_bold: bool,
}

/// A line in its place.
struct Placed {
    y: f32,
    row: Row,
}

/// The copy, in the language of who asks.
///
/// # Errors
/// A font that can't be read.
pub(super) fn pdf(order: &Order) -> Result<Vec<u8>, Fault> {
    let faces = Faces::new()?;
    let pages = lay_out(rows(order), &faces);
    let sheet = Sheet {
        page: PAGE,
        label: PAGE,
        top: 0.0,
        across: 1,
        down: 1,
    };
    let title = t!("orders.copy_title", code = order.code);
    let right_edge = (PAGE.0 - MARGIN) * MM;
    sheet.print(&title, pages.len(), |surface, at| {
        for Placed { y, row } in &pages[at] {
            let face = face_of(&faces, row);
            face.draw(surface, (MARGIN * MM, *y), row.size, &row.left);
            let x = right_edge - face.width(&row.right) * row.size;
            face.draw(surface, (x, *y), row.size, &row.right);
        }
    })
}

const fn face_of<'f>(faces: &'f Faces, row: &Row) -> &'f Face {
    if row.is_bold {
        &faces.bold
    } else {
        &faces.plain
    }
}

/// Breaks lines that are too long and fills pages; a page is never empty.
fn lay_out(rows: Vec<Row>, faces: &Faces) -> Vec<Vec<Placed>> {
    let width = (PAGE.0 - 2.0 * MARGIN) * MM;
    let bottom = (PAGE.1 - MARGIN) * MM;
    let mut pages: Vec<Vec<Placed>> = vec![Vec::new()];
    let mut y = MARGIN * MM;
    for row in rows {
        let face = face_of(faces, &row);
        let taken = face.width(&row.right) * row.size;
        let room = (width - taken - MARGIN) / row.size;
        let mut broken = face.wrap(&row.left, room, 6);
        if broken.is_empty() {
            broken.push(String::new());
        }
        let last = broken.len() - 1;
        for (at, left) in broken.into_iter().enumerate() {
            y += row.size * LEADING;
            if y > bottom {
                pages.push(Vec::new());
                y = MARGIN * MM + row.size * LEADING;
            }
            // The amount stands beside the last piece of what it is for.
            let right = if at == last {
                row.right.clone()
            } else {
                String::new()
            };
            let row = Row {
                left,
                right,
                size: row.size,
                is_bold: row.is_bold,
            };
            if let Some(page) = pages.last_mut() {
                page.push(Placed { y, row });
            }
        }
    }
    pages
}

fn rows(order: &Order) -> Vec<Row> {
    let mut rows = vec![
        row(&t!("orders.copy_title", code = order.code), "", 18.0, true),
        row(
            &t!("orders.placed_at", at = instant_text(order.placed_at)),
            "",
            10.0,
            false,
        ),
        gap(),
    ];
    if let Some(phone) = &order.contact_phone {
        let place = format!(
            "{}, {}, {}",
            order.street, order.commune_name, order.province_name
        );
        rows.push(row(&t!("orders.to"), "", 12.0, true));
        rows.push(row(
            &format!("{}, {phone}", order.contact_name),
            "",
            10.0,
            false,
        ));
        rows.push(row(&place, "", 10.0, false));
    }
    if let Some(invoice) = &order.invoice {
        let words = t!(
            "orders.invoice_for",
            name = invoice.name,
            code = invoice.tax_code
        );
        rows.push(row(&words, "", 10.0, false));
        rows.push(row(&invoice.address, "", 10.0, false));
    }
    for part in &order.parts {
        part_rows(&mut rows, part);
    }
    rows.push(gap());
    // What was called off is not to be paid.
    let total: Vnd = order
        .parts
        .iter()
        .filter(|part| part.state != OrderState::Cancelled)
        .map(|part| part.total)
        .sum();
    rows.push(row(&t!("cart.total"), &total.to_string(), 13.0, true));
    rows.push(gap());
    rows.push(row(&t!("published.claims_text"), "", 9.0, false));
    rows
}

fn part_rows(rows: &mut Vec<Row>, part: &SellerOrder) {
    rows.push(gap());
    rows.push(row(
        &format!("{}, {}", part.seller_name, part.seller_phone),
        &words::state(part.state),
        12.0,
        true,
    ));
    for line in &part.lines {
        let name = line_name(&line.name, &line.variant_name);
        let what = format!("{name}: {} {} × {}", line.quantity, line.unit, line.price);
        rows.push(row(&what, &line.line.to_string(), 10.0, false));
        if let Some(promise) = line.promise {
            rows.push(row(&words::promise(promise), "", 9.0, false));
        }
    }
    rows.push(row(&t!("cart.items"), &part.items.to_string(), 10.0, false));
    rows.push(row(
        &shipping::words::part_way(&part.way),
        &part.shipping.to_string(),
        10.0,
        false,
    ));
    if let Some(payment) = &part.payment {
        let paid = words::payment(payment.status);
        rows.push(row(&words::method(payment.method), &paid, 10.0, false));
        if payment.refunded > Vnd::ZERO {
            let refunded = t!("orders.refunded", amount = payment.refunded);
            rows.push(row(&refunded, "", 10.0, false));
        }
    }
}

fn row(left: &str, right: &str, size: f32, is_bold: bool) -> Row {
    Row {
        left: left.to_owned(),
        right: right.to_owned(),
        size,
        is_bold,
    }
}

fn gap() -> Row {
    row("", "", 8.0, false)
}
