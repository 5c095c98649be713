-- What runs beside a case: the clock until its first answer, the date of the next update, the check after closing.
-- Hours until a new case should have its first answer; 0: no clock.
alter table guild add column first_response integer not null default 24 check (first_response >= 0);
-- Days after closing when somebody asks whether the solution held; 0: nobody does.
alter table guild add column success_check integer not null default 7 check (success_check >= 0);
-- 0 where the team wants no overview in the morning.
alter table guild add column digest integer not null default 1 check (digest in (0, 1));
-- When what is warned of would be broken; the reminder comes before.
alter table follow_up add column lapses_at integer;

-- A case has one clock of each kind.
create unique index follow_up_clock on follow_up (guild_id, case_number, kind)
    where state = 'open' and kind in ('first_response', 'update', 'success_check');
