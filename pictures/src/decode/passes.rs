//! How often a JPEG goes over its picture. A progressive one tells it in several passes, each of which costs as
//! much time as a whole picture and may take a few bytes: that is counted before the first pass is walked through.
use super::coded::{Frame, Scan, marker, segment};
use crate::Unfit;

/// More than any program writes: the usual script comes to six for the brightness and four for each colour, the
/// most thorough to ten.
const MOST: u64 = 12;

/// Refuses a file that goes over its picture too often. `rest` begins with the segment of the first scan.
pub(super) fn check(frame: &Frame, mut rest: &[u8]) -> Result<(), Unfit> {
    let once: u64 = frame.components.iter().map(|it| frame.share(it)).sum();
    let mut all = 0;
    let mut found = 0xDA;
    loop {
        // Whether the file is whole is found out when it is walked through.
        match found {
            0xD9 => return Ok(()),
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let Ok(data) = segment(&mut rest) else {
                    return Ok(());
                };
                if found == 0xDA {
                    all += Scan::read(frame, data)?.blocks(frame);
                    if all > once * MOST {
                        return Err(Unfit::Truncated);
                    }
                }
            }
        }
        match marker(&mut rest) {
            Ok(next) => found = next,
            Err(_) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::coded::walk;
    use super::*;

    #[test]
    fn a_file_of_many_passes_is_refused_before_any_is_walked_through() {
        let file = include_bytes!("../../../market/tests/it/media/progressive_restarts.jpg");
        let last = file
            .windows(2)
            .rposition(|two| two == [0xFF, 0xDA])
            .unwrap();
        let (scan, end) = file[last..].split_at(file.len() - last - 2);
        let repeated = |times: usize| [&file[..last], &scan.repeat(times), end].concat();
        assert!(walk(&repeated(1), |_, _| Ok(())).is_ok());
        let begun = Instant::now();
        let many = walk(&repeated(4_000), |_, _| Ok(()));
        assert_eq!(many, Err(Unfit::Truncated));
        assert!(begun.elapsed() < Duration::from_millis(100));
    }
}
