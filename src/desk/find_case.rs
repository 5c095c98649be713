//! Finding cases by their words, newest first.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::store::{case, search};

/// Most results of a search.
const MOST: u32 = 25;

pub(super) async fn find_cases(desk: &Desk, caller: &Caller, query: String) -> Outcome {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let words = search::query_words(&query);
                if query.trim().is_empty() {
                    return Err(Refused::NoText.into());
                }
                // What holds no word, such as an emoji alone, finds nothing.
                let lines = if words.is_empty() { Vec::new() } else { case::find(c, guild, &words, MOST).await? };
                Ok::<_, DeskError>(Reply::Found { query, lines })
            })
        })
        .await
}
