//! Which of the two languages a message is in: a vote of small words and umlauts.
//!
//! Only a gate: a message that nobody votes for is read with both rule sets.

use crate::locale::Lang;

/// Words read before the vote is counted; a message's language shows early.
const WORDS: usize = 60;

/// The language with more votes; `None` when the text says neither.
pub fn vote(text: &str, folded: &[u8]) -> Option<Lang> {
    let mut german = 0i32;
    let mut english = 0i32;
    for word in folded.split(|b| !b.is_ascii_lowercase() && *b != b'\'').filter(|w| !w.is_empty()).take(WORDS) {
        if word.len() <= 9 {
            let (de, en) = ballot(word);
            german += de;
            english += en;
        }
        if word.len() >= 5 {
            german += i32::from(word.starts_with(b"ge") && word.ends_with(b"t")) + i32::from(word.ends_with(b"ung"));
            english += i32::from(word.ends_with(b"ing")) + i32::from(word.ends_with(b"tion") && word.len() < 9);
        }
    }
    german +=
        text.chars().take(1_000).filter(|c| matches!(c, 'ä' | 'ö' | 'ü' | 'ß' | 'Ä' | 'Ö' | 'Ü' | '„')).count().min(3)
            as i32
            * 2;
    match german.cmp(&english) {
        std::cmp::Ordering::Greater => Some(Lang::De),
        std::cmp::Ordering::Less => Some(Lang::En),
        std::cmp::Ordering::Equal => None,
    }
}

/// Votes of one word: (German, English). Words of both languages (`die`, `war`, `was`, `so`, `in`, `hat`) have none or few.
fn ballot(word: &[u8]) -> (i32, i32) {
    match word {
        b"ich" | b"nicht" | b"und" | b"ist" | b"das" | b"der" | b"sie" | b"wir" | b"ihr" | b"auf" | b"auch"
        | b"mit" | b"ein" | b"eine" | b"einen" | b"einem" | b"einer" | b"fuer" | b"von" | b"dem" | b"den" | b"zu"
        | b"bei" | b"wie" | b"aber" | b"oder" | b"noch" | b"schon" | b"haben" | b"habe" | b"sind" | b"wird"
        | b"wurde" | b"kann" | b"koennen" | b"bitte" | b"danke" | b"nur" | b"mal" | b"dass" | b"wenn" | b"warum"
        | b"wieso" | b"jetzt" | b"immer" | b"nie" | b"mir" | b"mich" | b"dir" | b"dich" | b"euch" | b"uns"
        | b"kein" | b"keine" | b"hallo" | b"seit" | b"bis" | b"nach" | b"vom" | b"zum" | b"zur" | b"ihnen"
        | b"ihre" | b"euer" | b"doch" | b"ja" | b"nein" | b"heute" | b"morgen" | b"sehr" | b"sein" | b"bin" | b"du"
        | b"es" | b"er" | b"hier" | b"dann" | b"mehr" | b"als" | b"leute" | b"oida" | b"halt" | b"echt"
        | b"endlich" | b"sofort" | b"gut" | b"vielen" | b"dank" | b"moin" | b"servus" | b"gruezi" | b"isch"
        | b"nid" | b"ned" | b"net" | b"nix" | b"hab" | b"wieder" | b"alle" | b"alles" | b"ganz" | b"aus" | b"ueber"
        | b"durch" | b"keiner" | b"niemand" | b"diese" | b"dieser" | b"dieses" | b"diesen" | b"meine" | b"mein"
        | b"meinen" | b"na" | b"toll" | b"ob" | b"eure" | b"deine" | b"dein" | b"ihren" | b"ihrem" | b"ach"
        | b"sonst" | b"macht" | b"mach" | b"geht" | b"weiss" | b"bravo" | b"prima" | b"klasse" | b"frechheit"
        | b"verdammt" | b"verdammte" | b"scheiss" | b"scheisse" | b"mist" | b"saftladen" | b"unfaehig"
        | b"peinlich" | b"gefaelligst" | b"wollen" | b"soll" | b"muss" | b"hatte" | b"sich" | b"dort" | b"viel"
        | b"neue" | b"unter" => (2, 0),
        b"die" | b"im" | b"am" | b"was" | b"war" | b"hat" | b"so" | b"da" | b"des" | b"an" => (1, 0),
        b"the" | b"you" | b"your" | b"and" | b"are" | b"is" | b"not" | b"this" | b"that" | b"with" | b"for"
        | b"have" | b"has" | b"to" | b"of" | b"it" | b"my" | b"we" | b"our" | b"they" | b"their" | b"what" | b"why"
        | b"how" | b"when" | b"can" | b"could" | b"would" | b"should" | b"please" | b"thanks" | b"thank" | b"been"
        | b"be" | b"on" | b"but" | b"or" | b"if" | b"no" | b"yes" | b"now" | b"just" | b"still" | b"again"
        | b"never" | b"always" | b"i'm" | b"don't" | b"it's" | b"can't" | b"didn't" | b"won't" | b"isn't"
        | b"you're" | b"i've" | b"i'll" | b"there" | b"here" | b"from" | b"at" | b"as" | b"by" | b"me" | b"us"
        | b"them" | b"she" | b"any" | b"every" | b"these" | b"those" | b"dont" | b"cant" | b"youre" | b"guys"
        | b"people" | b"get" | b"got" | b"who" | b"which" | b"were" | b"does" | b"did" | b"had" | b"about" | b"out"
        | b"up" | b"only" | b"than" | b"then" | b"into" | b"very" | b"great" | b"nice" | b"some" | b"will" | b"do"
        | b"all" | b"its" | b"let's" | b"lets" | b"that's" | b"thats" | b"you've" | b"go" | b"off" | b"damn"
        | b"good" | b"work" | b"everyone" | b"nobody" | b"anyone" | b"bloody" | b"stupid" | b"useless"
        | b"brilliant" | b"back" | b"ever" | b"really" | b"sorry" | b"okay" | b"well" | b"what's" | b"i'd"
        | b"he's" | b"wasn't" | b"doesn't" | b"money" | b"waste" | b"shame" | b"joke" | b"fuck" | b"fucking"
        | b"shit" | b"where" | b"his" | b"her" | b"he" => (0, 2),
        b"a" | b"i" | b"u" | b"ur" => (0, 1),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::fold::fold;

    fn of(text: &str) -> Option<Lang> {
        vote(text, &fold(text).bytes)
    }

    #[test]
    fn small_words_decide() {
        assert_eq!(of("Die Leitung war die ganze Zeit besetzt"), Some(Lang::De));
        assert_eq!(of("the line was busy and nobody called"), Some(Lang::En));
        assert_eq!(of("was soll das"), Some(Lang::De));
        assert_eq!(of("🎉🎉"), None);
        assert_eq!(of("Unverschämt"), Some(Lang::De));
    }
}
