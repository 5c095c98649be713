//! Finding cases by words and by number: newest first, no ranking, bounded work however many cases there are.
//!
//! How: the rarest word of the question leads through the index of words, newest case first; the other words are
//! checked on the row of each case it leads to. A beginning of a word leads through the words it begins, after a look
//! at the newest cases, which is enough where it begins common ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::super::conn::{Conn, sql};
use super::super::error::StoreError;
use super::super::search::QueryWord;
use super::list::{CaseLine, LineRow, lines};

use crate::id::GuildId;

/// Words of a question that are looked at; of a longer one the longest words.
const MAX_WORDS: usize = 8;
/// How far the cases of a word are counted to find the rarest.
const COUNTED: i64 = 4_096;
/// Words that one beginning is followed to. Where it begins more, older cases with the others are not found: type more.
const BEGUN: i64 = 24;
/// Words that may lead together where there are other words to choose from.
const TOGETHER: usize = 8;
/// Newest cases that are looked through for a beginning.
const NEWEST: i64 = 1_000;

/// Ways to meet one condition: four forms of a word and a beginning.
const PATTERNS: usize = 5;

/// One condition: the case has one of these words, or a word that begins so.
struct Wanted<'a> {
    forms: &'a [String],
    beginning: Option<&'a str>,
}

impl Wanted<'_> {
    /// Exactly [`PATTERNS`] patterns for the column of words; where there are fewer, the first stands for the missing.
    fn patterns(&self) -> Vec<String> {
        let mut patterns: Vec<String> = self.forms.iter().map(|form| format!("% {form} %")).collect();
        patterns.truncate(PATTERNS - 1);
        if let Some(beginning) = self.beginning {
            patterns.push(format!("% {beginning}%"));
        }
        let first = patterns.first().cloned().unwrap_or_default();
        patterns.resize(PATTERNS, first);
        patterns
    }
}

/// Statement texts by the number of conditions checked on each row; they differ in nothing else.
static FOLLOW: LazyLock<Vec<String>> = LazyLock::new(|| {
    texts(lines!(
        "from case_word w cross join case_file c
         where w.guild_id = $1 and w.word = $2 and c.guild_id = $1 and c.number = w.case_number"
    ))
});
static LOOK: LazyLock<Vec<String>> = LazyLock::new(|| {
    texts(lines!(
        "from (select * from case_file n where n.guild_id = $1 order by n.number desc limit $2) c
         where c.guild_id = $1"
    ))
});

fn texts(start: &str) -> Vec<String> {
    (0..=MAX_WORDS)
        .map(|conditions| {
            let mut text = start.to_owned();
            for first in (0..conditions).map(|condition| 4 + condition * PATTERNS) {
                let any: Vec<String> = (first..first + PATTERNS).map(|n| format!("c.words like ${n}")).collect();
                write!(text, " and ({})", any.join(" or ")).expect("writing to a string cannot fail");
            }
            text + " order by c.number desc limit $3"
        })
        .collect()
}

/// The team's newest cases that have every word of the question; the last word may be the beginning of one.
pub async fn find(c: &mut Conn, guild: GuildId, words: &[QueryWord], limit: u32) -> Result<Vec<CaseLine>, StoreError> {
    let mut wanted: Vec<Wanted<'_>> = words.iter().map(|word| Wanted { forms: &word.forms, beginning: None }).collect();
    let Some(last) = words.last() else {
        return Ok(Vec::new());
    };
    if let Some(last_wanted) = wanted.last_mut() {
        last_wanted.beginning = Some(&last.typed);
    }
    if wanted.len() > MAX_WORDS {
        wanted.sort_by_key(|word| std::cmp::Reverse(word.forms.iter().map(String::len).max()));
        wanted.truncate(MAX_WORDS);
    }

    let mut leader: Option<(usize, i64, Vec<String>)> = None;
    for index in 0..wanted.len() {
        let leading = leading_words(c, guild, &wanted[index]).await?;
        let cases = match leading.len() {
            _ if wanted.len() == 1 => 0,
            0..=TOGETHER => count(c, guild, &leading).await?,
            _ => i64::MAX,
        };
        if leader.as_ref().is_none_or(|(_, least, _)| cases < *least) {
            leader = Some((index, cases, leading));
        }
    }
    let Some((index, _, leading)) = leader else { return Ok(Vec::new()) };
    let mut found = BTreeMap::new();
    if leading.len() > TOGETHER {
        look_through_newest(c, guild, &wanted, limit, &mut found).await?;
        if found.len() >= limit as usize {
            return Ok(newest_of(found, limit));
        }
    }
    wanted.swap_remove(index);
    for word in &leading {
        follow(c, guild, word, &wanted, limit, &mut found).await?;
    }
    Ok(newest_of(found, limit))
}

/// What to offer while somebody types a case: the number itself, numbers that begin so, then cases with the words;
/// with nothing typed, the newest active ones.
pub async fn suggest(
    c: &mut Conn,
    guild: GuildId,
    typed_number: Option<i64>,
    words: &[QueryWord],
    limit: u32,
) -> Result<Vec<CaseLine>, StoreError> {
    const ACTIVE: &str =
        lines!("from case_file c where c.guild_id = $1 and c.active = 1 order by c.number desc limit $2");
    if typed_number.is_none() && words.is_empty() {
        let rows = sql!(fetch_all LineRow, c, ACTIVE, guild.db(), i64::from(limit))?;
        return rows.into_iter().map(LineRow::read).collect();
    }
    let mut offered = match typed_number {
        Some(number) => numbered(c, guild, number, limit).await?,
        None => Vec::new(),
    };
    if offered.len() < limit as usize && !words.is_empty() {
        for line in find(c, guild, words, limit).await? {
            if offered.len() < limit as usize && offered.iter().all(|known| known.number != line.number) {
                offered.push(line);
            }
        }
    }
    Ok(offered)
}

/// The case with this number, then those whose number begins with it, newest first.
async fn numbered(c: &mut Conn, guild: GuildId, typed: i64, limit: u32) -> Result<Vec<CaseLine>, StoreError> {
    const NEWEST: &str = "select last_number from guild where guild_id = $1";
    const RANGE: &str =
        lines!("from case_file c where c.guild_id = $1 and c.number between $2 and $3 order by c.number desc limit $4");
    let newest = sql!(fetch_optional(i64,), c, NEWEST, guild.db())?.map_or(0, |(number,)| number);
    let mut ranges = Vec::new();
    let (mut low, mut high) = (typed, typed);
    while low >= 1 && low <= newest {
        ranges.push((low, high));
        low = low.saturating_mul(10);
        high = high.saturating_mul(10).saturating_add(9);
    }
    // The exact number first, then the longest numbers: they are the newest.
    if let Some((_, longer)) = ranges.split_first_mut() {
        longer.reverse();
    }
    let mut offered = Vec::new();
    for (low, high) in ranges {
        let room = i64::from(limit) - offered.len() as i64;
        if room > 0 {
            for row in sql!(fetch_all LineRow, c, RANGE, guild.db(), low, high, room)? {
                offered.push(row.read()?);
            }
        }
    }
    Ok(offered)
}

/// The words of the index that meet a condition; of a beginning the first [`BEGUN`].
async fn leading_words(c: &mut Conn, guild: GuildId, wanted: &Wanted<'_>) -> Result<Vec<String>, StoreError> {
    // Hops from word to word through the index, however many cases each of them has.
    const BEGUN_WORDS: &str = "with recursive begun (word, place) as (
            select (select w.word from case_word w where w.guild_id = $1 and w.word >= $2 order by w.word limit 1), 1
            union all
            select (select w.word from case_word w
                    where w.guild_id = $1 and w.word > begun.word order by w.word limit 1),
                begun.place + 1
            from begun where begun.word < $3 and begun.place < $4
        )
        select word from begun where word < $3";
    let mut leading = wanted.forms.to_vec();
    let Some(beginning) = wanted.beginning else { return Ok(leading) };
    let end = format!("{beginning}\u{10ffff}");
    for (word,) in sql!(fetch_all(String,), c, BEGUN_WORDS, guild.db(), beginning, end.as_str(), BEGUN)? {
        if !leading.contains(&word) {
            leading.push(word);
        }
    }
    Ok(leading)
}

/// How many cases the words lead to, counted no further than is needed to compare.
async fn count(c: &mut Conn, guild: GuildId, words: &[String]) -> Result<i64, StoreError> {
    const TEXT: &str = "select count(*) from
        (select 1 as one from case_word where guild_id = $1 and word = $2 limit $3) as counted";
    let mut sum = 0;
    for word in words {
        if sum >= COUNTED {
            break;
        }
        let (count,) = sql!(fetch_one(i64,), c, TEXT, guild.db(), word.as_str(), COUNTED)?;
        sum += count;
    }
    Ok(sum)
}

/// Follows one word through the index, keeping the newest cases that meet the other conditions.
async fn follow(
    c: &mut Conn,
    guild: GuildId,
    word: &str,
    others: &[Wanted<'_>],
    limit: u32,
    found: &mut BTreeMap<i64, CaseLine>,
) -> Result<(), StoreError> {
    let patterns: Vec<String> = others.iter().flat_map(Wanted::patterns).collect();
    let text: &'static str = &FOLLOW[others.len()];
    let rows = sql!(fetch_all LineRow, c, text, guild.db(), word, i64::from(limit); each &patterns)?;
    keep(rows, found)
}

/// Looks through the newest cases only. If these are enough, they are the right ones.
async fn look_through_newest(
    c: &mut Conn,
    guild: GuildId,
    wanted: &[Wanted<'_>],
    limit: u32,
    found: &mut BTreeMap<i64, CaseLine>,
) -> Result<(), StoreError> {
    let patterns: Vec<String> = wanted.iter().flat_map(Wanted::patterns).collect();
    let text: &'static str = &LOOK[wanted.len()];
    let rows = sql!(fetch_all LineRow, c, text, guild.db(), NEWEST, i64::from(limit); each &patterns)?;
    keep(rows, found)
}

fn keep(rows: Vec<LineRow>, found: &mut BTreeMap<i64, CaseLine>) -> Result<(), StoreError> {
    for row in rows {
        let line = row.read()?;
        found.insert(line.number.0, line);
    }
    Ok(())
}

fn newest_of(found: BTreeMap<i64, CaseLine>, limit: u32) -> Vec<CaseLine> {
    found.into_values().rev().take(limit as usize).collect()
}
