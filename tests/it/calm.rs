//! Wording, looked at in private.

use serde_json::json;

use crate::harness::Town;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heated_draft_gets_its_words_the_reason_and_calmer_ones_in_both_languages() {
    let town = Town::new().await;
    for (locale, draft, title, calmer) in [
        (
            "de",
            "Guten Tag, Sie haben schon wieder nicht geantwortet. Das ist nicht unser Problem.",
            "schärfer ankommen",
            "Ruhigere Fassung als Vorschlag",
        ),
        (
            "en-GB",
            "Hello, as I already said, this is entirely your fault.",
            "land sharper",
            "A calmer version as a suggestion",
        ),
    ] {
        let channel = town.channel("fälle");
        let form = town.raw("Anna", locale, channel, "draft", &[]).await;
        let answer = town.submit("Anna", locale, channel, &form, &[("draft", draft)]).await;
        let text = town.told(&answer).await;
        assert!(text.contains(title) && text.contains(calmer), "{text}");
        assert_eq!(answer.message.unwrap()["flags"], json!(64), "only for who asked");
    }
    assert!(town.discord.messages(town.channel("fälle")).is_empty(), "nothing in public");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_can_be_checked_without_the_message_content_intent() {
    let town = Town::new().await;
    let support = town.channel("support");
    let heated =
        town.discord.say(town.user("Kim"), support, "Ihr seid doch alle unfähig, das ist eine Frechheit!").await;
    let text = {
        let answer = town.menu("Anna", "de", support, "Check tone", heated).await;
        town.told(&answer).await
    };
    assert!(text.contains("schärfer ankommen"), "{text}");
    let calm = town.discord.say(town.user("Kim"), support, "Guten Tag, wann kommt mein Paket an?").await;
    let answer = town.menu("Anna", "de", support, "Check tone", calm).await;
    insta::assert_snapshot!(town.told(&answer).await, @r"
    Das klingt ruhig
    Mir ist nichts aufgefallen, das schärfer ankommen könnte als gemeint.
    ");
    let quoted = town
        .discord
        .say(town.user("Kim"), support, "> Das ist eine Frechheit\nDas schrieb der Kunde, was antworten wir?")
        .await;
    let answer = town.menu("Anna", "de", support, "Check tone", quoted).await;
    assert!(town.told(&answer).await.contains("nur zitierte Worte"));
}
