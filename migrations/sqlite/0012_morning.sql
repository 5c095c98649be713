-- A morning's overview: one for each person and day, and one for the team (person 0). The row in delivery brings it.
create table digest (
    guild_id integer not null,
    user_id integer not null,
    -- Civil date in the person's zone, 2026-11-19.
    day text not null,
    delivery_id integer not null,
    primary key (guild_id, user_id, day)
) strict, without rowid;

create unique index digest_delivery on digest (delivery_id);

-- The last offer to remind somebody of what they said they would do in a case's thread. What they said is not kept.
create table offer (
    guild_id integer not null,
    case_number integer not null,
    user_id integer not null,
    -- The message it answers.
    message_id integer not null,
    at integer not null,
    -- The time it proposes.
    due_at integer not null,
    delivery_id integer not null,
    primary key (guild_id, case_number, user_id)
) strict, without rowid;

create index offer_delivery on offer (delivery_id);
