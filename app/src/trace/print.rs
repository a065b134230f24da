//! Draws labels: sheets of self-adhesive labels, and a roll of a thermal printer with one label a page.
use krilla::geom::{Path, Transform};
use krilla::graphic::Graphic;
use krilla::surface::Surface;
use market::kernel::Fault;

use crate::ui::pdf::{Face, Faces, MM, Sheet, cutting_lines, fill, square};

/// On what labels are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paper {
    /// A4 with 3 × 8 labels of 70 × 37 mm.
    Sheet,
    /// A roll of labels of 50 × 30 mm.
    Roll,
}

impl Paper {
    /// As the form has it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Sheet => "a4",
            Self::Roll => "cuon",
        }
    }

    /// The reverse of [`Self::as_str`].
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Sheet, Self::Roll]
            .into_iter()
            .find(|paper| paper.as_str() == text)
    }

    const fn format(self) -> Format {
        match self {
            Self::Sheet => Format {
                sheet: Sheet {
                    page: (210.0, 297.0),
                    across: 3,
                    down: 8,
                    label: (70.0, 37.0),
                    // Eight rows are a millimetre lower than the paper.
                    top: 0.5,
                },
                margin: 3.5,
                qr: 28.0,
                sizes: (9.0, 6.5, 9.0),
            },
            Self::Roll => Format {
                sheet: Sheet {
                    page: (50.0, 30.0),
                    across: 1,
                    down: 1,
                    label: (50.0, 30.0),
                    top: 0.0,
                },
                margin: 1.5,
                qr: 22.0,
                sizes: (7.5, 5.5, 7.0),
            },
        }
    }
}

/// Lengths in millimetres, sizes of type in points.
struct Format {
    sheet: Sheet,
    margin: f32,
    qr: f32,
    /// Product, facts, code.
    sizes: (f32, f32, f32),
}

/// What stands on a label.
#[derive(Clone, Debug)]
pub(super) struct Label {
    /// Of the document.
    pub title: String,
    /// What it is.
    pub product: String,
    /// Who sells it, from where.
    pub shop: String,
    /// Days and contents, one a line.
    pub facts: Vec<String>,
    /// The lot's code.
    pub code: String,
    /// What its square code says.
    pub address: String,
}

/// So many of the same label.
pub(super) fn pdf(label: &Label, paper: Paper, count: u16) -> Result<Vec<u8>, Fault> {
    let format = paper.format();
    let faces = Faces::new()?;
    let square = square(&label.address, format.qr * MM)?;
    let mut graphic = None;
    format
        .sheet
        .print(&label.title, usize::from(count), |surface, _| {
            let graphic = graphic.get_or_insert_with(|| once(surface, &square));
            draw(
                surface,
                label,
                &format,
                graphic,
                (&faces.plain, &faces.bold),
            );
        })
}

/// What all labels have in common is in the file once: hundreds of modules of the code.
fn once(surface: &mut Surface<'_>, square: &Path) -> Graphic {
    let mut stream = surface.stream_builder();
    let mut inner = stream.surface();
    fill(&mut inner, square);
    inner.finish();
    Graphic::new(stream.finish(), false)
}

/// One label with its corner at the origin.
fn draw(
    surface: &mut Surface<'_>,
    label: &Label,
    format: &Format,
    square: &Graphic,
    (plain, bold): (&Face, &Face),
) {
    let (width, height) = (format.sheet.label.0 * MM, format.sheet.label.1 * MM);
    let (margin, side) = (format.margin * MM, format.qr * MM);
    if format.sheet.across > 1 {
        cutting_lines(surface, width, height);
    }
    surface.push_transform(&Transform::from_translate(
        width - side - margin / 2.0,
        (height - side) / 2.0,
    ));
    surface.draw_graphic(square.clone());
    surface.pop();

    let room = width - side - 2.0 * margin;
    let (name, small, code) = format.sizes;
    let mut y = margin;
    let mut lines = |face: &Face, size: f32, text: &str, most: usize| {
        for line in face.wrap(text, room / size, most) {
            y += size * 1.2;
            face.draw(surface, (margin, y - size * 0.2), size, &line);
        }
    };
    lines(bold, name, &label.product, 2);
    lines(plain, small, &label.shop, 2);
    for fact in &label.facts {
        lines(plain, small, fact, 2);
    }
    let foot = height - margin;
    bold.draw(surface, (margin, foot), code, &label.code);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label() -> Label {
        Label {
            title: "Nhãn lô LH1234ABCD".to_owned(),
            product: "Khóm Cầu Đúc loại đặc biệt trồng hữu cơ".to_owned(),
            shop: "Hợp tác xã nông nghiệp Thạnh Thắng, Xã Hỏa Lựu".to_owned(),
            facts: vec![
                "Thu hoạch: 24/11/2026".to_owned(),
                "HSD: 04/12/2026".to_owned(),
                "Khối lượng tịnh: 1 trái 🍍".to_owned(),
            ],
            code: "LH1234ABCD".to_owned(),
            address: "https://cho.example/01/09506000134352/10/LH1234ABCD".to_owned(),
        }
    }

    fn text(file: &[u8]) -> (usize, String) {
        let document = lopdf::Document::load_mem(file).expect("a PDF opens");
        let pages: Vec<u32> = document.get_pages().keys().copied().collect();
        let text = document.extract_text(&pages).expect("its text is there");
        (pages.len(), text)
    }

    #[test]
    fn a_sheet_holds_24_labels_with_their_letters() {
        let file = pdf(&label(), Paper::Sheet, 30).expect("drawn");
        let (pages, text) = text(&file);
        assert_eq!(pages, 2);
        assert_eq!(text.matches("LH1234ABCD").count(), 30);
        for words in ["Khóm Cầu Đúc", "Xã Hỏa Lựu", "HSD: 04/12/2026"] {
            assert!(text.contains(words), "{words} in {text}");
        }
        // Two subsets of fonts and what is drawn: a phone loads it in a blink.
        assert!(file.len() < 120_000, "{} bytes", file.len());
    }

    #[test]
    fn a_roll_has_one_label_a_page() {
        let file = pdf(&label(), Paper::Roll, 3).expect("drawn");
        let (pages, text) = text(&file);
        assert_eq!(pages, 3);
        assert_eq!(text.matches("Thu hoạch: 24/11/2026").count(), 3);
    }
}
