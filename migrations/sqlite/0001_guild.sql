-- A team's settings and its counter of case numbers. Ids are Discord's snowflakes.
create table guild (
    guild_id integer not null primary key,
    agent_role integer,
    lead_role integer,
    case_channel integer,
    alert_channel integer,
    lang text not null default 'de',
    zone text not null default 'Europe/Berlin',
    land text,
    -- 0 when the bot was removed from the team; nothing is deleted by that.
    present integer not null default 1 check (present in (0, 1)),
    -- The newest case number given away; raised in the transaction that opens the case, so no number is skipped.
    last_number integer not null default 0
) strict;

-- Small facts about the bot itself, such as the hash of the registered commands.
create table meta (
    key text not null primary key,
    value text not null
) strict, without rowid;
