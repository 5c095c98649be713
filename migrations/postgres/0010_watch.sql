-- Channels where a team wants its customers' words noticed. Nothing of what is said there is kept but how far it was read.
create table watch (
    guild_id bigint not null references guild (guild_id),
    channel_id bigint not null,
    -- The newest message taken in; after a gap in the connection the bot reads on from here.
    last_seen bigint not null,
    primary key (guild_id, channel_id)
);

-- The customer's account on Discord, where one is known.
alter table case_file add column customer_user bigint;

create index case_customer on case_file (guild_id, customer_user) where customer_user is not null and status <> 'closed';
