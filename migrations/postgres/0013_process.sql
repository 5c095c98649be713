-- Processes that share this database, and with it one bot's limit of requests: each one's latest sign of life. A file of
-- SQLite has one process.
create table process (
    name text primary key,
    -- The server's clock, Unix ms.
    seen_at bigint not null
);
