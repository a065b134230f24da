//! Whether all of a JPEG's picture is there. Decoders paint grey what is missing and say nothing, so the coded
//! data is walked through first: every block of every scan must be in the file, and then the end marker. What
//! comes behind it (the video of a moving photo, the second picture of a phone) is nobody's business here.
//! The numbers of figures and sections are those of ITU-T T.81.
use super::passes;
use crate::Unfit;

/// More scans than any program writes; each walks over the whole picture.
const MOST_SCANS: usize = 100;
/// Of a coefficient of which no bit came yet.
const NOTHING: u8 = u8::MAX;

/// What the header of the frame says.
pub(super) struct Frame {
    pub width: u32,
    pub height: u32,
    pub is_progressive: bool,
    pub components: Vec<Component>,
}

/// A colour channel.
pub(super) struct Component {
    id: u8,
    /// Blocks of 8×8 that it has in a unit in which all channels are together.
    across: u32,
    down: u32,
    /// How many low bits of each coefficient are still to come.
    missing: [u8; 64],
    /// Which coefficients of each block are not zero: a refining scan has a bit for each of those.
    filled: Vec<u64>,
}

/// Walks through a file to its end marker. `judge` looks at frame and EXIF as soon as the frame is known; what it
/// answers is answered when all was there.
pub(super) fn walk<T>(
    bytes: &[u8],
    judge: impl Fn(&Frame, Option<&[u8]>) -> Result<T, Unfit>,
) -> Result<T, Unfit> {
    let mut rest = bytes;
    let mut tables = Tables::default();
    let mut frame = None;
    let mut exif = None;
    let mut scans = 0;
    loop {
        let marker = marker(&mut rest)?;
        match marker {
            0xC0..=0xC2 => {
                if frame.is_some() {
                    return Err(Unfit::Truncated);
                }
                let read = Frame::read(marker == 0xC2, segment(&mut rest)?)?;
                let judged = judge(&read, exif)?;
                frame = Some((read, judged));
            }
            0xC4 => tables.read(segment(&mut rest)?)?,
            // Lossless, hierarchical, arithmetic: no browser shows them.
            0xC3 | 0xC5..=0xCF | 0xF7 => return Err(Unfit::TypeNotAllowed),
            0xD9 => break,
            0xDA => {
                let (frame, _) = frame.as_mut().ok_or(Unfit::Truncated)?;
                if scans == 0 {
                    passes::check(frame, rest)?;
                }
                scans += 1;
                let scan = Scan::read(frame, segment(&mut rest)?)?;
                if scans > MOST_SCANS {
                    return Err(Unfit::Truncated);
                }
                rest = scan.walk(frame, &tables, rest)?;
            }
            0xDD => match segment(&mut rest)? {
                &[high, low] => tables.restart = u32::from(u16::from_be_bytes([high, low])),
                _ => return Err(Unfit::Truncated),
            },
            // Without a segment.
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let data = segment(&mut rest)?;
                if marker == 0xE1 && exif.is_none() {
                    exif = data.strip_prefix(b"Exif\0\0");
                }
            }
        }
    }
    match frame {
        Some((frame, judged)) if frame.components.iter().all(Component::is_whole) => Ok(judged),
        _ => Err(Unfit::Truncated),
    }
}

/// The next marker; what stands before it is passed over.
pub(super) fn marker(rest: &mut &[u8]) -> Result<u8, Unfit> {
    loop {
        match rest {
            [0xFF, code @ 0x01..=0xFE, after @ ..] => {
                let code = *code;
                *rest = after;
                return Ok(code);
            }
            [_, after @ ..] => *rest = after,
            [] => return Err(Unfit::Truncated),
        }
    }
}

/// What belongs to a marker, led by its length.
pub(super) fn segment<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Unfit> {
    let (length, after) = rest.split_first_chunk().ok_or(Unfit::Truncated)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (data, after) = length
        .checked_sub(2)
        .and_then(|length| after.split_at_checked(length))
        .ok_or(Unfit::Truncated)?;
    *rest = after;
    Ok(data)
}

impl Frame {
    /// Figure B.3.
    fn read(is_progressive: bool, data: &[u8]) -> Result<Self, Unfit> {
        let (&[precision, y1, y0, x1, x0, count], rest) =
            data.split_first_chunk().ok_or(Unfit::Truncated)?;
        if precision != 8 || !matches!(count, 1 | 3 | 4) {
            return Err(Unfit::TypeNotAllowed);
        }
        let components: Vec<Component> = rest
            .as_chunks()
            .0
            .iter()
            .map(|&[id, sampling, _]| Component {
                id,
                across: u32::from(sampling >> 4),
                down: u32::from(sampling & 15),
                missing: [NOTHING; 64],
                filled: Vec::new(),
            })
            .collect();
        let is_sane = |component: &Component| {
            (1..=4).contains(&component.across) && (1..=4).contains(&component.down)
        };
        if components.len() != usize::from(count) || !components.iter().all(is_sane) {
            return Err(Unfit::Truncated);
        }
        Ok(Self {
            width: u32::from(u16::from_be_bytes([x1, x0])),
            height: u32::from(u16::from_be_bytes([y1, y0])),
            is_progressive,
            components,
        })
    }

    /// The most blocks that a channel has across and down in a unit.
    fn unit(&self) -> (u32, u32) {
        let most = |blocks: fn(&Component) -> u32| self.components.iter().map(blocks).max();
        (
            most(|component| component.across).unwrap_or(1),
            most(|component| component.down).unwrap_or(1),
        )
    }

    /// How many units the picture has in which all channels are together.
    fn units(&self) -> u32 {
        let (across, down) = self.unit();
        self.width.div_ceil(8 * across) * self.height.div_ceil(8 * down)
    }

    /// How many blocks a channel has in a scan of its own (A.2.2).
    fn blocks(&self, component: &Component) -> u32 {
        let (across, down) = self.unit();
        (self.width * component.across).div_ceil(8 * across)
            * (self.height * component.down).div_ceil(8 * down)
    }

    /// How many blocks a channel has where all are together.
    pub(super) fn share(&self, component: &Component) -> u64 {
        u64::from(self.units()) * u64::from(component.in_unit())
    }

    /// How many samples all channels have, as decoders hold them.
    pub(super) fn samples(&self) -> u64 {
        let unit: u32 = self.components.iter().map(Component::in_unit).sum();
        u64::from(self.units()) * u64::from(unit) * 64
    }
}

impl Component {
    /// Blocks that it has in a unit.
    fn in_unit(&self) -> u32 {
        self.across * self.down
    }

    /// Whether each coefficient came to its last bit, or never began: some programs leave out the fine ones.
    fn is_whole(&self) -> bool {
        self.missing[0] == 0
            && self
                .missing
                .iter()
                .all(|missing| matches!(*missing, 0 | NOTHING))
    }
}

/// Huffman tables and the distance of restart markers, as last set.
#[derive(Default)]
struct Tables {
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    restart: u32,
}

impl Tables {
    /// Figure B.7.
    fn read(&mut self, mut data: &[u8]) -> Result<(), Unfit> {
        while let Some((&kind, rest)) = data.split_first() {
            let (counts, rest) = rest.split_first_chunk().ok_or(Unfit::Truncated)?;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let (values, rest) = rest.split_at_checked(count).ok_or(Unfit::Truncated)?;
            let tables = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(Unfit::Truncated),
            };
            *tables
                .get_mut(usize::from(kind & 15))
                .ok_or(Unfit::Truncated)? = Some(Huffman::new(counts, values)?);
            data = rest;
        }
        Ok(())
    }
}

struct Huffman {
    /// By the next eight bits: length and value of a code that is not longer.
    short: [(u8, u8); 256],
    /// By length: the first code that is longer than all of it, its sixteen bits filled up, and what leads from
    /// a code to its value.
    ends: [(u32, i32); 17],
    values: Vec<u8>,
}

impl Huffman {
    /// Annex C.
    fn new(counts: &[u8; 16], values: &[u8]) -> Result<Self, Unfit> {
        let mut table = Self {
            short: [(0, 0); 256],
            ends: [(0, 0); 17],
            values: values.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1_u8..).zip(counts) {
            let first = code;
            for value in &values[index..][..usize::from(*count)] {
                if length <= 8 {
                    let same = 1 << (8 - length);
                    let from = code as usize * same;
                    table
                        .short
                        .get_mut(from..from + same)
                        .ok_or(Unfit::Truncated)?
                        .fill((length, *value));
                }
                code += 1;
            }
            if code > 1 << length {
                return Err(Unfit::Truncated);
            }
            let index_of_first = i32::try_from(index).unwrap_or(i32::MAX);
            table.ends[usize::from(length)] =
                (code << (16 - length), index_of_first - first as i32);
            index += usize::from(*count);
            code <<= 1;
        }
        Ok(table)
    }
}

/// Which channels a scan has, with their tables, and which bits of which coefficients.
pub(super) struct Scan {
    parts: Vec<(usize, usize, usize)>,
    from: usize,
    to: usize,
    is_first: bool,
    low: u8,
}

impl Scan {
    /// Figure B.4.
    pub(super) fn read(frame: &Frame, data: &[u8]) -> Result<Self, Unfit> {
        let (&count, rest) = data.split_first().ok_or(Unfit::Truncated)?;
        let (parts, rest) = rest
            .split_at_checked(usize::from(count) * 2)
            .ok_or(Unfit::Truncated)?;
        let &[from, to, bits] = rest else {
            return Err(Unfit::Truncated);
        };
        let parts: Option<Vec<_>> = parts
            .as_chunks()
            .0
            .iter()
            .map(|&[id, tables]| {
                let mut components = frame.components.iter();
                let component = components.position(|component| component.id == id)?;
                Some((
                    component,
                    usize::from(tables >> 4),
                    usize::from(tables & 15),
                ))
            })
            .collect();
        let scan = Self {
            parts: parts.ok_or(Unfit::Truncated)?,
            from: usize::from(from),
            to: usize::from(to),
            is_first: bits >> 4 == 0,
            low: bits & 15,
        };
        let is_sane = !frame.is_progressive
            || (scan.from == 0 && scan.to == 0)
            || (scan.from > 0 && scan.from <= scan.to && scan.to < 64 && scan.parts.len() == 1);
        if is_sane && (1..=4).contains(&scan.parts.len()) {
            Ok(scan)
        } else {
            Err(Unfit::Truncated)
        }
    }

    /// How many blocks it goes over.
    pub(super) fn blocks(&self, frame: &Frame) -> u64 {
        match self.parts.as_slice() {
            [(only, ..)] => frame.blocks(&frame.components[*only]).into(),
            parts => parts
                .iter()
                .map(|(part, ..)| frame.share(&frame.components[*part]))
                .sum(),
        }
    }

    /// Walks through its coded data and answers what comes behind.
    fn walk<'a>(
        &self,
        frame: &mut Frame,
        tables: &Tables,
        data: &'a [u8],
    ) -> Result<&'a [u8], Unfit> {
        let mut bits = Bits::new(data);
        if frame.is_progressive && self.from > 0 {
            self.walk_fine(frame, tables, &mut bits)?;
        } else {
            self.walk_blocks(frame, tables, &mut bits)?;
        }
        for (component, ..) in &self.parts {
            let missing = &mut frame.components[*component].missing;
            if frame.is_progressive {
                missing[self.from..=self.to].fill(self.low);
            } else {
                missing.fill(0);
            }
        }
        Ok(bits.rest)
    }

    /// Whole blocks of a sequential picture, or the first coefficients of a progressive one.
    fn walk_blocks(
        &self,
        frame: &Frame,
        tables: &Tables,
        bits: &mut Bits<'_>,
    ) -> Result<(), Unfit> {
        let mut parts = Vec::new();
        for (component, dc, ac) in &self.parts {
            let component = &frame.components[*component];
            let dc = tables.dc.get(*dc).and_then(Option::as_ref);
            let ac = tables.ac.get(*ac).and_then(Option::as_ref);
            let blocks = if self.parts.len() == 1 {
                1
            } else {
                component.in_unit()
            };
            parts.push((blocks, dc, ac));
        }
        let units = match self.parts.as_slice() {
            [(only, ..)] => frame.blocks(&frame.components[*only]),
            _ => frame.units(),
        };
        for unit in 0..units {
            if tables.restart > 0 && unit > 0 && unit % tables.restart == 0 {
                bits.restart()?;
            }
            for (blocks, dc, ac) in &parts {
                for _ in 0..*blocks {
                    if !self.is_first {
                        bits.skip(1)?;
                        continue;
                    }
                    let size = bits.value(dc.ok_or(Unfit::Truncated)?)?;
                    // Table F.1: no difference has more bits.
                    if size > 15 {
                        return Err(Unfit::Truncated);
                    }
                    bits.skip(size)?;
                    if !frame.is_progressive {
                        bits.sequential(ac.ok_or(Unfit::Truncated)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Further coefficients of one channel of a progressive picture (G.1.2.2 and G.1.2.3).
    fn walk_fine(
        &self,
        frame: &mut Frame,
        tables: &Tables,
        bits: &mut Bits<'_>,
    ) -> Result<(), Unfit> {
        let (component, _, table) = self.parts[0];
        let blocks = frame.blocks(&frame.components[component]);
        let table = tables.ac.get(table).and_then(Option::as_ref);
        let table = table.ok_or(Unfit::Truncated)?;
        let filled = &mut frame.components[component].filled;
        filled.resize(blocks as usize, 0);
        // Blocks in which nothing more comes.
        let mut ended = 0;
        for (unit, filled) in (0..).zip(filled) {
            if tables.restart > 0 && unit > 0 && unit % tables.restart == 0 {
                bits.restart()?;
                ended = 0;
            }
            if self.is_first {
                bits.first(table, self.from, self.to, filled, &mut ended)?;
            } else {
                bits.refined(table, self.from, self.to, filled, &mut ended)?;
            }
        }
        Ok(())
    }
}

/// Coded data, bit by bit, up to the next marker.
struct Bits<'a> {
    rest: &'a [u8],
    /// The next bits, the first at the top.
    held: u64,
    count: u8,
}

impl<'a> Bits<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            held: 0,
            count: 0,
        }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let byte = match self.rest {
                [0xFF, 0x00, after @ ..] => {
                    self.rest = after;
                    0xFF
                }
                [0xFF, ..] | [] => return,
                [byte, after @ ..] => {
                    self.rest = after;
                    *byte
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    fn skip(&mut self, count: u8) -> Result<(), Unfit> {
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count).ok_or(Unfit::Truncated)?;
        self.held <<= count;
        Ok(())
    }

    fn take(&mut self, count: u8) -> Result<u32, Unfit> {
        if self.count < count {
            self.fill();
        }
        // Of none, none: a shift by all would overflow.
        let bits = self.held.checked_shr(64 - u32::from(count)).unwrap_or(0);
        self.skip(count)?;
        u32::try_from(bits).map_err(|_| Unfit::Truncated)
    }

    fn value(&mut self, table: &Huffman) -> Result<u8, Unfit> {
        if self.count < 16 {
            self.fill();
        }
        let next = (self.held >> 48) as u32;
        let (length, value) = table.short[(next >> 8) as usize];
        if length > 0 {
            self.skip(length)?;
            return Ok(value);
        }
        for length in 9..=16 {
            let (end, to_value) = table.ends[usize::from(length)];
            if next < end {
                self.skip(length)?;
                let index = (next >> (16 - length)) as i32 + to_value;
                let value = usize::try_from(index)
                    .ok()
                    .and_then(|index| table.values.get(index));
                return value.copied().ok_or(Unfit::Truncated);
            }
        }
        Err(Unfit::Truncated)
    }

    /// The coefficients of a block behind its first (F.2.2.2).
    fn sequential(&mut self, table: &Huffman) -> Result<(), Unfit> {
        let mut at = 1;
        while at < 64 {
            let value = self.value(table)?;
            let (run, size) = (value >> 4, value & 15);
            if size > 0 {
                at += run + 1;
                self.skip(size)?;
            } else if run == 15 {
                at += 16;
            } else {
                break;
            }
        }
        if at <= 64 {
            Ok(())
        } else {
            Err(Unfit::Truncated)
        }
    }

    /// The upper bits of a block's coefficients.
    fn first(
        &mut self,
        table: &Huffman,
        from: usize,
        to: usize,
        filled: &mut u64,
        ended: &mut u32,
    ) -> Result<(), Unfit> {
        if *ended > 0 {
            *ended -= 1;
            return Ok(());
        }
        let mut at = from;
        while at <= to {
            let value = self.value(table)?;
            let (run, size) = (value >> 4, value & 15);
            if size > 0 {
                at += usize::from(run);
                *filled |= u32::try_from(at)
                    .ok()
                    .and_then(|at| 1_u64.checked_shl(at))
                    .ok_or(Unfit::Truncated)?;
                self.skip(size)?;
                at += 1;
            } else if run == 15 {
                at += 16;
            } else {
                *ended = (1 << run) + self.take(run)? - 1;
                break;
            }
        }
        Ok(())
    }

    /// One further bit of a block's coefficients: new ones, and a correction of each that was there.
    fn refined(
        &mut self,
        table: &Huffman,
        from: usize,
        to: usize,
        filled: &mut u64,
        ended: &mut u32,
    ) -> Result<(), Unfit> {
        let mut at = from;
        while *ended == 0 && at <= to {
            let value = self.value(table)?;
            let (mut run, size) = (value >> 4, value & 15);
            if size > 0 {
                // The sign of the new one.
                self.skip(1)?;
            } else if run < 15 {
                *ended = (1 << run) + self.take(run)?;
                break;
            }
            while at <= to {
                if *filled >> at & 1 == 1 {
                    self.skip(1)?;
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                at += 1;
            }
            if size > 0 && at <= to {
                *filled |= 1 << at;
            }
            at += 1;
        }
        if *ended > 0 {
            for at in at..=to {
                if *filled >> at & 1 == 1 {
                    self.skip(1)?;
                }
            }
            *ended -= 1;
        }
        Ok(())
    }

    /// The marker at which decoding starts anew (F.2.2.4); bits before it fill up a byte.
    fn restart(&mut self) -> Result<(), Unfit> {
        self.held = 0;
        self.count = 0;
        match marker(&mut self.rest)? {
            0xD0..=0xD7 => Ok(()),
            _ => Err(Unfit::Truncated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&[u8]; 4] = [
        include_bytes!("../../../market/tests/it/media/progressive_restarts.jpg"),
        include_bytes!("../../../market/tests/it/media/channel_by_channel.jpg"),
        include_bytes!("../../../market/tests/it/media/ycck.jpg"),
        include_bytes!("../../../market/tests/it/media/one_pixel.jpg"),
    ];

    fn is_whole(bytes: &[u8]) -> bool {
        walk(bytes, |_, _| Ok(())).is_ok()
    }

    #[test]
    fn a_file_that_was_cut_is_never_whole_even_with_an_end_marker_put_behind() {
        for file in FILES {
            assert!(is_whole(file));
            for at in 2..file.len() - 2 {
                assert!(!is_whole(&file[..at]), "cut at {at}");
                let closed = [&file[..at], &[0xFF, 0xD9]].concat();
                assert!(!is_whole(&closed), "cut at {at} of {}", file.len());
            }
        }
    }

    #[test]
    fn what_comes_behind_the_end_marker_is_passed_over() {
        for file in FILES {
            assert!(is_whole(&[file, b"\0\0\0\x18ftypmp42", &[0xFF]].concat()));
            assert!(is_whole(&[file, FILES[0]].concat()));
        }
    }

    #[test]
    fn a_taller_frame_than_was_coded_is_not_whole() {
        let mut file = FILES[0].to_vec();
        let frame = file.windows(2).position(|two| two == [0xFF, 0xC2]).unwrap();
        file[frame + 5] = 1;
        assert!(!is_whole(&file));
    }
}
