-- After an outage each person gets one message: a row of its own, whose members are frozen when it is made.
-- What a row shows is known by the program alone: kinds are added more often than a table should be rebuilt.
create table delivery_with_bundles (
    id integer primary key autoincrement,
    guild_id integer not null,
    kind text not null,
    -- Rows of one lane are sent one after the other: a case's, or a follow-up's own.
    lane text not null,
    case_number integer,
    follow_up_id integer,
    follow_up_version integer,
    state text not null
        check (state in ('scheduled', 'claimed', 'sending', 'unknown', 'bundled', 'sent', 'undeliverable',
            'cancelled')),
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
    reason text not null default '',
    -- Whom a bundle is for.
    user_id integer,
    -- The bundle a reminder is in.
    bundle_id integer,
    -- Not to be bundled (again).
    alone integer not null default 0
) strict;
insert into delivery_with_bundles select *, null, null, 0 from delivery;
drop table delivery;
alter table delivery_with_bundles rename to delivery;


create unique index delivery_card on delivery (guild_id, case_number) where kind = 'card';
create unique index delivery_follow_up on delivery (follow_up_id, follow_up_version, kind) where follow_up_id is not null;
create index delivery_due on delivery (due_at) where state in ('scheduled', 'claimed', 'sending', 'unknown');
create index delivery_held on delivery (lane) where state in ('claimed', 'sending');
create index delivery_member on delivery (bundle_id) where bundle_id is not null;
