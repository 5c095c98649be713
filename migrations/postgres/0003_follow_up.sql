-- A promise to come back. Ended ones stay, for the timeline and the reports.
create table follow_up (
    id bigint generated always as identity primary key,
    guild_id bigint not null references guild (guild_id),
    -- None: a promise without a case.
    case_number bigint,
    what text not null,
    creator bigint not null,
    assignee bigint not null,
    -- What the person meant: civil time in a zone. due_at is the instant it resolved to.
    civil text not null,
    zone text not null,
    due_at bigint not null,
    channel bigint not null,
    state text not null,
    created_at bigint not null,
    ended_at bigint,
    version bigint not null,
    foreign key (guild_id, case_number) references case_file (guild_id, number)
);

create index follow_up_due on follow_up (guild_id, due_at) where state = 'open';
create index follow_up_mine on follow_up (guild_id, assignee, due_at) where state = 'open';
create index follow_up_of_case on follow_up (guild_id, case_number, due_at) where state = 'open';
