//! The demonstration behind `ruhepol sandbox --demo`: a few minutes of a support team's day, played in a few seconds.
//!
//! People act through the loopback Discord exactly as on its page; the bot does not know that it is being shown.

use std::time::Duration;

use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::locale::Lang;
use crate::sandbox::{Answer, Discord};

/// Real time for the bot to come online, and for what it posts to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two steps, so that a watcher can follow.
const BEAT: Duration = Duration::from_millis(700);
/// Real time for a morning's overview; it does not come on a holiday.
const SUNRISE: Duration = Duration::from_secs(5);
/// Holidays in a row that are waited for.
const DAYS_OFF: usize = 5;

/// What people say, in one language.
struct Lines {
    locale: &'static str,
    customer: [&'static str; 2],
    title: &'static str,
    claim: &'static str,
    note: &'static str,
    draft: &'static str,
    calm: &'static str,
    promise: &'static str,
    when: &'static str,
    due: &'static str,
    done: &'static str,
    morning: &'static str,
    erase: &'static str,
    erased: &'static str,
}

const GERMAN: Lines = Lines {
    locale: "de",
    customer: [
        "Guten Tag, die Rechnung 4711 wurde zweimal abgebucht.",
        "Das ist jetzt das dritte Mal, ich hätte gern mein Geld zurück.",
    ],
    title: "Rechnung 4711 doppelt abgebucht",
    claim: "Übernehmen",
    note: "Zweite Buchung vom 14. gefunden, Erstattung ist bei der Buchhaltung angefragt.",
    draft: "Guten Tag Kim. Sie haben uns den Beleg schon wieder nicht geschickt. Ohne ihn geht es nicht weiter.",
    calm: "Guten Tag Kim, das ist ärgerlich, und es tut mir leid. Die doppelte Abbuchung habe ich gefunden; ich melde mich heute mit dem Stand der Erstattung.",
    promise: "Kim den Stand der Erstattung sagen",
    when: "in 20 Minuten",
    due: "jetzt ist dran",
    done: "Erledigt",
    morning: "So steht es heute im Team",
    erase: "Löschen",
    erased: "Gelöscht.",
};

const ENGLISH: Lines = Lines {
    locale: "en-GB",
    customer: [
        "Hello, invoice 4711 was charged twice.",
        "This is the third time now, I would like my money back please.",
    ],
    title: "Invoice 4711 charged twice",
    claim: "Claim",
    note: "Found the second booking of the 14th; the refund is with accounting.",
    draft: "Hello Kim. This is entirely your fault. We still need the receipt.",
    calm: "Hello Kim, that is annoying, and I am sorry. I have found the double charge and will get back to you today about the refund.",
    promise: "Tell Kim where the refund stands",
    when: "in 20 minutes",
    due: "it is time",
    done: "Done",
    morning: "This is how the team stands today",
    erase: "Erase",
    erased: "Erased.",
};

/// Plays it; the error says which step did not show what it should.
pub async fn play(discord: &Discord, lang: Lang) -> Result<(), String> {
    let lines = match lang {
        Lang::De => GERMAN,
        Lang::En => ENGLISH,
    };
    let stage = Stage { discord, lines };
    let ready = |discord: &Discord| discord.bot_online() && !discord.commands().is_empty();
    if !discord.until(ready, PATIENCE).await {
        return Err("the bot did not come online".to_owned());
    }
    stage.set_up(lang).await?;
    let (thread, card) = stage.open_case().await?;
    stage.work_on(thread, &card).await?;
    stage.write_calmly().await?;
    stage.keep_a_promise(thread).await?;
    stage.look_ahead().await?;
    stage.erase().await
}

struct Stage<'a> {
    discord: &'a Discord,
    lines: Lines,
}

impl Stage<'_> {
    fn user(&self, name: &str) -> u64 {
        self.discord.world().user(name)
    }

    fn channel(&self, name: &str) -> u64 {
        self.discord.world().channel(name)
    }

    async fn slash(&self, user: &str, channel: u64, name: &str, options: Value) -> Result<Answer, String> {
        tokio::time::sleep(BEAT).await;
        let answer = self.discord.command(self.user(user), self.lines.locale, channel, name, options, None).await;
        match answer.reason {
            Some(reason) => Err(format!("/{name}: {reason}")),
            None => Ok(answer),
        }
    }

    async fn set_up(&self, lang: Lang) -> Result<(), String> {
        let world = self.discord.world();
        let options = json!([
            { "name": "agent_role", "value": world.role("Team").to_string() },
            { "name": "lead_role", "value": world.role("Leitung").to_string() },
            { "name": "case_channel", "value": world.channel("fälle").to_string() },
            { "name": "alert_channel", "value": world.channel("leitung").to_string() },
            { "name": "language", "value": lang.code() },
            { "name": "land", "value": "NW" },
        ]);
        self.slash("Admin", self.channel("fälle"), "setup", options).await.map(drop)
    }

    /// A customer writes; an agent opens a case from the message. Gives the case's thread and its card.
    async fn open_case(&self) -> Result<(u64, Value), String> {
        let (support, cases) = (self.channel("support"), self.channel("fälle"));
        let before = self.discord.threads(cases).len();
        let message = self.discord.say(self.user("Kim"), support, self.lines.customer[0]).await;
        tokio::time::sleep(BEAT).await;
        self.discord.say(self.user("Kim"), support, self.lines.customer[1]).await;
        tokio::time::sleep(BEAT).await;
        let (anna, locale) = (self.user("Anna"), self.lines.locale);
        let form = self.discord.command(anna, locale, support, "Open case", Value::Null, Some(message)).await;
        let modal = form.modal.ok_or("no form to open a case with")?;
        tokio::time::sleep(BEAT).await;
        self.discord.submit(anna, locale, support, &modal, &[("title", self.lines.title)]).await;
        let newest = |discord: &Discord| {
            let threads = discord.threads(cases);
            let newest = threads.iter().filter_map(|thread| id(&thread["id"])).max()?;
            let card = discord.messages(newest).into_iter().next()?;
            (threads.len() > before).then_some((newest, card))
        };
        self.discord.until(|discord| newest(discord).is_some(), PATIENCE).await;
        newest(self.discord).ok_or_else(|| "the case's card did not appear".to_owned())
    }

    async fn work_on(&self, thread: u64, card: &Value) -> Result<(), String> {
        tokio::time::sleep(BEAT).await;
        self.press("Anna", thread, card, self.lines.claim).await?;
        let changes = json!([{ "name": "update", "type": 1, "options": [
            { "name": "priority", "value": "high" }, { "name": "mood", "value": 2 }, { "name": "cause", "value": "quality" }
        ] }]);
        self.slash("Anna", thread, "case", changes).await?;
        let note = json!([{ "name": "note", "type": 1, "options": [{ "name": "text", "value": self.lines.note }] }]);
        self.slash("Anna", thread, "case", note).await.map(drop)
    }

    /// The first draft is looked at; what is sent is the calmer one.
    async fn write_calmly(&self) -> Result<(), String> {
        let support = self.channel("support");
        let form = self.slash("Anna", support, "draft", Value::Null).await?;
        let modal = form.modal.ok_or("no form for the draft")?;
        tokio::time::sleep(BEAT).await;
        let (anna, locale) = (self.user("Anna"), self.lines.locale);
        self.discord.submit(anna, locale, support, &modal, &[("draft", self.lines.draft)]).await;
        tokio::time::sleep(BEAT).await;
        self.discord.say(anna, support, self.lines.calm).await;
        Ok(())
    }

    /// A promise is made, twenty minutes pass, the reminder comes and is answered.
    async fn keep_a_promise(&self, thread: u64) -> Result<(), String> {
        let promise = json!([{ "name": "add", "type": 1, "options": [
            { "name": "what", "value": self.lines.promise }, { "name": "when", "value": self.lines.when }
        ] }]);
        self.slash("Anna", thread, "followup", promise).await?;
        for _ in 0..4 {
            tokio::time::sleep(BEAT).await;
            self.discord.advance(Duration::from_mins(5));
        }
        let due = self.lines.due;
        let reminder = |discord: &Discord| {
            let messages = discord.messages(thread);
            messages.into_iter().find(|message| message["content"].as_str().is_some_and(|text| text.contains(due)))
        };
        self.discord.until(|discord| reminder(discord).is_some(), PATIENCE).await;
        let reminder = reminder(self.discord).ok_or("the reminder did not come")?;
        tokio::time::sleep(BEAT).await;
        self.press("Anna", thread, &reminder, self.lines.done).await
    }

    /// The lead looks at the team's numbers; with the next working day comes the overview.
    async fn look_ahead(&self) -> Result<(), String> {
        let range = json!([{ "name": "range", "value": "day" }]);
        self.slash("Clara", self.channel("leitung"), "report", range).await?;
        let (cases, morning) = (self.channel("fälle"), self.lines.morning);
        let overview = |discord: &Discord| {
            let messages = discord.messages(cases);
            messages.iter().any(|message| message["content"].as_str().is_some_and(|text| text.contains(morning)))
        };
        for _ in 0..DAYS_OFF {
            tokio::time::sleep(BEAT).await;
            self.discord.clock().set(next_morning(self.discord.clock().now())?);
            self.discord.advance(Duration::ZERO);
            if self.discord.until(overview, SUNRISE).await {
                return Ok(());
            }
        }
        Err("no morning's overview came".to_owned())
    }

    /// The customer sees what is kept about them, and has it erased.
    async fn erase(&self) -> Result<(), String> {
        let support = self.channel("support");
        for name in ["show", "erase"] {
            let words = json!([{ "name": name, "type": 1, "options": [] }]);
            self.slash("Kim", support, "privacy", words).await?;
        }
        let kim = self.user("Kim");
        let question =
            self.discord.ephemerals(kim).into_iter().rfind(|message| button(message, self.lines.erase).is_some());
        tokio::time::sleep(BEAT).await;
        self.press("Kim", support, &question.ok_or("no question before erasing")?, self.lines.erase).await?;
        let erased = |discord: &Discord| {
            let told = discord.ephemerals(kim);
            told.iter().any(|message| message["content"].as_str().is_some_and(|text| text.contains(self.lines.erased)))
        };
        let done = self.discord.until(erased, PATIENCE).await;
        if done { Ok(()) } else { Err("nothing was erased".to_owned()) }
    }

    async fn press(&self, user: &str, channel: u64, message: &Value, label: &str) -> Result<(), String> {
        let button = button(message, label).ok_or_else(|| format!("no button {label}"))?;
        let custom_id = button["custom_id"].as_str().unwrap_or_default();
        let message = id(&message["id"]).ok_or("a message without id")?;
        self.discord.press(self.user(user), self.lines.locale, channel, message, custom_id, &[]).await;
        Ok(())
    }
}

fn button<'m>(message: &'m Value, label: &str) -> Option<&'m Value> {
    let rows = message["components"].as_array().into_iter().flatten();
    let mut buttons = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    buttons.find(|button| button["label"] == label)
}

/// Nine o'clock of the next day in the seeded team's zone; of the next Monday on a Friday or Saturday.
fn next_morning(now: Timestamp) -> Result<Timestamp, String> {
    let told = |error: jiff::Error| error.to_string();
    let today = now.in_tz("Europe/Berlin").map_err(told)?;
    let days = match today.weekday() {
        Weekday::Friday => 3,
        Weekday::Saturday => 2,
        _ => 1,
    };
    let morning = today.date().checked_add(days.days()).map_err(told)?.at(9, 0, 0, 0);
    Ok(morning.in_tz("Europe/Berlin").map_err(told)?.timestamp())
}

fn id(value: &Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_a_working_days_in_summer_and_winter() {
        let after = |now: &str| next_morning(now.parse().unwrap()).unwrap().to_string();
        assert_eq!(after("2026-11-22T01:00:00Z"), "2026-11-23T08:00:00Z", "a Sunday");
        assert_eq!(after("2026-11-27T22:59:00Z"), "2026-11-30T08:00:00Z", "a Friday in Berlin");
        assert_eq!(after("2026-11-27T23:01:00Z"), "2026-11-30T08:00:00Z", "a Saturday in Berlin");
        assert_eq!(after("2026-07-14T05:00:00Z"), "2026-07-15T07:00:00Z", "summer time");
    }
}
