-- How a promise lives on: what kind it is, whether it repeats, who hears of it when nobody answers it.
alter table follow_up add column kind text not null default 'promise';
-- The rule it repeats by, counted from a first due time in civil time; null: it does not.
alter table follow_up add column repeat text;
alter table follow_up add column repeat_from text;
-- The promise this one is the next occurrence of.
alter table follow_up add column previous bigint;
-- The lead hears of it when it is open this many milliseconds after it was due.
alter table follow_up add column escalate_after bigint;
-- 'customer': it comes due at once when the customer replies; 'replied': it did.
alter table follow_up add column wake text;
-- When it would have been due had it not waited for its assignee's working hours.
alter table follow_up add column waited_from bigint;
alter table follow_up add column outcome text;
alter table follow_up add column ended_by bigint;

-- A promise is followed by one next occurrence, whoever is first to write it.
create unique index follow_up_next on follow_up (previous) where previous is not null;
create index follow_up_waking on follow_up (guild_id, case_number) where state = 'open' and wake = 'customer';

-- What a row shows is known by the program alone: kinds are added more often than a constraint should be rebuilt.
alter table delivery drop constraint delivery_kind_check;
