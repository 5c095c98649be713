-- A case as it stands now. ("case" itself is a reserved word.)
create table case_file (
    guild_id integer not null references guild (guild_id),
    number integer not null check (number > 0),
    title text not null,
    customer text,
    status text not null,
    priority text not null,
    owner integer,
    opener integer not null,
    mood integer not null check (mood between 0 and 3),
    customer_type text,
    cause text,
    via text,
    -- A JSON array of short labels.
    tags text not null,
    resolution text,
    source_channel integer,
    source_message integer,
    home integer not null,
    thread integer,
    card integer,
    opened_at integer not null,
    updated_at integer not null,
    closed_at integer,
    version integer not null,
    -- 1 while it is somebody's work: neither resolved nor closed. Kept beside the status for the partial indexes.
    active integer not null check (active in (0, 1)),
    -- How many timeline entries it has; gives the next entry its place.
    entries integer not null default 0,
    -- The words it is found by, each between two spaces; the same as its rows in case_word.
    words text not null,
    primary key (guild_id, number)
) strict;

create unique index case_thread on case_file (guild_id, thread) where thread is not null;
create index case_active on case_file (guild_id, number) where active = 1;
create index case_mine on case_file (guild_id, owner, number) where active = 1;
create index case_unassigned on case_file (guild_id, number) where active = 1 and owner is null;
create index case_hot on case_file (guild_id, number) where active = 1 and mood >= 2;
create index case_waiting on case_file (guild_id, number) where status in ('waiting_customer', 'waiting_internal');

-- Which cases a word stands in. Derived from case_file.words; no foreign key, as it is written with every case.
create table case_word (
    guild_id integer not null,
    word text not null,
    case_number integer not null,
    primary key (guild_id, word, case_number)
) strict, without rowid;

-- A case's timeline. Rows are only ever added; erasing a person overwrites actor and body, and the row stays.
create table entry (
    guild_id integer not null,
    case_number integer not null,
    seq integer not null check (seq > 0),
    at integer not null,
    actor integer,
    kind text not null,
    -- The change as JSON.
    body text not null,
    primary key (guild_id, case_number, seq),
    foreign key (guild_id, case_number) references case_file (guild_id, number)
) strict, without rowid;

create trigger entry_stays before delete on entry
begin
    select raise(abort, 'timeline entries are only ever added');
end;

create trigger entry_as_written before update of guild_id, case_number, seq, at, kind on entry
when new.guild_id is not old.guild_id or new.case_number is not old.case_number or new.seq is not old.seq
    or new.at is not old.at or new.kind is not old.kind
begin
    select raise(abort, 'timeline entries are only ever added');
end;
