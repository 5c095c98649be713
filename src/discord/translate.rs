//! serenity's model → our [`Wish`]. Pure: nothing is looked up, nothing is decided beyond what was typed.
//!
//! Anything that is not what this version registered is [`Refused::Stale`] or [`Refused::NoSuchChoice`], never a panic.

use serenity::model::application::{
    ActionRowComponent, CommandData, CommandDataOption, CommandDataOptionValue as Value, CommandDataResolved,
    CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, ModalInteraction,
};
use serenity::model::channel::{ChannelType, PartialChannel};
use serenity::model::guild::Member;
use serenity::model::permissions::Permissions;

use super::commands::{MOST_DAYS, MOST_HOURS};
use super::reading;
use crate::case::{CaseNumber, Cause, Changes, CustomerType, MAX_TITLE, Priority, Source, Status, Via, View, clip};
use crate::desk::{
    AddFollowUp, Caller, CaseRef, Form, OpenCase, Person, PrivacyWish, ProfileWish, Promised, Refused, Scope,
    SetupWish, Wish,
};
use crate::desk::{ListFollowUps, PromiseRef, To};
use crate::follow_up::{FollowUpId, Municipal};
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::locale::Lang;
use crate::report::Range;
use crate::view::REOPEN;
use crate::view::custom_id::{Action, Promise, PromiseView, category_named};

/// What can be wished, or why this cannot.
type Translated = Result<Wish, Refused>;

/// The parts of an interaction that say who wants something and where.
pub(super) struct Origin<'a> {
    pub user: u64,
    pub guild: Option<u64>,
    pub member: Option<&'a Member>,
    pub channel_id: u64,
    pub channel: Option<&'a PartialChannel>,
    pub locale: &'a str,
}

macro_rules! origin {
    ($interaction:expr, $member:expr) => {
        Origin {
            user: $interaction.user.id.get(),
            guild: $interaction.guild_id.map(|id| id.get()),
            member: $member,
            channel_id: $interaction.channel_id.get(),
            channel: $interaction.channel.as_ref(),
            locale: &$interaction.locale,
        }
    };
}

pub(super) fn caller_of_command(i: &CommandInteraction) -> Caller {
    caller(&origin!(i, i.member.as_deref()))
}

pub(super) fn caller_of_component(i: &ComponentInteraction) -> Caller {
    let channel = i.channel.as_ref();
    let origin = Origin {
        user: i.user.id.get(),
        guild: i.guild_id.map(serenity::model::id::GuildId::get),
        member: i.member.as_ref(),
        channel_id: i.channel_id.get(),
        channel,
        locale: &i.locale,
    };
    caller(&origin)
}

pub(super) fn caller_of_modal(i: &ModalInteraction) -> Caller {
    caller(&origin!(i, i.member.as_ref()))
}

fn caller(origin: &Origin<'_>) -> Caller {
    let permissions = origin.member.and_then(|member| member.permissions).unwrap_or_default();
    let thread = origin.channel.filter(|channel| is_thread(channel.kind));
    Caller {
        user: UserId(origin.user),
        guild: origin.guild.map(GuildId),
        roles: origin.member.map(|m| m.roles.iter().map(|role| RoleId(role.get())).collect()).unwrap_or_default(),
        manages: manages(permissions),
        channel: ChannelId(origin.channel_id),
        parent: thread.and_then(|thread| thread.parent_id).map(|id| ChannelId(id.get())),
        lang: Lang::from_discord(origin.locale),
        pressed: None,
    }
}

fn manages(permissions: Permissions) -> bool {
    permissions.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR)
}

const fn is_thread(kind: ChannelType) -> bool {
    matches!(kind, ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread)
}

/// The options of a command, read by name.
struct Options<'a> {
    data: &'a CommandData,
    list: &'a [CommandDataOption],
}

impl Options<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.list.iter().find(|option| option.name == name).map(|option| &option.value)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) | Value::Autocomplete { value: text, .. } => Some(text.clone()),
            _ => None,
        }
    }

    /// A named value out of a closed set.
    fn one_of<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refused> {
        let Some(text) = self.text(name) else { return Ok(None) };
        read(&text).map(Some).ok_or(Refused::NoSuchChoice(text))
    }

    /// Text that is not empty.
    fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|typed| !typed.trim().is_empty())
    }

    fn promise(&self) -> PromiseRef {
        self.filled("followup").map_or(PromiseRef::Here, PromiseRef::Typed)
    }

    fn case(&self) -> CaseRef {
        self.text("case").filter(|typed| !typed.trim().is_empty()).map_or(CaseRef::Here, CaseRef::Typed)
    }

    fn person(&self, name: &str) -> Option<Person> {
        let Some(Value::User(id)) = self.get(name) else { return None };
        Some(person(*id, &self.data.resolved))
    }

    fn role(&self, name: &str) -> Option<RoleId> {
        match self.get(name)? {
            Value::Role(id) => Some(RoleId(id.get())),
            _ => None,
        }
    }

    fn channel(&self, name: &str) -> Option<ChannelId> {
        match self.get(name)? {
            Value::Channel(id) => Some(ChannelId(id.get())),
            _ => None,
        }
    }

    fn number(&self, name: &str, most: u16) -> Result<Option<u16>, Refused> {
        let Some(Value::Integer(typed)) = self.get(name) else { return Ok(None) };
        let fits = u16::try_from(*typed).ok().filter(|number| *number <= most);
        fits.map(Some).ok_or_else(|| Refused::NoSuchChoice(typed.to_string()))
    }

    fn mood(&self) -> Result<Option<u8>, Refused> {
        match self.get("mood") {
            None => Ok(None),
            Some(Value::Integer(mood)) => {
                u8::try_from(*mood).map(Some).map_err(|_| Refused::NoSuchChoice(mood.to_string()))
            }
            Some(_) => Err(Refused::Stale),
        }
    }
}

/// Somebody named, with what Discord says of them here.
fn person(id: serenity::model::id::UserId, resolved: &CommandDataResolved) -> Person {
    let member = resolved.members.get(&id);
    Person {
        user: UserId(id.get()),
        bot: resolved.users.get(&id).is_some_and(|user| user.bot),
        roles: member.map(|member| member.roles.iter().map(|role| RoleId(role.get())).collect()),
        manages: member.and_then(|member| member.permissions).is_some_and(manages),
    }
}

/// A slash command or menu.
pub(super) fn command(data: &CommandData) -> Translated {
    if data.target_id.is_some() {
        return menu(data);
    }
    let (sub, list) = match data.options.first() {
        Some(CommandDataOption { name, value: Value::SubCommand(list), .. }) => (name.as_str(), list.as_slice()),
        _ => ("", data.options.as_slice()),
    };
    let options = Options { data, list };
    match (data.name.as_str(), sub) {
        ("case", sub) => case_command(sub, &options),
        ("followup", "add") => Ok(Wish::AddFollowUp(AddFollowUp {
            what: options.text("what").unwrap_or_default(),
            when: options.text("when").unwrap_or_default(),
            case: options.case(),
            who: options.person("who"),
            repeat: options.filled("repeat"),
            escalate: options.filled("escalate"),
            wake: options.one_of("wake", switch)?.unwrap_or(false),
            offer: None,
        })),
        ("followup", "list") => {
            let view = options.one_of("view", PromiseView::from_name)?;
            let case = options.filled("case").map(CaseRef::Typed);
            Ok(Wish::ListFollowUps(ListFollowUps::typed(view, options.person("who").as_ref(), case)))
        }
        ("followup", "done") => Ok(Wish::EndFollowUp { which: options.promise(), outcome: options.filled("outcome") }),
        ("followup", "snooze") => {
            let to = To::Phrase(options.text("when").unwrap_or_default());
            Ok(Wish::MoveFollowUp { which: options.promise(), to })
        }
        ("followup", "cancel") => {
            Ok(Wish::CancelFollowUp { which: options.promise(), reason: options.filled("reason") })
        }
        ("tone", "watch") => Ok(Wish::Watch {
            channel: options.channel("channel"),
            on: options.one_of("switch", switch)?.unwrap_or(true),
        }),
        ("tone", "me") => Ok(Wish::MyTone { on: options.one_of("switch", switch)? }),
        ("tone", "rules") => {
            Ok(Wish::ToneRules { lang: None, category: options.one_of("category", category_named)?, page: 0 })
        }
        ("tone", "allow") => Ok(Wish::OfferAllowance {
            guild: None,
            rule: options.text("rule").unwrap_or_default(),
            scope: options.one_of("scope", Scope::from_name)?,
            on: options.one_of("switch", switch)?.unwrap_or(true),
        }),
        ("draft", _) => Ok(Wish::Ask(Form::Draft)),
        ("privacy", "show") => Ok(Wish::Privacy(PrivacyWish::Show)),
        ("privacy", "export") => Ok(Wish::Privacy(PrivacyWish::Export)),
        ("privacy", "erase") => {
            let case = options.text("case").filter(|typed| !typed.trim().is_empty()).map(CaseRef::Typed);
            Ok(Wish::Privacy(PrivacyWish::AskErase(case)))
        }
        ("report", _) => Ok(Wish::Report(options.one_of("range", Range::from_name)?.unwrap_or(Range::Week))),
        ("help", _) => Ok(Wish::Help),
        ("setup", _) => Ok(Wish::Setup(SetupWish {
            agent_role: options.role("agent_role"),
            lead_role: options.role("lead_role"),
            case_channel: options.channel("case_channel"),
            alert_channel: options.channel("alert_channel"),
            lang: options.one_of("language", Lang::from_code)?,
            zone: options.text("timezone"),
            land: options.text("land"),
            first_response: options.number("first_response", MOST_HOURS)?,
            success_check: options.number("success_check", MOST_DAYS)?,
            digest: options.one_of("digest", switch)?,
        })),
        ("profile", _) => Ok(Wish::Profile(ProfileWish {
            zone: options.text("timezone"),
            hours: options.text("hours"),
            days: options.text("days"),
            lang: options.one_of("language", |code| match code {
                "client" => Some(None),
                code => Lang::from_code(code).map(Some),
            })?,
            municipal: options.one_of("holidays", Municipal::from_name)?,
            digest: options.one_of("digest", switch)?,
        })),
        _ => Err(Refused::Stale),
    }
}

/// `on` or `off`.
fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn case_command(sub: &str, options: &Options<'_>) -> Translated {
    Ok(match sub {
        "open" => Wish::OpenCase(OpenCase {
            title: options.text("title").unwrap_or_default(),
            customer: options.text("customer"),
            customer_user: None,
            priority: options.one_of("priority", Priority::from_name)?,
            via: options.one_of("via", Via::from_name)?,
            source: None,
        }),
        "show" => Wish::ShowCase(options.case()),
        "list" => Wish::ListCases { view: options.one_of("view", View::from_name)?.unwrap_or(View::Mine), page: 0 },
        "find" => Wish::FindCases { query: options.text("query").unwrap_or_default() },
        "update" => {
            let changes = Changes {
                title: options.text("title"),
                status: options.one_of("status", Status::from_name)?,
                priority: options.one_of("priority", Priority::from_name)?,
                owner: None,
                mood: options.mood()?,
                customer_type: options.one_of("type", CustomerType::from_name)?,
                cause: options.one_of("cause", Cause::from_name)?,
                tag: options.text("tag"),
            };
            let (owner, next_update) = (options.person("owner"), options.text("next_update"));
            Wish::UpdateCase { case: options.case(), changes, owner, next_update }
        }
        "note" => Wish::NoteCase { case: options.case(), text: options.text("text").unwrap_or_default() },
        "claim" => Wish::ClaimCase(options.case()),
        "assign" => Wish::AssignCase { case: options.case(), to: options.person("who").ok_or(Refused::Stale)? },
        "close" => Wish::CloseCase { case: options.case(), resolution: options.text("resolution") },
        "reopen" => Wish::ReopenCase(options.case()),
        _ => return Err(Refused::Stale),
    })
}

fn menu(data: &CommandData) -> Translated {
    let id = data.target_id.ok_or(Refused::Stale)?.to_message_id();
    let message = data.resolved.messages.get(&id).ok_or(Refused::Stale)?;
    match data.name.as_str() {
        "Open case" => {
            let first_line = message.content.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            let author = &message.author;
            let name = author.global_name.as_deref().unwrap_or(&author.name);
            Ok(Wish::Ask(Form::OpenCase {
                channel: ChannelId(message.channel_id.get()),
                message: MessageId(id.get()),
                author: (!author.bot).then(|| UserId(author.id.get())),
                title: clip(first_line, MAX_TITLE),
                customer: if author.bot { String::new() } else { name.to_owned() },
            }))
        }
        "Check tone" => Ok(Wish::CheckTone { text: message.content.clone(), draft: false }),
        _ => Err(Refused::Stale),
    }
}

/// A pressed button or a chosen entry.
pub(super) fn component(interaction: &ComponentInteraction) -> Translated {
    let chosen = match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map(String::as_str),
        _ => None,
    };
    if let ComponentInteractionDataKind::UserSelect { values } = &interaction.data.kind
        && let (Some(id), Some(Action::HandOver(promise))) =
            (values.first(), Action::decode(&interaction.data.custom_id))
    {
        return Ok(Wish::HandOver { promise, to: person(*id, &interaction.data.resolved) });
    }
    reading::chosen(interaction, chosen).unwrap_or_else(|| pressed(&interaction.data.custom_id, chosen))
}

fn pressed(custom_id: &str, chosen: Option<&str>) -> Translated {
    Ok(match Action::decode(custom_id).ok_or(Refused::Stale)? {
        Action::Claim(number) => Wish::ClaimCase(CaseRef::Number(number)),
        Action::AskStatus(number) => Wish::OfferStatus(number),
        Action::SetStatus(number) => set_status(number, chosen.ok_or(Refused::Stale)?)?,
        Action::AskFollowUp(number) => Wish::Ask(Form::FollowUp(number)),
        Action::AskNote(number) => Wish::Ask(Form::Note(number)),
        Action::AskClose(number) => Wish::Ask(Form::Close(number)),
        Action::Page(view, page) => Wish::ListCases { view, page },
        Action::EraseMe => Wish::Privacy(PrivacyWish::EraseMe),
        Action::EraseCase(number) => Wish::Privacy(PrivacyWish::EraseCase(CaseRef::Number(number))),
        Action::Done(promise) => Wish::EndFollowUp { which: PromiseRef::Button(promise), outcome: None },
        Action::Later(promise) => Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::Later },
        Action::Tomorrow(promise) => Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::Tomorrow },
        Action::NextMonday(promise) => Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::NextMonday },
        Action::AskTime(promise) => Wish::Ask(Form::PickTime(promise)),
        Action::AskHandOver(promise) => Wish::OfferHandOver(promise),
        Action::Undo(promise) => Wish::CancelFollowUp { which: PromiseRef::Button(promise), reason: None },
        Action::AskEdit(promise) => Wish::Ask(Form::EditFollowUp { promise, what: String::new(), when: String::new() }),
        Action::HandOver(promise) => {
            let to = chosen.and_then(|id| id.parse().ok()).map(UserId).ok_or(Refused::Stale)?;
            Wish::HandOverTo { promise, to }
        }
        Action::Retry(promise) => Wish::RetryFollowUp(promise),
        Action::NoMornings(guild, _) => Wish::SwitchMornings { guild, on: false },
        Action::Mornings(guild) => Wish::SwitchMornings { guild, on: true },
        Action::Overview(view, _) => Wish::ListCases { view, page: 0 },
        Action::TakeOffer(case, due, offer) => Wish::Ask(Form::Remind { case, due, offer, when: String::new() }),
        Action::Satisfied(promise) => Wish::AnswerCheck { promise, satisfied: true },
        Action::Unsatisfied(promise) => Wish::AnswerCheck { promise, satisfied: false },
        Action::Reveal(promise) => Wish::RevealFollowUp(promise),
        Action::Choose(guild, delivery) => {
            let promise = chosen.and_then(|choice| Promise::chosen(guild, delivery, choice));
            Wish::RevealFollowUp(promise.ok_or(Refused::Stale)?)
        }
        Action::Promises(list) => Wish::ListFollowUps(list.into()),
        Action::Undelivered(case) => Wish::ListFollowUps(ListFollowUps {
            view: PromiseView::Undelivered,
            who: None,
            case: case.map(CaseRef::Number),
            page: 0,
        }),
        Action::ShowPromise => {
            let id = chosen.and_then(|id| id.parse().ok()).ok_or(Refused::Stale)?;
            Wish::ShowFollowUp(FollowUpId(id))
        }
        Action::Okay(guild) => Wish::OfferAllowance {
            guild: Some(guild),
            rule: chosen.ok_or(Refused::Stale)?.to_owned(),
            scope: None,
            on: true,
        },
        Action::Allow(guild, rule, scope, on) => Wish::Allow { guild, rule: rule.name(), scope, on },
        Action::Rules(lang, category, page) => Wish::ToneRules { lang: Some(lang), category: Some(category), page },
        Action::ChooseRules(lang) => {
            let name = chosen.ok_or(Refused::Stale)?;
            let category = category_named(name).ok_or_else(|| Refused::NoSuchChoice(name.to_owned()))?;
            Wish::ToneRules { lang: Some(lang), category: Some(category), page: 0 }
        }
        Action::Calmer(guild, channel, message) => Wish::CalmerWords { guild, channel, message },
        Action::Pause(guild) => Wish::Pause(guild),
        Action::DraftAgain(_) => Wish::Ask(Form::Draft),
        Action::RestWords(guild) => Wish::RestWords(guild),
        Action::EndWords(guild) => Wish::EndWords(guild),
        Action::AskPromise(when) => Wish::Ask(Form::Promise(Promised { when })),
        // Forms come back as modals, never as pressed buttons.
        Action::AddFollowUp(_)
        | Action::TakeReading(..)
        | Action::MoveTo(_)
        | Action::EditTo(_)
        | Action::UpdateTo(_)
        | Action::AddNote(_)
        | Action::Close(_)
        | Action::OpenCase(..)
        | Action::SetTime(_)
        | Action::Edit(_)
        | Action::Draft
        | Action::KeepOffer(..)
        | Action::KeepPromise => {
            return Err(Refused::Stale);
        }
    })
}

fn set_status(number: CaseNumber, chosen: &str) -> Translated {
    let case = CaseRef::Number(number);
    if chosen == REOPEN {
        return Ok(Wish::ReopenCase(case));
    }
    let status = Status::from_name(chosen).ok_or_else(|| Refused::NoSuchChoice(chosen.to_owned()))?;
    Ok(match status {
        Status::Closed => Wish::CloseCase { case, resolution: None },
        status => {
            let changes = Changes { status: Some(status), ..Changes::default() };
            Wish::UpdateCase { case, changes, owner: None, next_update: None }
        }
    })
}

/// A form that was sent.
pub(super) fn modal(interaction: &ModalInteraction) -> Translated {
    let field = |id: &str| {
        let mut inputs = interaction.data.components.iter().flat_map(|row| &row.components);
        inputs.find_map(|component| match component {
            ActionRowComponent::InputText(input) if input.custom_id == id => input.value.clone(),
            _ => None,
        })
    };
    let text = |id: &str| field(id).unwrap_or_default();
    let filled = |id: &str| field(id).filter(|value| !value.trim().is_empty());
    let promised = |case| AddFollowUp {
        what: text("what"),
        when: text("when"),
        case,
        who: None,
        repeat: None,
        escalate: None,
        wake: false,
        offer: None,
    };
    Ok(match Action::decode(&interaction.data.custom_id).ok_or(Refused::Stale)? {
        Action::OpenCase(channel, message, author) => Wish::OpenCase(OpenCase {
            title: text("title"),
            customer: filled("customer"),
            customer_user: (author.0 != 0).then_some(author),
            source: (message.0 != 0).then_some(Source { channel, message }),
            ..OpenCase::default()
        }),
        Action::AddNote(number) => Wish::NoteCase { case: CaseRef::Number(number), text: text("text") },
        Action::AddFollowUp(number) => Wish::AddFollowUp(promised(CaseRef::Number(number))),
        Action::KeepOffer(number, offer) => {
            Wish::AddFollowUp(AddFollowUp { offer: Some(offer), ..promised(CaseRef::Number(number)) })
        }
        Action::SetTime(promise) => {
            Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::Phrase(text("when")) }
        }
        Action::Edit(promise) => Wish::EditFollowUp { promise, what: text("what"), when: text("when") },
        Action::Close(number) => Wish::CloseCase { case: CaseRef::Number(number), resolution: filled("resolution") },
        Action::KeepPromise => Wish::AddFollowUp(promised(CaseRef::Here)),
        Action::Draft => Wish::CheckTone { text: text("draft"), draft: true },
        _ => return Err(Refused::Stale),
    })
}

#[cfg(test)]
mod tests;
