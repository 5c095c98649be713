-- After an outage each person gets one message: a row of its own, whose members are frozen when it is made.
-- What a row shows is known by the program alone.
alter table delivery drop constraint if exists delivery_kind_check;
alter table delivery drop constraint delivery_state_check;
alter table delivery add constraint delivery_state_check check
    (state in ('scheduled', 'claimed', 'sending', 'unknown', 'bundled', 'sent', 'undeliverable', 'cancelled'));
-- Whom a bundle is for.
alter table delivery add column user_id bigint;
-- The bundle a reminder is in.
alter table delivery add column bundle_id bigint;
-- Not to be bundled (again).
alter table delivery add column alone bigint not null default 0;

create index delivery_member on delivery (bundle_id) where bundle_id is not null;
