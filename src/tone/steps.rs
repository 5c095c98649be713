//! A pattern as a short list of steps, small enough that all patterns can be kept.
//!
//! Invariant: followed as [`super::attempt`] does, the steps match exactly like the pattern written out, leftmost first; what cannot be
//! written so has no steps. A morpheme is a list of its own that others go through, so that its hundred words are kept once.

use regex_syntax::hir::{Capture, Class, ClassBytes, Hir, HirKind, Look, Repetition};

/// Bytes of ASCII as bits.
pub type Set = u128;

/// Longer lists are refused.
const MOST: usize = 8_000;
/// From so many branches on a table says which of them may begin with a byte.
const MANY: usize = 3;
/// Keys of such a table: the lowest five bits of a byte, and the end of the text.
const KEYS: usize = 33;
/// A name of a group that stands for a morpheme begins so, its number follows.
pub const NAMED: &str = "morpheme";

/// One step; the next one follows unless it says otherwise. Numbers of steps are 16 bits wide.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// This byte.
    Byte(u8),
    /// These bytes of [`Steps::text`].
    Text { from: u16, len: u16 },
    /// What must hold between two bytes.
    Look(Look),
    /// Bytes of one set: as many as there are, and never fewer.
    All { set: u8, least: u16, most: u16 },
    /// As many as there are, or else fewer.
    Most { set: u8, least: u16, most: u16 },
    /// As few as will do.
    Few { set: u8, least: u16, most: u16 },
    /// If the next byte is in the set, the next step, else or failing that another.
    Maybe { set: u8, or: u16 },
    /// The next step, or failing that another.
    Either { or: u16 },
    /// The other step, or failing that the next one.
    Rather { or: u16 },
    /// Goes on elsewhere.
    Jump(u16),
    /// One of many branches; its table.
    Pick(u16),
    /// Through a morpheme.
    Through(u8),
    /// A group begins (even) or ends (odd).
    Group(u8),
    /// It matches.
    Done,
}

/// The steps of a pattern or a morpheme.
#[derive(Debug, Default)]
pub struct Steps {
    /// The first one is where it begins.
    pub list: Box<[Step]>,
    /// What [`Step::Text`] speaks of.
    pub text: Box<[u8]>,
    /// The sets steps name.
    pub sets: Box<[Set]>,
    /// By table and key: where in `branches` those that may begin so stand.
    pub tables: Box<[[u16; KEYS + 1]]>,
    /// Steps where branches begin, in the order of the pattern.
    pub branches: Box<[u16]>,
    /// What a match begins with.
    pub first: Set,
    /// Whether a match may be empty.
    pub empty: bool,
    /// Whether a match begins where a word does, or ends.
    pub border: bool,
    /// How many groups there are.
    pub groups: usize,
}

/// The bit of a byte.
pub const fn bit(byte: u8) -> Set {
    if byte < 128 { 1 << byte } else { 0 }
}

/// Whether a set has a byte. Half of it is looked at: what machines have no width for is slow.
pub const fn has(set: Set, byte: u8) -> bool {
    let half = if byte & 64 == 0 { set as u64 } else { (set >> 64) as u64 };
    byte < 128 && half >> (byte & 63) & 1 != 0
}

/// The key of a byte in a table.
pub const fn key(byte: u8) -> usize {
    (byte & 31) as usize
}

/// The key of the end of the text.
pub const END: usize = KEYS - 1;

/// What a piece begins with, and whether it may be empty.
type Begin = (Set, bool);

/// Any byte, or the end.
const ANY: Set = Set::MAX;

struct Writer<'a> {
    steps: Vec<Step>,
    text: Vec<u8>,
    sets: Vec<Set>,
    tables: Vec<[u16; KEYS + 1]>,
    branches: Vec<u16>,
    /// Numbers the parser gave to groups that stand for no morpheme.
    groups: Vec<u32>,
    names: &'a dyn Fn(usize) -> Option<&'a Steps>,
}

impl Steps {
    /// The steps of a parsed pattern in which groups that are called [`NAMED`] and a number stand for morphemes, whose steps `names`
    /// gives; `None` if it cannot be written so. `whole`: nothing follows a match, as it does behind a morpheme.
    pub fn new<'a>(hir: &Hir, whole: bool, names: &'a dyn Fn(usize) -> Option<&'a Self>) -> Option<Self> {
        let mut writer = Writer {
            steps: Vec::new(),
            text: Vec::new(),
            sets: Vec::new(),
            tables: Vec::new(),
            branches: Vec::new(),
            groups: Vec::new(),
            names,
        };
        let mut captures = Vec::new();
        collect(hir, &mut captures);
        // Where the parser dropped one, the others' places are not known.
        let all = captures.iter().enumerate().all(|(i, capture)| capture.index as usize == i + 1);
        writer.groups.extend(captures.iter().filter(|c| number(c).is_none()).map(|c| c.index));
        all.then_some(())?;
        let (first, empty) = writer.begin(hir)?;
        writer.write(hir, if whole { 0 } else { ANY })?;
        writer.push(Step::Done)?;
        let border = matches!(writer.steps.first(), Some(Step::Look(Look::WordAscii)));
        Some(Self {
            list: writer.steps.into(),
            text: writer.text.into(),
            sets: writer.sets.into(),
            tables: writer.tables.into(),
            branches: writer.branches.into(),
            first,
            empty,
            border,
            groups: writer.groups.len() + 1,
        })
    }

    /// How many bytes they take.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.list)
            + self.text.len()
            + size_of_val(&*self.sets)
            + size_of_val(&*self.tables)
            + size_of_val(&*self.branches)
    }
}

/// The number of the morpheme a group stands for.
fn number(capture: &Capture) -> Option<usize> {
    // Anybody may call a group so, but nobody else puts a byte into it that no text has.
    let ours = matches!(capture.sub.kind(), HirKind::Literal(literal) if !literal.0.is_ascii());
    capture.name.as_deref().filter(|_| ours)?.strip_prefix(NAMED)?.split('_').next()?.parse().ok()
}

/// The bytes of a piece that is always one byte.
fn single(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() == 1 => Some(bit(literal.0[0])),
        HirKind::Class(Class::Bytes(class)) => Some(bytes(class)),
        // The parser makes one of letters beside each other ("(?:e|s)").
        HirKind::Class(Class::Unicode(class)) => class.to_byte_class().as_ref().map(bytes),
        _ => None,
    }
}

/// All groups in the order they open.
fn collect<'h>(hir: &'h Hir, captures: &mut Vec<&'h Capture>) {
    match hir.kind() {
        HirKind::Capture(capture) => {
            captures.push(capture);
            collect(&capture.sub, captures);
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, captures),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| collect(part, captures)),
        _ => {}
    }
}

fn bytes(class: &ClassBytes) -> Set {
    class.ranges().iter().flat_map(|r| r.start()..=r.end()).fold(0, |set, byte| set | bit(byte))
}

impl<'a> Writer<'a> {
    fn push(&mut self, step: Step) -> Option<usize> {
        (self.steps.len() < MOST).then(|| self.steps.push(step))?;
        Some(self.steps.len() - 1)
    }

    fn here(&self) -> u16 {
        self.steps.len() as u16
    }

    fn set(&mut self, set: Set) -> Option<u8> {
        let place = self.sets.iter().position(|&s| s == set).unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        });
        u8::try_from(place).ok()
    }

    fn named(&self, number: usize) -> Option<&'a Steps> {
        (self.names)(number)
    }

    /// What a piece begins with.
    fn begin(&self, hir: &Hir) -> Option<Begin> {
        Some(match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => (0, true),
            HirKind::Literal(literal) => (bit(*literal.0.first()?), false),
            HirKind::Class(_) => (single(hir)?, false),
            HirKind::Capture(capture) => match number(capture) {
                Some(number) => self.named(number).map(|steps| (steps.first, steps.empty))?,
                None => self.begin(&capture.sub)?,
            },
            HirKind::Repetition(repetition) => {
                let (set, empty) = self.begin(&repetition.sub)?;
                (set, empty || repetition.min == 0)
            }
            HirKind::Concat(parts) => {
                let mut all = (0, true);
                for part in parts {
                    let (set, empty) = self.begin(part)?;
                    all = (all.0 | set, empty);
                    if !empty {
                        break;
                    }
                }
                all
            }
            HirKind::Alternation(branches) => {
                let mut all = (0, false);
                for branch in branches {
                    let (set, empty) = self.begin(branch)?;
                    all = (all.0 | set, all.1 || empty);
                }
                all
            }
        })
    }

    /// What comes next where first this comes and then what begins with `after`.
    fn next(&self, hir: &Hir, after: Set) -> Option<Set> {
        Some(match self.begin(hir)? {
            (set, false) => set,
            // What must hold between two bytes may hold for fewer of them.
            _ if !hir.properties().look_set().is_empty() || hir.properties().explicit_captures_len() > 0 => ANY,
            (set, true) => set | after,
        })
    }

    /// Writes a piece; `after` is what the byte behind it must be, all bytes where that is not known.
    fn write(&mut self, hir: &Hir, after: Set) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => self.literal(&literal.0)?,
            HirKind::Class(_) => self.run(single(hir)?, 1, Some(1), true, after)?,
            HirKind::Look(look) => {
                if !matches!(look, Look::Start | Look::End | Look::WordAscii | Look::WordAsciiNegate) {
                    return None;
                }
                self.push(Step::Look(*look))?;
            }
            HirKind::Capture(capture) => {
                if let Some(number) = number(capture) {
                    if self.named(number)?.groups > 1 {
                        return None;
                    }
                    self.push(Step::Through(u8::try_from(number).ok()?))?;
                    return Some(());
                }
                let group = self.groups.iter().position(|&index| index == capture.index)? + 1;
                let slot = u8::try_from(2 * group).ok().filter(|&slot| slot < u8::MAX)?;
                self.push(Step::Group(slot))?;
                self.write(&capture.sub, after)?;
                self.push(Step::Group(slot + 1))?;
            }
            HirKind::Repetition(repetition) => self.repetition(repetition, after)?,
            HirKind::Concat(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    let next = parts[i + 1..].iter().rev().try_fold(after, |after, part| self.next(part, after))?;
                    self.write(part, next)?;
                }
            }
            HirKind::Alternation(branches) => self.alternation(branches, after)?,
        }
        Some(())
    }

    fn literal(&mut self, bytes: &[u8]) -> Option<()> {
        if !bytes.is_ascii() {
            return None;
        }
        if let &[byte] = bytes {
            self.push(Step::Byte(byte))?;
            return Some(());
        }
        let from = self.text.windows(bytes.len()).position(|w| w == bytes).unwrap_or_else(|| {
            self.text.extend(bytes);
            self.text.len() - bytes.len()
        });
        self.push(Step::Text { from: u16::try_from(from).ok()?, len: u16::try_from(bytes.len()).ok()? })?;
        Some(())
    }

    fn run(&mut self, set: Set, least: u32, most: Option<u32>, greedy: bool, after: Set) -> Option<()> {
        let place = self.set(set)?;
        let least = u16::try_from(least).ok()?;
        let most = most.map_or(Some(u16::MAX), |most| u16::try_from(most).ok())?;
        // Behind few there may be nothing at all.
        self.push(if greedy && set & after == 0 || least == most {
            Step::All { set: place, least, most }
        } else if greedy {
            Step::Most { set: place, least, most }
        } else {
            Step::Few { set: place, least, most }
        })?;
        Some(())
    }

    fn repetition(&mut self, repetition: &Repetition, after: Set) -> Option<()> {
        let Repetition { min, max, greedy, ref sub } = *repetition;
        if let Some(set) = single(sub) {
            return self.run(set, min, max, greedy, after);
        }
        let (set, empty) = self.begin(sub)?;
        let again = if empty { ANY } else { set | after };
        for _ in 0..min {
            self.write(sub, again)?;
        }
        let mut leave = Vec::new();
        match max {
            None => {
                if empty {
                    return None;
                }
                let from = self.here();
                leave.push(self.choice(set, greedy)?);
                self.write(sub, again)?;
                self.push(Step::Jump(from))?;
            }
            Some(max) => {
                for n in min..max {
                    leave.push(if empty { self.push(either(greedy))? } else { self.choice(set, greedy)? });
                    self.write(sub, if n + 1 == max { after } else { again })?;
                }
            }
        }
        for place in leave {
            self.lead(place);
        }
        Some(())
    }

    /// Once more, or not.
    fn choice(&mut self, set: Set, greedy: bool) -> Option<usize> {
        let step = if greedy { Step::Maybe { set: self.set(set)?, or: 0 } } else { either(false) };
        self.push(step)
    }

    /// The step goes on here where it does not go on with the next one.
    fn lead(&mut self, place: usize) {
        let here = self.here();
        match &mut self.steps[place] {
            Step::Maybe { or, .. } | Step::Either { or } | Step::Rather { or } | Step::Jump(or) => *or = here,
            _ => {}
        }
    }

    fn alternation(&mut self, branches: &[Hir], after: Set) -> Option<()> {
        let mut leave = Vec::new();
        if branches.len() < MANY {
            for (i, branch) in branches.iter().enumerate() {
                let last = i + 1 == branches.len();
                let or = if last { None } else { Some(self.push(either(true))?) };
                self.write(branch, after)?;
                if let Some(or) = or {
                    leave.push(self.push(Step::Jump(0))?);
                    self.lead(or);
                }
            }
        } else {
            let table = self.tables.len();
            self.tables.push([0; KEYS + 1]);
            self.push(Step::Pick(u16::try_from(table).ok()?))?;
            let mut begins: Vec<(Begin, u16)> = Vec::with_capacity(branches.len());
            for branch in branches {
                begins.push((self.begin(branch)?, self.here()));
                self.write(branch, after)?;
                leave.push(self.push(Step::Jump(0))?);
            }
            for key in 0..KEYS {
                self.tables[table][key] = u16::try_from(self.branches.len()).ok()?;
                let same = (0..4).map(|n| bit((key + 32 * n) as u8)).fold(0, |all, bit| all | bit);
                let may = |&&((set, empty), _): &&(Begin, u16)| empty || key != END && set & same != 0;
                self.branches.extend(begins.iter().filter(may).map(|(_, place)| *place));
            }
            self.tables[table][KEYS] = u16::try_from(self.branches.len()).ok()?;
        }
        for place in leave {
            self.lead(place);
        }
        Some(())
    }
}

const fn either(greedy: bool) -> Step {
    if greedy { Step::Either { or: 0 } } else { Step::Rather { or: 0 } }
}
