//! QR codes, drawn by the server.
use std::fmt::Write as _;

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone around, in modules (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A square code as runs of dark modules, with its quiet zone around.
pub struct Square(QrCode);

/// The code that says `text`, usually an address; `None` where it is too long. A quarter of it may be rubbed off the
/// package.
#[must_use]
pub fn encode(text: &str) -> Option<Square> {
    QrCode::encode_text(text, QrCodeEcc::Quartile)
        .ok()
        .map(Square)
}

impl Square {
    /// Modules of a side, the quiet zone among them.
    #[must_use]
    pub fn side(&self) -> i32 {
        self.0.size() + 2 * QUIET
    }

    /// Runs of dark modules: where each begins, from the left and from the top, and how long it is.
    pub fn runs(&self) -> impl Iterator<Item = (u8, u8, u8)> + '_ {
        let size = self.0.size();
        let dark = |x, y| self.0.get_module(x, y);
        (0..size)
            .flat_map(move |y| (0..size).map(move |x| (x, y)))
            .filter(move |&(x, y)| dark(x, y) && !dark(x - 1, y))
            .filter_map(move |(x, y)| {
                let length = (x..size).take_while(|&at| dark(at, y)).count();
                let place = |at: i32| u8::try_from(at + QUIET).ok();
                Some((place(x)?, place(y)?, u8::try_from(length).ok()?))
            })
    }
}

/// A square that a telephone's camera reads. Black on white in every colour scheme.
#[component]
pub fn Qr(
    /// What it says, usually an address.
    text: String,
    /// What it is, for who can't see it.
    label: String,
) -> impl IntoView {
    encode(&text).map(|code| {
        let side = code.side();
        view! {
            <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {side} {side}") shape-rendering="crispEdges">
                <rect class="qr__paper" width=side height=side></rect>
                <path class="qr__ink" d=path(&code)></path>
            </svg>
        }
    })
}

/// One stroke a run of dark modules.
fn path(code: &Square) -> String {
    let mut path = String::new();
    for (x, y, run) in code.runs() {
        let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_reads_what_the_runs_draw() {
        for address in [
            "https://ocop.example/chung-nhan/C0ABCDEF",
            "https://ocop.example/01/09506000134352/10/LH1234ABCD",
        ] {
            let code = encode(address).expect("short enough");
            // Four pixels a module.
            let side = usize::try_from(code.side()).expect("small") * 4;
            let mut dark = vec![false; side * side];
            for (x, y, length) in code.runs() {
                let (x, y, length) = (usize::from(x) * 4, usize::from(y) * 4, usize::from(length));
                for row in y..y + 4 {
                    dark[row * side + x..row * side + x + length * 4].fill(true);
                }
            }
            let mut seen =
                rqrr::PreparedImage::prepare_from_bitmap(side, side, |x, y| dark[y * side + x]);
            let grids = seen.detect_grids();
            assert_eq!(grids.len(), 1);
            let (_, text) = grids[0].decode().expect("it can be read");
            assert_eq!(text, address);
        }
    }
}
