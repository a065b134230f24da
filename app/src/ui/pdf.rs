//! What labels are drawn with: pages of them, letters of the site's own fonts, square codes, lines to cut along.
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use market::kernel::Fault;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::qr;

/// Points of PDF in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// Grey of the lines along which plain paper is cut.
const CUT: u8 = 190;

/// A page with labels in rows, millimetres.
pub(crate) struct Sheet {
    /// Of the paper.
    pub page: (f32, f32),
    /// Of a label.
    pub label: (f32, f32),
    /// Above the first row.
    pub top: f32,
    /// Labels in a row.
    pub across: u16,
    /// Rows.
    pub down: u16,
}

impl Sheet {
    /// A document of so many labels, each drawn by its number with its corner at the origin.
    pub(crate) fn print(
        &self,
        title: &str,
        count: usize,
        mut draw: impl FnMut(&mut Surface<'_>, usize),
    ) -> Result<Vec<u8>, Fault> {
        let mut document = Document::new();
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language("vi".to_owned()),
        );
        let settings = PageSettings::from_wh(self.page.0 * MM, self.page.1 * MM)
            .ok_or_else(|| Fault::new("a page without a size"))?;
        let a_page = self.across * self.down;
        for first in (0..count).step_by(usize::from(a_page)) {
            let mut page = document.start_page_with(settings.clone());
            let mut surface = page.surface();
            for place in 0..a_page {
                let at = first + usize::from(place);
                if at == count {
                    break;
                }
                let left = f32::from(place % self.across) * self.label.0;
                let top = self.top + f32::from(place / self.across) * self.label.1;
                surface.push_transform(&Transform::from_translate(left * MM, top * MM));
                draw(&mut surface, at);
                surface.pop();
            }
            surface.finish();
            page.finish();
        }
        document
            .finish()
            .map_err(|error| Fault::new(format!("labels: {error:?}")))
    }
}

fn ink() -> Fill {
    Fill {
        paint: rgb::Color::new(0, 0, 0).into(),
        ..Fill::default()
    }
}

/// Fills a path with black.
pub(crate) fn fill(surface: &mut Surface<'_>, path: &Path) {
    surface.set_fill(Some(ink()));
    surface.draw_path(path);
}

/// Where plain paper is cut; on sheets of labels they lie where the labels meet.
pub(crate) fn cutting_lines(surface: &mut Surface<'_>, width: f32, height: f32) {
    outline(surface, Rect::from_xywh(0.0, 0.0, width, height), CUT, 0.25);
}

/// A black frame, points.
pub(crate) fn frame(surface: &mut Surface<'_>, (x, y): (f32, f32), (width, height): (f32, f32)) {
    outline(surface, Rect::from_xywh(x, y, width, height), 0, 1.5);
}

fn outline(surface: &mut Surface<'_>, rect: Option<Rect>, grey: u8, width: f32) {
    let Some(rect) = rect else {
        return;
    };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            paint: rgb::Color::new(grey, grey, grey).into(),
            width,
            ..Stroke::default()
        }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

/// The square code with its quiet zone, so many points wide.
pub(crate) fn square(address: &str, side: f32) -> Result<Path, Fault> {
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

/// The site's letters.
pub(crate) struct Faces {
    pub plain: Face,
    pub bold: Face,
}

impl Faces {
    pub(crate) fn new() -> Result<Self, Fault> {
        Ok(Self {
            plain: Face::new(include_bytes!("../../fonts/be-vietnam-pro-400.ttf"))?,
            bold: Face::new(include_bytes!("../../fonts/be-vietnam-pro-600.ttf"))?,
        })
    }
}

/// A font with the widths of its letters.
pub(crate) struct Face {
    font: Font,
    file: FontRef<'static>,
}

impl Face {
    pub(crate) fn new(bytes: &'static [u8]) -> Result<Self, Fault> {
        Ok(Self {
            font: Font::new(bytes.into(), 0).ok_or_else(|| Fault::new("a font that is none"))?,
            file: FontRef::new(bytes).map_err(Fault::new)?,
        })
    }

    /// The letters that the font has, each with its width in the size of the type.
    pub(crate) fn letters<'t>(
        &'t self,
        text: &'t str,
    ) -> impl Iterator<Item = (usize, char, u32, f32)> + 't {
        let letters = self.file.charmap();
        let widths = self
            .file
            .glyph_metrics(Size::new(1.0), LocationRef::default());
        text.char_indices().filter_map(move |(at, letter)| {
            let glyph = letters.map(letter)?;
            Some((at, letter, glyph.to_u32(), widths.advance_width(glyph)?))
        })
    }

    /// In the size of the type.
    pub(crate) fn width(&self, text: &str) -> f32 {
        self.letters(text).map(|(.., width)| width).sum()
    }

    /// At most so many lines of that width in the size of the type; what has no room ends in `…`.
    pub(crate) fn wrap(&self, text: &str, room: f32, most: usize) -> Vec<String> {
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

    /// Draws a line with its foot at that place.
    pub(crate) fn draw(
        &self,
        surface: &mut Surface<'_>,
        (x, y): (f32, f32),
        size: f32,
        text: &str,
    ) {
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

    const SHOP: &str = "Hợp tác xã nông nghiệp Thạnh Thắng, Xã Hỏa Lựu";

    #[test]
    fn words_stay_in_their_column() {
        let face = Face::new(include_bytes!("../../fonts/be-vietnam-pro-400.ttf")).expect("a font");
        let room = 10.0;
        let lines = face.wrap(SHOP, room, 2);
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
