-- How a promise lives on: what kind it is, whether it repeats, who hears of it when nobody answers it.
alter table follow_up add column kind text not null default 'promise';
-- The rule it repeats by, counted from a first due time in civil time; null: it does not.
alter table follow_up add column repeat text;
alter table follow_up add column repeat_from text;
-- The promise this one is the next occurrence of.
alter table follow_up add column previous integer;
-- The lead hears of it when it is open this many milliseconds after it was due.
alter table follow_up add column escalate_after integer;
-- 'customer': it comes due at once when the customer replies; 'replied': it did.
alter table follow_up add column wake text;
-- When it would have been due had it not waited for its assignee's working hours.
alter table follow_up add column waited_from integer;
alter table follow_up add column outcome text;
alter table follow_up add column ended_by integer;

-- A promise is followed by one next occurrence, whoever is first to write it.
create unique index follow_up_next on follow_up (previous) where previous is not null;
create index follow_up_waking on follow_up (guild_id, case_number) where state = 'open' and wake = 'customer';

-- What a row shows is known by the program alone: kinds are added more often than a table should be rebuilt.
create table delivery_of_all_kinds (
    id integer primary key autoincrement,
    guild_id integer not null,
    kind text not null,
    -- Rows of one lane are sent one after the other: a case's, or a follow-up's own.
    lane text not null,
    case_number integer,
    follow_up_id integer,
    follow_up_version integer,
    state text not null
        check (state in ('scheduled', 'claimed', 'sending', 'unknown', 'sent', 'undeliverable', 'cancelled')),
    -- Never sent before, by the bot's clock.
    due_at integer not null,
    created_at integer not null,
    -- A card's content version: wanted grows with every change of the case, made is the last one shown.
    wanted integer not null default 1,
    made integer not null default 0,
    -- The lease. Real time; 0 when nobody holds the row. The token grows with every claim.
    lease_token integer not null default 0,
    lease_until integer not null default 0,
    worker text,
    -- Not tried again before. Real time.
    not_before integer not null default 0,
    attempts integer not null default 0,
    trying_since integer,
    waiting_since integer,
    -- How far along the chain thread, direct, alert, team, home.
    hop text not null default 'thread',
    -- The request whose outcome may be unknown: a 'thread' or a 'message', where, since when.
    in_flight text check (in_flight in ('thread', 'message')),
    channel_id integer,
    sequence integer not null default 0,
    first_sent integer,
    last_sent integer,
    look_from integer,
    doubted integer not null default 0,
    thread_name text,
    reopened integer not null default 0,
    guests text not null default '',
    message_id integer,
    sent_at integer,
    reason text not null default ''
) strict;
insert into delivery_of_all_kinds select * from delivery;
drop table delivery;
alter table delivery_of_all_kinds rename to delivery;

create unique index delivery_card on delivery (guild_id, case_number) where kind = 'card';
create unique index delivery_follow_up on delivery (follow_up_id, follow_up_version, kind) where follow_up_id is not null;
create index delivery_due on delivery (due_at) where state in ('scheduled', 'claimed', 'sending', 'unknown');
create index delivery_held on delivery (lane) where state in ('claimed', 'sending');
