-- Provinces and communes, each with the days between which it is valid, and what it became.
-- Since 1 July 2025 there are no districts; people go on using the old names, so both maps stay.

create table provinces (
    code       text not null,
    name       text not null,
    full_name  text not null,
    valid_from date not null,
    valid_to   date,
    -- The province that took this one in, in the map since July 2025.
    code_after text,
    constraint provinces_pkey primary key (code, valid_from),
    constraint provinces_period check (valid_to is null or valid_to >= valid_from)
);

create table communes (
    -- The official code as a number; plus 100,000 in the map since July 2025, since codes live on with other borders.
    id            integer primary key,
    code          text not null constraint communes_code_digits check (code ~ '^[0-9]{5}$'),
    name          text not null,
    full_name     text not null,
    kind          text not null,
    district_name text,
    province_code text not null,
    province_name text not null,
    valid_from    date not null,
    valid_to      date,
    -- The name alone without marks, for ranking what was found.
    name_key      text not null,
    -- Full name, district and province without marks, for finding.
    search_key    text not null,
    constraint communes_code_once unique (code, valid_from),
    constraint communes_period check (valid_to is null or valid_to >= valid_from)
);
create index communes_by_province on communes (province_code, valid_to);
-- Words in any order, the last one perhaps not yet whole; and slips of typing.
create index communes_words on communes using gin (to_tsvector('simple', search_key));
create index communes_search on communes using gin (search_key gin_trgm_ops);

create table commune_successors (
    from_id integer not null references communes,
    to_id   integer not null references communes,
    -- Whether all of the old commune went there.
    whole   boolean not null,
    constraint commune_successors_pkey primary key (from_id, to_id)
);
create index commune_successors_to on commune_successors (to_id);
