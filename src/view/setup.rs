//! What `/setup` answers: what is set, what is missing, which rights the bot lacks where.

use super::text;
use crate::chat::{Embed, Message, Right};
use crate::desk::SetupReport;
use crate::locale::Voice;

/// Edge colours: ready, and something to do.
const READY: u32 = 0x2f_7f_79;
const TO_DO: u32 = 0xc0_8a_3e;

pub(super) fn setup(voice: Voice<'_>, report: &SetupReport) -> Message {
    let s = &report.settings;
    let unset = || voice.say("setup-unset");
    let lines = [
        ("setup-agent-role", s.agent_role.map_or_else(unset, text::role)),
        ("setup-lead-role", s.lead_role.map_or_else(unset, text::role)),
        ("setup-case-channel", s.case_channel.map_or_else(unset, text::channel)),
        ("setup-alert-channel", s.alert_channel.map_or_else(unset, text::channel)),
        ("setup-language", voice.say(&format!("language-{}", s.lang.code()))),
        ("setup-zone", s.zone.clone()),
        (
            "setup-land",
            s.land.as_deref().map_or_else(unset, |land| voice.say(&format!("land-{}", land.to_lowercase()))),
        ),
        ("setup-first-response", number(voice, "setup-hours", s.first_response)),
        ("setup-success-check", number(voice, "setup-days", s.success_check)),
        ("setup-digest", voice.say(if s.digest { "switch-on" } else { "switch-off" })),
    ];
    let set: Vec<String> = lines.iter().map(|(key, value)| format!("{}: {value}", voice.say(key))).collect();

    let mut to_do = Vec::new();
    for (missing, key) in [
        (s.agent_role.is_none(), "setup-need-agent-role"),
        (s.case_channel.is_none(), "setup-need-case-channel"),
        (s.alert_channel.is_none(), "setup-need-alert-channel"),
    ] {
        if missing {
            to_do.push(voice.say(key));
        }
    }
    for found in &report.channels {
        let channel = text::channel(found.channel);
        if found.info.is_none() {
            to_do.push(voice.with("setup-channel-gone", &[("channel", &channel)]));
        } else if !found.missing().is_empty() {
            let rights: Vec<String> = found.missing().iter().map(|&right| right_name(voice, right)).collect();
            let args = [("channel", channel.as_str()), ("rights", &rights.join(", "))];
            to_do.push(voice.with("setup-rights-missing", &args));
        }
        if let (Some(agents), Some(info)) = (s.agent_role, &found.info)
            && info.kind == crate::chat::ChannelKind::Text
            && s.case_channel == Some(found.channel)
            && !info.thread_managers.contains(&agents)
        {
            let args = [("channel", channel.as_str()), ("role", &text::role(agents))];
            to_do.push(voice.with("setup-threads-hidden", &args));
        }
        let forum = found.info.as_ref().is_some_and(|info| info.public && info.kind == crate::chat::ChannelKind::Forum);
        let alerts = found.info.as_ref().is_some_and(|info| info.public) && s.alert_channel == Some(found.channel);
        if forum || alerts {
            to_do.push(voice.with("setup-public", &[("channel", &channel)]));
        }
    }
    let silent = |lead: &crate::id::RoleId| {
        report.channels.iter().any(|found| found.info.as_ref().is_some_and(|info| info.silent.contains(lead)))
    };
    if let Some(lead) = s.lead_role.filter(silent) {
        to_do.push(voice.with("setup-lead-silent", &[("role", &text::role(lead))]));
    }
    let ready = to_do.is_empty();
    let todo = if ready {
        voice.say("setup-ready")
    } else {
        to_do.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
    };
    Message {
        embeds: vec![Embed {
            title: voice.say(if report.changed { "setup-saved" } else { "setup-title" }),
            description: format!("{}\n\n**{}**\n{todo}", set.join("\n"), voice.say("setup-to-do")),
            colour: if ready { READY } else { TO_DO },
            ..Embed::default()
        }],
        ..Message::default()
    }
}

/// A number with its unit; 0 is off.
fn number(voice: Voice<'_>, unit: &str, n: u16) -> String {
    if n == 0 { voice.say("switch-off") } else { voice.count(unit, i64::from(n), &[]) }
}

/// A right as Discord names it in its settings.
pub(super) fn right_name(voice: Voice<'_>, right: Right) -> String {
    voice.say(match right {
        Right::View => "right-view",
        Right::Send => "right-send",
        Right::SendInThreads => "right-send-in-threads",
        Right::CreatePrivateThreads => "right-create-private-threads",
        Right::ReadHistory => "right-read-history",
        Right::EmbedLinks => "right-embed-links",
        Right::ManageThreads => "right-manage-threads",
    })
}
