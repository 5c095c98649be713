//! The words the grammar knows, as data: one table per language, looked up without regard to case or to how an umlaut
//! is written (`ä`, `ae`, `a`). One spelling has one meaning here; what depends on the neighbours is the grammar's.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;

use super::draft::Edge;
use super::feasts::Feast;
use super::wall::Wall;
use super::{Part, Unit};
use crate::locale::Lang;

/// What a word says, before its neighbours are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Polite or empty: bitte, please.
    Filler,
    /// Punkt, in front of an hour or behind it.
    Sharp,
    /// innerhalb, within.
    Within,
    /// A day with a name; two where it is used for either.
    Feast(Feast, Option<Feast>),
    /// Weihnachtstag, of which there are two.
    ChristmasHoliday,
    /// Advent, of which there are four.
    Advent,
    /// Whose clock is meant: MEZ, UTC, local time.
    Wall(Wall),
    /// der, the.
    Article,
    /// ein, a, an: the number one in front of a unit.
    One,
    /// A number in words.
    Number(u32),
    /// A number with a half, in thousandths: anderthalb.
    Thousandths(u32),
    /// dritter, third.
    Ordinal(u32),
    /// The ending of a written ordinal: 3rd, 3ten.
    OrdinalEnding,
    /// in, im.
    In,
    /// at.
    At,
    /// um; behind it "am" is never before noon.
    Um,
    /// German "am" (on the) or English am (before noon).
    Am,
    /// English pm.
    Pm,
    /// on, an.
    On,
    /// bis, by, zum.
    By,
    /// spätestens, latest: like "by", and also behind what it belongs to.
    Latest,
    /// time, only in "in three days' time".
    Time,
    /// gegen, around: taken as exact, and said so.
    About,
    /// und, and.
    And,
    /// of, von.
    Of,
    /// from, after.
    From,
    /// ab: like "from", and in front of a time that time itself.
    Ab,
    /// now, jetzt; only behind "from".
    Now,
    /// Uhr.
    Uhr,
    /// o'clock.
    Oclock,
    /// The letter h: an hour of the day or an hour of waiting.
    H,
    /// halb: half to the next hour.
    Halb,
    /// English half: half past, or half of.
    Half,
    /// halbe, halben.
    Halbe,
    /// viertel, quarter.
    Quarter,
    /// dreiviertel.
    ThreeQuarters,
    /// Viertelstunde, Dreiviertelstunde: so many quarters of an hour.
    QuarterHours(u32),
    /// nach, past.
    Past,
    /// vor, to.
    To,
    /// ago.
    Ago,
    /// gestern, yesterday.
    Yesterday,
    /// letzten, last.
    Last,
    /// heute, today.
    Today,
    /// English tomorrow.
    Tomorrow,
    /// German Morgen: tomorrow, or the morning of a day named before.
    Morgen,
    /// übermorgen.
    DayAfterTomorrow,
    /// überübermorgen.
    InThreeDays,
    /// tonight.
    Tonight,
    /// nächsten, next.
    Next,
    /// übernächsten.
    AfterNext,
    /// kommenden, coming.
    Coming,
    /// diesen, this.
    This,
    /// Monday … Sunday.
    Weekday(Weekday),
    /// Monday's German short form, also "months" in a relative time.
    Mo,
    /// January = 1.
    Month(i8),
    /// Sunday's German short form, also "about": „so gegen neun“.
    So,
    /// A unit of waiting.
    Unit(Unit),
    /// Werktag.
    BusinessDay,
    /// business, working, work.
    Business,
    /// KW.
    CalendarWeek,
    /// calendar.
    Calendar,
    /// A part of the day.
    Part(Part),
    /// Mitternacht, midnight.
    Midnight,
    /// Anfang, start.
    Start,
    /// Mitte, middle.
    Middle,
    /// Ende, end, close.
    End,
    /// Wochenende as in EOW.
    EndOfWeek,
    /// Monatsanfang, Wochenmitte: an edge and its frame in one word.
    EdgeOf(Edge, Unit),
    /// "in the new year".
    NewYear,
    /// Monatsende.
    EndOfMonth,
    /// Quartalsende.
    EndOfQuarter,
    /// Jahresende.
    EndOfYear,
    /// Wochenende, weekend: Saturday and Sunday.
    Weekend,
    /// couple (of): two.
    Couple,
    /// später, later: behind a span it is that span, alone nothing definite.
    Later,
    /// ein paar, soon: nobody can say when.
    Vague,
    /// The T of an ISO date-time.
    T,
}

use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
use Word as W;

/// German, and what German writing shares with English.
const GERMAN: &[(&str, Word)] = &[
    ("bitte mal dann wieder genau pünktlich gleich direkt", W::Filler),
    ("punkt", W::Sharp),
    ("innerhalb binnen", W::Within),
    ("der die das den dem des", W::Article),
    ("ein eine einem einer einen eines ner nem", W::One),
    ("anderthalb eineinhalb einundeinhalb anderthalbe", W::Thousandths(1500)),
    ("im", W::In),
    ("um", W::Um),
    ("am", W::Am),
    ("bis zum zur zu", W::By),
    ("spätestens", W::Latest),
    ("gegen ca circa zirka etwa ungefähr rund knapp gut", W::About),
    ("und u", W::And),
    ("von vom", W::Of),
    ("ab", W::Ab),
    ("jetzt", W::Now),
    ("uhr", W::Uhr),
    ("halb", W::Halb),
    ("halbe halben halber halbes", W::Halbe),
    ("viertel", W::Quarter),
    ("dreiviertel", W::ThreeQuarters),
    ("viertelstunde viertelstunden", W::QuarterHours(1)),
    ("dreiviertelstunde", W::QuarterHours(3)),
    ("halbstunde", W::QuarterHours(2)),
    ("nach", W::Past),
    ("vor", W::To),
    ("gestern vorgestern", W::Yesterday),
    ("letzte letzten letzter letztes vorige vorigen voriger vergangene vergangenen", W::Last),
    ("heute heut", W::Today),
    ("morgen", W::Morgen),
    ("übermorgen", W::DayAfterTomorrow),
    ("überübermorgen", W::InThreeDays),
    ("nächste nächsten nächster nächstes nächstem", W::Next),
    ("übernächste übernächsten übernächster übernächstes übernächstem", W::AfterNext),
    ("kommende kommenden kommender kommendes kommendem", W::Coming),
    ("diese diesen dieser dieses diesem", W::This),
    ("montag", W::Weekday(Monday)),
    ("mo", W::Mo),
    ("dienstag diensttag di", W::Weekday(Tuesday)),
    ("mittwoch mitwoch mi", W::Weekday(Wednesday)),
    ("donnerstag donerstag do", W::Weekday(Thursday)),
    ("freitag fr", W::Weekday(Friday)),
    ("samstag sonnabend sa", W::Weekday(Saturday)),
    ("sonntag", W::Weekday(Sunday)),
    ("so", W::So),
    ("januar jänner jan", W::Month(1)),
    ("februar feber feb", W::Month(2)),
    ("märz mär mrz", W::Month(3)),
    ("april apr", W::Month(4)),
    ("mai", W::Month(5)),
    ("juni juno jun", W::Month(6)),
    ("juli jul", W::Month(7)),
    ("august aug", W::Month(8)),
    ("september sept sep", W::Month(9)),
    ("oktober okt", W::Month(10)),
    ("november nov", W::Month(11)),
    ("dezember dez", W::Month(12)),
    ("sekunde sekunden sek s", W::Unit(Unit::Second)),
    ("minute minuten min m", W::Unit(Unit::Minute)),
    ("stunde stunden std stdn", W::Unit(Unit::Hour)),
    ("h", W::H),
    ("tag tage tagen tages tg", W::Unit(Unit::Day)),
    ("woche wochen", W::Unit(Unit::Week)),
    ("monat monate monaten monats", W::Unit(Unit::Month)),
    ("jahr jahre jahren jahres", W::Unit(Unit::Year)),
    ("vierteljahr quartal quartals", W::Unit(Unit::Quarter)),
    ("halbjahr", W::Unit(Unit::HalfYear)),
    ("werktag werktage werktagen werktags arbeitstag arbeitstage arbeitstagen geschäftstag", W::BusinessDay),
    ("geschäftstage geschäftstagen bankarbeitstag bankarbeitstage bankarbeitstagen", W::BusinessDay),
    ("kw kalenderwoche", W::CalendarWeek),
    ("früh morgens vormittag vormittags frühmorgens", W::Part(Part::Morning)),
    ("mittag mittags", W::Part(Part::Noon)),
    ("nachmittag nachmittags", W::Part(Part::Afternoon)),
    ("abend abends", W::Part(Part::Evening)),
    ("nacht nachts", W::Part(Part::Night)),
    ("feierabend dienstschluss büroschluss geschäftsschluss arbeitsende tagesende", W::Part(Part::EndOfDay)),
    ("arbeitsbeginn dienstbeginn arbeitsanfang", W::Part(Part::StartOfWork)),
    ("mitternacht mitternachts", W::Midnight),
    ("anfang beginn", W::Start),
    ("mitte", W::Middle),
    ("ende", W::End),
    ("monatsanfang monatsbeginn monatserste monatsersten", W::EdgeOf(Edge::Start, Unit::Month)),
    ("wochenanfang wochenbeginn", W::EdgeOf(Edge::Start, Unit::Week)),
    ("quartalsanfang quartalsbeginn", W::EdgeOf(Edge::Start, Unit::Quarter)),
    ("jahresanfang jahresbeginn", W::EdgeOf(Edge::Start, Unit::Year)),
    ("monatsmitte", W::EdgeOf(Edge::Middle, Unit::Month)),
    ("wochenmitte", W::EdgeOf(Edge::Middle, Unit::Week)),
    ("monatsende", W::EndOfMonth),
    ("quartalsende", W::EndOfQuarter),
    ("weihnachtstag weihnachtsfeiertag", W::ChristmasHoliday),
    ("advent adventssonntag", W::Advent),
    ("jahresende", W::EndOfYear),
    ("wochenende we", W::Weekend),
    ("paar einige einigen mehrere mehreren wenige wenigen bald nachher demnächst irgendwann sofort", W::Vague),
    ("später", W::Later),
    ("erste ersten erster erstes", W::Ordinal(1)),
    ("dritte dritten dritter", W::Ordinal(3)),
    ("siebte siebten siebter siebente siebenten", W::Ordinal(7)),
    ("achte achten achter", W::Ordinal(8)),
];

/// English.
const ENGLISH: &[(&str, Word)] = &[
    ("please pls plz then again sharp exactly", W::Filler),
    ("the", W::Article),
    ("a an", W::One),
    ("in", W::In),
    ("at", W::At),
    ("within", W::Within),
    ("pm", W::Pm),
    ("on", W::On),
    ("by until till", W::By),
    ("latest", W::Latest),
    ("time", W::Time),
    ("around about approximately approx roughly nearly almost", W::About),
    ("and", W::And),
    ("of", W::Of),
    ("from after", W::From),
    ("now", W::Now),
    ("oclock", W::Oclock),
    ("half", W::Half),
    ("quarter quarters", W::Quarter),
    ("past", W::Past),
    ("to", W::To),
    ("ago", W::Ago),
    ("yesterday", W::Yesterday),
    ("last previous", W::Last),
    ("today", W::Today),
    ("tomorrow tommorow tommorrow tomorow tmrw tmr tomorrows", W::Tomorrow),
    ("overmorrow", W::DayAfterTomorrow),
    ("tonight tonite", W::Tonight),
    ("next", W::Next),
    ("coming upcoming", W::Coming),
    ("this", W::This),
    ("monday mon", W::Weekday(Monday)),
    ("tuesday tue tues tuseday", W::Weekday(Tuesday)),
    ("wednesday wed weds wendesday wensday wednsday", W::Weekday(Wednesday)),
    ("thursday thu thur thurs thrusday", W::Weekday(Thursday)),
    ("friday fri", W::Weekday(Friday)),
    ("saturday sat saterday", W::Weekday(Saturday)),
    ("sunday sun", W::Weekday(Sunday)),
    ("january", W::Month(1)),
    ("february febuary feburary", W::Month(2)),
    ("march mar", W::Month(3)),
    ("may", W::Month(5)),
    ("june", W::Month(6)),
    ("july", W::Month(7)),
    ("october oct", W::Month(10)),
    ("december dec", W::Month(12)),
    ("second seconds sec secs", W::Unit(Unit::Second)),
    ("minutes mins", W::Unit(Unit::Minute)),
    ("hour hours hr hrs", W::Unit(Unit::Hour)),
    ("day days d", W::Unit(Unit::Day)),
    ("week weeks wk wks w", W::Unit(Unit::Week)),
    ("fortnight fortnights", W::Unit(Unit::Fortnight)),
    ("month months mth mths", W::Unit(Unit::Month)),
    ("year years yr yrs y", W::Unit(Unit::Year)),
    ("workday workdays weekday weekdays businessday businessdays workingday workingdays", W::BusinessDay),
    ("business working work", W::Business),
    ("cw", W::CalendarWeek),
    ("calendar", W::Calendar),
    ("morning forenoon", W::Part(Part::Morning)),
    ("noon midday lunchtime", W::Part(Part::Noon)),
    ("afternoon", W::Part(Part::Afternoon)),
    ("evening", W::Part(Part::Evening)),
    ("night", W::Part(Part::Tonight)),
    ("eod cob eob", W::Part(Part::EndOfDay)),
    ("sod", W::Part(Part::StartOfWork)),
    ("midnight", W::Midnight),
    ("start beginning early", W::Start),
    ("middle mid", W::Middle),
    ("end close", W::End),
    ("eow", W::EndOfWeek),
    ("eom", W::EndOfMonth),
    ("eoq", W::EndOfQuarter),
    ("eoy", W::EndOfYear),
    ("weekend", W::Weekend),
    ("couple", W::Couple),
    ("few several some soon sometime asap someday", W::Vague),
    ("later", W::Later),
    ("st nd rd th", W::OrdinalEnding),
    ("first", W::Ordinal(1)),
    ("third", W::Ordinal(3)),
    ("fourth", W::Ordinal(4)),
    ("fifth", W::Ordinal(5)),
    ("sixth", W::Ordinal(6)),
    ("seventh", W::Ordinal(7)),
    ("eighth", W::Ordinal(8)),
    ("ninth", W::Ordinal(9)),
    ("tenth", W::Ordinal(10)),
    ("t", W::T),
];

/// Words both languages write alike; they say nothing about the language of a phrase.
const SHARED: &[&str] = &[
    "in",
    "am",
    "h",
    "s",
    "m",
    "d",
    "t",
    "min",
    "minute",
    "jan",
    "feb",
    "apr",
    "april",
    "jun",
    "jul",
    "aug",
    "august",
    "sept",
    "sep",
    "september",
    "nov",
    "november",
    "so",
    "mo",
    "w",
    "a",
    "an",
    "st",
    "th",
    "pm",
];

/// Every spelling, folded, with its meaning and the language it betrays.
static LEXICON: LazyLock<HashMap<String, (Word, Option<Lang>)>> = LazyLock::new(|| {
    let mut lexicon = HashMap::new();
    for (table, lang) in [(GERMAN, Lang::De), (ENGLISH, Lang::En)] {
        for &(spellings, word) in table {
            for spelling in spellings.split(' ') {
                let lang = (!SHARED.contains(&spelling)).then_some(lang);
                let plain: String = spelling.chars().map(without_umlaut).collect();
                lexicon.entry(plain).or_insert((word, lang));
                lexicon.entry(fold(spelling)).or_insert((word, lang));
            }
        }
    }
    lexicon
});

/// What a folded word means, and which language it belongs to.
pub(super) fn look_up(folded: &str) -> Option<(Word, Option<Lang>)> {
    if let Some(found) = LEXICON.get(folded) {
        return Some(*found);
    }
    super::numbers::word(folded).or_else(|| super::names::single(folded))
}

/// Whether a character belongs to a word.
pub(super) fn in_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '\u{308}' | '\'' | '\u{2019}')
}

/// Small letters, umlauts as `ae`, `oe`, `ue`, `ß` as `ss`; a combining diaeresis counts as the umlaut it makes.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            '\u{308}' => out.push('e'),
            '\'' | '\u{2019}' => {}
            c => out.push(c),
        }
    }
    out
}

/// The way people write umlauts on a keyboard without them.
pub(super) fn without_umlaut(c: char) -> char {
    match c {
        'ä' => 'a',
        'ö' => 'o',
        'ü' => 'u',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_umlaut_finds_the_word() {
        for spelling in ["nächsten", "naechsten", "nachsten", "NÄCHSTEN", "na\u{308}chsten"] {
            assert_eq!(look_up(&fold(spelling)), Some((Word::Next, Some(Lang::De))), "{spelling}");
        }
    }

    #[test]
    fn no_spelling_means_two_things() {
        let mut seen: HashMap<String, Word> = HashMap::new();
        for &(spellings, word) in GERMAN.iter().chain(ENGLISH) {
            for spelling in spellings.split(' ') {
                if let Some(before) = seen.insert(fold(spelling), word) {
                    assert_eq!(before, word, "{spelling}");
                }
                let number = super::super::numbers::word(&fold(spelling)).map(|(number, _)| number);
                assert!(word == Word::One || number.is_none_or(|number| number == word), "{spelling} is a number");
            }
        }
    }
}
