//! Kinds of words: what the heads see beside the words themselves, so that "Bravo, wieder nichts" and "Prima, schon wieder kaputt"
//! look alike to them.
//!
//! Invariant: the lists belong to the shipped tables. A word added or taken away here means that the tables are trained anew.

use crate::locale::Lang;

/// Kind of a word; 0 is none.
pub type Kind = u8;

/// Folded words by kind, German.
const GERMAN: [(Kind, &str); 24] = [
    (
        1,
        "sie ihr du ihnen euch dir dich ihre ihren ihrem ihrer ihres euer eure euren eurem eurer dein deine deinen deinem deiner sies ihrs dus eier",
    ),
    (
        2,
        "ich wir mir mich uns mein meine meinen meinem meiner meins unser unsere unseren unserem unserer i mi mia mir's",
    ),
    (
        3,
        "nie niemals immer staendig dauernd jedes jedesmal andauernd permanent grundsaetzlich ewig ueberhaupt nirgends keiner keinerlei",
    ),
    (
        4,
        "nicht kein keine keinen keinem keiner nichts nix niemand niemanden niemandem ned net nid nie ohne weder null kaum",
    ),
    (
        5,
        "toll super prima klasse bravo grossartig wunderbar fantastisch herrlich perfekt spitze genial hervorragend respekt glueckwunsch gratuliere top schoen nett freundlich grandios fein sauber exzellent beeindruckend bewundernswert reizend entzueckend lustig interessant spannend praktisch clever schlau traumhaft leistung meisterleistung",
    ),
    (
        6,
        "kaputt falsch schlecht fehler problem defekt weg verloren verschwunden abgestuerzt ausgefallen tot leer doppelt umsonst vergeblich offline schief gesperrt geschlossen abgelehnt storniert verspaetet vergessen ignoriert unvollstaendig chaos stillstand ausfall stoerung",
    ),
    (
        7,
        "minute minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre jahren ewigkeit ewigkeiten uhr montag dienstag mittwoch donnerstag freitag samstag sonntag gestern vorgestern",
    ),
    (
        8,
        "firma unternehmen service support kundenservice kundendienst kundensupport hotline laden verein abteilung team konzern anbieter betrieb shop bank bude truppe sauladen saftladen haufen dienst kundenbetreuung abzocke",
    ),
    (
        9,
        "drucker rechner laptop server app software programm geraet router kabel akku update datei seite website system handy maschine datenbank cache skript build cluster leitung modem bildschirm tastatur maus passwort code skripte prozess",
    ),
    (
        10,
        "wirklich echt voellig total absolut komplett einfach sowas dermassen unglaublich unfassbar schlicht geradezu regelrecht wahrlich schlichtweg ernsthaft allen ernstes gefaelligst verdammt tatsaechlich",
    ),
    (
        11,
        "aha ach na natuerlich bestimmt sicher sicherlich offenbar offensichtlich anscheinend scheinbar wohl angeblich vermutlich selbstverstaendlich klar soso achso komisch erstaunlich",
    ),
    (12, "warum wieso weshalb wann wie wo was wer wofuer wozu woher"),
    (
        13,
        "anwalt rechtsanwalt anwaeltin polizei anzeige presse verbraucherzentrale gericht klage klagen verklagen kuendigen kuendigung konkurrenz bewertung rezension bundesnetzagentur schlichtungsstelle inkasso zurueckbuchen wechseln konsequenzen rechtlich rechtliche oeffentlich oeffentlichkeit schadensersatz bafin datenschutzbehoerde aufsicht stornieren strafanzeige betriebsrat abmahnung",
    ),
    (
        14,
        "danke dank dankeschoen bitte gern gerne freundlichen freundliche gruesse gruessen lg vg mfg lieben liebe hallo moin servus gruezi merci",
    ),
    (15, "sorry entschuldigung entschuldigen entschuldige verzeihung leid bedauern pardon missverstaendnis"),
    (
        16,
        "scheisse scheiss scheissladen mist dreck verdammt verdammte verdammter verfluchte kacke arsch verarscht verarschen bloed bloede bloeder bloedsinn idiot idioten depp deppen trottel kotzen kotzt beschissen beschissene schwachsinn schrott muell drecksladen drecks sau zum-kotzen fresse schnauze maul klappe oida gschissn gschissene huere verfickt verfickte pissen",
    ),
    (
        17,
        "er kunde kundin kunden kollege kollegin kollegen chef chefin anrufer nutzer nutzerin mieter techniker fahrer mitarbeiter mitarbeiterin herr frau jemand man leute user",
    ),
    (
        18,
        "muss muessen musst muesst soll sollen sollte sollten darf duerfen wollen will wollt willst kann koennen kannst koennt koennte koennten moechte moechten wuerde wuerden",
    ),
    (19, "wenn falls sonst ansonsten andernfalls spaetestens bevor solange sobald dann"),
    (
        20,
        "armselig frech frechheit unverschaemt unverschaemtheit zumutung laecherlich peinlich peinliche witz lachhaft erbaermlich inkompetent inkompetenz unfaehig unfaehigkeit dilettantisch schlamperei skandal skandaloes dreist dreistigkeit unprofessionell unzumutbar inakzeptabel untragbar unterirdisch katastrophe desaster amateure dilettanten luege luegen gelogen betrug betrueger abzocker farce armutszeugnis trauerspiel unding respektlos kindergarten zirkus theater lachnummer schande ausrede ausreden verschaukelt veralbern hinhalten abgespeist abgewimmelt vertroestet hingehalten",
    ),
    (
        21,
        "lesen gelesen zuhoeren verstehen verstanden kapieren kapiert begreifen begriffen denken nachdenken mitdenken aufpassen wissen lernen erklaeren erklaert hinschauen pruefen merken gemerkt deutsch hirn gehirn kopf grundlagen anfaenger",
    ),
    (
        22,
        "schuld verantwortlich verbockt versaut vergessen verpennt verschlampt vermasselt versemmelt versagt versagen verschlafen verzapft wegen ausbaden zustaendig zustaendigkeit problem fehler verschulden",
    ),
    (
        23,
        "endlich sofort jetzt unverzueglich umgehend augenblicklich schnell schneller dalli zackig heute morgen bald laengst schon seit noch wieder erneut nochmal mal zum",
    ),
    (
        24,
        "geantwortet antwort antworten gemeldet melden reagiert reaktion rueckmeldung rueckruf zurueckgerufen geliefert lieferung erledigt bearbeitet gekuemmert geloest loesung geholfen hilfe erreichbar erreicht angerufen geschrieben gewartet warte warten",
    ),
];

/// Folded words by kind, English.
const ENGLISH: [(Kind, &str); 24] = [
    (1, "you your yours yourself yourselves u ur you're youre you've you'd you'll y'all"),
    (2, "i we me us my our mine ours i'm i've i'd i'll we're we've we'd we'll im ive"),
    (
        3,
        "never always ever constantly every everyone everybody everything permanently forever whenever nobody none anything",
    ),
    (
        4,
        "not no nothing nobody none cannot can't cant don't dont doesn't doesnt didn't didnt won't wont isn't isnt aren't wasn't weren't couldn't wouldn't shouldn't haven't hasn't without nor neither zero hardly barely nope",
    ),
    (
        5,
        "great brilliant wonderful fantastic lovely amazing awesome perfect excellent superb nice good genius bravo congratulations congrats impressive marvellous marvelous splendid charming delightful stellar outstanding flawless kudos applause clever smart fascinating interesting helpful love glad thrilled top classy",
    ),
    (
        6,
        "broken wrong bad down failed fails failing crash crashed crashes missing lost gone dead empty late error errors bug bugs delayed cancelled canceled rejected closed ignored twice double outage issue problem worse unusable stuck",
    ),
    (
        7,
        "minute minutes hour hours day days week weeks month months year years decade century monday tuesday wednesday thursday friday saturday sunday yesterday ages",
    ),
    (
        8,
        "company firm support service team department helpdesk business bank shop store provider airline outfit organisation organization management staff hotline operation lot people guys folks",
    ),
    (
        9,
        "printer computer laptop server app software program device router cable battery update file page website site system phone machine database cache script build cluster line modem screen keyboard mouse password code process terminal job",
    ),
    (
        10,
        "really truly totally absolutely completely utterly simply literally seriously honestly actually frankly beyond so such quite very incredibly unbelievably damn bloody fucking freaking",
    ),
    (
        11,
        "oh ah aha sure obviously clearly apparently evidently supposedly surely presumably wow funny gosh well yeah right somehow magically",
    ),
    (12, "why when how what who where which whose"),
    (
        13,
        "lawyer lawyers solicitor attorney legal court sue suing police press media ombudsman regulator bbb chargeback cancel cancelling canceling leaving leave switch switching competitor competitors review reviews twitter trustpilot reddit report reporting complaint trading tribunal consequences public dispute fired job escalate manager supervisor hr",
    ),
    (14, "thanks thank thx please cheers kind kindly regards hi hello hey dear welcome appreciate appreciated ta pls"),
    (15, "sorry apologies apologise apologize apology pardon regret afraid mistake"),
    (
        16,
        "fuck fucking fucked fuckin shit shitty bullshit crap crappy ass arse asshole bastard bastards bitch bloody damn damned goddamn hell piss pissed wtf ffs stupid idiot idiots moron morons dumb sucks suck screw screwed bollocks wanker garbage trash rubbish junk stfu omfg",
    ),
    (
        17,
        "he she they him her them his their customer customers client clients user users caller colleague colleagues agent agents boss manager driver engineer technician someone somebody guy lady woman man",
    ),
    (18, "must should shall will would could can may might need have has had ought going gonna want wants expect"),
    (19, "if unless otherwise or else then before until till by once"),
    (
        20,
        "ridiculous pathetic disgraceful disgrace joke laughable unacceptable appalling shameful shambles farce incompetent incompetence useless clueless amateur amateurs amateurish unprofessional disgusting outrageous insulting scam scammers fraud liars lies lie lying thieves crooks clowns circus embarrassing embarrassment absurd insane rude arrogant lazy nonsense excuses excuse mockery atrocious abysmal worst hopeless inept ripoff",
    ),
    (
        21,
        "read reading listen understand understood think brain learn learned basic basics basically simple attention grasp comprehend explain english obvious school job literacy eyes notice figure know",
    ),
    (
        22,
        "fault blame responsible because ruined wasted broke messed forgot ignored lied failed cost caused dropped wasting ignoring",
    ),
    (
        23,
        "now immediately finally today tomorrow asap already still again yet soon instantly right urgent quickly since another",
    ),
    (
        24,
        "answer answered answering reply replied respond response call called fix fixed solve solved help helped refund refunded deliver delivered delivery contact contacted wait waiting waited email emails ticket tickets message messages",
    ),
];

/// Looks a word's kind up by the hash of the word.
#[derive(Debug)]
pub struct Kinds {
    slots: Vec<(u32, Kind)>,
}

/// Slots of the open table: about a quarter is taken.
const SLOTS: usize = 4096;

impl Kinds {
    /// The kinds of one language, keyed by `hash`.
    pub fn new(lang: Lang, hash: impl Fn(&[u8]) -> u32) -> Self {
        let mut slots = vec![(0, 0); SLOTS];
        let lists = match lang {
            Lang::De => &GERMAN,
            Lang::En => &ENGLISH,
        };
        for (kind, words) in lists {
            for word in words.split(' ') {
                let key = hash(word.as_bytes());
                let mut at = key as usize % SLOTS;
                while slots[at].1 != 0 && slots[at].0 != key {
                    at = (at + 1) % SLOTS;
                }
                // The last list a word stands in wins: the later kinds are the rarer ones.
                slots[at] = (key, *kind);
            }
        }
        Self { slots }
    }

    /// The kind of the word with this hash, 0 for none.
    pub fn of(&self, hash: u32) -> Kind {
        let mut at = hash as usize % SLOTS;
        loop {
            let (key, kind) = self.slots[at];
            if kind == 0 || key == hash {
                return kind;
            }
            at = (at + 1) % SLOTS;
        }
    }
}
