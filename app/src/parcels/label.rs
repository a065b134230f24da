//! Draws labels of parcels: one on A6, as thermal printers have it, or four on A4. A parcel of several boxes has one
//! for each.
use krilla::geom::{Path, Transform};
use krilla::surface::Surface;
use market::kernel::Fault;
use market::parcels::{Labelled, weight};

use super::words;
use crate::ui::pdf::{Faces, MM, Sheet, cutting_lines, fill, frame, square};
use crate::ui::{Lang, lang};

/// A6, millimetres.
const LABEL: (f32, f32) = (105.0, 148.5);
const MARGIN: f32 = 7.0;
const QR: f32 = 36.0;

/// On what labels are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paper {
    /// A6, one label a page.
    One,
    /// A4, four labels a page.
    Four,
}

impl Paper {
    /// As the form has it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::One => "a6",
            Self::Four => "a4",
        }
    }

    /// The reverse of [`Self::as_str`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::One, Self::Four]
            .into_iter()
            .find(|paper| paper.as_str() == text)
    }
}

/// What stands on one label.
struct Label {
    parcel: Labelled,
    /// Which box of how many.
    box_of: (i16, i16),
}

/// A label for each box of each parcel: in Vietnamese, whoever prints it.
pub(super) fn pdf(parcels: &[Labelled], paper: Paper) -> Result<Vec<u8>, Fault> {
    let labels: Vec<Label> = parcels
        .iter()
        .flat_map(|parcel| {
            (1..=parcel.boxes).map(|number| Label {
                parcel: parcel.clone(),
                box_of: (number, parcel.boxes),
            })
        })
        .collect();
    let faces = Faces::new()?;
    let squares = labels
        .iter()
        .map(|label| square(found_by(&label.parcel), QR * MM))
        .collect::<Result<Vec<Path>, Fault>>()?;
    let across = match paper {
        Paper::One => 1,
        Paper::Four => 2,
    };
    let title = lang::speaking(Lang::Vi, || t!("parcels.labels"));
    let sheet = Sheet {
        page: (f32::from(across) * LABEL.0, f32::from(across) * LABEL.1),
        label: LABEL,
        top: 0.0,
        across,
        down: across,
    };
    sheet.print(&title, labels.len(), |surface, at| {
        lang::speaking(Lang::Vi, || {
            if across > 1 {
                cutting_lines(surface, LABEL.0 * MM, LABEL.1 * MM);
            }
            draw(surface, &labels[at], &squares[at], &faces);
        });
    })
}

/// What its square code says: how its carrier finds it, else how we do.
fn found_by(parcel: &Labelled) -> &str {
    if parcel.tracking_code.is_empty() {
        &parcel.code
    } else {
        &parcel.tracking_code
    }
}

/// One label with its corner at the origin.
fn draw(surface: &mut Surface<'_>, label: &Label, square: &Path, faces: &Faces) {
    let parcel = &label.parcel;
    let (left, room) = (MARGIN * MM, (LABEL.0 - 2.0 * MARGIN) * MM);
    let mut y = MARGIN * MM;
    let mut lines = |bold: bool, size: f32, text: &str, most: usize| {
        let face = if bold { &faces.bold } else { &faces.plain };
        for line in face.wrap(text, room / size, most) {
            y += size * 1.25;
            face.draw(surface, (left, y - size * 0.25), size, &line);
        }
    };
    lines(
        true,
        10.0,
        &t!(
            "parcels.label_from",
            name = parcel.sender,
            phone = parcel.sender_phone
        ),
        2,
    );
    lines(false, 9.0, &parcel.sender_address, 2);
    lines(false, 8.0, " ", 1);
    lines(false, 10.0, &t!("parcels.label_to"), 1);
    lines(true, 16.0, &parcel.receiver, 2);
    if let Some(phone) = &parcel.receiver_phone {
        lines(true, 18.0, &phone.to_string(), 1);
    }
    if let Some(way) = words::way(parcel.way) {
        lines(false, 10.0, &format!("{way}:"), 1);
    }
    lines(false, 12.5, &parcel.receiver_address, 4);
    if let Some(keeper) = words::keeper(parcel) {
        lines(true, 10.0, &keeper, 1);
    }

    // From the foot up: codes beside the square, and above them what is asked for, in the largest letters.
    let foot = (LABEL.1 - MARGIN) * MM;
    let top = foot - QR * MM;
    surface.push_transform(&Transform::from_translate(left + room - QR * MM, top));
    fill(surface, square);
    surface.pop();
    let column = room - (QR + 3.0) * MM;
    let facts = [
        (true, 14.0, parcel.code.clone()),
        (false, 10.0, carried(parcel)),
        (true, 14.0, weight(parcel.weight_grams.into())),
        (
            false,
            11.0,
            t!(
                "parcels.label_box",
                number = label.box_of.0,
                count = label.box_of.1
            ),
        ),
    ];
    let mut y = top;
    for (bold, size, text) in facts {
        let face = if bold { &faces.bold } else { &faces.plain };
        for line in face.wrap(&text, column / size, 2) {
            y += size * 1.35;
            face.draw(surface, (left, y), size, &line);
        }
    }
    let height = 15.0 * MM;
    let box_top = top - height - 4.0 * MM;
    frame(surface, (left, box_top), (room, height));
    let money = words::cod(parcel.cod);
    let mut size = 26.0;
    while faces.bold.width(&money) * size > room - 6.0 * MM {
        size -= 1.0;
    }
    faces.bold.draw(
        surface,
        (left + 3.0 * MM, box_top + height / 2.0 + size * 0.35),
        size,
        &money,
    );
}

fn carried(parcel: &Labelled) -> String {
    super::parts::carried(&parcel.carrier, &parcel.tracking_code).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use market::kernel::{ParcelId, Phone, SellerOrderId, Vnd};
    use market::parcels::ParcelState;
    use market::shipping::WayKind;

    use super::*;

    fn parcel(boxes: i16, cod: i64) -> Labelled {
        Labelled {
            id: ParcelId(uuid::Uuid::nil()),
            part: SellerOrderId(uuid::Uuid::nil()),
            way: WayKind::Carrier,
            code: "CB12345678-1".to_owned(),
            state: ParcelState::Made,
            state_since: time::OffsetDateTime::UNIX_EPOCH,
            weight_grams: 2_420,
            boxes,
            cod: Vnd(cod),
            carrier: String::new(),
            tracking_code: String::new(),
            sender: "Hợp tác xã nông nghiệp Thạnh Thắng".to_owned(),
            sender_phone: Phone::parse("0912345678").expect("a number"),
            sender_address: "Ấp Thạnh Thắng, Xã Hỏa Lựu".to_owned(),
            receiver: "Trần Thị Thử".to_owned(),
            receiver_phone: Phone::parse("0987654321").ok(),
            receiver_address: "Số 1 đường Trần Hưng Đạo, Xã Hỏa Lựu, Thành phố Cần Thơ".to_owned(),
            keeper: None,
        }
    }

    fn text(file: &[u8]) -> (usize, String) {
        let document = lopdf::Document::load_mem(file).expect("a PDF opens");
        let pages: Vec<u32> = document.get_pages().keys().copied().collect();
        let text = document.extract_text(&pages).expect("its text is there");
        (pages.len(), text)
    }

    #[test]
    fn four_labels_stand_on_a_sheet_and_each_box_has_one() {
        let file = pdf(&[parcel(3, 135_000), parcel(2, 0)], Paper::Four).expect("drawn");
        let (pages, text) = text(&file);
        assert_eq!(pages, 2);
        assert_eq!(text.matches("CB12345678-1").count(), 5);
        for words in [
            "Thu hộ: 135.000",
            "Không thu tiền",
            "0987 654 321",
            "2,42 kg",
            "Thùng 3/3",
            "Trần Thị Thử",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }

    #[test]
    fn what_is_fetched_goes_to_where_that_is() {
        let fetched = Labelled {
            way: WayKind::Point,
            receiver_address: "Nhà văn hóa ấp 3, Ấp 3, Xã Hỏa Lựu".to_owned(),
            keeper: Phone::parse("0913222333")
                .ok()
                .map(|phone| ("Cô Năm".to_owned(), phone)),
            ..parcel(1, 0)
        };
        let (_, text) = text(&pdf(&[fetched], Paper::One).expect("drawn"));
        for words in ["đến lấy tại", "Nhà văn hóa ấp 3", "Cô Năm", "0913 222 333"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }

    #[test]
    fn a_label_of_its_own_is_a_page() {
        let file = pdf(&[parcel(1, 135_000)], Paper::One).expect("drawn");
        assert_eq!(text(&file).0, 1);
        assert!(file.len() < 60_000, "{} bytes", file.len());
    }
}
