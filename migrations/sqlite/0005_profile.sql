-- What somebody set for themselves in a team. What is null is as the team has it.
create table profile (
    guild_id integer not null references guild (guild_id),
    user_id integer not null,
    -- IANA name.
    zone text,
    -- Spans of each weekday from Monday in minutes of the day: 540-720,780-1020;…;;
    hours text,
    lang text,
    -- Holidays that only some municipalities of the team's Land keep, by their stable name.
    municipal text not null default 'none',
    -- 0 where the morning digest is not wanted.
    digest integer not null default 1 check (digest in (0, 1)),
    primary key (guild_id, user_id)
) strict, without rowid;
