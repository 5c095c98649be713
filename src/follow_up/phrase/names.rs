//! Names of days and of clocks as data: one word or several, each with its meaning. A name that is used for two days
//! („Ostern“) has two meanings, and both become readings.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday::{Monday, Thursday};

use super::Part;
use super::feasts::Feast;
use super::lexicon::{self, Word};
use super::wall::Wall;
use crate::locale::Lang;

const CHRISTMAS_EVE: Word = Word::Feast(Feast::Fixed(12, 24), None);
const CHRISTMAS_DAY: Word = Word::Feast(Feast::Fixed(12, 25), None);
const SECOND_CHRISTMAS_DAY: Word = Word::Feast(Feast::Fixed(12, 26), None);
const NEW_YEARS_DAY: Word = Word::Feast(Feast::Fixed(1, 1), None);
const NEW_YEARS_EVE: Word = Word::Feast(Feast::Fixed(12, 31), None);

const SAME_TIME: Word = Word::Part(Part::SameTime);

const fn day(month: i8, day: i8) -> Word {
    Word::Feast(Feast::Fixed(month, day), None)
}

const fn easter(days: i16) -> Word {
    Word::Feast(Feast::Easter(days), None)
}

const fn either(one: Feast, other: Feast) -> Word {
    Word::Feast(one, Some(other))
}

/// German names, separated by commas.
const GERMAN: &[(&str, Word)] = &[
    ("heiligabend,heilig abend,heiliger abend,heiligen abend,heilig abends,weihnachtsabend", CHRISTMAS_EVE),
    ("weihnachten", either(Feast::Fixed(12, 24), Feast::Fixed(12, 25))),
    ("stephanstag,stefanitag,stephanitag", SECOND_CHRISTMAS_DAY),
    ("silvester,sylvester,silvesterabend,silvestertag", NEW_YEARS_EVE),
    ("neujahr,neujahrstag", NEW_YEARS_DAY),
    ("im neuen jahr,neues jahr,neuen jahr", Word::NewYear),
    ("um diese zeit,um dieselbe zeit,um die selbe zeit,um die gleiche zeit", SAME_TIME),
    ("zur gleichen zeit,zur selben zeit,gleiche zeit,selbe zeit", SAME_TIME),
    ("heilige drei könige,heiligen drei könige,heilig drei könige,dreikönig,dreikönigstag", day(1, 6)),
    ("valentinstag", day(2, 14)),
    ("rosenmontag", easter(-48)),
    ("faschingsdienstag,fastnachtsdienstag,veilchendienstag", easter(-47)),
    ("aschermittwoch", easter(-46)),
    ("frauentag,weltfrauentag,internationaler frauentag", day(3, 8)),
    ("palmsonntag", easter(-7)),
    ("gründonnerstag", easter(-3)),
    ("karfreitag", easter(-2)),
    ("karsamstag,ostersamstag", easter(-1)),
    ("ostersonntag", easter(0)),
    ("ostermontag", easter(1)),
    ("ostern", either(Feast::Easter(0), Feast::Easter(1))),
    ("tag der arbeit,maifeiertag", day(5, 1)),
    ("christi himmelfahrt,himmelfahrt,himmelfahrtstag,vatertag", easter(39)),
    ("pfingstsonntag", easter(49)),
    ("pfingstmontag", easter(50)),
    ("pfingsten", either(Feast::Easter(49), Feast::Easter(50))),
    ("fronleichnam", easter(60)),
    ("mariä himmelfahrt,maria himmelfahrt", day(8, 15)),
    ("weltkindertag", day(9, 20)),
    ("tag der deutschen einheit,tag der einheit", day(10, 3)),
    ("reformationstag", day(10, 31)),
    ("allerheiligen", day(11, 1)),
    ("martinstag,sankt martin,st martin", day(11, 11)),
    ("buß und bettag,buss und bettag,bußtag", Word::Feast(Feast::Repentance, None)),
    ("volkstrauertag", Word::Feast(Feast::Advent(5), None)),
    ("totensonntag,ewigkeitssonntag", Word::Feast(Feast::Advent(4), None)),
    ("nikolaus,nikolaustag", day(12, 6)),
    ("mez", Word::Wall(Wall::CentralEurope(Some(1)))),
    ("mesz", Word::Wall(Wall::CentralEurope(Some(2)))),
    ("deutscher zeit,deutsche zeit,berliner zeit", Word::Wall(Wall::CentralEurope(None))),
    ("ortszeit,lokaler zeit,lokalzeit,meiner zeit,meine zeit", Word::Wall(Wall::Own)),
];

/// English names, separated by commas.
const ENGLISH: &[(&str, Word)] = &[
    ("christmas eve,xmas eve", CHRISTMAS_EVE),
    ("christmas,xmas,christmas day,xmas day", CHRISTMAS_DAY),
    ("boxing day,st stephens day,saint stephens day", SECOND_CHRISTMAS_DAY),
    ("new years eve,new year eve,nye", NEW_YEARS_EVE),
    ("new years", either(Feast::Fixed(12, 31), Feast::Fixed(1, 1))),
    ("new years day,new year day,new year", NEW_YEARS_DAY),
    ("in the new year", Word::NewYear),
    ("same time,at the same time,the same time,this time,at this time", SAME_TIME),
    ("right now,just now", Word::Now),
    ("epiphany", day(1, 6)),
    ("valentines day,valentines,valentine day", day(2, 14)),
    ("st patricks day,saint patricks day", day(3, 17)),
    ("shrove tuesday,pancake day", easter(-47)),
    ("ash wednesday", easter(-46)),
    ("womens day,international womens day", day(3, 8)),
    ("palm sunday", easter(-7)),
    ("maundy thursday", easter(-3)),
    ("good friday", easter(-2)),
    ("holy saturday,easter saturday", easter(-1)),
    ("easter,easter sunday", easter(0)),
    ("easter monday", easter(1)),
    ("may day", day(5, 1)),
    ("labour day", either(Feast::Fixed(5, 1), Feast::Nth(9, 1, Monday))),
    ("labor day", Word::Feast(Feast::Nth(9, 1, Monday), None)),
    ("ascension day,ascension", easter(39)),
    ("whit sunday,pentecost", easter(49)),
    ("whit monday,pentecost monday", easter(50)),
    ("corpus christi", easter(60)),
    ("assumption day", day(8, 15)),
    ("german unity day,unity day", day(10, 3)),
    ("reformation day", day(10, 31)),
    ("halloween", day(10, 31)),
    ("all saints day,all saints", day(11, 1)),
    ("thanksgiving", either(Feast::Nth(10, 2, Monday), Feast::Nth(11, 4, Thursday))),
    ("at the latest", Word::Latest),
    ("no later than,not later than", Word::By),
    ("first thing,first thing in the morning", Word::Part(Part::StartOfWork)),
    ("utc,gmt,zulu", Word::Wall(Wall::Universal)),
    ("cet", Word::Wall(Wall::CentralEurope(Some(1)))),
    ("cest", Word::Wall(Wall::CentralEurope(Some(2)))),
    ("german time,berlin time,central european time", Word::Wall(Wall::CentralEurope(None))),
    ("bst", Word::Wall(Wall::Britain(Some(1)))),
    ("uk time,london time,british time", Word::Wall(Wall::Britain(None))),
    ("et,eastern time,new york time", Word::Wall(Wall::NewYork(None))),
    ("est", Word::Wall(Wall::NewYork(Some(-5)))),
    ("edt", Word::Wall(Wall::NewYork(Some(-4)))),
    ("pt,pacific time", Word::Wall(Wall::LosAngeles(None))),
    ("pst", Word::Wall(Wall::LosAngeles(Some(-8)))),
    ("pdt", Word::Wall(Wall::LosAngeles(Some(-7)))),
    ("local time,my time", Word::Wall(Wall::Own)),
];

/// A name's words behind the first, folded, with what it means.
type Rest = (Vec<String>, Word, Lang);

/// Every name by its first word, folded; those with most words first.
static NAMES: LazyLock<HashMap<String, Vec<Rest>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Rest>> = HashMap::new();
    for (table, lang) in [(GERMAN, Lang::De), (ENGLISH, Lang::En)] {
        for &(spellings, word) in table {
            for spelling in spellings.split(',') {
                for plain in [lexicon::fold(spelling), spelling.chars().map(lexicon::without_umlaut).collect()] {
                    let mut words = plain.split(' ').map(lexicon::fold);
                    let list = names.entry(words.next().unwrap_or_default()).or_default();
                    let rest: Vec<String> = words.collect();
                    if !list.iter().any(|(known, ..)| *known == rest) {
                        list.push((rest, word, lang));
                    }
                }
            }
        }
    }
    for list in names.values_mut() {
        list.sort_by_key(|(rest, ..)| Reverse(rest.len()));
    }
    names
});

/// What a name of one word means, folded.
pub(super) fn single(folded: &str) -> Option<(Word, Option<Lang>)> {
    let (_, word, lang) = NAMES.get(folded)?.iter().find(|(rest, ..)| rest.is_empty())?;
    Some((*word, Some(*lang)))
}

/// The longest name of several words that begins with this one, folded, which ends at `behind`: what it means, its
/// language and where it ends.
pub(super) fn several(text: &str, first: &str, behind: usize) -> Option<(Word, Lang, usize)> {
    NAMES.get(first)?.iter().filter(|(rest, ..)| !rest.is_empty()).find_map(|(rest, word, lang)| {
        let mut end = behind;
        for expected in rest {
            let space = text[end..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '.'));
            let start = text.len() - space.len();
            let run = space.find(|c: char| !lexicon::in_word(c)).map_or(text.len(), |length| start + length);
            if start == end || lexicon::fold(&text[start..run]) != *expected {
                return None;
            }
            end = run;
        }
        Some((*word, *lang, end))
    })
}

/// The language of a word that only names have, such as "new" in "New Year's Eve".
pub(super) fn language(folded: &str) -> Option<Lang> {
    NAMES.get(folded).and_then(|list| list.first()).map(|(.., lang)| *lang)
}
