-- A case as it stands now. ("case" itself is a reserved word.)
create table case_file (
    guild_id bigint not null references guild (guild_id),
    number bigint not null check (number > 0),
    title text not null,
    customer text,
    status text not null,
    priority text not null,
    owner bigint,
    opener bigint not null,
    mood bigint not null check (mood between 0 and 3),
    customer_type text,
    cause text,
    via text,
    -- A JSON array of short labels.
    tags text not null,
    resolution text,
    source_channel bigint,
    source_message bigint,
    home bigint not null,
    thread bigint,
    card bigint,
    opened_at bigint not null,
    updated_at bigint not null,
    closed_at bigint,
    version bigint not null,
    -- 1 while it is somebody's work: neither resolved nor closed. Kept beside the status for the partial indexes.
    active bigint not null check (active in (0, 1)),
    -- How many timeline entries it has; gives the next entry its place.
    entries bigint not null default 0,
    -- The words it is found by, each between two spaces; the same as its rows in case_word.
    words text collate "C" not null,
    primary key (guild_id, number)
) with (fillfactor = 85);

create unique index case_thread on case_file (guild_id, thread) where thread is not null;
create index case_active on case_file (guild_id, number) where active = 1;
create index case_mine on case_file (guild_id, owner, number) where active = 1;
create index case_unassigned on case_file (guild_id, number) where active = 1 and owner is null;
create index case_hot on case_file (guild_id, number) where active = 1 and mood >= 2;
create index case_waiting on case_file (guild_id, number) where status in ('waiting_customer', 'waiting_internal');

-- Which cases a word stands in. Derived from case_file.words; no foreign key, as it is written with every case.
create table case_word (
    guild_id bigint not null,
    word text collate "C" not null,
    case_number bigint not null,
    primary key (guild_id, word, case_number)
);

-- A case's timeline. Rows are only ever added; erasing a person overwrites actor and body, and the row stays.
create table entry (
    guild_id bigint not null,
    case_number bigint not null,
    seq bigint not null check (seq > 0),
    at bigint not null,
    actor bigint,
    kind text not null,
    -- The change as JSON.
    body text not null,
    primary key (guild_id, case_number, seq),
    foreign key (guild_id, case_number) references case_file (guild_id, number)
);

create function entry_is_only_added() returns trigger language plpgsql as $$
begin
    raise exception 'timeline entries are only ever added';
end
$$;

create trigger entry_stays before delete on entry
for each row execute function entry_is_only_added();

create trigger entry_table_stays before truncate on entry
for each statement execute function entry_is_only_added();

create trigger entry_as_written before update of guild_id, case_number, seq, at, kind on entry
for each row when ((new.guild_id, new.case_number, new.seq, new.at, new.kind)
    is distinct from (old.guild_id, old.case_number, old.seq, old.at, old.kind))
execute function entry_is_only_added();
