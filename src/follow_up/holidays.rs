//! Public holidays of the sixteen German Länder, computed from Easter and the laws in force in each year.
//!
//! Source: the holiday acts (Feiertagsgesetze) of the Länder. Complete from 1995, when the day of repentance ceased to
//! be a holiday everywhere but in Saxony. Holidays that only some municipalities keep are asked for with [`Municipal`].

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

macro_rules! laender {
    ($($code:ident $name:literal),+ $(,)?) => {
        /// A German Land, by the code of ISO 3166-2:DE without its `DE-`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Land {
            $(#[doc = $name] $code,)+
        }

        impl Land {
            /// All sixteen, by code.
            pub const ALL: [Self; 16] = [$(Self::$code,)+];

            /// The code: `NW`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// The German name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }
        }
    };
}

laender! {
    BB "Brandenburg",
    BE "Berlin",
    BW "Baden-Württemberg",
    BY "Bayern",
    HB "Bremen",
    HE "Hessen",
    HH "Hamburg",
    MV "Mecklenburg-Vorpommern",
    NI "Niedersachsen",
    NW "Nordrhein-Westfalen",
    RP "Rheinland-Pfalz",
    SH "Schleswig-Holstein",
    SL "Saarland",
    SN "Sachsen",
    ST "Sachsen-Anhalt",
    TH "Thüringen",
}

impl Land {
    /// Reads a code: `NW`, `nw` or `DE-NW`.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.trim();
        let code = code.get(..3).filter(|start| start.eq_ignore_ascii_case("de-")).map_or(code, |_| &code[3..]);
        Self::ALL.into_iter().find(|land| land.code().eq_ignore_ascii_case(code))
    }
}

macro_rules! holidays {
    ($($id:ident $de:literal $en:literal),+ $(,)?) => {
        /// A public holiday.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Holiday {
            $(#[doc = $de] $id,)+
        }

        impl Holiday {
            /// The German name.
            pub const fn german(self) -> &'static str {
                match self { $(Self::$id => $de,)+ }
            }

            /// The English name.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$id => $en,)+ }
            }
        }
    };
}

holidays! {
    NewYear "Neujahr" "New Year's Day",
    Epiphany "Heilige Drei Könige" "Epiphany",
    WomensDay "Internationaler Frauentag" "International Women's Day",
    GoodFriday "Karfreitag" "Good Friday",
    EasterSunday "Ostersonntag" "Easter Sunday",
    EasterMonday "Ostermontag" "Easter Monday",
    LabourDay "Tag der Arbeit" "Labour Day",
    LiberationDay "Tag der Befreiung" "Liberation Day",
    UprisingDay "Jahrestag des Volksaufstandes" "Anniversary of the 1953 Uprising",
    Ascension "Christi Himmelfahrt" "Ascension Day",
    WhitSunday "Pfingstsonntag" "Whit Sunday",
    WhitMonday "Pfingstmontag" "Whit Monday",
    CorpusChristi "Fronleichnam" "Corpus Christi",
    PeaceFestival "Augsburger Hohes Friedensfest" "Augsburg Peace Festival",
    Assumption "Mariä Himmelfahrt" "Assumption Day",
    ChildrensDay "Weltkindertag" "World Children's Day",
    UnityDay "Tag der Deutschen Einheit" "German Unity Day",
    ReformationDay "Reformationstag" "Reformation Day",
    AllSaints "Allerheiligen" "All Saints' Day",
    RepentanceDay "Buß- und Bettag" "Day of Repentance and Prayer",
    ChristmasDay "1. Weihnachtstag" "Christmas Day",
    SecondChristmasDay "2. Weihnachtstag" "Second Day of Christmas",
}

/// Holidays that only some municipalities of a Land keep; none by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Municipal {
    /// Assumption Day in Bavarian municipalities with more Catholics than Protestants.
    pub assumption: bool,
    /// Corpus Christi in some municipalities of Saxony and Thuringia.
    pub corpus_christi: bool,
    /// The peace festival of the city of Augsburg.
    pub peace_festival: bool,
}

impl Municipal {
    /// The choices people have, by their stable names: Augsburg also keeps Assumption Day.
    pub const NAMES: [&str; 4] = ["none", "assumption", "augsburg", "corpus_christi"];

    /// Reads a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        let none = Self::default();
        Some(match name {
            "none" => none,
            "assumption" => Self { assumption: true, ..none },
            "augsburg" => Self { assumption: true, peace_festival: true, ..none },
            "corpus_christi" => Self { corpus_christi: true, ..none },
            _ => return None,
        })
    }

    /// The stable name of a choice; anything else is the nearest one.
    pub const fn name(self) -> &'static str {
        match self {
            Self { peace_festival: true, .. } => "augsburg",
            Self { assumption: true, .. } => "assumption",
            Self { corpus_christi: true, .. } => "corpus_christi",
            Self { .. } => "none",
        }
    }

    /// Whether municipalities of this Land have such holidays.
    pub fn fits(self, land: Option<Land>) -> bool {
        match self.name() {
            "none" => true,
            "corpus_christi" => matches!(land, Some(Land::SN | Land::TH)),
            _ => land == Some(Land::BY),
        }
    }
}

/// The public holiday on a date in a whole Land.
pub fn on(date: Date, land: Land) -> Option<Holiday> {
    on_with(date, land, Municipal::default())
}

/// The public holiday on a date in a municipality of a Land.
pub fn on_with(date: Date, land: Land, municipal: Municipal) -> Option<Holiday> {
    use Holiday as H;
    use Land::{BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH};
    let year = date.year();
    let fixed = match (date.month(), date.day()) {
        (1, 1) => Some(H::NewYear),
        (1, 6) if matches!(land, BW | BY | ST) => Some(H::Epiphany),
        (3, 8) if (land == BE && year >= 2019) || (land == MV && year >= 2023) => Some(H::WomensDay),
        (5, 1) => Some(H::LabourDay),
        // Berlin kept the 75th and 80th anniversaries of the end of the war, once each.
        (5, 8) if land == BE && matches!(year, 2020 | 2025) => Some(H::LiberationDay),
        // Likewise, once, the 75th anniversary of the uprising of 1953.
        (6, 17) if land == BE && year == 2028 => Some(H::UprisingDay),
        (8, 8) if land == BY && municipal.peace_festival => Some(H::PeaceFestival),
        (8, 15) if land == SL || (land == BY && municipal.assumption) => Some(H::Assumption),
        (9, 20) if land == TH && year >= 2019 => Some(H::ChildrensDay),
        (10, 3) => Some(H::UnityDay),
        // 2017, the 500th anniversary, everywhere; the north joined for good in 2018.
        (10, 31)
            if matches!(land, BB | MV | SN | ST | TH)
                || year == 2017
                || (matches!(land, HB | HH | NI | SH) && year >= 2018) =>
        {
            Some(H::ReformationDay)
        }
        (11, 1) if matches!(land, BW | BY | NW | RP | SL) => Some(H::AllSaints),
        (11, 16..=22) if land == SN && date.weekday() == Weekday::Wednesday => Some(H::RepentanceDay),
        (12, 25) => Some(H::ChristmasDay),
        (12, 26) => Some(H::SecondChristmasDay),
        _ => None,
    };
    if fixed.is_some() {
        return fixed;
    }
    let easter = easter(year)?;
    match easter.until(date).ok()?.get_days() {
        -2 => Some(H::GoodFriday),
        // Hesse's act makes every Sunday a holiday without naming these two; only Brandenburg's names them.
        0 if land == BB => Some(H::EasterSunday),
        1 => Some(H::EasterMonday),
        39 => Some(H::Ascension),
        49 if land == BB => Some(H::WhitSunday),
        50 => Some(H::WhitMonday),
        60 if matches!(land, BW | BY | HE | NW | RP | SL) || (matches!(land, SN | TH) && municipal.corpus_christi) => {
            Some(H::CorpusChristi)
        }
        _ => None,
    }
}

/// Monday to Friday, and no public holiday of the Land (`None` knows no holidays).
pub fn is_working_day(date: Date, land: Option<Land>) -> bool {
    is_working_day_with(date, land, Municipal::default())
}

/// The same in a municipality with holidays of its own.
pub fn is_working_day_with(date: Date, land: Option<Land>, municipal: Municipal) -> bool {
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    !weekend && land.is_none_or(|land| on_with(date, land, municipal).is_none())
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876, in Meeus's form).
#[expect(clippy::many_single_char_names, reason = "the letters of the published algorithm")]
pub fn easter(year: i16) -> Option<Date> {
    let year_wide = i32::from(year);
    let a = year_wide % 19;
    let (b, c) = (year_wide / 100, year_wide % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let of = h + l - 7 * m + 114;
    let march = Date::new(year, 3, 1).ok()?;
    // month 3 or 4, day of - 31·month + 1: counted from the first of March to stay within checked dates.
    march.checked_add(((of / 31 - 3) * 31 + of % 31).days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Written by hand from the holiday acts: every public holiday of 2026 and who keeps it.
    const IN_2026: &[(&str, &str)] = &[
        ("2026-01-01", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-01-06", "BW BY ST"),
        ("2026-03-08", "BE MV"),
        ("2026-04-03", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-04-05", "BB"),
        ("2026-04-06", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-05-01", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-05-14", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-05-24", "BB"),
        ("2026-05-25", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-06-04", "BW BY HE NW RP SL"),
        ("2026-08-15", "SL"),
        ("2026-09-20", "TH"),
        ("2026-10-03", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-10-31", "BB HB HH MV NI SH SN ST TH"),
        ("2026-11-01", "BW BY NW RP SL"),
        ("2026-11-18", "SN"),
        ("2026-12-25", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
        ("2026-12-26", "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"),
    ];

    #[test]
    fn the_holidays_of_2026_are_those_of_the_acts_and_no_others() {
        for day in date("2026-01-01").series(1.day()).take(365) {
            let keep: Vec<&str> =
                Land::ALL.into_iter().filter(|land| on(day, *land).is_some()).map(Land::code).collect();
            let expected = IN_2026.iter().find(|(on, _)| date(on) == day).map_or("", |(_, lands)| lands);
            assert_eq!(keep.join(" "), expected, "{day}");
        }
    }

    #[test]
    fn holidays_begin_with_the_year_of_their_act() {
        let cases = [
            ("2018-03-08", Land::BE, None),
            ("2019-03-08", Land::BE, Some(Holiday::WomensDay)),
            ("2022-03-08", Land::MV, None),
            ("2023-03-08", Land::MV, Some(Holiday::WomensDay)),
            ("2018-09-20", Land::TH, None),
            ("2019-09-20", Land::TH, Some(Holiday::ChildrensDay)),
            ("2016-10-31", Land::HH, None),
            ("2017-10-31", Land::BY, Some(Holiday::ReformationDay)),
            ("2018-10-31", Land::NI, Some(Holiday::ReformationDay)),
            ("2018-10-31", Land::BY, None),
            ("2020-05-08", Land::BE, Some(Holiday::LiberationDay)),
            ("2021-05-08", Land::BE, None),
            ("2025-05-08", Land::BE, Some(Holiday::LiberationDay)),
            ("2025-05-08", Land::BB, None),
            ("2028-06-17", Land::BE, Some(Holiday::UprisingDay)),
            ("2029-06-17", Land::BE, None),
        ];
        for (day, land, expected) in cases {
            assert_eq!(on(date(day), land), expected, "{day} {land:?}");
        }
    }

    #[test]
    fn repentance_day_is_the_wednesday_before_the_23rd_of_november() {
        for day in ["2022-11-16", "2023-11-22", "2024-11-20", "2025-11-19", "2026-11-18", "2027-11-17"] {
            assert_eq!(on(date(day), Land::SN), Some(Holiday::RepentanceDay), "{day}");
            assert_eq!(on(date(day), Land::ST), None, "{day}");
        }
    }

    #[test]
    fn municipal_holidays_are_kept_by_choice_only() {
        let all = Municipal { assumption: true, corpus_christi: true, peace_festival: true };
        for (day, land) in
            [("2026-08-15", Land::BY), ("2026-08-08", Land::BY), ("2026-06-04", Land::SN), ("2026-06-04", Land::TH)]
        {
            assert_eq!(on(date(day), land), None, "{day} {land:?}");
            assert!(on_with(date(day), land, all).is_some(), "{day} {land:?}");
        }
        assert_eq!(on_with(date("2026-08-15"), Land::BW, all), None);
        assert_eq!(on_with(date("2026-06-04"), Land::BE, all), None);
    }

    #[test]
    fn easter_is_that_of_the_almanacs() {
        for day in [
            "1818-03-22",
            "1943-04-25",
            "1961-04-02",
            "2000-04-23",
            "2008-03-23",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2031-04-13",
            "2038-04-25",
            "2285-03-22",
        ] {
            assert_eq!(easter(date(day).year()), Some(date(day)));
        }
    }

    #[test]
    fn two_holidays_on_one_day_are_one() {
        // Ascension Day fell on Labour Day.
        assert_eq!(on(date("2008-05-01"), Land::NW), Some(Holiday::LabourDay));
    }

    #[test]
    fn a_land_is_read_with_and_without_its_country() {
        for code in ["NW", "nw", "DE-NW", "de-nw", " nw "] {
            assert_eq!(Land::from_code(code), Some(Land::NW), "{code}");
        }
        for code in ["", "XX", "DE-", "NRW", "DE", "ÄÖ", "dé-nw"] {
            assert_eq!(Land::from_code(code), None, "{code}");
        }
        assert!(Land::ALL.into_iter().all(|land| Land::from_code(land.code()) == Some(land)));
    }

    #[test]
    fn weekends_and_holidays_are_no_working_days() {
        assert!(!is_working_day(date("2026-11-21"), None));
        assert!(is_working_day(date("2026-12-25"), None));
        assert!(!is_working_day(date("2026-12-25"), Some(Land::BE)));
        assert!(is_working_day(date("2026-12-24"), Some(Land::BE)));
    }
}
