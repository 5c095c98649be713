//! Every id reads back, fits, and anything else is refused.

use super::*;

#[test]
fn every_action_reads_back_and_fits_discords_hundred_characters() {
    let n = CaseNumber(i64::MAX);
    let promise =
        Promise { guild: GuildId(i64::MAX as u64), id: FollowUpId(i64::MAX), version: i64::MAX, delivery: i64::MAX };
    let big = (ChannelId(i64::MAX as u64), MessageId(i64::MAX as u64), UserId(i64::MAX as u64));
    let mut all = vec![
        Action::Claim(n),
        Action::AskStatus(n),
        Action::SetStatus(n),
        Action::AskFollowUp(n),
        Action::AddFollowUp(n),
        Action::AskNote(n),
        Action::AddNote(n),
        Action::AskClose(n),
        Action::Close(n),
        Action::OpenCase(big.0, big.1, big.2),
        Action::Draft,
        Action::EraseMe,
        Action::EraseCase(n),
        Action::Done(promise),
        Action::NoMornings(promise.guild, i64::MAX),
        Action::Mornings(promise.guild),
        Action::Undelivered(Some(n)),
        Action::MoveTo(promise),
        Action::EditTo(promise),
        Action::UpdateTo(n),
        Action::Undelivered(None),
        Action::Overview(View::Unassigned, i64::MAX),
        Action::TakeOffer(n, i64::MAX, i64::MAX),
        Action::KeepOffer(n, i64::MAX),
        Action::Satisfied(promise),
        Action::Unsatisfied(promise),
        Action::TakeReading(Some(n), Some(Every::Days(366)), true),
        Action::TakeReading(None, None, false),
        Action::Later(promise),
        Action::Reveal(promise),
        Action::Choose(promise.guild, promise.delivery),
        Action::Tomorrow(promise),
        Action::NextMonday(promise),
        Action::AskTime(promise),
        Action::SetTime(promise),
        Action::AskHandOver(promise),
        Action::HandOver(promise),
        Action::Undo(promise),
        Action::AskEdit(promise),
        Action::Edit(promise),
        Action::Retry(promise),
        Action::ShowPromise,
        Action::Okay(promise.guild),
        Action::Allow(
            promise.guild,
            RuleTag::new(&RuleName { lang: Lang::De, id: "x".repeat(MAX_RULE) }).unwrap(),
            Scope::Team,
            true,
        ),
        Action::Rules(Lang::De, Category::Generalisation, u32::MAX),
        Action::ChooseRules(Lang::En),
        Action::Calmer(promise.guild, big.0, big.1),
        Action::Pause(promise.guild),
        Action::DraftAgain(promise.delivery),
        Action::RestWords(promise.guild),
        Action::EndWords(promise.guild),
        Action::AskPromise(999_912_312_359),
        Action::KeepPromise,
    ];
    all.extend(PromiseView::ALL.iter().map(|&view| {
        Action::Promises(PromiseList { view, who: Some(UserId(i64::MAX as u64)), case: Some(n), page: u32::MAX })
    }));
    let list = PromiseList { view: PromiseView::Mine, who: None, case: None, page: 0 };
    all.push(Action::Promises(list));
    all.extend(View::ALL.iter().map(|&view| Action::Page(view, u32::MAX)));
    for action in all {
        let id = action.encode();
        assert!(id.len() <= 100, "{id}");
        assert_eq!(Action::decode(&id), Some(action), "{id}");
    }
}

#[test]
fn forged_and_stale_ids_are_nothing() {
    for id in [
        "",
        "r1",
        "r1:",
        "r0:claim:1",
        "r1:claim",
        "r1:claim:",
        "r1:claim:-1",
        "r1:claim:+1",
        "r1:claim:0",
        "r1:claim:1:2",
        "r1:claim:99999999999999999999",
        "r1:page:mine:x",
        "r1:page:theirs:0",
        "r1:done:1:2:3",
        "r1:draft:1",
        "r1:tomorrow:1:2:3",
        "r1:promises:mine:0:0",
        "r1:promises:mine:-1:0:0",
        "r1:promise:1",
        "claim:1",
        "r1:кlaim:1",
        "💥",
    ] {
        assert_eq!(Action::decode(id), None, "{id}");
    }
}
