-- What officers say of words, what buyers look for in vain, and engines beside this database that follow it.

-- Terms that the program brings have no author; an officer may put any term out of use, which lasts when the program
-- brings its list anew.
alter table search_synonyms
    add added_by uuid references people,
    add is_off boolean not null default false;
alter table search_stop_words
    add added_by uuid references people,
    add is_off boolean not null default false;
create sequence search_synonym_groups as integer start 100000;

-- Products that come first for a text in a season.
create table search_pins (
    id         uuid primary key,
    -- As it is shown, and without marks, as texts are compared.
    text       text not null constraint search_pins_text_length check (char_length(text) between 1 and 80),
    text_key   text not null constraint search_pins_text_key_some check (text_key <> ''),
    product_id uuid not null references products,
    position   smallint not null constraint search_pins_position check (position between 1 and 10),
    starts_on  date not null,
    ends_on    date not null,
    added_by   uuid not null references people,
    created_at timestamptz not null,
    constraint search_pins_season check (ends_on between starts_on and starts_on + 400),
    constraint search_pins_once unique (text_key, product_id)
);
create index search_pins_ends on search_pins (ends_on);
create index search_pins_product on search_pins (product_id);

-- Texts that found nothing, or something near only, by day in the province. No person, no address.
create table search_misses (
    day      date not null,
    text_key text not null,
    -- As it was typed last.
    text     text not null constraint search_misses_text_length check (char_length(text) <= 80),
    times    integer not null default 1 constraint search_misses_times check (times > 0),
    -- Something near was shown.
    is_near  boolean not null,
    constraint search_misses_pkey primary key (day, text_key)
);

-- Engines beside this database. Documents change in order, and each change waits here until the engine has it.
create table search_targets (
    -- The name of its index.
    name     text primary key,
    -- Of the documents and settings that it was built with.
    shape    integer not null,
    -- Searches are answered from it.
    is_live  boolean not null,
    -- Until when of the catalogue's days it follows: stars and seasons begin and end with the day.
    fed_day  date,
    built_at timestamptz
);
create unique index search_targets_one_live on search_targets (is_live) where is_live;
create sequence search_changes;
create table search_feed (
    target     text not null references search_targets on delete cascade,
    product_id uuid not null,
    -- Of its last change: what was sent meanwhile is sent again.
    number     bigint not null,
    -- Of its first change that waits.
    since      timestamptz not null default clock_timestamp(),
    constraint search_feed_pkey primary key (target, product_id)
);
create index search_feed_order on search_feed (target, number);
create index search_feed_since on search_feed (target, since);

create function search_document_changed() returns trigger language plpgsql as $$
declare
    changed uuid := case when tg_op = 'DELETE' then old.product_id else new.product_id end;
begin
    insert into search_feed (target, product_id, number)
    select name, changed, nextval('search_changes') from search_targets
    on conflict on constraint search_feed_pkey do update set number = excluded.number;
    return null;
end
$$;
create trigger search_document_came_or_went after insert or delete on search_documents
    for each row execute function search_document_changed();
create trigger search_document_changed after update on search_documents
    for each row when (old.* is distinct from new.*) execute function search_document_changed();

-- What ranks a product apart from any text, each from 0 to 1 (stars: their number): what the standing is summed up
-- of, and what officers are told of a hit.
create function search_signals(document search_documents, today date, instant timestamptz)
returns table (in_season real, in_stock real, stars real, recent_sales real, newcomer real) language sql stable as $$
    select
        (document.season_months @> array[extract(month from today)::smallint])::integer::real,
        document.in_stock::integer::real,
        coalesce(stars_on(document.stars, document.stars_from, document.stars_to, today), 0)::real,
        least(1, ln(1 + (
            select count(*)
            from order_lines
            join seller_orders on seller_orders.id = order_lines.seller_order_id
            where order_lines.product_id = document.product_id
                and seller_orders.state not in ('cancelled', 'returned')
                and seller_orders.placed_at > instant - interval '90 days')) / ln(101))::real,
        -- By lot, another one each day.
        case when document.seller_kind = 'household' and exists (
            select from sellers
            where sellers.id = document.seller_id and not is_sample and created_at > instant - interval '90 days')
            then ((hashtextextended(document.product_id || today::text, 0) & 1023) / 1023.0)::real else 0 end
$$;
