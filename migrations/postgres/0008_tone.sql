-- All that is kept for tone. No text, no author of a finding, no figure about a person.

-- Who wished for a private word, and when the next one may come.
create table tone_person (
    guild_id bigint not null,
    user_id bigint not null,
    -- No word before this, by the bot's clock.
    next_at bigint not null,
    -- 1: it ended because the person's direct messages are closed; said to them once, at their next /tone me.
    closed bigint not null default 0,
    primary key (guild_id, user_id)
);

-- Rules somebody deliberately allowed: a person for themselves, or the lead for the team (user 0).
create table tone_allowed (
    guild_id bigint not null,
    user_id bigint not null,
    lang text not null,
    rule text not null,
    primary key (guild_id, user_id, lang, rule)
);

-- How often a rule found something in a team, whoever wrote it.
create table tone_count (
    guild_id bigint not null,
    lang text not null,
    rule text not null,
    n bigint not null,
    primary key (guild_id, lang, rule)
);

-- How warm a case's customer's words were lately: a number, in thousandths, as it stood at a time.
create table case_heat (
    guild_id bigint not null,
    case_number bigint not null,
    heat bigint not null,
    at bigint not null,
    primary key (guild_id, case_number),
    foreign key (guild_id, case_number) references case_file (guild_id, number)
);
