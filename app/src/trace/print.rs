//! Draws labels: sheets of self-adhesive labels, and a roll of a thermal printer with one label a page.
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::graphic::Graphic;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use market::kernel::Fault;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::ui::qr;

/// Points of PDF in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// Grey of the lines along which plain paper is cut.
const CUT: u8 = 190;

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
                page: (210.0, 297.0),
                across: 3,
                down: 8,
                label: (70.0, 37.0),
                // Eight rows are a millimetre lower than the paper.
                top: 0.5,
                margin: 3.5,
                qr: 28.0,
                sizes: (9.0, 6.5, 9.0),
            },
            Self::Roll => Format {
                page: (50.0, 30.0),
                across: 1,
                down: 1,
                label: (50.0, 30.0),
                top: 0.0,
                margin: 1.5,
                qr: 22.0,
                sizes: (7.5, 5.5, 7.0),
            },
        }
    }
}

/// Lengths in millimetres, sizes of type in points.
struct Format {
    page: (f32, f32),
    across: u16,
    down: u16,
    label: (f32, f32),
    top: f32,
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
    let (plain, bold) = (
        Face::new(include_bytes!("../../fonts/be-vietnam-pro-400.ttf"))?,
        Face::new(include_bytes!("../../fonts/be-vietnam-pro-600.ttf"))?,
    );
    let square = square(&label.address, format.qr * MM)?;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(label.title.clone())
            .language("vi".to_owned()),
    );
    let a_page = format.across * format.down;
    let settings = PageSettings::from_wh(format.page.0 * MM, format.page.1 * MM)
        .ok_or_else(|| Fault::new("a page without a size"))?;
    let mut graphic = None;
    for first in (0..count).step_by(usize::from(a_page)) {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        let graphic = graphic.get_or_insert_with(|| once(&mut surface, &square));
        for place in 0..a_page.min(count - first) {
            let left = f32::from(place % format.across) * format.label.0;
            let top = format.top + f32::from(place / format.across) * format.label.1;
            surface.push_transform(&Transform::from_translate(left * MM, top * MM));
            draw(&mut surface, label, &format, graphic, (&plain, &bold));
            surface.pop();
        }
        surface.finish();
        page.finish();
    }
    document
        .finish()
        .map_err(|error| Fault::new(format!("labels: {error:?}")))
}

/// What all labels have in common is in the file once: hundreds of modules of the code.
fn once(surface: &mut Surface<'_>, square: &Path) -> Graphic {
    let mut stream = surface.stream_builder();
    let mut inner = stream.surface();
    inner.set_fill(Some(ink()));
    inner.draw_path(square);
    inner.finish();
    Graphic::new(stream.finish(), false)
}

fn ink() -> Fill {
    Fill {
        paint: rgb::Color::new(0, 0, 0).into(),
        ..Fill::default()
    }
}

/// One label with its corner at the origin.
fn draw(
    surface: &mut Surface<'_>,
    label: &Label,
    format: &Format,
    square: &Graphic,
    (plain, bold): (&Face, &Face),
) {
    let (width, height) = (format.label.0 * MM, format.label.1 * MM);
    let (margin, side) = (format.margin * MM, format.qr * MM);
    if format.across > 1 {
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

/// Where plain paper is cut; on sheets of labels they lie where the labels meet.
fn cutting_lines(surface: &mut Surface<'_>, width: f32, height: f32) {
    let Some(frame) = Rect::from_xywh(0.0, 0.0, width, height) else {
        return;
    };
    let mut path = PathBuilder::new();
    path.push_rect(frame);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            paint: rgb::Color::new(CUT, CUT, CUT).into(),
            width: 0.25,
            ..Stroke::default()
        }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

/// The square code with its quiet zone, so many points wide.
fn square(address: &str, side: f32) -> Result<Path, Fault> {
    let code = qr::encode(address).ok_or_else(|| Fault::new("an address too long for a code"))?;
    let mut path = PathBuilder::new();
    let modules = f32::from(u8::try_from(code.side()).map_err(Fault::new)?);
    let module = side / modules;
    for (x, y, length) in code.runs() {
        let rect = Rect::from_xywh(
            f32::from(x) * module,
            f32::from(y) * module,
            f32::from(length) * module,
            module,
        );
        path.push_rect(rect.ok_or_else(|| Fault::new("a module without a size"))?);
    }
    path.finish()
        .ok_or_else(|| Fault::new("a code without modules"))
}

/// A font with the widths of its letters.
struct Face {
    font: Font,
    file: FontRef<'static>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Result<Self, Fault> {
        Ok(Self {
            font: Font::new(bytes.into(), 0).ok_or_else(|| Fault::new("a font that is none"))?,
            file: FontRef::new(bytes).map_err(Fault::new)?,
        })
    }

    /// The letters that the font has, each with its width in the size of the type.
    fn letters<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, char, u32, f32)> + 't {
        let letters = self.file.charmap();
        let widths = self
            .file
            .glyph_metrics(Size::new(1.0), LocationRef::default());
        text.char_indices().filter_map(move |(at, letter)| {
            let glyph = letters.map(letter)?;
            Some((at, letter, glyph.to_u32(), widths.advance_width(glyph)?))
        })
    }

    fn width(&self, text: &str) -> f32 {
        self.letters(text).map(|(.., width)| width).sum()
    }

    /// At most so many lines of that width in the size of the type; what has no room ends in `…`.
    fn wrap(&self, text: &str, room: f32, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}")) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        if lines.len() > most {
            let rest = lines.split_off(most).join(" ");
            if let Some(last) = lines.last_mut() {
                last.push(' ');
                last.push_str(&rest);
            }
        }
        for line in &mut lines {
            if self.width(line) > room {
                while self.width(&format!("{line}…")) > room && line.pop().is_some() {}
                line.truncate(line.trim_end().len());
                line.push('…');
            }
        }
        lines
    }

    fn draw(&self, surface: &mut Surface<'_>, (x, y): (f32, f32), size: f32, text: &str) {
        let glyphs: Vec<KrillaGlyph> = self
            .letters(text)
            .map(|(at, letter, glyph, width)| {
                let range = at..at + letter.len_utf8();
                KrillaGlyph::new(GlyphId::new(glyph), width, 0.0, 0.0, 0.0, range, None)
            })
            .collect();
        surface.set_fill(Some(ink()));
        surface.draw_glyphs(
            Point::from_xy(x, y),
            &glyphs,
            self.font.clone(),
            text,
            size,
            false,
        );
    }
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

    #[test]
    fn words_stay_in_their_column() {
        let face = Face::new(include_bytes!("../../fonts/be-vietnam-pro-400.ttf")).expect("a font");
        let room = 10.0;
        let lines = face.wrap(&label().shop, room, 2);
        assert_eq!(lines.len(), 2);
        assert!(
            lines.iter().all(|line| face.width(line) <= room),
            "{lines:?}"
        );
        assert!(lines[1].ends_with('…'));
        let long = face.wrap("Bánhtrángphơisươngnướngmuốiớtthậtlàdài", room, 2);
        assert!(long.len() == 1 && face.width(&long[0]) <= room, "{long:?}");
        assert_eq!(face.wrap("Khóm", room, 2), ["Khóm"]);
        assert!(face.wrap("", room, 2).is_empty());
    }

    /// Every letter of Vietnamese is in both fonts.
    #[test]
    fn no_letter_is_missing() {
        let vowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ";
        let all = format!("{vowels}{}0123456789.,:;()–…%/₫", vowels.to_uppercase());
        for bytes in [
            include_bytes!("../../fonts/be-vietnam-pro-400.ttf").as_slice(),
            include_bytes!("../../fonts/be-vietnam-pro-600.ttf").as_slice(),
        ] {
            let face = Face::new(bytes).expect("a font");
            assert_eq!(face.letters(&all).count(), all.chars().count());
        }
    }
}
