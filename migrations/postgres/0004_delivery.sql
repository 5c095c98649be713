-- What has been promised to be shown: cards, reminders, and notices that a reminder reached nobody.
-- One row is one message-to-be. It is written with the change that caused it and never deleted by the sender.
create table delivery (
    id bigint primary key generated always as identity,
    guild_id bigint not null,
    kind text not null check (kind in ('card', 'reminder', 'notice')),
    -- Rows of one lane are sent one after the other: a case's, or a follow-up's own.
    lane text not null,
    case_number bigint,
    follow_up_id bigint,
    follow_up_version bigint,
    state text not null
        check (state in ('scheduled', 'claimed', 'sending', 'unknown', 'sent', 'undeliverable', 'cancelled')),
    -- Never sent before, by the bot's clock.
    due_at bigint not null,
    created_at bigint not null,
    -- A card's content version: wanted grows with every change of the case, made is the last one shown.
    wanted bigint not null default 1,
    made bigint not null default 0,
    -- The lease. Real time; 0 when nobody holds the row. The token grows with every claim.
    lease_token bigint not null default 0,
    lease_until bigint not null default 0,
    worker text,
    -- Not tried again before. Real time.
    not_before bigint not null default 0,
    attempts bigint not null default 0,
    trying_since bigint,
    waiting_since bigint,
    -- How far along the chain thread, direct, alert, team, home.
    hop text not null default 'thread',
    -- The request whose outcome may be unknown: a 'thread' or a 'message', where, since when.
    in_flight text check (in_flight in ('thread', 'message')),
    channel_id bigint,
    sequence bigint not null default 0,
    first_sent bigint,
    last_sent bigint,
    look_from bigint,
    doubted bigint not null default 0,
    thread_name text,
    reopened bigint not null default 0,
    guests text not null default '',
    message_id bigint,
    sent_at bigint,
    reason text not null default ''
);

create unique index delivery_card on delivery (guild_id, case_number) where kind = 'card';
create unique index delivery_follow_up on delivery (follow_up_id, follow_up_version, kind) where follow_up_id is not null;
create index delivery_due on delivery (due_at) where state in ('scheduled', 'claimed', 'sending', 'unknown');
create index delivery_held on delivery (lane) where state in ('claimed', 'sending');
